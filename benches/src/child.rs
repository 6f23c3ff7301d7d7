//! This program once more, as a process of its own that prints numbers.

use std::process::{Command, Stdio};

use crate::Fault;

/// Runs this program with these words until it ends, and reads the numbers on its last line.
///
/// # Errors
/// With what it said, when it prints another count of numbers.
pub fn numbers<const COUNT: usize>(words: &[&str]) -> Result<[f64; COUNT], Fault> {
    let output =
        itself()?.args(words).stderr(Stdio::piped()).output().map_err(|fault| fault.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    numbers.try_into().map_err(|_| {
        let words = words.join(" ");
        format!("`{words}` told {text:?} {}", String::from_utf8_lossy(&output.stderr))
    })
}

/// This program, its errors on the terminal.
///
/// # Errors
/// When the system does not say where it is.
pub fn itself() -> Result<Command, Fault> {
    let program = std::env::current_exe().map_err(|fault| fault.to_string())?;
    let mut command = Command::new(program);
    command.stderr(Stdio::inherit());
    Ok(command)
}
