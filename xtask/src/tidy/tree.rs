//! The files of a checkout, as git knows them, and temporary copies of them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Workspace, collect};

/// A file of text.
pub struct File {
    /// From the root, with `/` on every system.
    pub path: String,
    pub text: String,
}

/// Every text file that git tracks or would track. Files that are not text are left out.
pub fn read(workspace: &Workspace) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for path in paths(workspace)? {
        if let Ok(text) = fs::read_to_string(workspace.root.join(&path)) {
            files.push(File { path, text });
        }
    }
    Ok(files)
}

/// The text files below one folder of a checkout that git does not know.
pub fn read_folder(workspace: &Workspace, folder: &str) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let place = workspace.root.join(&path);
        if place.is_dir() {
            let entries = fs::read_dir(&place).map_err(|error| told(&place, &error))?;
            for entry in entries.flatten() {
                waiting.push(format!("{path}/{}", entry.file_name().display()));
            }
        } else if let Ok(text) = fs::read_to_string(&place) {
            files.push(File { path, text });
        }
    }
    Ok(files)
}

fn paths(workspace: &Workspace) -> Result<Vec<String>, String> {
    let mut git = workspace.command("git")?;
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let (succeeded, output, errors) = collect(&mut git)?;
    if !succeeded {
        return Err(format!("tidy asks git which files there are, and git failed: {errors}"));
    }
    let mut paths: Vec<String> =
        output.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// A copy of a checkout that is gone when this is dropped.
pub struct Replica {
    root: PathBuf,
}

impl Replica {
    /// Copies what [`read`] would read, and what is not text as well. The place is always the same,
    /// so that builds of a copy replace each other instead of piling up.
    pub fn of(workspace: &Workspace) -> Result<Self, String> {
        let copy = Self { root: workspace.root.join("target/tidy/replica") };
        copy.clear();
        for path in paths(workspace)? {
            let from = workspace.root.join(&path);
            if from.is_file() {
                let bytes = fs::read(&from).map_err(|error| told(&from, &error))?;
                copy.write(&path, bytes)?;
            }
        }
        Ok(copy)
    }

    /// What cannot be deleted is litter under `target`, and overwritten next time.
    fn clear(&self) {
        fs::remove_dir_all(&self.root).unwrap_or(());
    }

    /// The copy as a place to work in.
    pub fn workspace(&self) -> Workspace {
        Workspace::at(self.root.clone())
    }

    /// Writes a file, with the folders it needs.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> Result<(), String> {
        write(&self.root.join(path), bytes)
    }

    /// Puts text at the end of a file, or right after the line `after`.
    pub fn add(&self, path: &str, after: Option<&str>, text: &str) -> Result<(), String> {
        let file = self.root.join(path);
        let whole = fs::read_to_string(&file).map_err(|error| told(&file, &error))?;
        let changed = match after {
            None => format!("{whole}{text}"),
            Some(line) if whole.contains(line) => {
                whole.replacen(line, &format!("{line}\n{text}"), 1)
            }
            Some(line) => return Err(format!("{path} has no line `{line}` to plant after")),
        };
        self.write(path, changed)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Writes a file, with the folders it needs.
pub fn write(file: &Path, bytes: impl AsRef<[u8]>) -> Result<(), String> {
    let folder = file.parent().unwrap_or(file);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(file, bytes));
    written.map_err(|error| told(file, &error))
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// A path as seen from a folder, from the root of the tree.
pub fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
