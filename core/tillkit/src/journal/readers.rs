//! A few connections that only read, lent out one at a time.
//!
//! All are opened with the journal, so that a file that is put in its place later is never read.

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tillkit_model::engine::store::Failure;

use super::failure::of_sqlite;
use super::sqlite::schema;

/// The pool.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize, busy_ms: u64) -> Result<Self, Failure> {
        let idle = (0..count.max(1)).map(|_| connect(path, busy_ms)).collect::<Result<_, _>>()?;
        Ok(Self { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    /// Reads on the next connection that is free.
    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let loan = self.lend();
        loan.connection.as_ref().map_or_else(|| Err(super::closed()), look)
    }

    /// Forgets all connections without closing them: in a forked child they are the parent's.
    pub(super) fn forget(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::forget(std::mem::take(idle));
    }

    fn lend(&self) -> Loan<'_> {
        let mut idle = self.idle();
        loop {
            if let Some(connection) = idle.pop() {
                return Loan { readers: self, connection: Some(connection) };
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that comes back by itself, whatever happens to its borrower.
struct Loan<'r> {
    readers: &'r Readers,
    connection: Option<Connection>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.readers.idle().extend(self.connection.take());
        self.readers.returned.notify_one();
    }
}

fn connect(path: &Path, busy_ms: u64) -> Result<Connection, Failure> {
    let connection = schema::connect(path, busy_ms)?;
    connection.execute_batch("PRAGMA query_only = ON;").map_err(of_sqlite)?;
    Ok(connection)
}
