//! Builds the book with mdBook, from a copy in which links that leave `docs/` go to the repository.
//!
//! mdBook is a tool of this folder alone: one version, installed under `target/tools`.

use std::fs;
use std::path::PathBuf;

use super::page::Page;
use super::{cuts, html, links};
use crate::process::{Workspace, collect, watch};
use crate::tidy::finding::Finding;
use crate::tidy::tree;

const RULE: &str = "book";
const VERSION: &str = "0.5.4";
const DOCS: &str = "docs";
const CONTENTS: &str = "docs/SUMMARY.md";
/// Where the copy is.
const STAGE: &str = "target/book-source";
const BUILT: &str = "target/book";
/// Where a reader of the book finds what is not in it.
const REPOSITORY: &str = "https://github.com/tillkit/tillkit/blob/main/";

/// Pages below `docs/` that the contents do not name.
pub fn left_out(pages: &[Page]) -> Vec<Finding> {
    let Some(contents) = pages.iter().find(|page| page.path == CONTENTS) else {
        return vec![Finding::new(CONTENTS, 1, RULE, "the book has no contents")];
    };
    let named: Vec<String> = contents
        .prose()
        .iter()
        .flat_map(|(_, line)| {
            links::targets(line).into_iter().map(|t| tree::joined(DOCS, t)).collect::<Vec<_>>()
        })
        .collect();
    let in_docs = pages.iter().filter(|page| page.path.starts_with("docs/"));
    let missing = in_docs.filter(|page| page.path != CONTENTS && !named.contains(&page.path));
    missing
        .map(|page| Finding::new(&page.path, 1, RULE, "no chapter: name it in docs/SUMMARY.md"))
        .collect()
}

/// Builds it; what mdBook warns of and what leads nowhere in it.
pub fn build(workspace: &Workspace, pages: &[Page]) -> Result<Vec<Finding>, String> {
    let tool = installed(workspace)?;
    stage(workspace, pages)?;
    let mut mdbook = workspace.command(&tool.to_string_lossy())?;
    mdbook.arg("build").arg(workspace.root.join(STAGE).join(DOCS));
    mdbook.arg("--dest-dir").arg(workspace.root.join(BUILT));
    let (succeeded, output, errors) = collect(&mut mdbook)?;
    let said = output.lines().chain(errors.lines());
    let is_bad = |line: &&str| line.contains("WARN") || line.contains("ERROR");
    let mut findings: Vec<Finding> =
        said.filter(is_bad).map(|line| Finding::new(DOCS, 1, RULE, line)).collect();
    if !succeeded && findings.is_empty() {
        findings.push(Finding::new(DOCS, 1, RULE, format!("mdBook failed: {errors}")));
    }
    findings.extend(html::check(&workspace.root.join(BUILT))?);
    Ok(findings)
}

/// The right mdBook, which is installed where it is not there.
fn installed(workspace: &Workspace) -> Result<PathBuf, String> {
    let own = workspace.root.join("target/tools/bin/mdbook");
    for tool in [own.clone(), PathBuf::from("mdbook")] {
        let mut asked = workspace.command(&tool.to_string_lossy())?;
        if let Ok((true, said, _)) = collect(asked.arg("--version"))
            && said.trim() == format!("mdbook v{VERSION}")
        {
            return Ok(tool);
        }
    }
    println!("docs: mdbook {VERSION} is installed into target/tools");
    let work = "target/tools/build";
    let arguments = ["install", "mdbook", "--version", VERSION, "--locked", "--quiet"];
    // Quick to build matters here, and quick to run does not; no part that serves or watches.
    let lean = ["--debug", "--no-default-features", "--features", "search"];
    let places = ["--root", "target/tools", "--target-dir", work];
    let mut cargo = workspace.cargo(&arguments)?;
    let succeeded = watch(cargo.args(lean).args(places))?;
    // Half a gigabyte that nobody needs again.
    fs::remove_dir_all(workspace.root.join(work)).unwrap_or(());
    let missing = format!(
        "mdbook {VERSION} is missing and could not be installed: with a network, \
         `cargo install mdbook --version {VERSION} --locked --root target/tools`"
    );
    if succeeded { Ok(own) } else { Err(missing) }
}

/// Copies `docs/`, and the programs that snippets are cut from.
fn stage(workspace: &Workspace, pages: &[Page]) -> Result<(), String> {
    for old in [STAGE, BUILT] {
        fs::remove_dir_all(workspace.root.join(old)).unwrap_or(());
    }
    let staged = |path: &str| workspace.root.join(STAGE).join(path);
    let needed = |path: &str| path.starts_with("docs/") || cuts::is_run(path);
    for file in tree::read(workspace)?.iter().filter(|file| needed(&file.path)) {
        let page = pages.iter().find(|page| page.path == file.path);
        let text = page.map_or_else(|| file.text.clone(), for_readers);
        tree::write(&staged(&file.path), text)?;
    }
    Ok(())
}

/// The page as the book has it.
fn for_readers(page: &Page) -> String {
    let text = with_outward_links(page);
    let note = format!("*The repository [draws this picture]({REPOSITORY}{}).*", page.path);
    text.replace("```mermaid", &format!("{note}\n\n```mermaid"))
}

/// The page, its links to files outside the book turned into addresses.
pub fn with_outward_links(page: &Page) -> String {
    let mut text = page.text.clone();
    for (_, prose) in page.prose() {
        for target in links::targets(&prose) {
            let file = target.split('#').next().unwrap_or_default();
            let joined = tree::joined(page.folder(), file);
            if !target.contains("://") && !file.is_empty() && !joined.starts_with("docs/") {
                let anchor = target.strip_prefix(file).unwrap_or_default();
                let address = format!("]({REPOSITORY}{joined}{anchor})");
                text = text.replace(&format!("]({target})"), &address);
            }
        }
    }
    text
}
