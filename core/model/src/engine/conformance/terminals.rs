//! Who holds a terminal, and how it changes hands.

use super::samples::*;
use super::{Maker, append, driver};
use crate::engine::store::{Append, Refusal, Store};
use crate::ids::PaymentId;
use crate::payment::Driver;

/// A second sale on a taken terminal is told whose it is.
pub fn a_terminal_has_one_holder(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let second = append(&mut *store, on_terminal_one(started(2, driver)));
    assert_eq!(second, Err(Refusal::TerminalTaken { by: payment(1) }));
    append(&mut *store, started(3, driver)).unwrap();
}

/// The holder's own later row gives it up.
pub fn a_terminal_given_up_is_free(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, paid(1, 2, driver)).unwrap();
    append(&mut *store, on_terminal_one(started(2, driver))).unwrap();
    assert_eq!(holders(&mut *store), [payment(2)]);
}

/// A sale that names the holder takes its terminal in one step.
pub fn a_cashier_who_looked_takes_the_terminal(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, taking_over_from(1, started(2, driver))).unwrap();
    assert_eq!(holders(&mut *store), [payment(2)]);
}

/// Naming someone who does not hold it helps nobody.
pub fn releasing_another_does_not_free_the_terminal(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, started(3, driver)).unwrap();
    let second = append(&mut *store, taking_over_from(3, started(2, driver)));
    assert_eq!(second, Err(Refusal::TerminalTaken { by: payment(1) }));
    assert_eq!(holders(&mut *store), [payment(1)]);
    let fourth = append(&mut *store, on_terminal(3, started(4, driver)));
    assert_eq!(fourth, Err(Refusal::TerminalTaken { by: payment(3) }));
}

/// Whoever was released may still learn facts and act on a wish, and never holds a terminal again.
pub fn a_released_payment_keeps_its_facts_and_loses_its_hold(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    append(&mut *store, taking_over_from(1, started(2, driver))).unwrap();
    append(&mut *store, seen(1, 2, driver)).unwrap();
    append(&mut *store, permitted(1, 3, driver)).unwrap();
    assert_eq!(holders(&mut *store), [payment(2)]);
    append(&mut *store, on_terminal_one(paid(2, 2, driver))).unwrap();
    append(&mut *store, dropping_hold(cancel_wished(2, 3, driver))).unwrap();
    append(&mut *store, seen(1, 4, driver)).unwrap();
    assert_eq!(holders(&mut *store), []);
}

/// A fact whose row asks for a taken terminal is kept, without the hold.
pub fn a_fact_is_never_refused_for_a_terminal(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, dropping_hold(created(1, driver))).unwrap();
    append(&mut *store, on_terminal_one(started(2, driver))).unwrap();
    let recorded = append(&mut *store, on_terminal_one(seen(1, 1, driver))).unwrap();
    assert_eq!(recorded.sequence, 2);
    assert_eq!(holders(&mut *store), [payment(2)]);
}

/// A release is part of its append: refused with it.
pub fn a_refused_append_releases_nobody(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, started(1, driver)).unwrap();
    let stranger = Driver { process: process(9), epoch: 99 };
    let refused = append(&mut *store, taking_over_from(1, started(2, stranger)));
    assert_eq!(refused, Err(Refusal::Fenced));
    assert_eq!(holders(&mut *store), [payment(1)]);
}

/// Flows without a terminal never meet.
pub fn a_payment_may_hold_no_terminal(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    append(&mut *store, dropping_hold(started(1, driver))).unwrap();
    append(&mut *store, dropping_hold(started(2, driver))).unwrap();
    assert_eq!(holders(&mut *store), []);
}

/// Two sales for one terminal in one batch: the first has it.
pub fn a_batch_takes_a_terminal_once(maker: &mut dyn Maker) {
    let mut store = maker.fresh();
    let driver = driver(&mut *store);
    let batch = vec![started(1, driver), on_terminal_one(started(2, driver))];
    let answers = store.append(batch, &moment(0));
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(Refusal::TerminalTaken { by: payment(1) }));
}

fn holders(store: &mut dyn Store) -> Vec<PaymentId> {
    let around = store.surroundings(&identity(1, 1), Some(&terminal(1))).unwrap();
    around.holders.iter().map(|payment| payment.id).collect()
}

fn on_terminal_one(append: Append) -> Append {
    on_terminal(1, append)
}

fn on_terminal(n: u64, mut append: Append) -> Append {
    append.row.holds = Some(terminal(n));
    append
}

fn taking_over_from(holder: u64, append: Append) -> Append {
    let mut append = on_terminal_one(append);
    append.releases = vec![payment(holder)];
    append
}

fn dropping_hold(mut append: Append) -> Append {
    append.row.holds = None;
    append
}
