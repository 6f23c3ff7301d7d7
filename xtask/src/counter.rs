//! `cargo xtask counter`: drives the counter with a real browser.
//!
//! It sets up what it needs: the program, the packages that the lock file names, and Debian's
//! Chromium where it may install it. Pictures of each state land in `target/counter/`.

use std::path::Path;

use crate::process::{Workspace, collect, watch};

/// What `cargo xtask help` says.
pub const ABOUT: &str = "drive the counter with a real browser";

const FOLDER: &str = "tests/counter";
const BROWSERS: &[&str] =
    &["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Sets up, and runs the named files of tests, or all.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    have_browser(workspace)?;
    have_packages(workspace)?;
    let packages = ["--package", "tillkit-simulator", "--package", "tillkit-cli"];
    let mut build = workspace.cargo(&[&["build", "--quiet"], &packages[..]].concat())?;
    if !watch(&mut build)? {
        return Ok(false);
    }
    let mut node = workspace.command("node")?;
    node.current_dir(workspace.root.join(FOLDER));
    // Beside this program, wherever builds go.
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    node.env("TILLKIT_SIMULATOR", here.with_file_name("tillkit-simulator"));
    node.env("TILLKIT_TILL", here.with_file_name("till"));
    node.args(["--test", "--test-concurrency=3", "--test-reporter=spec"]);
    watch(if words.is_empty() { node.arg(".") } else { node.args(words) })
}

fn have_browser(workspace: &Workspace) -> Result<(), String> {
    let there = || BROWSERS.iter().any(|path| Path::new(path).exists());
    if there() || std::env::var_os("CHROMIUM").is_some() {
        return Ok(());
    }
    // A first try with the lists of packages as they are, a second with fresh ones.
    let install = ["install", "--yes", "--no-install-recommends", "chromium"];
    for words in [&install[..], &["update"], &install] {
        let mut command = workspace.command("apt-get")?;
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        collect(&mut command).ok();
        if there() {
            return Ok(());
        }
    }
    let way_out = "`apt-get install chromium`, or say where it is in CHROMIUM";
    Err(format!("no Chromium, and it could not be installed: {way_out}"))
}

/// Installed anew where the lock file is another than the one that was installed from.
fn have_packages(workspace: &Workspace) -> Result<(), String> {
    let folder = workspace.root.join(FOLDER);
    let lock = std::fs::read(folder.join("package-lock.json"));
    let lock = lock.map_err(|error| format!("{FOLDER}/package-lock.json: {error}"))?;
    let mark = folder.join("node_modules/.installed-from");
    if std::fs::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = workspace.command("npm")?;
    npm.current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    let (succeeded, _, errors) = collect(&mut npm)?;
    if !succeeded {
        return Err(format!("`npm ci` failed in {FOLDER}:\n{errors}"));
    }
    std::fs::write(mark, lock).map_err(|error| error.to_string())
}
