//! Pruning: settled payments that have rested long enough become tombstones, and the chain of those
//! that stay can still be checked.
//!
//! Where records were taken away, a gap remembers the first and last of their numbers, the hash
//! before them and the hash of the last; neighbouring gaps become one. The newest record is never
//! taken away, because the note that tells of the pruning comes after it.

use rusqlite::Connection;
use tillkit_model::engine::store::{Failure, Look, Tombstone};
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::Payment;

use super::super::failure::corrupt;
use super::super::record::{Hash, Record};
use super::row::Kept;
use super::{change, find, int, list, read, records, uint};

/// How many payments one transaction prunes, so that appends need not wait long.
const BATCH: u32 = 200;

/// Where a run of prunings has got to: the oldest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Progress {
    rested_wall_ms: i64,
    id: PaymentId,
}

impl Progress {
    /// Before the first.
    pub(in super::super) const START: Self =
        Self { rested_wall_ms: i64::MIN, id: PaymentId::from_bytes([0; 16]) };
}

/// The next payments that have rested since before a time.
pub(in super::super) fn candidates(
    connection: &Connection,
    before_wall_ms: i64,
    after: &Progress,
) -> Result<Vec<Progress>, Failure> {
    let sql = "SELECT rested, id FROM payments
        WHERE rested IS NOT NULL AND pruned = 0 AND rested < ?1 AND (rested, id) > (?2, ?3)
        ORDER BY rested, id LIMIT ?4";
    let values = (before_wall_ms, after.rested_wall_ms, after.id.bytes(), BATCH);
    list(connection, sql, values, |row| {
        Ok(Progress { rested_wall_ms: row.get(0)?, id: row.get(1).map(PaymentId::from_bytes)? })
    })
}

/// A candidate that still rests, with the payment that its records tell.
pub(in super::super) fn resting(
    connection: &Connection,
    candidate: &Progress,
) -> Look<(Kept, Payment)> {
    let Some(kept) = Kept::find(connection, candidate.id)? else { return Ok(None) };
    let rests = kept.rested_wall_ms == Some(candidate.rested_wall_ms) && !kept.pruned;
    if !rests || kept.row.holds.is_some() {
        return Ok(None);
    }
    let payment = read::live(connection, &kept)?;
    Ok(Some((kept, payment)))
}

/// Turns a payment into its tombstone.
pub(in super::super) fn bury(
    connection: &Connection,
    mut kept: Kept,
    payment: &Payment,
    summary: String,
) -> Result<(), Failure> {
    let tombstone = Tombstone {
        id: kept.id,
        row: kept.row.clone(),
        sale: (*payment.sale).clone(),
        summary: summary.into(),
    };
    read::bury(connection, &tombstone)?;
    for record in records::of_payment(connection, kept.id, kept.sequence)? {
        change(connection, "DELETE FROM records WHERE number = ?1", [int(record.number)])?;
        Gap::of(&record).keep(connection)?;
    }
    kept.pruned = true;
    kept.update(connection)
}

/// Records that were taken away, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    /// The number of the first.
    pub(super) first: u64,
    /// The number of the last.
    pub(super) last: u64,
    /// The hash before the first.
    pub(super) before: Hash,
    /// The hash of the last.
    pub(super) hash: Hash,
}

impl Gap {
    fn of(record: &Record) -> Self {
        let Record { number, before, .. } = *record;
        Self { first: number, last: number, before, hash: record.hash() }
    }

    /// Keeps it, as one with its neighbours.
    fn keep(mut self, connection: &Connection) -> Result<(), Failure> {
        let left = "SELECT first, last, before, hash FROM gaps WHERE last = ?1";
        if let Some(left) = Self::find(connection, left, self.first.saturating_sub(1))? {
            left.forget(connection)?;
            (self.first, self.before) = (left.first, left.before);
        }
        if let Some(right) = Self::at(connection, self.last.saturating_add(1))? {
            right.forget(connection)?;
            (self.last, self.hash) = (right.last, right.hash);
        }
        let sql = "INSERT INTO gaps VALUES (?1, ?2, ?3, ?4)";
        change(connection, sql, (int(self.first), int(self.last), self.before, self.hash)).map(drop)
    }

    /// The gap that begins at a number.
    pub(super) fn at(connection: &Connection, first: u64) -> Look<Self> {
        let sql = "SELECT first, last, before, hash FROM gaps WHERE first = ?1";
        Self::find(connection, sql, first)
    }

    fn find(connection: &Connection, sql: &str, number: u64) -> Look<Self> {
        let found = find(connection, sql, [int(number)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get(2)?, row.get(3)?))
        })?;
        let Some((first, last, before, hash)) = found else { return Ok(None) };
        let (first, last) = (uint(first, "a gap")?, uint(last, "a gap")?);
        if first <= last {
            Ok(Some(Self { first, last, before, hash }))
        } else {
            Err(corrupt("a gap ends before it begins"))
        }
    }

    fn forget(&self, connection: &Connection) -> Result<(), Failure> {
        change(connection, "DELETE FROM gaps WHERE first = ?1", [int(self.first)]).map(drop)
    }
}
