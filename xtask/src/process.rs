//! Starts other programs from the root of the workspace and listens to what they say.
//!
//! Knows nothing of what they do.

#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The root of the checkout that the commands work on, and the cargo that runs them.
pub struct Workspace {
    /// The folder that holds the workspace's `Cargo.toml`.
    pub root: PathBuf,
    cargo: PathBuf,
}

impl Workspace {
    /// The checkout that this program was built from.
    pub fn find() -> Result<Self, String> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().ok_or("the xtask crate has no folder above it")?;
        Ok(Self::at(root.to_owned()))
    }

    /// Another checkout, such as a temporary copy.
    pub fn at(root: PathBuf) -> Self {
        let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        Self { root, cargo }
    }

    /// A program that starts at the root. `cargo` and `xtask` mean the ones that run now.
    pub fn command(&self, program: &str) -> Result<Command, String> {
        let mut command = match program {
            "cargo" => Command::new(&self.cargo),
            "xtask" => Command::new(std::env::current_exe().map_err(|error| error.to_string())?),
            other => Command::new(other),
        };
        command.current_dir(&self.root);
        // Cargo tells a program that it runs about that program's package. Handed on, these would
        // look like changes to build scripts that watch them, and rebuild what is fresh.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        Ok(command)
    }

    /// `cargo` with these arguments, at the root.
    pub fn cargo(&self, arguments: &[&str]) -> Result<Command, String> {
        let mut command = self.command("cargo")?;
        command.args(arguments);
        Ok(command)
    }
}

/// Runs to the end with the terminal's own output. Says whether it succeeded.
pub fn watch(command: &mut Command) -> Result<bool, String> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    Ok(status.success())
}

/// Runs to the end, passes each line of its standard output on and shows it to `listener`.
pub fn listen(command: &mut Command, mut listener: impl FnMut(&str)) -> Result<bool, String> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))?;
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).map_err(|error| error.to_string())? > 0 {
            let mut terminal = std::io::stdout().lock();
            terminal
                .write_all(&line)
                .and_then(|()| terminal.flush())
                .map_err(|error| error.to_string())?;
            listener(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
    Ok(child.wait().map_err(|error| error.to_string())?.success())
}

/// Runs to the end in silence: whether it succeeded, its standard output and its error output.
pub fn collect(command: &mut Command) -> Result<(bool, String, String), String> {
    let output = command.output().map_err(|error| not_started(command, &error))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

/// What `work` answers, and how long it took.
#[expect(clippy::disallowed_methods, reason = "a developer's stopwatch decides nothing")]
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let answer = work();
    (answer, begun.elapsed())
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}", command.get_program().display())
}
