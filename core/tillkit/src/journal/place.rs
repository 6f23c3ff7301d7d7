//! Where a journal's file is, and that it is still that file.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tillkit_model::engine::store::{Failure, FailureKind};

use super::failure::failure;
use super::sqlite::schema;

/// A file that was opened as a journal.
#[derive(Debug, Clone)]
pub(super) struct Place {
    path: PathBuf,
    busy_ms: u64,
    identity: Identity,
}

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    file: u64,
}

impl Identity {
    /// The file at a path, if there is one.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let known = std::fs::metadata(path).ok()?;
        Some(Self { device: known.dev(), file: known.ino() })
    }

    /// Where processes do not fork, the name is all that is asked for.
    #[cfg(not(unix))]
    pub(super) fn of(path: &Path) -> Option<Self> {
        path.exists().then_some(Self { device: 0, file: 0 })
    }
}

impl Place {
    /// The file that is open now.
    pub(super) fn of(path: &Path, busy_ms: u64) -> Result<Self, Failure> {
        let identity = Identity::of(path).ok_or_else(gone)?;
        Ok(Self { path: path.to_owned(), busy_ms, identity })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn identity(&self) -> Identity {
        self.identity
    }

    /// Opens it once more: a file that came in its place is never read.
    pub(super) fn connect(&self) -> Result<Connection, Failure> {
        let connection = schema::connect(&self.path, self.busy_ms)?;
        if Identity::of(&self.path) == Some(self.identity) { Ok(connection) } else { Err(gone()) }
    }
}

fn gone() -> Failure {
    let text = "the journal's file was moved away while it was open: bring it back to its path";
    failure(FailureKind::Other, text)
}
