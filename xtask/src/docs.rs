//! `cargo xtask docs`: the book, and whether everything that README and book show is so.
//!
//! The book builds without a warning; every link leads somewhere; Rust is cut from programs that
//! the tests run; every command is run here or by the suite that a table names.

mod blocks;
mod book;
mod commands;
mod cuts;
mod html;
mod links;
mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::process::Workspace;
use crate::tidy::tree;
use page::Page;

/// What `cargo xtask help` says.
pub const ABOUT: &str = "build the book, check every link, run every command that is shown";

/// Builds and checks everything.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    if !words.is_empty() {
        return Err("docs takes no option".to_owned());
    }
    let files = tree::read(workspace)?;
    let paths: BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
    let pages: Vec<Page> = files.iter().filter_map(Page::of).collect();
    let sources = cuts::Sources::of(&files);

    let mut findings = cuts::check(workspace, &pages, &sources)?;
    findings.extend(blocks::check(&pages, &sources));
    let (links, dead) = links::check(&pages, &paths);
    findings.extend(dead);
    findings.extend(book::left_out(&pages));
    findings.extend(book::build(workspace, &pages)?);
    let (run, failed) = commands::check(workspace, &pages)?;
    findings.extend(failed);

    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    let (pages, findings) = (pages.len(), findings.len());
    println!("docs: {pages} pages, {links} links, {run} commands run, {findings} findings");
    Ok(findings == 0)
}
