//! The built book: every link in it leads to a file that was built, and to a place in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::tidy::finding::Finding;
use crate::tidy::tree::joined;

const RULE: &str = "book-links";
/// One page for printing repeats all others, and one for whoever is lost is served from anywhere.
const PASSED_OVER: &[&str] = &["print.html", "404.html"];

/// Links of the built book that lead nowhere.
pub fn check(built: &Path) -> Result<Vec<Finding>, String> {
    let mut files = BTreeSet::new();
    collect(built, "", &mut files)?;
    let mut texts = BTreeMap::new();
    for file in files.iter().filter(|file| file.ends_with(".html")) {
        let text = fs::read_to_string(built.join(file));
        texts.insert(file.clone(), text.map_err(|error| format!("{file}: {error}"))?);
    }
    Ok(dead_links(&texts, &files))
}

/// Links of these pages that lead to none of these files, or to no place in them.
pub fn dead_links(texts: &BTreeMap<String, String>, files: &BTreeSet<String>) -> Vec<Finding> {
    if texts.is_empty() {
        return vec![Finding::new("docs", 1, RULE, "the book has no page")];
    }
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        texts.iter().map(|(file, text)| (file.as_str(), values(text, "id").collect())).collect();
    let mut findings = Vec::new();
    for (file, text) in texts.iter().filter(|(file, _)| !PASSED_OVER.contains(&file.as_str())) {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let dead = values(text, "href").chain(values(text, "src")).filter(|target| {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = path.split('?').next().unwrap_or_default();
            let place = if path.is_empty() { file.clone() } else { joined(folder, path) };
            let is_place = |ids: &BTreeSet<&str>| anchor.is_empty() || ids.contains(anchor);
            let leads = ids.get(place.as_str()).map_or_else(|| files.contains(&place), is_place);
            !target.contains("://") && !target.starts_with("mailto:") && !leads
        });
        findings.extend(dead.map(|target| {
            Finding::new(&format!("book/{file}"), 1, RULE, format!("`{target}` leads nowhere"))
        }));
    }
    findings.sort();
    findings.dedup();
    findings
}

/// What stands in every attribute of this name.
fn values<'a>(text: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    let tags = text.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(move |tag| {
        let (_, value) = tag.split_once(&format!(" {name}=\""))?;
        value.split('"').next()
    })
}

fn collect(folder: &Path, below: &str, files: &mut BTreeSet<String>) -> Result<(), String> {
    let entries = fs::read_dir(folder.join(below)).map_err(|error| format!("{below}: {error}"))?;
    for entry in entries.flatten() {
        let name = joined(below, &entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(folder, &name, files)?;
        } else {
            files.insert(name);
        }
    }
    Ok(())
}
