//! The journal's tables in one SQLite file: who writes what where, and how it is read back.
//!
//! Everything here works on a connection that someone else opened, and inside a transaction that
//! someone else commits; the writer and the pool of readers stand above.

pub(super) mod check;
pub(super) mod known;
pub(super) mod lease;
pub(super) mod list;
pub(super) mod pot;
pub(super) mod prune;
pub(super) mod read;
pub(super) mod records;
pub(super) mod row;
pub(super) mod schema;
pub(super) mod shelf;
pub(super) mod write;

use rusqlite::{Connection, OptionalExtension, Params, Row};
use tillkit_model::engine::store::{Failure, Look};

use super::failure::{corrupt, of_sqlite};

/// One row or none.
pub(super) fn find<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Look<T> {
    let mut statement = connection.prepare_cached(sql).map_err(of_sqlite)?;
    statement.query_row(parameters, read).optional().map_err(of_sqlite)
}

/// All rows.
pub(super) fn list<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Failure> {
    let mut statement = connection.prepare_cached(sql).map_err(of_sqlite)?;
    let rows = statement.query_map(parameters, read).map_err(of_sqlite)?;
    rows.collect::<Result<_, _>>().map_err(of_sqlite)
}

/// Changes rows; how many.
pub(super) fn change(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<usize, Failure> {
    let mut statement = connection.prepare_cached(sql).map_err(of_sqlite)?;
    statement.execute(parameters).map_err(of_sqlite)
}

/// A count as SQLite keeps it. What cannot be counted up to is as good as the end.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count that SQLite kept.
pub(super) fn uint(stored: i64, what: &str) -> Result<u64, Failure> {
    u64::try_from(stored).map_err(|_| corrupt(format!("{what} is below zero")))
}
