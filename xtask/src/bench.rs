//! `cargo xtask bench`: runs a benchmark program in the release profile.

mod program;

use crate::process::{Workspace, watch};

/// What `cargo xtask help` says.
pub const ABOUT: &str = "measure `journal`, `engine` or `program`; the options go to the first two";

const BENCHES: &[&str] = &["journal", "engine", PROGRAM];
/// What `till` itself weighs and takes; the others are programs of the crate `tillkit-bench`.
const PROGRAM: &str = "program";

/// Runs the named benchmark, or all of them.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    let (names, options) = match words.split_first() {
        None => (BENCHES.to_vec(), words),
        Some((first, options)) => {
            let known = BENCHES.iter().find(|name| *name == first);
            let name = known.ok_or_else(|| {
                format!("no benchmark `{first}`: there are {}", BENCHES.join(", "))
            })?;
            (vec![*name], options)
        }
    };
    let mut all_well = true;
    for name in names {
        if name == PROGRAM {
            program::measure(workspace)?;
            continue;
        }
        let mut command = workspace.cargo(&["run", "--release", "-p", "tillkit-bench", "--bin"])?;
        all_well &= watch(command.args([name, "--"]).args(options))?;
    }
    Ok(all_well)
}
