//! `cargo xtask fuzz`: lets the fuzz targets look for bytes that break something.
//!
//! The targets are a workspace of their own, because libFuzzer needs a nightly compiler; what they
//! check also runs, shortly, with the ordinary tests.

use std::time::Duration;

use crate::process::{Workspace, collect, watch};

/// What `cargo xtask help` says.
pub const ABOUT: &str = "look for breaking bytes: [target...], --seconds N (60) for each target";

const TARGETS: &[&str] = &[
    "money_text",
    "json_bodies",
    "dintero_responses",
    "dintero_notifications",
    "qonto_responses",
    "qonto_notifications",
    "vinr_responses",
    "vinr_notifications",
    "row_responses",
    "row_notifications",
    "journal_records",
];
const SECONDS: u64 = 60;
const WAY_OUT: &str = "cargo-fuzz is not there: `rustup toolchain install nightly` and \
                       `cargo install cargo-fuzz --locked`";

/// Runs the named targets, or all of them, one after the other.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    let (targets, time) = asked(words)?;
    let (there, _, _) = collect(workspace.command("rustup")?.args(TOOLS).arg("--version"))
        .map_err(|_| WAY_OUT.to_owned())?;
    if !there {
        return Err(WAY_OUT.to_owned());
    }
    let mut all_well = true;
    for target in targets {
        all_well &= fuzz(workspace, target, time)?;
    }
    Ok(all_well)
}

const TOOLS: &[&str] = &["run", "nightly", "cargo", "fuzz"];

/// New finds go to the corpus, which git does not keep; the seeds beside it are the committed ones.
fn fuzz(workspace: &Workspace, target: &str, time: Duration) -> Result<bool, String> {
    let corpus = format!("fuzz/corpus/{target}");
    let made = std::fs::create_dir_all(workspace.root.join(&corpus));
    made.map_err(|error| format!("{corpus} cannot be made: {error}"))?;
    let seeds = format!("fuzz/seeds/{target}");
    let limit = format!("-max_total_time={}", time.as_secs());
    let mut command = workspace.command("rustup")?;
    command.args(TOOLS).args(["run", target, &corpus, &seeds, "--", &limit]);
    watch(command.args(["-max_len=4096", "-print_final_stats=1"]))
}

fn asked(words: &[String]) -> Result<(Vec<&'static str>, Duration), String> {
    let mut targets = Vec::new();
    let mut seconds = SECONDS;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            let number = words.next().and_then(|number| number.parse().ok());
            seconds = number.ok_or("--seconds needs a whole number")?;
            continue;
        }
        let target = TARGETS.iter().find(|target| *target == word);
        targets.push(
            *target.ok_or_else(|| {
                format!("no fuzz target `{word}`: there are {}", TARGETS.join(", "))
            })?,
        );
    }
    if targets.is_empty() {
        targets.extend(TARGETS);
    }
    Ok((targets, Duration::from_secs(seconds)))
}
