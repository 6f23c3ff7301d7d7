//! `cargo xtask tidy`: the rules of the house that no linter knows.
//!
//! A rule is a function from a file to its findings. A finding names the place, the rule, what is
//! wrong and the way out. Which rules there are stands in [`check_file`] and [`check_tree`].

mod code;
pub mod finding;
mod generated;
mod layers;
mod leftovers;
mod manifests;
mod markdown;
mod mask;
mod self_test;
mod sizes;
mod source;
#[cfg(test)]
mod tests;
pub mod tree;
mod wall;
mod wrap;

use crate::process::Workspace;
use finding::Finding;
use markdown::Paths;
use source::Source;
use tree::File;

/// What `cargo xtask help` says.
pub const ABOUT: &str =
    "check the house rules; --self-test also plants violations; --wrap breaks wide comments";

/// Checks the tree, and with `--self-test` the checks; or repairs comments that are too wide.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => report(workspace),
        // Both, even when the first fails: each is news.
        ["--self-test"] => Ok(report(workspace)? & self_test::run(workspace)?),
        ["--wrap"] => wrap_comments(workspace),
        _ => Err("tidy takes no option but --self-test or --wrap".to_owned()),
    }
}

fn report(workspace: &Workspace) -> Result<bool, String> {
    let findings = check_tree(workspace)?;
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} findings", findings.len());
    Ok(findings.is_empty())
}

fn wrap_comments(workspace: &Workspace) -> Result<bool, String> {
    let files = tree::read(workspace)?;
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let wrapped = wrap::wrap(&file.text);
        if wrapped != file.text {
            println!("{}", file.path);
            tree::write(&workspace.root.join(&file.path), wrapped)?;
        }
    }
    Ok(true)
}

/// Every rule over every file, then the rules about the whole.
fn check_tree(workspace: &Workspace) -> Result<Vec<Finding>, String> {
    let files = tree::read(workspace)?;
    let paths = Paths::of(files.iter().map(|file| file.path.as_str()));
    let mut findings: Vec<Finding> =
        files.iter().flat_map(|file| check_file(file, &paths)).collect();
    findings.extend(markdown::decision_numbers(files.iter().map(|file| file.path.as_str())));
    findings.extend(wall::check(workspace, true)?);
    findings.extend(generated::check(workspace, None)?);
    findings.sort();
    Ok(findings)
}

fn check_file(file: &File, paths: &Paths) -> Vec<Finding> {
    let (path, text) = (file.path.as_str(), file.text.as_str());
    if !path.ends_with(".rs") {
        let mut findings = leftovers::in_text(path, text);
        findings.extend(manifests::check(path, text));
        findings.extend(markdown::dead_paths(path, text, paths));
        return findings;
    }
    let rules = [
        layers::check,
        code::model_reaches_outside,
        code::floats,
        code::wildcard_arms,
        code::permit_makers,
        sizes::check,
        leftovers::in_code,
    ];
    let source = Source::read(path, text);
    rules.iter().flat_map(|rule| rule(&source)).collect()
}
