//! Which Pythons this machine has.

use crate::process::{Workspace, collect};

/// One Python that the package is for.
pub struct Python {
    pub program: String,
    /// Such as `3.11`.
    pub version: String,
}

const OLDEST: u32 = 10;
const NEWEST: u32 = 15;
/// Prints the version, where environments can be made.
const ASK: &str = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";

/// Every Python 3 from the oldest on that can make an environment, the usual one first.
pub fn all(workspace: &Workspace) -> Result<Vec<Python>, String> {
    let mut found = look(workspace)?;
    if found.is_empty() {
        have_python(workspace)?;
        found = look(workspace)?;
    }
    Ok(found)
}

/// What to do where there is none.
pub fn none() -> String {
    format!(
        "the package needs Python 3.{OLDEST} or newer with venv and pip: \
         `apt-get install python3 python3-venv`, or python.org"
    )
}

fn look(workspace: &Workspace) -> Result<Vec<Python>, String> {
    let named = (OLDEST..=NEWEST).map(|minor| format!("python3.{minor}"));
    let mut found: Vec<Python> = Vec::new();
    for program in std::iter::once("python3".to_owned()).chain(named) {
        let mut command = workspace.command(&program)?;
        let Ok((true, version, _)) = collect(command.args(["-c", ASK])) else { continue };
        let version = version.trim().to_owned();
        if is_ours(&version) && found.iter().all(|python| python.version != version) {
            found.push(Python { program, version });
        }
    }
    Ok(found)
}

fn is_ours(version: &str) -> bool {
    let minor = version.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= OLDEST)
}

/// Debian's, where it may be installed: a first try with the lists of packages as they are, a
/// second with fresh ones.
fn have_python(workspace: &Workspace) -> Result<(), String> {
    let install = ["install", "--yes", "--no-install-recommends", "python3", "python3-venv"];
    for words in [&install[..], &["update"], &install] {
        let mut command = workspace.command("apt-get")?;
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        collect(&mut command).ok();
        if !look(workspace)?.is_empty() {
            return Ok(());
        }
    }
    Err(none())
}
