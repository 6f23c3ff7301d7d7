//! Pruning keeps what must be known forever, and a chain that can still be checked.

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::{FailureKind, Refusal, Store, Stored, Tombstone};
use tillkit_model::payment::{Driver, Payment};

use super::desk::Desk;
use crate::journal::{Journal, Pruned};

const LATER: i64 = i64::MAX;

/// Payments 1 to 9, of which the odd ones are paid, written one after the other or mixed.
fn nine(desk: &mut Desk) -> (Journal, Driver) {
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    for number in 1..=9 {
        append(&mut journal, started(number, driver)).unwrap();
    }
    for number in [5, 1, 9, 3, 7] {
        append(&mut journal, paid(number, 2, driver)).unwrap();
    }
    (journal, driver)
}

fn summary(payment: &Payment) -> String {
    format!(r#"{{"sequence":{}}}"#, payment.sequence)
}

fn prune(journal: &Journal, before_wall_ms: i64) -> Pruned {
    journal.prune(before_wall_ms, &moment(5), summary).unwrap()
}

fn tombstone(journal: &mut Journal, number: u64) -> Tombstone {
    match journal.payment(payment(number)) {
        Ok(Some(Stored::Tombstone(tombstone))) => *tombstone,
        other => panic!("a tombstone, not {other:?}"),
    }
}

#[test]
fn a_settled_payment_becomes_a_tombstone_that_keeps_what_is_needed() {
    let mut desk = Desk::new();
    let (mut journal, _) = nine(&mut desk);
    assert_eq!(prune(&journal, LATER), Pruned { payments: 5, unreadable: vec![] });
    let kept = tombstone(&mut journal, 3);
    assert_eq!((kept.id, kept.sale), (payment(3), sale(3)));
    assert_eq!(kept.row.identity, identity(3, 1));
    assert_eq!(kept.row.charges, [charge(3)]);
    assert_eq!(&*kept.row.outcome, "paid");
    assert_eq!(&*kept.summary, r#"{"sequence":3}"#);
    assert_eq!(journal.by_charge(ACCOUNT, &charge(3)), Ok(Some(payment(3))));
}

#[test]
fn what_is_unsettled_stays() {
    let mut desk = Desk::new();
    let (mut journal, driver) = nine(&mut desk);
    prune(&journal, LATER);
    for number in [2, 4, 6, 8] {
        assert!(matches!(journal.payment(payment(number)), Ok(Some(Stored::Live(_)))));
        append(&mut journal, seen(number, 2, driver)).unwrap();
    }
    assert_eq!(journal.unsettled(ACCOUNT).unwrap().len(), 4);
}

#[test]
fn what_was_touched_lately_stays() {
    let mut desk = Desk::new();
    let (mut journal, driver) = nine(&mut desk);
    let mut late = paid(3, 3, driver);
    late.at = moment(60_000);
    append(&mut journal, late).unwrap();
    assert_eq!(prune(&journal, moment(60_000).wall_ms).payments, 4);
    assert!(matches!(journal.payment(payment(3)), Ok(Some(Stored::Live(_)))));
    assert_eq!(prune(&journal, moment(60_001).wall_ms).payments, 1);
}

#[test]
fn a_pruned_identity_stays_taken() {
    let mut desk = Desk::new();
    let (mut journal, driver) = nine(&mut desk);
    prune(&journal, LATER);
    let mut again = started(20, driver);
    again.row.identity = identity(3, 1);
    assert_eq!(append(&mut journal, again), Err(Refusal::IdentityTaken { by: payment(3) }));
    let around = journal.surroundings(&identity(3, 2), None).unwrap();
    assert!(matches!(&around.attempts[..], [Stored::Tombstone(it)] if it.id == payment(3)));
}

#[test]
fn a_tombstone_takes_no_more_events() {
    let mut desk = Desk::new();
    let (mut journal, driver) = nine(&mut desk);
    prune(&journal, LATER);
    for late in [seen(3, 3, driver), started(3, driver)] {
        let refused = append(&mut journal, late);
        assert!(matches!(refused, Err(Refusal::Failed(_))), "{refused:?}");
    }
}

#[test]
fn the_chain_of_those_that_stay_can_be_checked() {
    let mut desk = Desk::new();
    let (mut journal, driver) = nine(&mut desk);
    prune(&journal, LATER);
    let report = journal.check().unwrap();
    assert_eq!((report.payments, report.tombstones, report.faults), (4, 5, vec![]));
    assert_eq!(report.records, 4 * 2 + 1, "and a note of the pruning");
    append(&mut journal, paid(4, 2, driver)).unwrap();
    append(&mut journal, paid(6, 2, driver)).unwrap();
    prune(&journal, LATER);
    let report = journal.check().unwrap();
    assert_eq!((report.payments, report.tombstones, report.faults), (2, 7, vec![]));
    drop(journal);
    let gaps: i64 = rusqlite::Connection::open(desk.path())
        .unwrap()
        .query_row("SELECT count(*) FROM gaps", [], |row| row.get(0))
        .unwrap();
    assert!(gaps <= 4, "neighbours became one: {gaps}");
    assert_eq!(desk.reopened().1, Opening::Agreed);
}

#[test]
fn a_gap_that_hides_a_record_is_noticed() {
    let mut desk = Desk::new();
    let (journal, _) = nine(&mut desk);
    prune(&journal, LATER);
    drop(journal);
    desk.meddle("UPDATE gaps SET hash = zeroblob(32) WHERE first = (SELECT min(first) FROM gaps)");
    let (journal, _) = desk.reopened();
    assert_ne!(journal.check().unwrap().faults, []);
}

#[test]
fn everything_may_be_pruned_and_the_journal_goes_on() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let lives = (1..=450).map(|number| {
        let mut life = started(number, driver);
        life.events.extend(paid(number, 2, driver).events);
        life.row = paid(number, 2, driver).row;
        life
    });
    let written = Store::append(&mut journal, lives.collect(), &moment(0));
    assert!(written.iter().all(Result::is_ok));
    assert_eq!(prune(&journal, LATER).payments, 450, "in several steps");
    assert_eq!(prune(&journal, LATER).payments, 0);
    assert_eq!(journal.check().unwrap().faults, []);
    drop(journal);
    let (mut journal, opening) = desk.reopened();
    assert_eq!(opening, Opening::Agreed);
    append(&mut journal, started(500, driver)).unwrap();
    assert_eq!(journal.check().unwrap().faults, []);
    assert_eq!(tombstone(&mut journal, 450).id, payment(450));
}

#[test]
fn an_unreadable_payment_is_told_and_stays() {
    let mut desk = Desk::new();
    let (journal, _) = nine(&mut desk);
    drop(journal);
    desk.meddle("UPDATE records SET body = x'7b7d' WHERE number = 5");
    let (mut journal, _) = desk.reopened();
    let pruned = prune(&journal, LATER);
    assert_eq!((pruned.payments, pruned.unreadable.len()), (4, 1));
    assert_eq!(pruned.unreadable[0].kind, FailureKind::Corrupt);
    assert_eq!(journal.payment(payment(3)).unwrap_err().kind, FailureKind::Corrupt);
}

#[test]
fn a_damaged_tombstone_is_told() {
    let mut desk = Desk::new();
    let (journal, _) = nine(&mut desk);
    prune(&journal, LATER);
    drop(journal);
    desk.meddle("UPDATE tombstones SET body = x'7b7d'");
    let (mut journal, _) = desk.reopened();
    assert_eq!(journal.payment(payment(3)).unwrap_err().kind, FailureKind::Corrupt);
    assert_eq!(journal.check().unwrap().faults.len(), 5);
}

#[test]
fn a_restored_journal_is_not_pruned() {
    let mut desk = Desk::new();
    let (journal, _) = nine(&mut desk);
    drop(journal);
    std::fs::remove_file(desk.mark()).unwrap();
    let (journal, _) = desk.reopened();
    journal.prune(LATER, &moment(5), summary).unwrap_err();
    assert_eq!(journal.check().unwrap().payments, 9);
}

#[test]
fn a_summary_that_panics_leaves_everything_as_it_was() {
    let mut desk = Desk::new();
    let (journal, _) = nine(&mut desk);
    let failed = journal.prune(LATER, &moment(5), |_| panic!("the host's own mistake"));
    assert!(failed.is_err());
    assert_eq!(prune(&journal, LATER).payments, 5);
}
