use tillkit_model::engine::conformance::samples::{created, payment, process};
use tillkit_model::engine::conformance::{append, samples};
use tillkit_model::engine::store::Store;
use tillkit_model::identity::key;
use tillkit_model::payment::event::Event;

use super::desk::Desk;

#[test]
fn events_come_back_in_order_and_an_account_is_found_by_any_payment() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    assert_eq!(journal.events(payment(1)), Ok(None));
    assert_eq!(journal.any_payment_of(samples::ACCOUNT), Ok(None));
    let driver = journal.lease(process(1), &samples::moment(0)).unwrap();
    let mut sold = created(1, driver);
    sold.row.identity = key(&samples::sale(1));
    append(&mut journal, sold).unwrap();
    let mut seen = samples::seen(1, 1, driver);
    seen.row.identity = key(&samples::sale(1));
    append(&mut journal, seen).unwrap();
    let events = journal.events(payment(1)).unwrap().unwrap();
    assert!(
        matches!(events.as_slice(), [Event::Created { .. }, Event::Observed { .. }]),
        "{events:?}"
    );
    assert_eq!(journal.any_payment_of(samples::ACCOUNT), Ok(Some(payment(1))));
    // Neither a part of the name nor a longer one.
    assert_eq!(journal.any_payment_of("shop"), Ok(None));
    assert_eq!(journal.any_payment_of("shop-12"), Ok(None));
}

#[test]
fn an_account_is_found_by_another_payment_where_one_is_damaged() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = journal.lease(process(1), &samples::moment(0)).unwrap();
    for number in 1..=2 {
        let mut sold = created(number, driver);
        sold.row.identity = key(&samples::sale(number));
        append(&mut journal, sold).unwrap();
    }
    let first = journal.any_payment_of(samples::ACCOUNT).unwrap().unwrap();
    drop(journal);
    desk.meddle(&format!(
        "UPDATE records SET body = CAST('{{}}' AS BLOB) WHERE hex(subject) = '{}'",
        hex::encode_upper(first.bytes()),
    ));
    let (journal, _) = desk.reopened();
    let another = journal.any_payment_of(samples::ACCOUNT).unwrap().unwrap();
    assert_ne!(another, first, "its account goes on without it");
}
