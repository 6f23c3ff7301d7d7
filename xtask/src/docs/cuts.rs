//! Snippets that are cut from programs: in the book by mdBook's include, elsewhere between markers.
//!
//! A marker names the file and the anchor; `TILLKIT_BLESS=1` writes what stands there between the
//! markers anew.

use std::collections::BTreeMap;

use super::page::Page;
use crate::process::Workspace;
use crate::tidy::finding::Finding;
use crate::tidy::tree::joined;
use crate::tidy::tree::{self, File};

const RULE: &str = "snippets";
const BEGIN: &str = "<!-- cut: ";
const END: &str = "<!-- cut ends -->";
/// Programs with these endings in these folders are built and run by the suites.
const RUN: [(&str, &str); 3] =
    [("docs/samples/", ".rs"), ("core/tillkit/tests/", ".rs"), ("python/examples/", ".py")];

/// Whether a file is a program that the tests build and run.
pub fn is_run(path: &str) -> bool {
    RUN.iter().any(|(folder, ending)| path.starts_with(folder) && path.ends_with(ending))
}

/// The programs that snippets may be cut from.
pub struct Sources(BTreeMap<String, String>);

impl Sources {
    pub fn of(files: &[File]) -> Self {
        let kept = files.iter().filter(|file| is_run(&file.path));
        Self(kept.map(|file| (file.path.clone(), file.text.clone())).collect())
    }

    /// The lines between an anchor's marks, without other marks and common indentation.
    pub fn cut(&self, file: &str, anchor: &str) -> Result<String, String> {
        let Some(text) = self.0.get(file) else {
            return Err(format!(
                "`{file}` is no program that the tests run: cut from {}",
                RUN.map(|(folder, _)| folder).join(" or ")
            ));
        };
        let comment = if file.ends_with(".py") { "#" } else { "//" };
        let begins = format!("{comment} ANCHOR");
        let mark = |line: &str, word: &str| line.trim() == format!("{comment} {word}: {anchor}");
        let inside: Vec<&str> = text
            .lines()
            .skip_while(|line| !mark(line, "ANCHOR"))
            .skip(1)
            .take_while(|line| !mark(line, "ANCHOR_END"))
            .filter(|line| !line.trim().starts_with(&begins))
            .collect();
        if inside.iter().all(|line| line.trim().is_empty()) {
            return Err(format!("`{file}` has nothing between the marks of `{anchor}`"));
        }
        let depth = |line: &&str| line.len() - line.trim_start().len();
        let filled = inside.iter().copied().filter(|line| !line.trim().is_empty());
        let indent = filled.map(|line| depth(&line)).min().unwrap_or(0);
        let cut = inside.iter().map(|line| line.get(indent..).unwrap_or(""));
        Ok(cut.collect::<Vec<_>>().join("\n"))
    }

    /// What mdBook's `{{#include file:anchor}}` stands for, seen from a folder.
    pub fn included(&self, folder: &str, line: &str) -> Option<Result<String, String>> {
        let inside = line.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
        let Some((file, anchor)) = inside.trim().rsplit_once(':') else {
            return Some(Err(format!("`{line}` names no anchor: include `file:anchor`")));
        };
        Some(self.cut(&joined(folder, file), anchor))
    }
}

/// Compares what stands between markers with its source, or writes it where that was asked for.
pub fn check(
    workspace: &Workspace,
    pages: &[Page],
    sources: &Sources,
) -> Result<Vec<Finding>, String> {
    let blesses = std::env::var_os("TILLKIT_BLESS").is_some();
    let mut findings = Vec::new();
    for page in pages {
        match renewed(&page.text, sources) {
            Err((line, why)) => findings.push(Finding::new(&page.path, line, RULE, why)),
            Ok(text) if text == page.text => {}
            Ok(text) if blesses => tree::write(&workspace.root.join(&page.path), text)?,
            Ok(_) => {
                let text = "a snippet is not what its program says: look at the difference, then \
                            let `TILLKIT_BLESS=1 cargo xtask docs` write it";
                findings.push(Finding::new(&page.path, 1, RULE, text));
            }
        }
    }
    Ok(findings)
}

/// The text with every snippet between markers cut anew.
pub fn renewed(text: &str, sources: &Sources) -> Result<String, (usize, String)> {
    let mut lines = text.lines().enumerate();
    let mut written = String::new();
    while let Some((index, line)) = lines.next() {
        written.push_str(line);
        written.push('\n');
        let Some(named) = line.strip_prefix(BEGIN) else { continue };
        let at = |why: &str| (index + 1, why.to_owned());
        let named = named.strip_suffix(" -->").and_then(|named| named.rsplit_once(':'));
        let (file, anchor) = named.ok_or_else(|| at("a marker says `cut: file:anchor`"))?;
        let cut = sources.cut(file, anchor).map_err(|why| (index + 1, why))?;
        let (_, fence) = lines.next().ok_or_else(|| at("a marker is followed by a block"))?;
        if lines.by_ref().all(|(_, line)| line != END) {
            return Err(at("the marker has no end"));
        }
        written.push_str(&format!("{fence}\n{cut}\n```\n{END}\n"));
    }
    Ok(written)
}

/// Whether a block stands between markers.
pub fn is_between_marks(page: &Page, line: usize) -> bool {
    let before = line.checked_sub(2).and_then(|index| page.text.lines().nth(index));
    before.is_some_and(|line| line.starts_with(BEGIN))
}
