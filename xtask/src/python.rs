//! `cargo xtask python`: builds the package for Python and tests it on every Python that is here.
//!
//! It sets up what it needs: the program `till`, a virtual environment for each Python from 3.10
//! on, the wheel. What the requirements files pin is installed by each environment's own pip.

mod environment;
mod found;

use std::path::PathBuf;

use crate::process::{Workspace, collect, watch};
use environment::Environment;
use found::Python;

/// What `cargo xtask help` says.
pub const ABOUT: &str = "build the package for Python, and test it on every Python from 3.10 on";

const FOLDER: &str = "python";

/// Builds, judges and tests. The words go to pytest.
pub fn run(workspace: &Workspace, words: &[String]) -> Result<bool, String> {
    let pythons = found::all(workspace)?;
    let Some(first) = pythons.first() else { return Err(found::none()) };
    let tools = Environment::new(workspace, first, "build")?;
    // The examples are judged with what they import.
    let files = ["build", "test"].map(|name| format!("{FOLDER}/requirements-{name}.txt"));
    tools.have(&files)?;
    if !watch(&mut workspace.cargo(&["build", "--quiet", "--package", "tillkit-cli"])?)? {
        return Ok(false);
    }
    let wheel = build(workspace, &tools)?;
    let mut well = true;
    let tested = std::thread::scope(|scope| {
        let wheel = &wheel;
        let start = |python| scope.spawn(move || test(workspace, python, wheel, words));
        let runs: Vec<_> = pythons.iter().map(|python| (python, start(python))).collect();
        // While they wait for cards and clocks.
        well &= judge(&tools)?;
        let told = runs.into_iter().map(|(python, run)| {
            (python, run.join().unwrap_or_else(|_| Err("its thread panicked".to_owned())))
        });
        Ok::<_, String>(told.collect::<Vec<_>>())
    })?;
    for (python, told) in tested {
        println!("-- Python {}", python.version);
        match told {
            Ok((succeeded, output)) => {
                println!("{}", output.trim_end());
                well &= succeeded;
            }
            Err(why) => {
                println!("{why}");
                well = false;
            }
        }
    }
    Ok(well)
}

/// The wheel, built as it is handed out but for its profile.
fn build(workspace: &Workspace, tools: &Environment) -> Result<PathBuf, String> {
    let wheels = workspace.root.join("target/python/wheels");
    // A wheel of an earlier version would be found as well.
    std::fs::remove_dir_all(&wheels).unwrap_or(());
    let mut maturin = tools.command("maturin")?;
    maturin.args(["build", "--profile", "dev", "--compatibility", "linux", "--out"]).arg(&wheels);
    maturin.args(["--manifest-path", &format!("{FOLDER}/Cargo.toml")]);
    let (succeeded, output, errors) = collect(&mut maturin)?;
    if !succeeded {
        return Err(format!("maturin failed:\n{output}{errors}"));
    }
    let files = std::fs::read_dir(&wheels).map_err(|error| error.to_string())?;
    let wheel = files.flatten().map(|file| file.path()).next();
    wheel.ok_or_else(|| "maturin made no wheel".to_owned())
}

/// Form, lints and types of everything that is written in Python.
fn judge(tools: &Environment) -> Result<bool, String> {
    let judges: [(&str, &[&str]); 4] = [
        ("ruff", &["format", "--check", "."]),
        ("ruff", &["check", "."]),
        ("mypy", &["tillkit"]),
        ("mypy", &["examples"]),
    ];
    let mut well = true;
    for (program, arguments) in judges {
        let mut judge = tools.command(program)?;
        judge.args(arguments).current_dir(tools.root().join(FOLDER));
        let (succeeded, output, errors) = collect(&mut judge)?;
        if !succeeded {
            println!("{program} {}:\n{output}{errors}", arguments.join(" "));
            well = false;
        }
    }
    Ok(well)
}

/// What pytest says on one Python, where the wheel is installed as a user installs it.
fn test(
    workspace: &Workspace,
    python: &Python,
    wheel: &std::path::Path,
    words: &[String],
) -> Result<(bool, String), String> {
    let environment = Environment::new(workspace, python, "test")?;
    environment.have(&[format!("{FOLDER}/requirements-test.txt")])?;
    environment.install(wheel)?;
    let mut pytest = environment.command("pytest")?;
    // Beside this program, wherever builds go.
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    pytest.env("TILLKIT_TILL", here.with_file_name("till"));
    pytest.args(["-c", &format!("{FOLDER}/pyproject.toml"), "--rootdir", FOLDER]);
    pytest.args(["-p", "no:cacheprovider"]).env("PYTHONDONTWRITEBYTECODE", "1");
    if words.is_empty() {
        pytest.arg(format!("{FOLDER}/tests"));
    }
    let (succeeded, output, errors) = collect(pytest.args(words))?;
    Ok((succeeded, output + &errors))
}
