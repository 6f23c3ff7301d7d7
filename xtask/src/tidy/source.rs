//! A Rust file as the rules see it: its code in tokens, and which of its lines are tests.

use super::mask::{Masked, is_name, mask};

/// A Rust file, read once for all rules.
pub struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
    /// Only what the compiler acts on, each piece at its place, without literals.
    pub code: String,
    /// Only the comments, each at its place.
    pub comments: String,
    pub tokens: Vec<Token>,
}

/// A name, a number or a sign, and where it stands.
#[derive(Debug)]
pub struct Token {
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// Inside an item marked as only for tests, or anywhere in a file of tests.
    pub in_test: bool,
}

/// A path in the code, such as `crate::money::Amount`, with groups spelled out.
#[derive(Debug, PartialEq, Eq)]
pub struct PathUse {
    pub segments: Vec<String>,
    pub line: usize,
    pub in_test: bool,
    /// How many modules are opened around it inside the file.
    pub inner_modules: usize,
}

impl<'a> Source<'a> {
    pub fn read(path: &'a str, text: &'a str) -> Self {
        let Masked { code, comments } = mask(text);
        let mut tokens = tokens(&code);
        mark_tests(&mut tokens, is_test_file(path));
        Self { path, text, code, comments, tokens }
    }

    /// The token at an index, or nothing: past the end there is the empty word.
    pub fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &token.text)
    }

    /// Where these words stand one after the other, outside tests.
    pub fn find(&self, words: &[&str]) -> Vec<usize> {
        let all = |start: &usize| words.iter().enumerate().all(|(n, w)| self.word(start + n) == *w);
        let starts = (0..self.tokens.len()).filter(|start| !self.tokens[*start].in_test);
        starts.filter(all).collect()
    }

    /// Every path that begins with one of `roots`.
    pub fn paths(&self, roots: &[&str]) -> Vec<PathUse> {
        let mut found = Vec::new();
        let mut depth = 0_usize;
        let mut modules: Vec<usize> = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    modules.retain(|opened_at| *opened_at < depth);
                }
                "mod" if self.word(index + 2) == "{" => modules.push(depth),
                root if roots.contains(&root) && self.starts_path(index) => {
                    let from = found.len();
                    self.expand(index, &[], &mut found);
                    found[from..].iter_mut().for_each(|path| path.inner_modules = modules.len());
                }
                _ => {}
            }
        }
        found
    }

    /// Not in the middle of another path, nor the scope of a visibility.
    fn starts_path(&self, index: usize) -> bool {
        let before = index.checked_sub(1).map_or("", |before| self.word(before));
        self.word(index + 1) == "::" && before != "::" && before != "in"
    }

    /// Reads one branch of a tree of paths, and answers where it ends.
    fn expand(&self, start: usize, prefix: &[String], found: &mut Vec<PathUse>) -> usize {
        let mut segments = prefix.to_vec();
        let mut index = start;
        while is_word(self.word(index)) || self.word(index) == "*" {
            segments.push(self.word(index).to_owned());
            index += 1;
            if self.word(index) != "::" {
                break;
            }
            index += 1;
        }
        if self.word(index) == "{" {
            return self.expand_group(index + 1, &segments, found);
        }
        let token = &self.tokens[start];
        let (line, in_test) = (token.line, token.in_test);
        found.push(PathUse { segments, line, in_test, inner_modules: 0 });
        index.max(start + 1)
    }

    fn expand_group(&self, start: usize, prefix: &[String], found: &mut Vec<PathUse>) -> usize {
        let mut index = start;
        while index < self.tokens.len() && self.word(index) != "}" {
            index = match self.word(index) {
                "," => index + 1,
                "as" => index + 2,
                _ => self.expand(index, prefix, found),
            };
        }
        index + 1
    }

    /// The index of the bracket that closes the one at `open`.
    pub fn closing(&self, open: usize) -> Option<usize> {
        closing(&self.tokens, open)
    }
}

/// Whole files of tests: beside a module, in a crate's folder of tests, and benchmarks.
pub fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// Whether this token is a name or a number.
pub fn is_word(text: &str) -> bool {
    text.starts_with(is_name)
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while !rest.is_empty() {
            let (text, after) = rest.split_at(token_length(rest));
            found.push(Token { text: text.to_owned(), line: index + 1, in_test: false });
            rest = after.trim_start();
        }
    }
    found
}

fn token_length(rest: &str) -> usize {
    if rest.starts_with(is_name) {
        return rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    }
    let pair = ["::", "=>", "->", ".."].iter().any(|pair| rest.starts_with(pair));
    if pair { 2 } else { rest.chars().next().map_or(0, char::len_utf8) }
}

/// Marks each item under `#[cfg(test)]` or `#[test]`, attributes included.
fn mark_tests(tokens: &mut [Token], whole_file: bool) {
    let mut index = 0;
    while index < tokens.len() {
        let end = if whole_file { Some(tokens.len()) } else { end_of_test(tokens, index) };
        let Some(end) = end else {
            index += 1;
            continue;
        };
        tokens[index..end].iter_mut().for_each(|token| token.in_test = true);
        index = end;
    }
}

fn end_of_test(tokens: &[Token], start: usize) -> Option<usize> {
    let word = |index: usize| tokens.get(index).map_or("", |token: &Token| token.text.as_str());
    let attribute: Vec<&str> = (start..start + 6).map(word).collect();
    let marks = attribute.starts_with(&["#", "[", "test", "]"])
        || attribute.starts_with(&["#", "[", "cfg", "(", "test", ")"]);
    if !marks {
        return None;
    }
    let mut index = start;
    while word(index) == "#" {
        index = closing(tokens, index + 1)? + 1;
    }
    while index < tokens.len() && word(index) != ";" {
        match word(index) {
            "(" | "[" => index = closing(tokens, index)? + 1,
            "{" => return Some(closing(tokens, index)? + 1),
            _ => index += 1,
        }
    }
    Some((index + 1).min(tokens.len()))
}

fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}
