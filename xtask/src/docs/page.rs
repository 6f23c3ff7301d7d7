//! A page of Markdown: its fenced blocks, its prose, and the anchors of its headings.

use std::collections::BTreeMap;

use crate::tidy::tree::File;

/// One page that people read.
pub struct Page {
    /// From the root.
    pub path: String,
    pub text: String,
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its fence, counted from 1.
    pub line: usize,
    /// What stands behind the fence.
    pub info: String,
    pub lines: Vec<String>,
}

/// Pages beside those in `docs/`.
const AT_THE_ROOT: &[&str] = &[
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "llms.txt",
    "python/README.md",
];

impl Page {
    /// The page that a file is, if it is one.
    pub fn of(file: &File) -> Option<Self> {
        let path = file.path.as_str();
        let in_docs = path.starts_with("docs/") && path.ends_with(".md");
        (in_docs || AT_THE_ROOT.contains(&path)).then(|| Self::read(path, &file.text))
    }

    /// A page of this text.
    pub fn read(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), blocks: blocks(text) }
    }

    /// The folder that it is in; empty for the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Each line outside fences with its number, and without what stands in backticks.
    pub fn prose(&self) -> Vec<(usize, String)> {
        let mut fenced = false;
        let mut prose = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            if is_fence(line) {
                fenced = !fenced;
            } else if !fenced {
                prose.push((index + 1, without_code(line)));
            }
        }
        prose
    }

    /// What may stand behind `#` in a link to this page.
    pub fn anchors(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut anchors = Vec::new();
        let mut fenced = false;
        for line in self.text.lines() {
            if is_fence(line) {
                fenced = !fenced;
            }
            let title = line.trim_start_matches('#');
            if fenced || title.len() == line.len() || !title.starts_with(' ') {
                continue;
            }
            let slug = slug(title);
            let times = seen.entry(slug.clone()).or_default();
            anchors.push(if *times == 0 { slug } else { format!("{slug}-{times}") });
            *times += 1;
        }
        anchors
    }
}

/// The anchor of a heading, as GitHub and mdBook make it.
pub fn slug(title: &str) -> String {
    let words = title.trim().chars().filter_map(|sign| match sign {
        ' ' => Some('-'),
        '-' | '_' => Some(sign),
        _ if sign.is_alphanumeric() => Some(sign.to_ascii_lowercase()),
        _ => None,
    });
    words.collect()
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, is_fence(line)) {
            (Some(_), true) => blocks.extend(open.take()),
            (Some(block), false) => block.lines.push(line.to_owned()),
            (None, true) => {
                let info = line.trim().trim_start_matches('`').trim().to_owned();
                open = Some(Block { line: index + 1, info, lines: Vec::new() });
            }
            (None, false) => {}
        }
    }
    blocks
}

fn without_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part } else { "" }).collect()
}
