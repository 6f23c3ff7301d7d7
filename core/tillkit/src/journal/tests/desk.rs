//! A directory with a journal in it, opened and closed as a test likes.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tillkit_model::engine::conformance::samples::moment;
use tillkit_model::engine::opening::Opening;
use tillkit_model::time::{Clock, Entropy, Moment};

use crate::journal::{Fault, Journal, OpenError, Opened, Options};

/// A clock that stands still.
pub struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        moment(0)
    }
}

/// Random bytes that are the same in every run.
pub struct Counting(pub u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(7);
            *byte = self.0;
        }
    }
}

pub struct Desk {
    pub directory: TempDir,
    pub fault: Option<Fault>,
    pub entropy: Counting,
}

impl Desk {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { directory, fault: None, entropy: Counting(1) }
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("till.db")
    }

    pub fn mark(&self) -> PathBuf {
        self.directory.path().join("till.db.mark")
    }

    pub fn open(&mut self, create: bool) -> Result<Opened, OpenError> {
        let fault = self.fault.clone();
        let options = Options { create, fault, ..Options::new(Arc::new(Still)) };
        Journal::open(self.path(), &options, &mut self.entropy)
    }

    /// A new journal.
    pub fn created(&mut self) -> Journal {
        let opened = self.open(true).unwrap();
        assert_eq!(opened.opening, Opening::New);
        opened.journal
    }

    /// A journal that was there, and which opening it was.
    pub fn reopened(&mut self) -> (Journal, Opening) {
        let Opened { journal, opening } = self.open(false).unwrap();
        (journal, opening)
    }
}

/// A file of the journal and what stands beside it.
impl Desk {
    /// Takes a copy of journal and mark, as a backup program would: `-wal` included.
    pub fn backup(&self) -> TempDir {
        let to = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.directory.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), to.path().join(entry.file_name())).unwrap();
        }
        to
    }

    /// Puts the journal of a backup in this one's place; the mark stays.
    pub fn bring_back(&self, backup: &TempDir) {
        for suffix in ["", "-wal", "-shm"] {
            let name = format!("till.db{suffix}");
            let (from, to) = (backup.path().join(&name), self.directory.path().join(&name));
            if to.exists() {
                std::fs::remove_file(&to).unwrap();
            }
            if from.exists() {
                std::fs::copy(from, to).unwrap();
            }
        }
    }

    /// Works on the closed file behind the journal's back.
    pub fn meddle(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection.execute_batch(sql).unwrap();
    }
}
