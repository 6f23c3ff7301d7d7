//! A damaged file: each kind is noticed, stops what it must and nothing else.

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::opening::{Opening, Why};
use tillkit_model::engine::store::{FailureKind, Refusal, Store, Stored};
use tillkit_model::payment::Driver;

use super::desk::Desk;
use crate::journal::{Journal, OpenError};

/// A closed journal with three payments of two events each: records 1 to 6.
fn closed_with_three() -> (Desk, Driver) {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    for number in 1..=3 {
        append(&mut journal, started(number, driver)).unwrap();
    }
    (desk, driver)
}

/// Damages payment 2 and nothing else: the others go on, and the damage is told in every way.
fn stops_only_payment_two(sql: &str, kind: FailureKind) {
    let (mut desk, driver) = closed_with_three();
    desk.meddle(sql);
    let (mut journal, opening) = desk.reopened();
    assert_eq!(opening, Opening::Agreed);
    assert_eq!(journal.payment(payment(2)).unwrap_err().kind, kind, "{sql}");
    let around = journal.surroundings(&identity(2, 1), Some(&terminal(2)));
    assert_eq!(around.unwrap_err().kind, kind, "a repeat of its sale is not judged without it");
    append(&mut journal, started(4, driver)).unwrap();
    for number in [1, 3, 4] {
        let read = journal.payment(payment(number));
        assert!(matches!(read, Ok(Some(Stored::Live(_)))), "{sql}: {read:?}");
        append(&mut journal, seen(number, 2, driver)).unwrap();
    }
    let report = journal.check().unwrap();
    assert!(report.faults.iter().any(|fault| fault.kind == kind), "{sql}: {report:?}");
}

#[test]
fn a_flipped_byte_in_a_record_stops_its_payment() {
    stops_only_payment_two(
        "UPDATE records SET body = CAST(replace(CAST(body AS TEXT), 'EUR', 'USD') AS BLOB)
         WHERE number = 3",
        FailureKind::Corrupt,
    );
}

#[test]
fn a_record_that_is_gone_stops_its_payment() {
    stops_only_payment_two("DELETE FROM records WHERE number = 3", FailureKind::Corrupt);
    stops_only_payment_two("DELETE FROM records WHERE number = 4", FailureKind::Corrupt);
}

#[test]
fn a_record_of_another_payment_stops_it() {
    let swap = "UPDATE records SET sequence = 9 WHERE number = 4;
                UPDATE records SET sequence = 2 WHERE number = 4";
    let (mut desk, _) = closed_with_three();
    desk.meddle(swap);
    assert!(desk.reopened().0.payment(payment(2)).is_ok(), "as it was");
    let moved = "UPDATE records SET subject = x'00000000000000027000000000000000', sequence = 3
                 WHERE number = 6";
    let id = payment(2);
    let hex: String = id.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let moved = moved.replace("00000000000000027000000000000000", &hex);
    desk.meddle(&moved);
    let failed = desk.reopened().0.payment(payment(2)).unwrap_err();
    assert_eq!(failed.kind, FailureKind::Corrupt);
}

#[test]
fn a_record_of_a_newer_version_stops_its_payment() {
    let (mut desk, driver) = closed_with_three();
    let (journal, _) = desk.reopened();
    let newer = journal.run(|writer| {
        writer.change(|tables| {
            let record = crate::journal::sqlite::records::next_from(tables, 3)?.unwrap();
            let newer = crate::journal::record::Record { version: 2, ..record };
            Ok(crate::journal::record::shortened(&newer.hash()))
        })
    });
    drop(journal);
    let hex: String = newer.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    desk.meddle(&format!("UPDATE records SET version = 2, checksum = x'{hex}' WHERE number = 3"));
    let (mut journal, _) = desk.reopened();
    assert_eq!(journal.payment(payment(2)).unwrap_err().kind, FailureKind::Newer);
    append(&mut journal, seen(1, 2, driver)).unwrap();
    assert!(journal.payment(payment(1)).is_ok());
}

#[test]
fn a_damaged_row_stops_its_payment() {
    for damage in [
        "UPDATE payments SET holds = 'qonto/sandbox/terminal-9' WHERE attempt = 1 AND sale LIKE '%order-2'",
        "UPDATE payments SET unsettled = 0 WHERE sale LIKE '%order-2'",
        "UPDATE payments SET sequence = 1 WHERE sale LIKE '%order-2'",
        "UPDATE payments SET epoch = 77 WHERE sale LIKE '%order-2'",
        "UPDATE payments SET outcome = 'paid' WHERE sale LIKE '%order-2'",
    ] {
        let (mut desk, driver) = closed_with_three();
        desk.meddle(damage);
        let (mut journal, _) = desk.reopened();
        assert_eq!(journal.payment(payment(2)).unwrap_err().kind, FailureKind::Corrupt, "{damage}");
        let answer = append(&mut journal, permitted(2, 2, driver));
        assert!(is_corrupt(&answer), "no permit on a row that lies: {answer:?}");
        append(&mut journal, permitted(1, 2, driver)).unwrap();
    }
}

#[test]
fn a_row_that_is_gone_does_not_read_as_absent() {
    let (mut desk, driver) = closed_with_three();
    desk.meddle("DELETE FROM payments WHERE sale LIKE '%order-2'");
    let (mut journal, _) = desk.reopened();
    assert_eq!(journal.payment(payment(2)).unwrap_err().kind, FailureKind::Corrupt);
    let again = append(&mut journal, started(2, driver));
    assert!(is_corrupt(&again), "its records are still there: {again:?}");
}

#[test]
fn one_damaged_payment_in_a_group_costs_only_itself() {
    let (mut desk, driver) = closed_with_three();
    desk.meddle("DELETE FROM payments WHERE sale LIKE '%order-2'");
    let (mut journal, _) = desk.reopened();
    let group = vec![seen(1, 2, driver), started(2, driver), started(4, driver)];
    let answers = Store::append(&mut journal, group, &moment(0));
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert!(is_corrupt(&answers[1]));
}

fn is_corrupt(answer: &Result<tillkit_model::engine::store::Recorded, Refusal>) -> bool {
    matches!(answer, Err(Refusal::Failed(why)) if why.kind == FailureKind::Corrupt)
}

/// A journal whose last appends are only in the write-ahead log, as after a kill.
fn killed_with_a_log() -> (Desk, Desk) {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    append(&mut journal, started(2, driver)).unwrap();
    let killed = Desk { directory: desk.backup(), ..Desk::new() };
    (desk, killed)
}

fn log(desk: &Desk) -> std::path::PathBuf {
    desk.directory.path().join("till.db-wal")
}

#[test]
fn a_whole_log_is_read_after_a_kill() {
    let (_running, mut killed) = killed_with_a_log();
    assert!(std::fs::metadata(log(&killed)).unwrap().len() > 0);
    let (mut journal, opening) = killed.reopened();
    assert_eq!(opening, Opening::Agreed);
    assert_eq!(journal.unsettled(ACCOUNT).unwrap().len(), 2);
}

#[test]
fn a_log_that_was_cut_off_is_noticed() {
    let (_running, mut killed) = killed_with_a_log();
    let whole = std::fs::metadata(log(&killed)).unwrap().len();
    let file = std::fs::OpenOptions::new().write(true).open(log(&killed)).unwrap();
    file.set_len(whole - 4096).unwrap();
    assert_eq!(killed.reopened().1, Opening::Restored(Why::Behind));
}

#[test]
fn a_flipped_byte_in_the_log_is_noticed() {
    let (_running, mut killed) = killed_with_a_log();
    let mut bytes = std::fs::read(log(&killed)).unwrap();
    let place = bytes.len() - 100;
    bytes[place] ^= 0x10;
    std::fs::write(log(&killed), bytes).unwrap();
    assert_eq!(killed.reopened().1, Opening::Restored(Why::Behind));
}

#[test]
fn a_log_that_was_deleted_is_noticed() {
    let (_running, mut killed) = killed_with_a_log();
    std::fs::remove_file(log(&killed)).unwrap();
    assert_eq!(killed.reopened().1, Opening::Restored(Why::Behind));
}

#[test]
fn pages_full_of_garbage_are_told_and_nothing_is_sold_on_them() {
    let (mut desk, driver) = closed_with_three();
    let mut bytes = std::fs::read(desk.path()).unwrap();
    for byte in &mut bytes[4096..] {
        *byte = 0xa5;
    }
    std::fs::write(desk.path(), bytes).unwrap();
    match desk.open(false) {
        Err(OpenError::Failed(why)) => assert_eq!(why.kind, FailureKind::Corrupt),
        Err(OpenError::Absent) => panic!("it is there"),
        Ok(opened) => assert_sells_nothing(opened.journal, driver),
    }
}

/// Every single damaged page is noticed by a look at all, and never makes a panic.
#[test]
fn no_damaged_page_goes_unnoticed() {
    let (desk, _) = closed_with_three();
    let whole = std::fs::read(desk.path()).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 10);
    for page in 0..pages {
        let mut bytes = whole.clone();
        for byte in &mut bytes[page * 4096..(page + 1) * 4096] {
            *byte = byte.wrapping_add(1);
        }
        let mut hurt = Desk { directory: desk.backup(), ..Desk::new() };
        std::fs::write(hurt.path(), bytes).unwrap();
        let noticed = match hurt.open(false) {
            Err(_) => true,
            Ok(opened) => {
                let found = opened.journal.check();
                opened.opening != Opening::Agreed
                    || found.is_err()
                    || !found.unwrap().faults.is_empty()
            }
        };
        assert!(noticed, "page {page} of {pages}");
    }
}

fn assert_sells_nothing(mut journal: Journal, driver: Driver) {
    assert!(append(&mut journal, started(9, driver)).is_err());
}
