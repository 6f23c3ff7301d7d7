//! `cargo xtask fuzz`: lets the fuzz targets look for bytes that break something.
//!
//! The targets are a workspace of their own, because libFuzzer needs a nightly compiler; what they
//! check also runs, shortly, with the ordinary tests.

#[cfg(test)]
mod tests;

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::process::{Workspace, collect, watch};

/// What `cargo xtask help` says.
pub const ABOUT: &str =
    "look for breaking bytes: [target...], --seconds N (60) for each, --jobs N (1) at a time";

const TARGETS: &[&str] = &[
    "money_text",
    "row_responses",
    "row_desks",
    "row_tokens",
    "row_notifications",
    "journal_records",
];
const WAY_OUT: &str = "cargo-fuzz is not there: `rustup toolchain install nightly` and \
                       `cargo install cargo-fuzz --locked`";
const TOOLS: &[&str] = &["run", "nightly", "cargo", "fuzz"];

/// Longer than any input of ours takes, even in a debug build.
const SLOWEST_SECONDS: u64 = 25;

/// How much of a failed run's words is shown.
const LINES_SHOWN: usize = 80;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    targets: Vec<&'static str>,
    seconds: u64,
    jobs: u64,
}

/// Builds all targets once, then runs the named ones, or all of them.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    let asked = asked(words)?;
    let (there, _, _) = collect(fuzz(workspace)?.arg("--version")).map_err(|_| WAY_OUT)?;
    if !there {
        return Err(WAY_OUT.to_owned());
    }
    Ok(watch(fuzz(workspace)?.arg("build"))? && run_all(workspace, &asked)?)
}

fn fuzz(workspace: &Workspace) -> Result<Command, String> {
    let mut command = workspace.command("rustup")?;
    command.args(TOOLS);
    Ok(command)
}

fn run_all(workspace: &Workspace, asked: &Asked) -> Result<bool, String> {
    let left = Mutex::new(asked.targets.iter());
    let all_well = AtomicBool::new(true);
    let next = || left.lock().map_err(|_| "another run broke off")?.next().ok_or("");
    let lane = || {
        while let Ok(target) = next() {
            let well = run_one(workspace, target, asked.seconds);
            let well = well.unwrap_or_else(|error| {
                println!("{target}: {error}");
                false
            });
            all_well.fetch_and(well, Ordering::SeqCst);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..asked.jobs {
            scope.spawn(lane);
        }
    });
    Ok(all_well.into_inner())
}

/// New finds go to the corpus, which git does not keep; the seeds beside it are the committed ones.
fn run_one(workspace: &Workspace, target: &str, seconds: u64) -> Result<bool, String> {
    let corpus = format!("fuzz/corpus/{target}");
    let made = std::fs::create_dir_all(workspace.root.join(&corpus));
    made.map_err(|error| format!("{corpus} cannot be made: {error}"))?;
    let seeds = format!("fuzz/seeds/{target}");
    let mut command = fuzz(workspace)?;
    command.args(["run", target, &corpus, &seeds, "--"]);
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-timeout={SLOWEST_SECONDS}"));
    let (well, _, said) = collect(command.args(["-max_len=4096", "-print_final_stats=1"]))?;
    if !well {
        let lines: Vec<&str> = said.lines().collect();
        println!("{}", lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n"));
    }
    println!("{target}: {}", in_words(&said, well));
    Ok(well)
}

/// A run in one line: how many inputs were tried, how much of the code they reached, and whether
/// one of them broke it.
fn in_words(said: &str, well: bool) -> String {
    let last = |mark: &str| {
        let after = said.lines().rev().find_map(|line| line.split_once(mark));
        let word = after.and_then(|(_, rest)| rest.split_whitespace().next());
        word.unwrap_or("?").to_owned()
    };
    let found = if well { "nothing found" } else { "FOUND: see above, and fuzz/artifacts" };
    let (tried, edges) = (last("stat::number_of_executed_units:"), last(" cov: "));
    format!("{tried} inputs, {edges} edges, {found}")
}

fn asked(words: &[String]) -> Result<Asked, String> {
    let mut asked = Asked { targets: Vec::new(), seconds: 60, jobs: 1 };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let number = match word.as_str() {
            "--seconds" => &mut asked.seconds,
            "--jobs" => &mut asked.jobs,
            _ => {
                let target = TARGETS.iter().find(|target| *target == word);
                let there = TARGETS.join(", ");
                asked.targets.push(
                    target.ok_or_else(|| format!("no fuzz target `{word}`: there are {there}"))?,
                );
                continue;
            }
        };
        let given = words.next().and_then(|given| given.parse().ok()).filter(|given| *given > 0);
        *number = given.ok_or_else(|| format!("{word} needs a whole number above zero"))?;
    }
    if asked.targets.is_empty() {
        asked.targets.extend(TARGETS);
    }
    Ok(asked)
}
