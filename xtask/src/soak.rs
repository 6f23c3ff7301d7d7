//! `cargo xtask soak`: lives thousands of lives in the simulated world.
//!
//! The program `soak` of the simulator does it; this builds it with the profile for soaks and hands
//! the options on. With `--mutants` it also removes one protection after the other, and fails
//! unless the auditor notices each.

mod mutants;

use crate::process::{Workspace, watch};

/// What `cargo xtask help` says.
pub const ABOUT: &str = "live simulated lives: --seeds N, --seed N (tell one), --provider NAME, --judge, --mutants [name...]";

const BUILD: &[&str] = &[
    "run",
    "--quiet",
    "--profile",
    "soak",
    "--package",
    "tillkit-simulator",
    "--no-default-features",
    "--bin",
    "soak",
];

/// Runs lives, or the mutants.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    if let Some(at) = words.iter().position(|word| word == "--mutants") {
        let names = words.iter().enumerate().filter(|(index, _)| *index != at);
        return mutants::run(workspace, &names.map(|(_, word)| word.clone()).collect::<Vec<_>>());
    }
    let mut command = workspace.cargo(BUILD)?;
    watch(command.arg("--").args(words))
}
