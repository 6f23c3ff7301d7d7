//! The documents that the model writes are the ones it would write now.
//!
//! The model's own test `generated` compares them, and writes them anew where it is told to.

use super::finding::Finding;
use crate::process::{Workspace, collect};
use crate::test::LibtestOutput;

const WHERE: &str = "docs";
const TEST: &[&str] = &["test", "--quiet", "--package", "tillkit-model", "--test", "generated"];
const SHOWN_LINES: usize = 30;

/// Runs that test, building into `target` where one is given.
pub fn check(workspace: &Workspace, target: Option<&str>) -> Result<Vec<Finding>, String> {
    let mut command = workspace.cargo(TEST)?;
    if let Some(folder) = target {
        command.args(["--target-dir", folder]);
    }
    let (succeeded, output, errors) = collect(&mut command)?;
    let mut results = LibtestOutput::default();
    output.lines().for_each(|line| results.read(line));
    if results.finish(succeeded).failed == 0 {
        return Ok(Vec::new());
    }
    let said: Vec<&str> = output.lines().chain(errors.lines()).collect();
    let end = said[said.len().saturating_sub(SHOWN_LINES)..].join("\n    ");
    let text = format!(
        "not what the model generates: look at the difference, then let `TILLKIT_BLESS=1 cargo \
         test -p tillkit-model --test generated` write it\n    {end}"
    );
    Ok(vec![Finding::new(WHERE, 1, "generated", text)])
}
