//! A virtual environment below `target/python`, kept from run to run.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::found::Python;
use crate::process::{Workspace, collect};

/// One environment of one Python.
pub struct Environment<'w> {
    workspace: &'w Workspace,
    folder: PathBuf,
}

impl<'w> Environment<'w> {
    /// Made where it is not there yet, or where its Python is gone.
    pub fn new(workspace: &'w Workspace, python: &Python, name: &str) -> Result<Self, String> {
        let folder = workspace.root.join(format!("target/python/{name}-{}", python.version));
        let environment = Self { workspace, folder };
        let works = environment
            .command("python")
            .and_then(|mut python| collect(python.args(["-m", "pip", "--version"])));
        if matches!(works, Ok((true, _, _))) {
            return Ok(environment);
        }
        let mut make = workspace.command(&python.program)?;
        make.args(["-m", "venv", "--clear"]).arg(&environment.folder);
        succeed(&mut make, &format!("`{} -m venv`", python.program))?;
        Ok(environment)
    }

    /// The checkout.
    pub fn root(&self) -> &Path {
        &self.workspace.root
    }

    /// One of its programs, started at the root.
    pub fn command(&self, program: &str) -> Result<Command, String> {
        let folder = self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let program = folder.join(program);
        let program = program.to_str().ok_or("the checkout's path is not text")?;
        let mut command = self.workspace.command(program)?;
        command.env("VIRTUAL_ENV", &self.folder).env_remove("PYTHONHOME").env_remove("PYTHONPATH");
        Ok(command)
    }

    /// Installs what these files pin, unless that was done.
    pub fn have(&self, files: &[String]) -> Result<(), String> {
        let mut wanted = Vec::new();
        for file in files {
            let text = std::fs::read(self.workspace.root.join(file));
            wanted.extend(text.map_err(|error| format!("{file}: {error}"))?);
        }
        let mark = self.folder.join("installed-from");
        if std::fs::read(&mark).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        let mut pip = self.pip()?;
        pip.args(files.iter().flat_map(|file| ["--requirement", file.as_str()]));
        succeed(&mut pip, "`pip install`")?;
        std::fs::write(mark, wanted).map_err(|error| error.to_string())
    }

    /// Installs a wheel in place of the one that was there.
    pub fn install(&self, wheel: &Path) -> Result<(), String> {
        let mut pip = self.pip()?;
        pip.args(["--no-index", "--no-deps", "--force-reinstall"]).arg(wheel);
        succeed(&mut pip, "`pip install` of the wheel")
    }

    fn pip(&self) -> Result<Command, String> {
        let mut pip = self.command("python")?;
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        Ok(pip)
    }
}

fn succeed(command: &mut Command, what: &str) -> Result<(), String> {
    let (succeeded, output, errors) = collect(command)?;
    if succeeded { Ok(()) } else { Err(format!("{what} failed:\n{output}{errors}")) }
}
