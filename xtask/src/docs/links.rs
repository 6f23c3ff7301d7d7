//! Every link leads somewhere: to a file of the tree and, in a page, to a heading.
//!
//! Links into the web are looked at and not followed.

use std::collections::{BTreeMap, BTreeSet};

use super::page::Page;
use crate::tidy::finding::Finding;
use crate::tidy::tree::joined;

const RULE: &str = "links";

/// How many links there are, and those that lead nowhere.
pub fn check(pages: &[Page], paths: &BTreeSet<String>) -> (usize, Vec<Finding>) {
    let anchors: BTreeMap<&str, Vec<String>> =
        pages.iter().map(|page| (page.path.as_str(), page.anchors())).collect();
    let (mut count, mut findings) = (0, Vec::new());
    for page in pages {
        for (line, prose) in page.prose() {
            for target in targets(&prose) {
                count += 1;
                if let Some(why) = fault(page, target, paths, &anchors) {
                    findings.push(Finding::new(&page.path, line, RULE, why));
                }
            }
        }
    }
    (count, findings)
}

/// What stands in the round brackets of links, in angle brackets, and behind names of links.
pub fn targets(prose: &str) -> Vec<&str> {
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let angled = prose.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    let angled = angled.filter(|target| target.contains("://"));
    let named = prose.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
    let named = named.map(|(_, target)| target.trim());
    inline.chain(angled).chain(named).collect()
}

fn fault(
    page: &Page,
    target: &str,
    paths: &BTreeSet<String>,
    anchors: &BTreeMap<&str, Vec<String>>,
) -> Option<String> {
    if target.contains("://") {
        return web_fault(target);
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { page.path.clone() } else { joined(page.folder(), file) };
    let below = format!("{file}/");
    if !paths.contains(&file) && !paths.iter().any(|path| path.starts_with(&below)) {
        return Some(format!("`{target}` leads nowhere: there is no `{file}`"));
    }
    let known = anchors.get(file.as_str());
    let leads = anchor.is_empty() || known.is_some_and(|known| known.iter().any(|a| a == anchor));
    (!leads).then(|| format!("`{file}` has no heading `#{anchor}`"))
}

fn web_fault(target: &str) -> Option<String> {
    let host = target.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let formed =
        host.is_some_and(|host| host.contains('.')) && !target.contains(char::is_whitespace);
    (!formed).then(|| format!("`{target}` is no address: `https://` and a host"))
}
