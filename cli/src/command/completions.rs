//! `till completions`: what a shell needs to complete the words of a call.

use clap::Args;
use clap_complete::{Shell, generate};

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct Completions {
    /// For which shell
    shell: Shell,
}

impl Completions {
    /// Prints them.
    pub fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut crate::arguments::command_line(), "till", &mut script);
        let script = String::from_utf8_lossy(&script);
        desk.console.write(script.trim_end())?;
        Ok(exit::DONE)
    }
}
