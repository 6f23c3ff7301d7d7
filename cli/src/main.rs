//! The program `till`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(tillkit_cli::run(std::env::args_os(), tillkit_cli::Surroundings::of_process()))
}
