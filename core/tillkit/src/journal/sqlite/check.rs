//! Walking the whole journal: every page, every record, the chain, every payment.

use rusqlite::Connection;
use tillkit_model::engine::store::{Failure, FailureKind};
use tillkit_model::ids::PaymentId;

use super::super::failure::corrupt;
use super::super::record::{BEGINNING, Hash, Subject};
use super::prune::Gap;
use super::row::{COLUMNS, Kept, RawRow};
use super::schema::State;
use super::{list, read, records};

/// How many payments are looked at at a time.
const PAGE: u32 = 1_000;

/// What a walk through the whole journal found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Records that are there.
    pub records: u64,
    /// Payments with their events.
    pub payments: u64,
    /// Payments of which only the tombstone is left.
    pub tombstones: u64,
    /// Everything that does not add up; a journal without any is sound.
    pub faults: Vec<Failure>,
}

/// Walks the whole journal in one snapshot. It takes as long as the journal is large.
pub(in super::super) fn check(connection: &Connection) -> Result<Report, Failure> {
    read::snapshot(connection, |connection| {
        let mut report = Report::default();
        pages(connection, &mut report)?;
        chain(connection, &mut report)?;
        payments(connection, &mut report)?;
        Ok(report)
    })
}

fn pages(connection: &Connection, report: &mut Report) -> Result<(), Failure> {
    let lines: Vec<String> = list(connection, "PRAGMA integrity_check", [], |row| row.get(0))?;
    report.faults.extend(lines.into_iter().filter(|line| line != "ok").map(corrupt));
    Ok(())
}

/// From the beginning to the end that the journal names, over records and gaps.
fn chain(connection: &Connection, report: &mut Report) -> Result<(), Failure> {
    let state = State::load(connection)?;
    let (mut number, mut before) = (1, BEGINNING);
    while number <= state.number {
        (number, before) = match records::next_from(connection, number)? {
            Some(record) if record.number == number => {
                report.records = report.records.saturating_add(1);
                if record.before != before {
                    report.faults.push(broken(number));
                }
                if let Err(fault) = readable(&record) {
                    report.faults.push(fault);
                }
                // The next record repeats the hash that this one had when it was written.
                (number.saturating_add(1), hash_after(connection, &record, &state)?)
            }
            _ => match Gap::at(connection, number)? {
                Some(gap) => {
                    if gap.before != before {
                        report.faults.push(broken(number));
                    }
                    (gap.last.saturating_add(1), gap.hash)
                }
                None => {
                    report.faults.push(corrupt(format!("record {number} is missing")));
                    return Ok(());
                }
            },
        };
    }
    if before != state.hash {
        report.faults.push(broken(number));
    }
    Ok(())
}

fn readable(record: &super::super::record::Record) -> Result<(), Failure> {
    match record.subject {
        Subject::Payment(_) => record.event().map(drop),
        Subject::Journal => record.note().map(drop),
    }
}

/// A damaged record is told once: the chain goes on with the hash that it had.
fn hash_after(
    connection: &Connection,
    record: &super::super::record::Record,
    state: &State,
) -> Result<Hash, Failure> {
    if record.verify().is_ok() {
        return Ok(record.hash());
    }
    let repeated = state.hash_at(connection, record.number)?;
    Ok(repeated.unwrap_or_else(|| record.hash()))
}

fn payments(connection: &Connection, report: &mut Report) -> Result<(), Failure> {
    let sql = format!("SELECT {COLUMNS} FROM payments WHERE id > ?1 ORDER BY id LIMIT {PAGE}");
    let mut after = [0; 16];
    loop {
        let rows = list(connection, &sql, [after], RawRow::read)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = *last.id().bytes();
        for raw in rows {
            let id = raw.id();
            match raw.checked().and_then(|kept| payment(connection, &kept)) {
                Ok(true) => report.tombstones = report.tombstones.saturating_add(1),
                Ok(false) => report.payments = report.payments.saturating_add(1),
                Err(fault) => report.faults.push(of(id, fault)),
            }
        }
    }
}

/// Reads a payment; whether it is a tombstone.
fn payment(connection: &Connection, kept: &Kept) -> Result<bool, Failure> {
    if kept.pruned {
        read::tombstone(connection, kept.id)?;
    } else {
        read::live(connection, kept)?;
    }
    Ok(kept.pruned)
}

fn of(id: PaymentId, fault: Failure) -> Failure {
    let Failure { kind, detail } = fault;
    Failure { kind, detail: format!("payment {id}: {detail}") }
}

fn broken(number: u64) -> Failure {
    Failure {
        kind: FailureKind::Corrupt,
        detail: format!("the chain breaks before record {number}"),
    }
}
