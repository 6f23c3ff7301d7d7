//! Lists, copies and checks.

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::opening::{Opening, Why};
use tillkit_model::engine::store::{FailureKind, Refusal, Store};
use tillkit_model::ids::PaymentId;

use super::desk::Desk;
use crate::journal::{Journal, Query};

/// Payments 1 to 10: of two accounts in turn, a millisecond apart, the first five paid.
fn ten(desk: &mut Desk) -> Journal {
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    for number in 1..=10 {
        let account = if number % 2 == 0 { "shop-2" } else { ACCOUNT };
        let mut sale = started(number, driver);
        sale.row.account = account.into();
        sale.row.created_wall_ms = called_ms(number);
        append(&mut journal, sale).unwrap();
        if number <= 5 {
            let mut fact = paid(number, 2, driver);
            fact.row.account = account.into();
            fact.row.created_wall_ms = called_ms(number);
            append(&mut journal, fact).unwrap();
        }
    }
    journal
}

/// Before the ids of the samples were made.
fn called_ms(number: u64) -> i64 {
    i64::try_from(number).unwrap().saturating_sub(100)
}

fn walk(journal: &Journal, query: &Query) -> Vec<PaymentId> {
    let mut query = query.clone();
    let mut seen = Vec::new();
    loop {
        let page = journal.payments(&query).unwrap();
        assert!(page.payments.len() <= usize::try_from(query.limit).unwrap());
        seen.extend(page.payments.iter().map(|listed| listed.id));
        match page.next {
            Some(next) => query.before = Some(next),
            None => return seen,
        }
    }
}

fn ids(numbers: &[u64]) -> Vec<PaymentId> {
    numbers.iter().map(|number| payment(*number)).collect()
}

#[test]
fn payments_are_listed_newest_first_page_by_page() {
    let mut desk = Desk::new();
    let journal = ten(&mut desk);
    for limit in [1, 3, 10, 100] {
        let all = walk(&journal, &Query { limit, ..Query::default() });
        assert_eq!(all, ids(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), "pages of {limit}");
    }
}

#[test]
fn a_list_is_narrowed_by_account_state_and_outcome() {
    let mut desk = Desk::new();
    let journal = ten(&mut desk);
    let query = Query { limit: 2, ..Query::default() };
    let of_account = Query { account: Some(ACCOUNT.into()), ..query.clone() };
    assert_eq!(walk(&journal, &of_account), ids(&[9, 7, 5, 3, 1]));
    let open = Query { unsettled: Some(true), ..query.clone() };
    assert_eq!(walk(&journal, &open), ids(&[10, 9, 8, 7, 6]));
    let settled = Query { unsettled: Some(false), account: Some("shop-2".into()), ..query.clone() };
    assert_eq!(walk(&journal, &settled), ids(&[4, 2]));
    let by_outcome = Query { outcome: Some("paid".into()), ..query.clone() };
    assert_eq!(walk(&journal, &by_outcome), ids(&[5, 4, 3, 2, 1]));
    let one = Query { reference: Some("order-7".into()), ..query.clone() };
    assert_eq!(walk(&journal, &one), ids(&[7]));
    let since = Query { from_ms: Some(called_ms(8)), ..query.clone() };
    assert_eq!(walk(&journal, &since), ids(&[10, 9, 8]));
    let until = Query { to_ms: Some(called_ms(3)), ..query.clone() };
    assert_eq!(walk(&journal, &until), ids(&[2, 1]));
    let nobody = Query { account: Some("nobody".into()), ..query };
    assert_eq!(walk(&journal, &nobody), []);
}

#[test]
fn a_damaged_row_is_listed_as_damaged() {
    let mut desk = Desk::new();
    drop(ten(&mut desk));
    desk.meddle("UPDATE payments SET outcome = 'paid' WHERE sale LIKE '%order-7'");
    let (journal, _) = desk.reopened();
    let page = journal.payments(&Query { limit: 100, ..Query::default() }).unwrap();
    let damaged: Vec<_> = page.payments.iter().filter(|listed| listed.row.is_err()).collect();
    assert_eq!(damaged.len(), 1);
    assert_eq!(damaged[0].id, payment(7));
    assert_eq!(damaged[0].row.as_ref().unwrap_err().kind, FailureKind::Corrupt);
}

#[test]
fn a_copy_is_whole_and_opens_restored() {
    let mut desk = Desk::new();
    let mut journal = ten(&mut desk);
    let mut elsewhere = Desk::new();
    journal.copy(elsewhere.path()).unwrap();
    let driver = driver(&mut journal);
    append(&mut journal, started(11, driver)).unwrap();
    let (mut copy, opening) = elsewhere.reopened();
    assert_eq!(opening, Opening::Restored(Why::NoMark));
    let report = copy.check().unwrap();
    assert_eq!((report.payments, report.faults), (10, vec![]));
    assert_eq!(append(&mut copy, started(12, driver)), Err(Refusal::Restored));
    assert!(copy.payment(payment(3)).unwrap().is_some());
}

#[test]
fn a_copy_stays_restored_beside_the_right_mark() {
    let mut desk = Desk::new();
    let journal = ten(&mut desk);
    let mut elsewhere = Desk::new();
    journal.copy(elsewhere.path()).unwrap();
    std::fs::copy(desk.mark(), elsewhere.mark()).unwrap();
    assert_eq!(elsewhere.reopened().1, Opening::Restored(Why::Unacknowledged));
}

#[cfg(unix)]
#[test]
fn a_copy_is_its_owners_only_and_never_written_over_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let mut desk = Desk::new();
    let journal = ten(&mut desk);
    let elsewhere = Desk::new();
    journal.copy(elsewhere.path()).unwrap();
    let mode = std::fs::metadata(elsewhere.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(elsewhere.path()).unwrap();
    journal.copy(elsewhere.path()).unwrap_err();
    assert_eq!(std::fs::read(elsewhere.path()).unwrap(), before);
}

#[test]
fn a_sound_journal_has_no_faults() {
    let mut desk = Desk::new();
    let report = ten(&mut desk).check().unwrap();
    assert_eq!((report.records, report.payments, report.tombstones), (25, 10, 0));
    assert_eq!(report.faults, []);
}

#[test]
fn a_chain_that_was_rewritten_is_told() {
    let mut desk = Desk::new();
    drop(ten(&mut desk));
    desk.meddle("UPDATE journal SET hash = zeroblob(32)");
    assert_eq!(desk.reopened().1, Opening::Restored(Why::Forked));
    let (journal, _) = desk.reopened();
    assert_ne!(journal.check().unwrap().faults, []);
}

#[test]
fn opening_reads_by_index_and_never_scans() {
    let mut desk = Desk::new();
    drop(ten(&mut desk));
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    for sql in [
        "SELECT id FROM payments WHERE unsettled = 1 AND account = ?1 ORDER BY id",
        "SELECT id FROM payments WHERE sale = ?1 ORDER BY attempt",
        "SELECT id FROM payments WHERE holds = ?1",
        "SELECT payment FROM charges WHERE account = ?1 AND charge = ?2",
        "SELECT number FROM records WHERE number > ?1",
        "SELECT number FROM records WHERE subject = ?1 ORDER BY sequence",
        "SELECT id FROM payments WHERE rested IS NOT NULL AND pruned = 0 AND rested < ?1
         AND (rested, id) > (?2, ?3) ORDER BY rested, id LIMIT 5",
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
        let steps: Vec<String> = statement
            .query_map(rusqlite::params_from_iter(nulls), |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{sql}: {steps:?}");
    }
}
