//! What the documents name must exist, and the decisions are numbered without holes.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::tree::joined;

const RULE: &str = "markdown";
const ENDINGS: &[&str] =
    &[".rs", ".md", ".toml", ".json", ".jsonl", ".sh", ".yml", ".sql", ".html"];
/// Written by a build, so named in documents and absent from the tree.
const GENERATED: &str = "target/";

/// Every path in the tree: the files, the folders that hold them, and the files' bare names.
pub struct Paths(BTreeSet<String>);

impl Paths {
    pub fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = BTreeSet::new();
        for file in files {
            all.insert(file.to_owned());
            all.extend(file.rsplit('/').next().map(str::to_owned));
            all.extend(file.match_indices('/').map(|(at, _)| file[..at].to_owned()));
        }
        Self(all)
    }

    fn has(&self, path: &str) -> bool {
        path.is_empty() || self.0.contains(path)
    }
}

/// Paths in backticks and targets of links that do not exist.
pub fn dead_paths(path: &str, text: &str, tree: &Paths) -> Vec<Finding> {
    if !path.ends_with(".md") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut in_block = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        let named = backticks(line).into_iter().filter(|word| looks_like_path(word, tree));
        for word in named.chain(links(line)).filter(|word| !resolves(path, word, tree)) {
            let text = format!("`{word}` does not exist: name what is there");
            findings.push(Finding::new(path, index + 1, RULE, text));
        }
    }
    findings
}

fn backticks(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    local.filter_map(|target| target.split('#').next()).filter(|target| !target.is_empty())
}

fn looks_like_path(word: &str, tree: &Paths) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    if !plain || word.starts_with('/') || word.starts_with('-') {
        return false;
    }
    let first = word.split('/').next().unwrap_or("");
    let in_tree = word.contains('/') && tree.has(first);
    in_tree || word.ends_with('/') || ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// From the root of the tree, or from the folder of the document.
fn resolves(document: &str, word: &str, tree: &Paths) -> bool {
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let wanted = word.trim_end_matches('/');
    let generated = word.starts_with(GENERATED);
    generated || tree.has(wanted) || tree.has(&joined(folder, wanted))
}

/// Decisions are `NNNN-title.md`, from 0001 on, each number once.
pub fn decision_numbers<'a>(files: impl IntoIterator<Item = &'a str>) -> Vec<Finding> {
    let folder = "docs/decisions/";
    let mut names: Vec<&str> = files
        .into_iter()
        .filter(|path| path.starts_with(folder) && path.ends_with(".md"))
        .collect();
    names.sort_unstable();
    let mut findings = Vec::new();
    for (index, path) in names.iter().enumerate() {
        let expected = format!("{folder}{:04}-", index + 1);
        if !path.starts_with(&expected) {
            let text =
                format!("the next decision is `{expected}title.md`: number them without holes");
            findings.push(Finding::new(path, 1, "decisions", text));
            break;
        }
    }
    findings
}
