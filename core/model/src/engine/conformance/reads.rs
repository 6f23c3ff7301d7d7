//! Found and absent, and every way of finding.

use super::samples::*;
use super::{Maker, append, driver};
use crate::engine::store::{Stored, Surroundings};
use crate::ids::PaymentId;

/// What is not here is absent, and that is an answer.
pub fn found_and_absent_are_two_answers(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    assert!(matches!(store.payment(payment(1)), Ok(Some(Stored::Live(_)))));
    assert_eq!(store.payment(payment(2)), Ok(None));
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(None));
    assert_eq!(store.unsettled("nobody"), Ok(Vec::new()));
}

/// All attempts of a sale, by attempt, whatever the order of their ids.
pub fn surroundings_hold_every_attempt_in_order(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    for (number, attempt) in [(5, 1), (4, 2), (6, 3)] {
        let mut sale = created(number, driver);
        sale.row.identity = identity(1, attempt);
        append(&mut *store, sale).unwrap();
    }
    let around = store.surroundings(&identity(1, 3), None).unwrap();
    assert_eq!(attempts(&around), [payment(5), payment(4), payment(6)]);
    assert_eq!(around.holders, []);
}

/// The holder of the terminal is there, even when it belongs to another sale.
pub fn surroundings_hold_whoever_has_the_terminal(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    let around = store.surroundings(&identity(2, 1), Some(&terminal(1))).unwrap();
    assert_eq!(around.attempts, []);
    assert_eq!(around.holders.iter().map(|holder| holder.id).collect::<Vec<_>>(), [payment(1)]);
    let free = store.surroundings(&identity(2, 1), Some(&terminal(2))).unwrap();
    assert_eq!(free, Surroundings::default());
}

/// Sales whose text begins alike are still other sales.
pub fn surroundings_know_nothing_of_other_sales(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    for number in [1, 10, 100] {
        append(&mut *store, created(number, driver)).unwrap();
    }
    let around = store.surroundings(&identity(10, 1), None).unwrap();
    assert_eq!(attempts(&around), [payment(10)]);
}

/// A provider's id finds the payment.
pub fn a_charge_leads_to_its_payment(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    append(&mut *store, seen(1, 1, driver)).unwrap();
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(Some(payment(1))));
    append(&mut *store, paid(1, 2, driver)).unwrap();
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(Some(payment(1))));
}

/// Two accounts may know the same text for two charges.
pub fn a_charge_belongs_to_its_account(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let mut other = created(2, driver);
    other.row.account = "shop-2".into();
    other.row.charges = vec![charge(1)];
    append(&mut *store, other).unwrap();
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(None));
    append(&mut *store, created(1, driver)).unwrap();
    append(&mut *store, seen(1, 1, driver)).unwrap();
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(Some(payment(1))));
    assert_eq!(store.by_charge("shop-2", &charge(1)), Ok(Some(payment(2))));
}

/// A second charge of the same payment is found like the first.
pub fn a_later_charge_is_found_too(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    append(&mut *store, seen(1, 1, driver)).unwrap();
    let mut again = seen(1, 2, driver);
    again.row.charges = vec![charge(1), charge(8)];
    append(&mut *store, again).unwrap();
    assert_eq!(store.by_charge(ACCOUNT, &charge(1)), Ok(Some(payment(1))));
    assert_eq!(store.by_charge(ACCOUNT, &charge(8)), Ok(Some(payment(1))));
}

/// Recovery asks for one account's open payments and gets those.
pub fn unsettled_payments_are_listed_by_account(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    for number in [1, 2, 3] {
        append(&mut *store, created(number, driver)).unwrap();
    }
    let mut other = created(4, driver);
    other.row.account = "shop-2".into();
    append(&mut *store, other).unwrap();
    append(&mut *store, paid(2, 1, driver)).unwrap();
    let mut unsettled = store.unsettled(ACCOUNT).unwrap();
    unsettled.sort_unstable();
    assert_eq!(unsettled, [payment(1), payment(3)]);
    assert_eq!(store.unsettled("shop-2"), Ok(vec![payment(4)]));
}

/// A refund wished later opens a settled payment again.
pub fn a_settled_payment_may_become_unsettled_again(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, created(1, driver)).unwrap();
    append(&mut *store, paid(1, 1, driver)).unwrap();
    assert_eq!(store.unsettled(ACCOUNT), Ok(Vec::new()));
    let mut wished = cancel_wished(1, 2, driver);
    wished.row.holds = None;
    append(&mut *store, wished).unwrap();
    assert_eq!(store.unsettled(ACCOUNT), Ok(vec![payment(1)]));
}

/// Whoever watches hears of each changed payment once, and from where to go on.
pub fn changes_name_each_payment_once(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let (nobody, begin) = store.changes(0).unwrap();
    assert_eq!(nobody, []);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, seen(1, 2, driver)).unwrap();
    append(&mut *store, created(2, driver)).unwrap();
    let (mut changed, point) = store.changes(begin).unwrap();
    changed.sort_unstable();
    assert_eq!(changed, [payment(1), payment(2)]);
    append(&mut *store, seen(1, 3, driver)).unwrap();
    let (changed, later) = store.changes(point).unwrap();
    assert_eq!(changed, [payment(1)]);
    assert!(later > point);
    assert_eq!(store.changes(later), Ok((Vec::new(), later)));
}

/// Asking from beyond the end is how a new watcher learns where the end is.
pub fn changes_after_the_end_name_nobody_and_tell_the_end(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let (_, end) = store.changes(0).unwrap();
    assert_eq!(store.changes(u64::MAX), Ok((Vec::new(), end)));
}

fn attempts(around: &Surroundings) -> Vec<PaymentId> {
    around
        .attempts
        .iter()
        .map(|attempt| match attempt {
            Stored::Live(payment) => payment.id,
            Stored::Tombstone(tombstone) => tombstone.id,
        })
        .collect()
}
