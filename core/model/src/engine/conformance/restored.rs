//! A journal that went back in time sells nothing.

use super::samples::*;
use super::{Maker, append, driver};
use crate::engine::store::{Refusal, Store, Stored};
use crate::payment::Driver;

/// No new sale is recorded.
pub fn a_restored_journal_records_no_new_sale(maker: &mut dyn Maker) {
    let (mut store, driver) = restored(maker);
    assert_eq!(append(&mut *store, created(5, driver)), Err(Refusal::Restored));
    assert_eq!(append(&mut *store, started(6, driver)), Err(Refusal::Restored));
    assert_eq!(store.payment(payment(5)), Ok(None));
}

/// Nothing that could ring up leaves: neither sends nor polls that may pay.
pub fn a_restored_journal_allows_no_send(maker: &mut dyn Maker) {
    let (mut store, driver) = restored(maker);
    assert_eq!(append(&mut *store, permitted(1, 2, driver)), Err(Refusal::Restored));
    assert_eq!(append(&mut *store, polls_permitted(1, 2, driver)), Err(Refusal::Restored));
}

/// Whatever is learned, wished or said is kept.
pub fn a_restored_journal_takes_facts_wishes_and_words(maker: &mut dyn Maker) {
    let (mut store, driver) = restored(maker);
    append(&mut *store, seen(1, 2, driver)).unwrap();
    append(&mut *store, cancel_wished(1, 3, driver)).unwrap();
    append(&mut *store, resolved(1, 4, driver)).unwrap();
    store.release(driver).unwrap();
    let other = store.lease(process(2), &moment(0)).unwrap();
    append(&mut *store, taken_over(1, 5, other)).unwrap();
}

/// Looking things up goes on.
pub fn a_restored_journal_is_read_as_before(maker: &mut dyn Maker) {
    let (mut store, _) = restored(maker);
    assert!(matches!(store.payment(payment(1)), Ok(Some(Stored::Live(_)))));
    assert_eq!(store.unsettled(ACCOUNT), Ok(vec![payment(1)]));
    let around = store.surroundings(&identity(1, 1), Some(&terminal(1))).unwrap();
    assert_eq!((around.attempts.len(), around.holders.len()), (1, 1));
}

/// Of all faults, this one is told first.
pub fn restored_comes_before_every_other_refusal(maker: &mut dyn Maker) {
    let (mut store, _) = restored(maker);
    let nobody = Driver { process: process(9), epoch: 99 };
    assert_eq!(append(&mut *store, permitted(1, 44, nobody)), Err(Refusal::Restored));
    assert_eq!(append(&mut *store, started(1, nobody)), Err(Refusal::Restored));
}

fn restored(maker: &mut dyn Maker) -> (Box<dyn Store>, Driver) {
    let mut leased = None;
    let store = maker.restored(&mut |store| {
        let driver = driver(store);
        append(store, started(1, driver)).unwrap();
        leased = Some(driver);
    });
    (store, leased.expect("the journal was filled"))
}
