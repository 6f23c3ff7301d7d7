//! Every fenced block is either run by a test or says that it is no program.

use super::cuts::{Sources, is_between_marks};
use super::page::{Block, Page};
use crate::tidy::finding::Finding;

const RULE: &str = "blocks";
/// What is looked at and not run.
const SHOWN: &[&str] = &["text", "mermaid", "toml"];

/// Blocks of which nobody can say that they were run.
pub fn check(pages: &[Page], sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in pages {
        for block in &page.blocks {
            if let Some(why) = fault(page, block, sources) {
                findings.push(Finding::new(&page.path, block.line, RULE, why));
            }
        }
    }
    findings
}

fn fault(page: &Page, block: &Block, sources: &Sources) -> Option<String> {
    match block.info.split(',').next().unwrap_or_default() {
        "rust" | "python" if is_between_marks(page, block.line) => None,
        "rust" | "python" => not_cut(page, block, sources),
        "json" => {
            let text = block.lines.join("\n");
            let read = serde_json::from_str::<serde_json::Value>(&text);
            read.err().map(|error| format!("this is not JSON: {error}"))
        }
        "console" => block.lines.iter().find_map(|line| not_a_command(line)),
        shown if SHOWN.contains(&shown) => None,
        "" => Some("a block without a name: say what it is, or `text`".to_owned()),
        other => Some(format!(
            "nobody runs a block of `{other}`: cut `rust` from docs/samples and `python` from \
             python/examples, write commands as `console`, and what is only shown as one of json, {}",
            SHOWN.join(", ")
        )),
    }
}

fn not_cut(page: &Page, block: &Block, sources: &Sources) -> Option<String> {
    let written = "a program that no test runs: cut it from docs/samples or python/examples, by an \
                   include or by markers";
    if block.lines.is_empty() {
        return Some(written.to_owned());
    }
    block.lines.iter().find_map(|line| match sources.included(page.folder(), line) {
        None => Some(written.to_owned()),
        Some(cut) => cut.err(),
    })
}

/// A block of commands holds nothing else, so that all of it can be run.
fn not_a_command(line: &str) -> Option<String> {
    let is_command = line.starts_with("$ ") || line.starts_with("  ");
    (!is_command)
        .then(|| "commands begin with `$ `; what they print belongs in a block of `text`".into())
}
