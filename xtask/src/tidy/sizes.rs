//! How long and how deep things may be.

use super::finding::Finding;
use super::mask::is_name;
use super::source::{Source, is_test_file, is_word};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;
/// The widest line.
pub const COLUMNS: usize = 100;
const DEPTH: usize = 3;

/// All the limits on one file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(file_length(source));
    findings.extend(module_depth(source));
    findings.extend(line_lengths(source));
    if !is_test_file(source.path) {
        findings.extend(function_lengths(source));
    }
    findings
}

fn file_length(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    (lines > FILE_LINES).then(|| {
        let text =
            format!("{lines} lines, {FILE_LINES} at most: give one of its ideas a file of its own");
        Finding::new(source.path, FILE_LINES + 1, "file-length", text)
    })
}

fn module_depth(source: &Source) -> Option<Finding> {
    let (_, below) = source.path.split_once("src/")?;
    let depth = below.split('/').count();
    // The tests of a module may fill a folder beside it.
    let most = if is_test_file(source.path) { DEPTH + 1 } else { DEPTH };
    (depth > most).then(|| {
        let text = format!("{depth} levels under src, {most} at most: flatten the folders");
        Finding::new(source.path, 1, "module-depth", text)
    })
}

/// A literal may run over, since to break it is to break its text.
fn line_lengths(source: &Source) -> Vec<Finding> {
    let masked = source.code.lines().zip(source.comments.lines());
    let finding = |(index, (line, (code, comment))): (usize, (&str, (&str, &str)))| {
        let beyond = |text: &str| text.chars().skip(COLUMNS).any(is_name);
        let columns = line.chars().count();
        (columns > COLUMNS && (beyond(code) || beyond(comment))).then(|| {
            let text = format!(
                "{columns} columns, {COLUMNS} at most: break it, or `cargo xtask tidy --wrap`"
            );
            Finding::new(source.path, index + 1, "line-length", text)
        })
    };
    source.text.lines().zip(masked).enumerate().filter_map(finding).collect()
}

fn function_lengths(source: &Source) -> Vec<Finding> {
    let named = |at: &usize| source.word(*at) == "fn" && is_word(source.word(at + 1));
    let finding = |start: usize| {
        let end = body_end(source, start)?;
        let lines = source.tokens[end].line - source.tokens[start].line + 1;
        (lines > FUNCTION_LINES).then(|| {
            let name = source.word(start + 1);
            let text =
                format!("`{name}` has {lines} lines, {FUNCTION_LINES} at most: name its steps");
            Finding::new(source.path, source.tokens[start].line, "function-length", text)
        })
    };
    (0..source.tokens.len()).filter(named).filter_map(finding).collect()
}

/// The brace that closes the body; nothing where a trait only declares the function.
fn body_end(source: &Source, start: usize) -> Option<usize> {
    let mut index = start;
    loop {
        match source.word(index) {
            "" | ";" => return None,
            "{" => return source.closing(index),
            "(" | "[" => index = source.closing(index)? + 1,
            _ => index += 1,
        }
    }
}
