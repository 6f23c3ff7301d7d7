//! The program `till`.

use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use tillkit_cli::{Surroundings, exit, run};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(told));
    let ran = std::panic::catch_unwind(|| run(std::env::args_os(), Surroundings::of_process()));
    // Who broke down cannot tell whether money moved.
    ExitCode::from(ran.unwrap_or(exit::UNKNOWN))
}

/// A fault of the program's own, in one sentence.
fn told(panic: &PanicHookInfo<'_>) {
    let what = panic.payload_as_str().unwrap_or("no words").lines().next().unwrap_or_default();
    let at = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
    // Whoever closed the stream does not want to know.
    writeln!(
        std::io::stderr(),
        "error: a fault in till itself ({what}, {}): whether money moved is not known, so look \
         with `till show` before charging again, and please report this",
        at.unwrap_or_default()
    )
    .ok();
}
