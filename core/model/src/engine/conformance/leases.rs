//! The life of a lease.

use super::samples::*;
use super::{Maker, driver};
use crate::engine::lease::LEASE_MS;
use crate::engine::store::Store;
use crate::payment::Driver;
use crate::time::{BootId, Moment};

/// An epoch is given out once, to whomever asks, however often.
pub fn each_lease_has_an_epoch_of_its_own(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let mut epochs = Vec::new();
    for number in [1, 1, 2, 1] {
        let driver = store.lease(process(number), &moment(0)).unwrap();
        assert_eq!(driver.process, process(number));
        store.release(driver).unwrap();
        epochs.push(driver.epoch);
    }
    let mut unique = epochs.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique, epochs, "each later than the one before");
}

/// A lease lives on as long as it beats in time.
pub fn a_heartbeat_prolongs_a_lease(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    assert_eq!(store.heartbeat(driver, &moment(LEASE_MS - 1)), Ok(true));
    assert_eq!(store.heartbeat(driver, &moment(LEASE_MS * 2 - 2)), Ok(true));
    assert_eq!(store.is_over(driver, &moment(LEASE_MS * 3 - 3)), Ok(false));
}

/// A lease that may have lapsed stays lapsed.
pub fn a_lapsed_lease_cannot_be_prolonged(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    assert_eq!(store.heartbeat(driver, &moment(LEASE_MS)), Ok(false));
    assert_eq!(store.is_over(driver, &moment(LEASE_MS)), Ok(true));
}

/// Giving a lease back ends it at once.
pub fn a_released_lease_is_over_and_cannot_be_prolonged(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    assert_eq!(store.is_over(driver, &moment(1)), Ok(false));
    store.release(driver).unwrap();
    assert_eq!(store.is_over(driver, &moment(1)), Ok(true));
    assert_eq!(store.heartbeat(driver, &moment(1)), Ok(false));
}

/// A wall clock that was set forward ends nobody's lease; a boot that has lasted longer than one
/// does, unless it runs beside the boot of whoever holds the lease.
pub fn a_lease_is_over_only_when_it_surely_lapsed(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let jumped = Moment { wall_ms: moment(LEASE_MS * 100).wall_ms, ..moment(1) };
    assert_eq!(store.is_over(driver, &jumped), Ok(false));
    let rebooted = |boot_ms| Moment { boot: BootId(8), boot_ms, ..moment(boot_ms) };
    let beside = Moment { boot: BootId::of_process(8), boot_ms: LEASE_MS * 100, ..moment(1) };
    assert_eq!(store.is_over(driver, &beside), Ok(false));
    assert_eq!(store.is_over(driver, &rebooted(LEASE_MS - 1)), Ok(false));
    assert_eq!(store.is_over(driver, &rebooted(LEASE_MS)), Ok(true));
}

/// Nobody waits for a lease that is not there.
pub fn a_lease_that_nobody_has_is_over(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let nobody = Driver { process: process(3), epoch: 12 };
    assert_eq!(store.is_over(nobody, &moment(0)), Ok(true));
    assert_eq!(store.heartbeat(nobody, &moment(0)), Ok(false));
}

/// Only the exact driver ends its lease.
pub fn releasing_a_stranger_changes_nothing(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    store.release(Driver { process: process(9), epoch: driver.epoch }).unwrap();
    assert_eq!(store.is_over(driver, &moment(1)), Ok(false));
    assert_eq!(store.heartbeat(driver, &moment(1)), Ok(true));
}

/// A lease outlives the process that took it, until it lapses; and epochs go on from there.
pub fn leases_survive_a_reopening(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let mut store: Box<dyn Store> = maker.reopened(store);
    assert_eq!(store.is_over(driver, &moment(1)), Ok(false));
    let later = store.lease(process(1), &moment(1)).unwrap();
    assert!(later.epoch > driver.epoch);
}
