//! Each rule finds what it is for, and nothing else.

mod code;
mod layers;
mod markdown;
mod sizes;
mod source;
mod texts;
mod wall;
mod wrap;

use super::finding::Finding;
use super::source::Source;

/// The lines at which a rule finds something in this text.
fn lines(rule: fn(&Source) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
    rule(&Source::read(path, text)).iter().map(|finding| finding.line).collect()
}
