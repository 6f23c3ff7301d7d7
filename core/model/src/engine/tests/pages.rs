//! A list that goes on is read to its end, also after one charge of ours was found on it.

use super::harness::*;
use crate::payment::manners::Manners;
use crate::payment::view::{Alarm, Outcome, alarms, outcome};

/// A sale whose start and replay were both lost, and whose list is about to be read.
fn lost_twice() -> Harness {
    let mut harness = Harness::new(Manners { look_up: true, ..keyed() });
    harness.start("order-1");
    harness.answer("lost");
    asks(&mut harness, "/start/");
    harness.answer("lost");
    asks(&mut harness, "/find/");
    harness
}

/// Lets time pass until such a request is on the wire; whatever is looked for before is not there.
fn asks(harness: &mut Harness, path: &str) {
    for _ in 0..200 {
        match harness.wire.front() {
            Some(handed) if handed.request.path.starts_with(path) => return,
            Some(_) => harness.answer("nothing"),
            None => harness.pass(1_000),
        }
    }
    panic!("{path} is never asked for");
}

fn is_alarmed(harness: &mut Harness) -> bool {
    alarms(&harness.only()).contains(&Alarm::DuplicateCharge)
}

#[test]
fn a_second_charge_on_the_next_page_raises_its_alarm() {
    let mut harness = lost_twice();
    harness.answer("paid, and more");
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
    assert!(!is_alarmed(&mut harness));
    assert_eq!(&*harness.wire[0].request.path, "/more", "the page is turned");
    harness.answer("second paid");
    assert!(is_alarmed(&mut harness));
    harness.pass(3_600_000);
    assert!(harness.wire.is_empty(), "the list was read to its end");
}

#[test]
fn a_page_that_cannot_be_had_is_asked_for_again_after_a_pause() {
    let mut harness = lost_twice();
    harness.answer("paid, and more");
    harness.answer("unclear");
    assert!(harness.wire.is_empty(), "not at once");
    harness.pass(60_000);
    assert_eq!(&*harness.wire[0].request.path, "/more");
    harness.answer("second paid");
    assert!(is_alarmed(&mut harness));
}

#[test]
fn a_page_that_cannot_be_had_does_not_keep_a_charge_unread() {
    let mut harness = lost_twice();
    harness.answer("pending, and more");
    for _ in 0..4 {
        if let Some(handed) = harness.wire.pop_front() {
            let word = if &*handed.request.path == "/more" { "unclear" } else { "paid" };
            harness.exchange(handed, word);
        }
        harness.pass(30_000);
    }
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
}
