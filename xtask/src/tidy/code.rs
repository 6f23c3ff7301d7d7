//! Rules about what may stand in a Rust file of the core.

use super::finding::Finding;
use super::source::{Source, is_test_file};

const CORE: &str = "core/";
const MODEL: &str = "core/model/src/";
const EXHAUSTIVE: &[&str] = &["core/model/src/payment", "core/model/src/error"];
const PERMIT_MAKERS: &[&str] =
    &["core/model/src/engine/memory.rs", "core/tillkit/src/journal/", "simulator/src/world/"];
const OUTSIDE: &[&str] = &["fs", "net", "env", "process", "thread"];

/// The model's own code names nothing of the standard library that reaches outside.
pub fn model_reaches_outside(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with(MODEL) {
        return Vec::new();
    }
    let uses = source.paths(&["std"]).into_iter().filter(|path| !path.in_test);
    let reaching = uses.filter_map(|path| {
        let module = path.segments.get(1).filter(|name| OUTSIDE.contains(&name.as_str()))?;
        let text =
            format!("`std::{module}` in the model, which decides and never acts: take it as data");
        Some(Finding::new(source.path, path.line, "wall", text))
    });
    reaching.collect()
}

/// No type of the core is a float: money is an integer, and so is everything near it.
pub fn floats(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with(CORE) {
        return Vec::new();
    }
    let floats = source.tokens.iter().filter(|token| matches!(token.text.as_str(), "f32" | "f64"));
    let finding = |line| {
        Finding::new(
            source.path,
            line,
            "floats",
            "a float in the core: use an integer and its unit",
        )
    };
    floats.map(|token| finding(token.line)).collect()
}

/// The lifecycle and the error catalogue name every case, so that a new one must be thought of.
pub fn wildcard_arms(source: &Source) -> Vec<Finding> {
    if !EXHAUSTIVE.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let arms = source.find(&["=>"]).into_iter().filter(|arrow| catches_all(source, *arrow));
    let arms = arms.filter(|arrow| !matches_literals(source, *arrow));
    let finding = |arrow: usize| {
        let line = source.tokens[arrow].line;
        Finding::new(
            source.path,
            line,
            "wildcard-arms",
            "an arm for everything else: name the cases",
        )
    };
    arms.map(finding).collect()
}

/// `_ =>`, and tuples of nothing else such as `(_, _) =>`.
fn catches_all(source: &Source, arrow: usize) -> bool {
    let last = arrow.saturating_sub(1);
    match source.word(last) {
        "_" => matches!(source.word(last.saturating_sub(1)), "{" | "}" | "," | "|"),
        ")" => {
            let open = (0..last).rev().find(|index| source.closing(*index) == Some(last));
            let Some(open) = open else { return false };
            let blank =
                (open + 1..last).all(|index| matches!(source.word(index), "_" | "," | ".."));
            let tuple = matches!(source.word(open.saturating_sub(1)), "{" | "}" | "," | "|");
            blank && tuple
        }
        _ => false,
    }
}

/// Texts and numbers cannot be named one by one: whether an arm before this one has one in its
/// pattern.
fn matches_literals(source: &Source, arrow: usize) -> bool {
    let encloses = |open: &usize| {
        source.word(*open) == "{" && source.closing(*open).is_some_and(|close| close > arrow)
    };
    let Some(open) = (0..arrow).rev().find(encloses) else { return false };
    let is_literal =
        |index: usize| source.word(index).starts_with(|c| matches!(c, '"' | '0'..='9'));
    let mut index = open + 1;
    let mut group_has_literal = false;
    while index < arrow {
        match source.word(index) {
            "=>" if is_literal(index - 1) || group_has_literal => return true,
            "{" | "(" | "[" => {
                let close = source.closing(index).unwrap_or(arrow);
                let is_pattern = source.word(close + 1) == "=>" && source.word(index) == "(";
                group_has_literal = is_pattern && (index..close).any(is_literal);
                index = close + 1;
            }
            _ => index += 1,
        }
    }
    false
}

/// Only a durable append makes a permit, so only a store may say that one happened.
pub fn permit_makers(source: &Source) -> Vec<Finding> {
    if is_test_file(source.path) || PERMIT_MAKERS.iter().any(|at| source.path.starts_with(at)) {
        return Vec::new();
    }
    let called = [".", "::"].into_iter().flat_map(|sign| source.find(&[sign, "recorded", "("]));
    let finding = |at: usize| {
        let text = "a permit is made here, away from the stores: let the journal's append give it";
        Finding::new(source.path, source.tokens[at].line, "permits", text)
    };
    called.map(finding).collect()
}
