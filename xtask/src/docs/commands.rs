//! Every command that a page shows is run: here, or by the suite that a row names.
//!
//! A page's blocks are run in their order, in one new folder, against a `till simulate` of their
//! own on a free port. `cargo run --` is the program `till` that was just built.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::page::{Block, Page};
use crate::process::{Workspace, collect, watch};
use crate::tidy::finding::Finding;

const RULE: &str = "commands";
/// Where a page's simulator seems to be.
const SHOWN_ADDRESSES: &[&str] = &["localhost:8042", "127.0.0.1:8042"];

const STARTED: &str = "this suite starts it for each page, on a free port";

/// What is not run here: how it begins, and who runs it instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("cargo xtask test", "every suite is a part of it"),
    ("cargo xtask tidy", "the suite `tidy`"),
    ("cargo xtask docs", "the suite `docs`"),
    ("cargo xtask counter", "the suite `counter`"),
    ("cargo xtask soak", "the suite `soak`, with fewer lives"),
    ("cargo xtask bench", "by hand on a quiet machine: a measurement is no test"),
    ("cargo xtask fuzz", "by hand with a nightly compiler; a short run is in the suite `rust`"),
    ("cargo test", "the suite `rust`"),
    ("TILLKIT_BLESS=1 cargo", "the suite `rust` compares what it would write"),
    ("cargo run -p tillkit-samples", "docs/samples/rust/tests/programs.rs, in the suite `rust`"),
    ("cargo run -- simulate", STARTED),
    ("till simulate", STARTED),
];

/// How many commands ran, and those that failed or are on no list.
pub fn check(workspace: &Workspace, pages: &[Page]) -> Result<(usize, Vec<Finding>), String> {
    let packages = ["-p", "tillkit-cli", "--bins"];
    if !watch(workspace.cargo(&["build", "--quiet"])?.args(packages))? {
        return Err("the programs that the pages run cannot be built".to_owned());
    }
    let (mut count, mut findings) = (0, Vec::new());
    for page in pages {
        let folder = workspace.root.join("target/docs").join(page.path.replace('/', "_"));
        std::fs::remove_dir_all(&folder).unwrap_or(());
        let blocks: Vec<&Block> =
            page.blocks.iter().filter(|block| block.info == "console").collect();
        if blocks.is_empty() {
            continue;
        }
        // One for each page, so that none lives with the faults of another.
        let stand = Stand::start(workspace)?;
        for block in blocks {
            let commands = of(block);
            let here: Vec<&(usize, String)> =
                commands.iter().filter(|(_, command)| elsewhere(command).is_none()).collect();
            count += here.len();
            if let Some((line, why)) = run(workspace, &stand, &folder, &here)? {
                findings.push(Finding::new(&page.path, line, RULE, why));
            }
        }
    }
    Ok((count, findings))
}

/// The commands of a block and their lines; one that goes on in the next line is one.
pub fn of(block: &Block) -> Vec<(usize, String)> {
    let mut commands: Vec<(usize, String)> = Vec::new();
    for (index, line) in block.lines.iter().enumerate() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((block.line + 1 + index, command.to_owned())),
            (None, Some((_, command))) => {
                command.push('\n');
                command.push_str(line);
            }
            (None, None) => {}
        }
    }
    commands
}

/// Who runs a command, where it is not run here.
pub fn elsewhere(command: &str) -> Option<&'static str> {
    let begins = |start: &str| {
        let rest = command.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    ELSEWHERE.iter().find(|(start, _)| begins(start)).map(|(_, who)| *who)
}

/// A refusal over HTTP is a failure, although curl by itself says that all went well.
const PRELUDE: &str = "set -eu\ncurl() { command curl --silent --show-error --fail \"$@\"; }\n";

/// Runs commands one after the other in one shell; the line of the first that failed, and what it
/// said.
fn run(
    workspace: &Workspace,
    stand: &Stand,
    folder: &Path,
    commands: &[&(usize, String)],
) -> Result<Option<(usize, String)>, String> {
    let Some((first, _)) = commands.first() else { return Ok(None) };
    let mut script = PRELUDE.to_owned();
    for (line, command) in commands {
        let command = command.replace("cargo run -- ", "till ");
        let shown = SHOWN_ADDRESSES.iter();
        let command = shown.fold(command, |text, shown| text.replace(shown, &stand.address));
        script.push_str(&format!("printf 'at-line {line}\\n' >&2\n{command}\n"));
    }
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(script).current_dir(folder).stdin(Stdio::null());
    shell.env("PATH", path_with(&built(workspace))?).env("HOME", folder).env("NO_COLOR", "1");
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
        shell.env_remove(name);
    }
    let (succeeded, output, errors) = collect(&mut shell)?;
    let mut reached = errors.lines().filter_map(|line| line.strip_prefix("at-line ")?.parse().ok());
    let line = reached.next_back().unwrap_or(*first);
    let said = output.lines().chain(errors.lines()).filter(|line| !line.starts_with("at-line "));
    let said: Vec<&str> = said.collect();
    let end = said[said.len().saturating_sub(12)..].join("\n    ");
    Ok((!succeeded).then(|| (line, format!("this command fails:\n    {end}"))))
}

fn built(workspace: &Workspace) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| workspace.root.join("target")).join("debug")
}

fn path_with(folder: &Path) -> Result<std::ffi::OsString, String> {
    let known = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&known));
    std::env::join_paths(all).map_err(|error| error.to_string())
}

/// A page's simulator; it ends with this.
struct Stand {
    child: Child,
    address: String,
    /// Held open, for it says more than its address.
    _words: BufReader<ChildStdout>,
}

impl Stand {
    fn start(workspace: &Workspace) -> Result<Self, String> {
        let program = built(workspace).join("till");
        let cannot = |error: std::io::Error| format!("the simulator does not start: {error}");
        let mut command = Command::new(program);
        command.args(["simulate", "--port", "0", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(cannot)?;
        let mut first = String::new();
        let words = child.stdout.take().ok_or("the simulator has no voice")?;
        let mut words = BufReader::new(words);
        words.read_line(&mut first).map_err(cannot)?;
        let said: serde_json::Value = serde_json::from_str(&first).unwrap_or_default();
        let address = said["simulator"]["address"].as_str().unwrap_or_default();
        let address = address.trim_start_matches("http://").to_owned();
        let stand = Self { child, address, _words: words };
        if stand.address.is_empty() {
            return Err("the simulator says no address".to_owned());
        }
        Ok(stand)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.child.kill().unwrap_or(());
        self.child.wait().map(|_| ()).unwrap_or(());
    }
}
