//! Which driver may write permits, and in which order an append is judged.

use super::samples::*;
use super::{Maker, append, driver};
use crate::engine::lease::LEASE_MS;
use crate::engine::store::{Append, Recorded, Refusal, Store};
use crate::payment::Driver;
use crate::time::{BootId, Moment};

/// A driver with a lease writes permits for its payments, until the last moment of it.
pub fn a_held_lease_lets_permits_be_written(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let last = moment(LEASE_MS - 1);
    append_at(&mut *store, permitted(1, 2, driver), &last).unwrap();
}

/// After it may have lapsed, nobody writes permits with it.
pub fn a_lapsed_lease_fences(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let late = append_at(&mut *store, permitted(1, 2, driver), &moment(LEASE_MS));
    assert_eq!(late, Err(Refusal::Fenced));
    let new = append_at(&mut *store, started(2, driver), &moment(LEASE_MS));
    assert_eq!(new, Err(Refusal::Fenced));
}

/// An earlier lease of the same process is not this one.
pub fn a_lease_of_another_epoch_fences(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let later = store.lease(driver.process, &moment(0)).unwrap();
    let crossed = Driver { process: driver.process, epoch: later.epoch };
    let fenced = append(&mut *store, permitted(1, 2, crossed));
    assert_eq!(fenced, Err(Refusal::Fenced), "the payment has the earlier epoch's driver");
    let stolen = Driver { process: process(5), epoch: driver.epoch };
    assert_eq!(append(&mut *store, started(2, stolen)), Err(Refusal::Fenced));
}

/// A lease that was given back allows nothing.
pub fn a_released_lease_fences(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    store.release(driver).unwrap();
    assert_eq!(append(&mut *store, permitted(1, 2, driver)), Err(Refusal::Fenced));
}

/// A made-up lease allows nothing.
pub fn a_lease_that_was_never_given_fences(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let made_up = Driver { process: process(3), epoch: 1 };
    assert_eq!(append(&mut *store, started(1, made_up)), Err(Refusal::Fenced));
}

/// A lease is for one's own payments only.
pub fn another_driver_fences_even_with_a_lease(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let other = store.lease(process(2), &moment(0)).unwrap();
    assert_eq!(append(&mut *store, permitted(1, 2, other)), Err(Refusal::Fenced));
}

/// The append that takes over may be fenced by the lease it puts in charge, and only by that.
pub fn a_take_over_puts_its_driver_in_charge(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let other = store.lease(process(2), &moment(0)).unwrap();
    store.release(driver).unwrap();
    let mut crossed = taken_over(1, 2, other);
    crossed.fence = Some(driver);
    assert_eq!(append(&mut *store, crossed), Err(Refusal::Fenced));
    append(&mut *store, taken_over(1, 2, other)).unwrap();
    append(&mut *store, permitted(1, 3, other)).unwrap();
}

/// Whoever lost a payment writes no more permits for it.
pub fn after_a_take_over_the_old_driver_is_fenced(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let other = store.lease(process(2), &moment(0)).unwrap();
    store.release(driver).unwrap();
    append(&mut *store, taken_over(1, 2, other)).unwrap();
    assert_eq!(append(&mut *store, permitted(1, 3, driver)), Err(Refusal::Fenced));
}

/// A driver whose lease may still be held keeps its payments; one process may renew its own.
pub fn a_live_driver_is_not_taken_over(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let other = store.lease(process(2), &moment(0)).unwrap();
    assert_eq!(append(&mut *store, taken_over(1, 2, other)), Err(Refusal::Fenced));
    let again = store.lease(driver.process, &moment(0)).unwrap();
    append(&mut *store, taken_over(1, 2, again)).unwrap();
}

/// What may be the only copy of a fact is taken from anyone, at any time.
pub fn facts_and_wishes_need_no_lease(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    store.release(driver).unwrap();
    let later = moment(LEASE_MS * 10);
    append_at(&mut *store, seen(1, 2, driver), &later).unwrap();
    append_at(&mut *store, cancel_wished(1, 3, driver), &later).unwrap();
    append_at(&mut *store, resolved(1, 4, driver), &later).unwrap();
}

/// A permit that names no lease is never written.
pub fn a_permit_without_a_fence_is_refused(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let mut unfenced = started(1, driver);
    unfenced.fence = None;
    assert!(matches!(append(&mut *store, unfenced), Err(Refusal::Failed(_))));
    assert_eq!(store.payment(payment(1)), Ok(None));
}

/// When any clock says that the lease may have lapsed, it is not relied on.
pub fn a_clock_set_forward_fences(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let jumped = Moment { wall_ms: moment(LEASE_MS).wall_ms, ..moment(1) };
    assert_eq!(append_at(&mut *store, started(1, driver), &jumped), Err(Refusal::Fenced));
}

/// A lease of an earlier boot may be any age.
pub fn another_boot_fences(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let rebooted = Moment { boot: BootId(8), boot_ms: 1, ..moment(1) };
    assert_eq!(append_at(&mut *store, started(1, driver), &rebooted), Err(Refusal::Fenced));
}

/// Sequence, identity, terminal, lease: of several faults the first is told.
pub fn the_order_of_checks_is_fixed(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let nobody = Driver { process: process(9), epoch: 99 };
    let faulty = |expected: u64, number: u64, same_sale: bool, same_terminal: bool| {
        let mut append = started(number, nobody);
        append.expected = expected;
        append.row.identity = identity(if same_sale { 1 } else { number }, 1);
        append.row.holds = Some(terminal(if same_terminal { 1 } else { number }));
        append
    };
    let told = |store: &mut dyn Store, faulty: Append| append(store, faulty).unwrap_err();
    assert_eq!(told(&mut *store, faulty(7, 2, true, true)), Refusal::Moved { sequence: 0 });
    let taken = told(&mut *store, faulty(0, 2, true, true));
    assert_eq!(taken, Refusal::IdentityTaken { by: payment(1) });
    let busy = told(&mut *store, faulty(0, 2, false, true));
    assert_eq!(busy, Refusal::TerminalTaken { by: payment(1) });
    assert_eq!(told(&mut *store, faulty(0, 2, false, false)), Refusal::Fenced);
}

fn append_at(store: &mut dyn Store, append: Append, now: &Moment) -> Result<Recorded, Refusal> {
    store.append(vec![append], now).pop().expect("one answer for one append")
}
