//! What a change must not leave behind.

use super::finding::Finding;
use super::mask::is_name;
use super::source::Source;

const RULE: &str = "leftovers";
const WAY_OUT: &str = "finish it, or take it out and write it down where work is kept";

/// Spelled in two halves, so that this list does not find itself.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
/// Also a currency code: a mark only where a comment begins with it.
const CROSSES: &str = concat!("XX", "X");

/// Marks of unfinished work, printing for debugging, and tests switched off, in a Rust file.
pub fn in_code(source: &Source) -> Vec<Finding> {
    let mut findings = in_text(source.path, &source.comments);
    let words = source.tokens.iter().enumerate();
    findings.extend(words.filter_map(|(index, token)| {
        let text = match (token.text.as_str(), source.word(index + 1), source.word(index + 2)) {
            ("dbg", "!", _) => "printing for debugging: take it out",
            ("#", "[", "ignore") => "a test that is switched off: repair it or delete it",
            _ => return None,
        };
        Some(Finding::new(source.path, token.line, RULE, text))
    }));
    findings
}

/// Marks of unfinished work in any other text.
pub fn in_text(path: &str, text: &str) -> Vec<Finding> {
    let finding = |(index, line): (usize, &str)| {
        let mark = mark_in(line)?;
        Some(Finding::new(path, index + 1, RULE, format!("`{mark}`: {WAY_OUT}")))
    };
    text.lines().enumerate().filter_map(finding).collect()
}

fn mark_in(line: &str) -> Option<&'static str> {
    let first = line.trim_start_matches(|c| !is_name(c));
    if first.strip_prefix(CROSSES).is_some_and(|rest| !rest.starts_with(is_name)) {
        return Some(CROSSES);
    }
    let mut words = line.split(|c| !is_name(c));
    words.find_map(|word| MARKS.iter().copied().find(|mark| *mark == word))
}
