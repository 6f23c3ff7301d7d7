//! Several machines on one journal: one drives, the others watch, and a dead one is followed.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{Ask, Call, Input, Output, Reply, Terms, Token, Told};
use crate::engine::store::Store;
use crate::payment::Driver;
use crate::payment::view::{Outcome, outcome};
use crate::time::BootId;

#[test]
fn another_process_joins_the_same_sale_and_sends_nothing() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    let other = harness.open(Role::Drives, keyed(), Terms::default());
    let ticket = harness.call_at(other, Call::Start(Box::new(request("order-1"))));
    assert_eq!(harness.wire.len(), 1);
    harness.pass(12_000);
    let told = harness.replies.get(&(other, ticket));
    assert!(matches!(told, Some(Ok(Reply::Payment { replayed: true, .. }))), "{told:?}");
}

#[test]
fn a_dead_drivers_payment_is_taken_over_when_its_lease_is_over() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("pending");
    let before = harness.only().driver;
    // The first machine dies: nobody hears from it again.
    harness.machines.clear();
    harness.open(Role::Drives, keyed(), Terms::default());
    harness.pass(14_000);
    assert_eq!(harness.only().driver, before);
    harness.pass(17_000);
    assert_ne!(harness.only().driver, before);
    harness.answer("paid");
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
}

#[test]
fn a_take_over_replays_a_lost_start_only_after_the_send_horizon() {
    let mut harness = Harness::new(keyed());
    let mut slow = request("order-1");
    slow.start_by_ms = Some(200_000);
    slow.settle_by_ms = Some(300_000);
    harness.call(Call::Start(Box::new(slow)));
    harness.wire.clear();
    harness.machines.clear();
    harness.open(Role::Drives, keyed(), Terms::default());
    harness.pass(88_000);
    assert!(harness.wire.is_empty());
    harness.pass(10_000);
    assert_eq!(harness.wire.len(), 1);
}

#[test]
fn a_wish_of_an_observer_reaches_the_driver() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.start("order-1");
    harness.answer("pending");
    let id = harness.payment(ticket).id;
    let observer = harness.open(Role::Observes, keyed(), Terms::default());
    harness.call_at(observer, Call::Cancel(id));
    let now = harness.now;
    harness.machines[0].handle(Input::Changed { payments: vec![id] }, &now);
    harness.settle();
    assert!(harness.wire.iter().any(|handed| handed.request.path.starts_with("/Cancel/")));
}

#[test]
fn a_process_that_slept_over_its_lease_takes_out_a_new_one() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("pending");
    let before = harness.only().driver;
    harness.now.boot_ms += 60_000;
    harness.now.wall_ms += 60_000;
    harness.pass(2_000);
    let after = harness.only().driver;
    assert_eq!(after.process, before.process);
    assert!(after.epoch > before.epoch);
}

#[test]
fn a_sale_that_came_while_the_lease_was_not_sure_starts_once_it_is_prolonged() {
    let mut harness = Harness::new(keyed());
    // A slow disk: the heartbeat is durable long before the machine hears of it.
    advance(&mut harness, 5_000);
    harness.machines[0].handle(Input::Woken, &harness.now);
    let (token, driver) = heartbeat(harness.machines[0].take_outputs());
    advance(&mut harness, 9_000);
    let told = Told::Heartbeat(harness.store.heartbeat(driver, &harness.now));
    advance(&mut harness, 5_900);
    harness.machines[0].handle(Input::Told { token, told }, &harness.now);
    advance(&mut harness, 1_000);
    harness.start("order-1");
    assert!(harness.wire.is_empty(), "the lease may have lapsed");
    harness.pass(5_000);
    assert_eq!(harness.wire.len(), 1);
}

fn advance(harness: &mut Harness, ms: u32) {
    harness.now.boot_ms += u64::from(ms);
    harness.now.wall_ms += i64::from(ms);
}

fn heartbeat(outputs: Vec<Output>) -> (Token, Driver) {
    let asked = outputs.into_iter().find_map(|output| match output {
        Output::Ask { token, ask: Ask::Heartbeat(driver) } => Some((token, driver)),
        _ => None,
    });
    asked.expect("a heartbeat is due")
}

#[test]
fn a_process_whose_boot_nobody_else_knows_takes_nothing_over_from_a_living_one() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("lost");
    let before = harness.only().driver;
    // Another process, where the system tells no boot: it has run for an hour when it meets this
    // journal.
    harness.now.boot = BootId::of_process(2);
    harness.now.boot_ms = 3_600_000;
    let other = harness.open(Role::Drives, keyed(), Terms::default());
    assert_eq!(harness.only().driver, before, "its lease is alive");
    let joined = harness.call_at(other, Call::Pay(Box::new(request("order-1"))));
    assert!(!harness.replies.contains_key(&(other, joined)), "nobody tells unknown so early");
    // The first dies: by the clock on the wall its lease is over a quarter of a minute later.
    harness.machines.swap(0, other);
    harness.machines.truncate(1);
    harness.now.wall_ms += 14_000;
    harness.pass(100);
    assert_eq!(harness.only().driver, before);
    harness.pass(20_000);
    assert_ne!(harness.only().driver, before);
}

#[test]
fn nobody_is_refused_because_of_a_copy_that_is_not_fresh() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.start("order-1");
    harness.answer("pending");
    let id = harness.payment(ticket).id;
    let other = harness.open(Role::Drives, keyed(), Terms::default());
    harness.call_at(other, Call::Wait { payment: id, for_ms: None });
    harness.pass(1_100);
    // The driver learns of a condition, and the other has not asked for changes since.
    harness.answer("asked");
    let accept = Call::Answer { payment: id, condition: "c-1".into(), accept: true };
    let ticket = harness.call_at(other, accept);
    let told = harness.replies.get(&(other, ticket));
    assert!(!matches!(told, Some(Err(_))), "{told:?}");
    harness.pass(200);
    let wished = harness.only().operations.len();
    assert_eq!(wished, 1, "the wish is recorded for whoever drives");
    // What is wrong by a fresh copy as well is refused.
    let nonsense = Call::Answer { payment: id, condition: "c-2".into(), accept: true };
    let ticket = harness.call_at(other, nonsense);
    assert!(matches!(harness.replies.get(&(other, ticket)), Some(Err(_))));
}
