//! The records: only ever added, read back one by one, each checked.

use rusqlite::{Connection, Row};
use tillkit_model::engine::store::Failure;
use tillkit_model::ids::PaymentId;

use super::super::failure::corrupt;
use super::super::record::{Record, Subject};
use super::{change, find, int, list, uint};

const COLUMNS: &str = "number, subject, sequence, version, body, before, checksum";

/// Adds a record.
pub(in super::super) fn add(connection: &Connection, record: &Record) -> Result<(), Failure> {
    let sql = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = (
        int(record.number),
        record.subject.bytes(),
        int(record.sequence),
        record.version,
        &record.body,
        record.before,
        record.checksum,
    );
    change(connection, sql, values).map(drop)
}

/// All records of a payment, in order and without a hole.
pub(in super::super) fn of_payment(
    connection: &Connection,
    payment: PaymentId,
    sequence: u64,
) -> Result<Vec<Record>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM records WHERE subject = ?1 ORDER BY sequence");
    let raw = list(connection, &sql, [payment.bytes()], RawRecord::read)?;
    let records: Vec<Record> = raw.into_iter().map(RawRecord::checked).collect::<Result<_, _>>()?;
    let in_order = records.iter().zip(1_u64..).all(|(record, place)| record.sequence == place);
    let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
    if in_order && count == sequence {
        Ok(records)
    } else {
        Err(corrupt(format!("payment {payment} has {count} records, and {sequence} were written")))
    }
}

/// The first record from this number on.
pub(in super::super) fn next_from(
    connection: &Connection,
    number: u64,
) -> Result<Option<Record>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM records WHERE number >= ?1 ORDER BY number LIMIT 1");
    find(connection, &sql, [int(number)], RawRecord::read)?.map(RawRecord::checked).transpose()
}

/// Whether anything was ever recorded of a payment.
pub(in super::super) fn has_any(
    connection: &Connection,
    payment: PaymentId,
) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM records WHERE subject = ?1 LIMIT 1";
    Ok(find(connection, sql, [payment.bytes()], |_| Ok(()))?.is_some())
}

/// A record as SQLite hands it out.
struct RawRecord {
    number: i64,
    subject: [u8; 16],
    sequence: i64,
    version: u32,
    body: Vec<u8>,
    before: [u8; 32],
    checksum: [u8; 8],
}

impl RawRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            subject: row.get(1)?,
            sequence: row.get(2)?,
            version: row.get(3)?,
            body: row.get(4)?,
            before: row.get(5)?,
            checksum: row.get(6)?,
        })
    }

    fn checked(self) -> Result<Record, Failure> {
        Ok(Record {
            number: uint(self.number, "the number of a record")?,
            subject: Subject::from_bytes(self.subject),
            sequence: uint(self.sequence, "the sequence of a record")?,
            version: self.version,
            body: self.body,
            before: self.before,
            checksum: self.checksum,
        })
    }
}
