//! A few connections that only read, lent out one at a time.
//!
//! All are opened with the journal, so that a file that is put in its place later is never read.
//! While the process forks all are closed; each is opened again when it is lent next.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tillkit_model::engine::store::Failure;

use super::failure::of_sqlite;
use super::place::Place;

/// The pool.
#[derive(Debug)]
pub(super) struct Readers {
    place: Place,
    count: usize,
    shelf: Mutex<Shelf>,
    returned: Condvar,
}

/// What is there to be lent; a place without a connection is opened first.
#[derive(Debug)]
struct Shelf {
    idle: Vec<Option<Connection>>,
    rests: bool,
}

impl Readers {
    pub(super) fn open(place: &Place, count: usize) -> Result<Self, Failure> {
        let count = count.max(1);
        let idle = (0..count).map(|_| connect(place).map(Some)).collect::<Result<_, _>>()?;
        let shelf = Mutex::new(Shelf { idle, rests: false });
        Ok(Self { place: place.clone(), count, shelf, returned: Condvar::new() })
    }

    /// Reads on the next connection that is free.
    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut loan = self.lend();
        if loan.connection.is_none() {
            loan.connection = Some(connect(&self.place)?);
        }
        loan.connection.as_ref().map_or_else(|| Err(super::closed()), look)
    }

    /// Waits until all came back, closes them, and lends none until it is woken.
    pub(super) fn rest(&self) {
        let mut shelf = self.shelf();
        shelf.rests = true;
        while shelf.idle.len() < self.count {
            shelf = self.returned.wait(shelf).unwrap_or_else(PoisonError::into_inner);
        }
        shelf.idle.iter_mut().for_each(|connection| drop(connection.take()));
    }

    /// Lends again.
    pub(super) fn wake(&self) {
        self.shelf().rests = false;
        self.returned.notify_all();
    }

    /// Forgets all connections without closing them: in a forked child they are the parent's.
    pub(super) fn forget(&mut self) {
        let shelf = self.shelf.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::forget(std::mem::take(&mut shelf.idle));
    }

    fn lend(&self) -> Loan<'_> {
        let mut shelf = self.shelf();
        loop {
            if !shelf.rests
                && let Some(connection) = shelf.idle.pop()
            {
                return Loan { readers: self, connection };
            }
            shelf = self.returned.wait(shelf).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that comes back by itself, whatever happens to its borrower.
struct Loan<'r> {
    readers: &'r Readers,
    connection: Option<Connection>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut shelf = self.readers.shelf();
        shelf.idle.push(self.connection.take());
        let rests = shelf.rests;
        drop(shelf);
        // Whoever rests waits for all of them; else one borrower is enough.
        if rests { self.readers.returned.notify_all() } else { self.readers.returned.notify_one() }
    }
}

fn connect(place: &Place) -> Result<Connection, Failure> {
    let connection = place.connect()?;
    connection.execute_batch("PRAGMA query_only = ON;").map_err(of_sqlite)?;
    Ok(connection)
}
