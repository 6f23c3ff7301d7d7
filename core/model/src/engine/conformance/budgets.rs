//! What processes draw from a budget that they share.

use super::samples::*;
use super::{Maker, driver};
use crate::engine::budget::{Draw, Tokens};
use crate::engine::lease::LEASE_MS;
use crate::engine::port::Purse;
use crate::engine::store::Store;

fn looks(looks: u32) -> Draw {
    let wanted = Tokens { looks, ..Tokens::default() };
    Draw { purse: Purse::of(["key-1"]), per_minute: 80, reserve: 20, life_ms: 15_000, wanted }
}

fn drawn(store: &mut dyn Store, draw: &Draw, after_ms: u64) -> u32 {
    store.draw(draw, &moment(after_ms)).expect("a draw").tokens.looks
}

/// What was given is gone, and comes in again as time passes.
pub fn a_token_is_given_once(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    assert_eq!(drawn(&mut *store, &looks(30), 0), 30);
    assert_eq!(drawn(&mut *store, &looks(30), 0), 10, "sixty, and twenty are kept");
    assert_eq!(drawn(&mut *store, &looks(30), 0), 0);
    assert_eq!(drawn(&mut *store, &looks(30), 1_500), 2);
}

/// Each budget is one by itself.
pub fn another_purse_is_another_budget(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    assert_eq!(drawn(&mut *store, &looks(100), 0), 40);
    let other = Draw { purse: Purse::of(["key-2"]), ..looks(100) };
    assert_eq!(drawn(&mut *store, &other, 0), 40);
}

/// Whoever draws leaves something to every process that lives, and nothing to one that is dead.
pub fn living_leases_share_a_budget(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let first = driver(&mut *store);
    store.lease(process(2), &moment(0)).expect("a lease");
    assert_eq!(drawn(&mut *store, &looks(100), 0), 20, "half of forty");
    store.release(first).expect("a release");
    assert_eq!(drawn(&mut *store, &looks(100), 0), 20, "all the rest");
    let full = Draw { purse: Purse::of(["key-2"]), ..looks(100) };
    store.lease(process(3), &moment(1)).expect("a lease");
    assert_eq!(drawn(&mut *store, &full, LEASE_MS), 40, "one of the two has lapsed");
}

/// No process begins with a full budget because it is new.
pub fn a_budget_survives_a_reopening(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    assert_eq!(drawn(&mut *store, &looks(100), 0), 40);
    let mut store: Box<dyn Store> = maker.reopened(store);
    assert_eq!(drawn(&mut *store, &looks(100), 0), 0);
}

/// What is lacking is told: how long until there is one more.
pub fn who_gets_nothing_is_told_when_to_come_again(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    assert_eq!(store.draw(&looks(40), &moment(0)).expect("a draw").again_ms, 0);
    assert_eq!(store.draw(&looks(1), &moment(0)).expect("a draw").again_ms, 750);
}
