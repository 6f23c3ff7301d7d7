//! One process at a time changes the accounts.

use std::fs::{File, OpenOptions};
use std::path::Path;

use super::folder_of;
use crate::failure::Failure;

/// The right to change the accounts; it ends when this is dropped, or with the process.
pub struct Lock(#[expect(dead_code, reason = "the system ends the lock as it is closed")] File);

impl Lock {
    /// Waits until nobody else has it. The accounts' own file is replaced by each change, so the
    /// lock is on one beside it that stays.
    pub fn take(accounts: &Path) -> Result<Self, Failure> {
        folder_of(accounts)?;
        let path = accounts.with_added_extension("lock");
        let fault = |fault| Failure::of_file(&path, &fault);
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(fault)?;
        file.lock().map_err(fault)?;
        Ok(Self(file))
    }
}
