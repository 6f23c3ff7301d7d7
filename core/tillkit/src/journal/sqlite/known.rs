//! What the writer knows of rows without reading them: it wrote them itself, and nobody else has
//! written since.
//!
//! SQLite tells whether another connection has; then everything here is forgotten. It is a memory
//! and never the truth: whoever takes a row out and does not put it back makes the next one read.

use std::collections::BTreeMap;

use rusqlite::Connection;
use tillkit_model::engine::store::Failure;
use tillkit_model::ids::PaymentId;

use super::super::failure::of_sqlite;
use super::row::Kept;

/// How many rows are known at the most; all are forgotten when one more comes.
const ROWS_MAX: usize = 2_048;

/// Rows of payments that were written a moment ago and are likely to be written again.
#[derive(Debug, Default)]
pub(in super::super) struct Known {
    version: Option<i64>,
    rows: BTreeMap<PaymentId, Kept>,
}

impl Known {
    /// Inside a transaction that nobody can write beside: what may be believed from here on.
    pub(in super::super) fn current(self, connection: &Connection) -> Result<Self, Failure> {
        let version = Some(data_version(connection)?);
        Ok(if self.version == version { self } else { Self { version, rows: BTreeMap::new() } })
    }

    /// Hands out a row, which is not known any more.
    pub(super) fn take(&mut self, payment: PaymentId) -> Option<Kept> {
        self.rows.remove(&payment)
    }

    /// A row as it was just written. One that rests is not likely to be written again.
    pub(super) fn keep(&mut self, kept: Kept) {
        if !kept.row.unsettled {
            return;
        }
        if self.rows.len() >= ROWS_MAX {
            self.rows.clear();
        }
        self.rows.insert(kept.id, kept);
    }
}

/// A number that changes when another connection commits, in this process or another.
fn data_version(connection: &Connection) -> Result<i64, Failure> {
    let mut statement = connection.prepare_cached("PRAGMA data_version").map_err(of_sqlite)?;
    statement.query_row([], |row| row.get(0)).map_err(of_sqlite)
}
