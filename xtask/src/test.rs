//! `cargo xtask test`: runs every suite and ends with one line, `N passed, M failed`.
//!
//! A suite that could not be built, did not run, or ended without its results has failed.

mod suites;
mod tally;
#[cfg(test)]
mod tests;

use crate::process::{Workspace, collect, listen, timed};
use suites::{Counts, SUITES, Suite, Tool};
use tally::Tally;
pub use tally::{LibtestOutput, NodeOutput, PytestOutput};

/// What `cargo xtask help` says.
pub const ABOUT: &str = "run every suite, or the named ones; ends with `N passed, M failed`";

/// The names of the suites, in the order in which they run.
pub fn names() -> Vec<&'static str> {
    SUITES.iter().map(|suite| suite.name).collect()
}

/// Runs the named suites, or all of them.
pub fn run(workspace: &Workspace, wanted: &[String]) -> Result<bool, String> {
    let suites = choose(wanted)?;
    let mut total = Tally::default();
    let mut failed = Vec::new();
    for suite in suites {
        println!("\n== {}: {}", suite.name, suite.about);
        let (tally, time) = timed(|| run_suite(workspace, suite));
        println!("-- {}: {} in {:.1} s", suite.name, tally.in_words(), time.as_secs_f64());
        if tally.failed > 0 {
            failed.push(suite.name);
        }
        total = total.plus(tally);
    }
    if failed.is_empty() {
        println!();
    } else {
        println!("\nfailed: {}", failed.join(", "));
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(total.failed == 0)
}

fn choose(wanted: &[String]) -> Result<Vec<&'static Suite>, String> {
    if wanted.is_empty() {
        return Ok(SUITES.iter().collect());
    }
    let find = |name: &String| {
        SUITES
            .iter()
            .find(|suite| suite.name == name)
            .ok_or_else(|| format!("no suite `{name}`: there are {}", names().join(", ")))
    };
    wanted.iter().map(find).collect()
}

fn run_suite(workspace: &Workspace, suite: &Suite) -> Tally {
    for tool in suite.needs {
        if !is_there(workspace, tool) {
            println!("{} needs {}: {}", suite.name, tool.name, tool.way_out);
            return Tally::one(false);
        }
    }
    run_program(workspace, suite).unwrap_or_else(|why| {
        println!("{}: {why}", suite.name);
        Tally::one(false)
    })
}

fn is_there(workspace: &Workspace, tool: &Tool) -> bool {
    let asked = workspace.command(tool.ask.0).and_then(|mut command| {
        command.args(tool.ask.1);
        collect(&mut command)
    });
    matches!(asked, Ok((true, _, _)))
}

fn run_program(workspace: &Workspace, suite: &Suite) -> Result<Tally, String> {
    let mut command = workspace.command(suite.program)?;
    command.args(suite.arguments).envs(suite.environment.iter().copied());
    match suite.counts {
        Counts::Exit => listen(&mut command, |_| {}).map(Tally::one),
        Counts::Libtest => {
            let mut output = LibtestOutput::default();
            let succeeded = listen(&mut command, |line| output.read(line))?;
            Ok(output.finish(succeeded))
        }
        Counts::Node => {
            let mut output = NodeOutput::default();
            let succeeded = listen(&mut command, |line| output.read(line))?;
            Ok(output.finish(succeeded))
        }
        Counts::Pytest => {
            let mut output = PytestOutput::default();
            let succeeded = listen(&mut command, |line| output.read(line))?;
            Ok(output.finish(succeeded))
        }
    }
}
