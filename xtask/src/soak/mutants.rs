//! Removes one protection at a time and expects the auditor's own verdict on it.
//!
//! A mutant is the workspace's crates built with `--cfg mutant="name"`. A wrapper of its own adds
//! that to the compiler's arguments for these crates alone, in a target folder apart: the
//! dependencies are built once for all mutants, and no ordinary build is disturbed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::BUILD;
use crate::process::{Workspace, collect, timed};

/// As many lives as the unmutated engine must pass, and a mutant may live until it is caught.
const SEEDS: &str = "10000";

/// Runs the unmutated engine, then the named mutants or all that the simulator lists; with
/// `--provider NAME` that provider's own, in lives with it alone.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    let (provider, names) = read(words)?;
    let known = list(workspace, &provider)?;
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("no mutant `{name}`: there are {}", known.join(", ")));
    }
    let chosen = if names.is_empty() { &known } else { &names };
    let mut all_well = row(workspace, &provider, "none removed", None)?;
    for name in chosen {
        all_well &= row(workspace, &provider, name, Some(name))?;
    }
    Ok(all_well)
}

/// The words that choose the provider, as the program takes them, and the mutants' names.
fn read(words: &[String]) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut provider, mut names) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--provider" {
            let name = words.next().ok_or("--provider needs a name")?;
            provider = vec![word.clone(), name.clone()];
        } else {
            names.push(word.clone());
        }
    }
    Ok((provider, names))
}

fn list(workspace: &Workspace, provider: &[String]) -> Result<Vec<String>, String> {
    let mut command = soak(workspace)?;
    command.args(["--", "--list-mutants"]).args(provider);
    let (succeeded, output, errors) = collect(&mut command)?;
    let names: Vec<String> = output.split_whitespace().map(str::to_owned).collect();
    match (succeeded, names.is_empty()) {
        (true, false) => Ok(names),
        (true, true) => Err("`soak --list-mutants` lists none".to_owned()),
        (false, _) => Err(format!("`soak --list-mutants` failed:\n{errors}")),
    }
}

/// One removed protection: its name, what the program said of it, and the time.
fn row(
    workspace: &Workspace,
    provider: &[String],
    title: &str,
    mutant: Option<&str>,
) -> Result<bool, String> {
    let mut command = soak(workspace)?;
    if let Some(name) = mutant {
        command.env("RUSTC_WORKSPACE_WRAPPER", wrapper(workspace, name)?);
        command.args(["--", "--expect-mutant", name, "--seeds", SEEDS]);
    } else {
        command.args(["--", "--seeds", SEEDS]);
    }
    command.args(provider);
    let (answer, time) = timed(|| collect(&mut command));
    let (succeeded, output, errors) = answer?;
    let said = match mutant {
        None if succeeded => "passes every life",
        _ => last_line(&output),
    };
    let mark = if succeeded { "ok  " } else { "FAIL" };
    println!("{mark} {title:<32} {said} ({:.1} s)", time.as_secs_f64());
    if !succeeded {
        eprintln!("{errors}");
    }
    Ok(succeeded)
}

fn last_line(output: &str) -> &str {
    output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("said nothing")
}

fn soak(workspace: &Workspace) -> Result<Command, String> {
    let mut command = workspace.cargo(BUILD)?;
    command.args(["--target-dir".as_ref(), folder(workspace).as_os_str()]);
    Ok(command)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("target/mutants")
}

/// Cargo keeps apart what different wrappers have built, so each mutant has one by its own name.
fn wrapper(workspace: &Workspace, name: &str) -> Result<PathBuf, String> {
    let folder = folder(workspace).join("wrappers");
    let file = folder.join(name);
    let text = format!("#!/bin/sh\nexec \"$@\" --cfg 'mutant=\"{name}\"'\n");
    let written = fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, text))
        .and_then(|()| make_executable(&file));
    written.map(|()| file.clone()).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(unix)]
fn make_executable(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("mutants need a system that runs shell scripts"))
}
