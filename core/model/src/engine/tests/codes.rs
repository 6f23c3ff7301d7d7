//! Scanned codes: they reach the wire and nothing else, and what needs a code that is lost never
//! leaves.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{Call, Reply, Terms, Ticket};
use crate::payment::stage::{Stage, stage};
use crate::payment::view::{Outcome, outcome};
use crate::sale::CODE_PLACEHOLDER;
use crate::secret::Secret;

fn start(harness: &mut Harness) -> Ticket {
    harness.call(Call::Start(Box::new(scanned("order-1"))))
}

/// The process ends where it stands; another one opens the journal.
fn crash(harness: &mut Harness) {
    harness.machines.clear();
    harness.wire.clear();
    harness.open(Role::Drives, once(), Terms::default());
}

/// Nothing leaves but look-ups, each of which shows this.
fn only_looks(harness: &mut Harness, ms: u64, word: &str) {
    for _ in 0..ms / 1_000 {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            assert!(handed.request.path.starts_with("/find/"), "only look-ups: {handed:?}");
            harness.exchange(handed, word);
        }
    }
}

#[test]
fn a_code_is_on_the_wire_and_only_its_place_is_recorded() {
    let mut harness = Harness::new(once());
    start(&mut harness);
    assert_eq!(harness.wire[0].request.body.as_deref(), Some(&*format!("[\"{CODE}\"]")));
    let stored = harness.only();
    let recorded = stored.start.request.as_ref().and_then(|request| request.body.clone());
    assert_eq!(recorded.as_deref(), Some(&*format!("[\"{CODE_PLACEHOLDER}\"]")));
    let request = scanned("order-1");
    assert!(!format!("{stored:?} {request:?}").contains(CODE));
}

#[test]
fn words_in_which_a_provider_repeats_the_code_are_recorded_without_it() {
    let mut harness = Harness::new(once());
    let ticket = start(&mut harness);
    harness.answer("refused with words");
    let told = format!("{:?}", harness.payment(ticket));
    assert!(told.contains("no such code") && !told.contains(CODE), "{told}");
}

#[test]
fn what_never_left_is_sent_again_with_the_same_code() {
    let mut harness = Harness::new(once());
    start(&mut harness);
    let first = harness.wire[0].request.clone();
    harness.answer("unsent");
    harness.pass(2_000);
    assert_eq!(harness.wire[0].request.body, first.body);
    harness.answer("pending");
    assert_eq!(stage(&harness.only()), Stage::Pending);
}

#[test]
fn a_permit_that_became_durable_unnoticed_is_followed_by_one_with_the_code() {
    let mut harness = Harness::new(once());
    harness.disk.push_back(Disk::FailsAfter);
    start(&mut harness);
    harness.answer("nothing");
    harness.pass(2_000);
    assert_eq!(harness.only().start.sends.len(), 2, "the first permit was never handed over");
    assert!(harness.wire[0].request.body.as_ref().is_some_and(|body| body.contains(CODE)));
}

#[test]
fn a_crash_before_the_record_leaves_nothing_and_the_call_may_be_made_again() {
    let mut harness = Harness::new(once());
    harness.disk.push_back(Disk::FailsBefore);
    start(&mut harness);
    assert!(harness.wire.is_empty());
    crash(&mut harness);
    start(&mut harness);
    assert_eq!(harness.wire.len(), 1);
}

/// A sale that was recorded but not permitted: the provider's budget was spent.
fn recorded_only(harness: &mut Harness) {
    let spent = Terms { requests_per_minute: Some(1), ..Terms::default() };
    harness.machines.clear();
    harness.open(Role::Drives, once(), spent);
    let before = harness.call(Call::Start(Box::new(crate::sale::SaleRequest {
        terminal: Some("T2".into()),
        ..request("order-0")
    })));
    harness.answer("declined");
    assert_eq!(outcome(harness.payment(before)), Outcome::NotPaid);
    start(harness);
    assert!(harness.wire.is_empty());
}

#[test]
fn a_crash_after_the_record_and_before_the_permit_sends_nothing_and_settles_as_late() {
    let mut harness = Harness::new(once());
    recorded_only(&mut harness);
    crash(&mut harness);
    harness.pass(89_000);
    assert!(harness.wire.is_empty(), "nobody holds the code");
    assert_eq!(stage(&of_code(&mut harness)), Stage::Created);
    harness.pass(31_000);
    assert!(harness.wire.is_empty());
    let payment = of_code(&mut harness);
    assert_eq!((stage(&payment), outcome(&payment)), (Stage::Expired, Outcome::NotPaid));
}

#[test]
fn a_repeat_of_the_call_brings_a_lost_code_back_where_nothing_was_permitted() {
    let mut harness = Harness::new(once());
    recorded_only(&mut harness);
    crash(&mut harness);
    // The dead process's lease has to be over before its payment is driven again.
    harness.pass(40_000);
    let mut again = scanned("order-1");
    again.code = Some(Secret::new("another"));
    let ticket = harness.call(Call::Start(Box::new(again)));
    assert_eq!(harness.wire[0].request.body.as_deref(), Some("[\"another\"]"));
    harness.answer("paid");
    assert!(matches!(harness.told(ticket), Some(Ok(Reply::Payment { replayed: true, .. }))));
    assert_eq!(outcome(&of_code(&mut harness)), Outcome::Paid);
}

#[test]
fn a_crash_after_the_permit_is_in_doubt_as_ever_and_a_repeat_with_a_code_sends_nothing() {
    let mut harness = Harness::new(once());
    start(&mut harness);
    crash(&mut harness);
    only_looks(&mut harness, 40_000, "nothing");
    start(&mut harness);
    only_looks(&mut harness, 100_000, "nothing");
    assert_eq!(outcome(&harness.only()), Outcome::Unknown);
    only_looks(&mut harness, 30_000, "paid");
    assert_eq!(outcome(&harness.only()), Outcome::Paid, "it had left after all");
}

#[test]
fn a_replay_that_needs_a_lost_code_never_leaves() {
    let mut harness = Harness::new(keyed());
    start(&mut harness);
    harness.machines.clear();
    harness.wire.clear();
    harness.open(Role::Drives, keyed(), Terms::default());
    harness.pass(300_000);
    assert!(harness.wire.is_empty());
    assert_eq!(outcome(&harness.only()), Outcome::Unknown);
}

#[test]
fn a_code_is_forgotten_as_soon_as_its_start_will_not_leave_again() {
    let mut harness = Harness::new(once());
    start(&mut harness);
    assert_eq!(harness.machines[0].codes_held(), 1);
    harness.answer("pending");
    assert_eq!(harness.machines[0].codes_held(), 0);
}

#[test]
fn a_cancel_before_the_permit_gives_the_code_up_with_the_start() {
    let mut harness = Harness::new(once());
    recorded_only(&mut harness);
    let id = of_code(&mut harness).id;
    harness.call(Call::Cancel(id));
    assert_eq!(stage(&of_code(&mut harness)), Stage::Cancelled);
    assert_eq!(harness.machines[0].codes_held(), 0);
}

fn of_code(harness: &mut Harness) -> crate::payment::Payment {
    let ids: Vec<_> = harness.store.rows().map(|(id, _)| id).collect();
    let mut stored = ids.into_iter().map(|id| harness.stored(id));
    stored.find(|payment| payment.sale.scanned).expect("a scanned sale is stored")
}
