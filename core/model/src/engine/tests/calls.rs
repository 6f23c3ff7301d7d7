//! Callers: they come, they go, and they are told one truth.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{Call, CancelTruth, Input, Reply, Ticket};
use crate::error::Code;
use crate::ids::PaymentId;
use crate::payment::event::Word;
use crate::payment::view::{Outcome, outcome};

fn started(harness: &mut Harness) -> PaymentId {
    let ticket = harness.start("order-1");
    harness.answer("pending");
    harness.payment(ticket).id
}

fn truth(harness: &Harness, ticket: Ticket) -> CancelTruth {
    match harness.told(ticket) {
        Some(Ok(Reply::Cancel { truth, .. })) => *truth,
        other => panic!("no truth was told: {other:?}"),
    }
}

#[test]
fn leaving_changes_nothing() {
    let mut harness = Harness::new(keyed());
    let id = started(&mut harness);
    let ticket = harness.call(Call::Wait { payment: id, for_ms: None });
    let now = harness.now;
    harness.machines[0].handle(Input::Left { ticket }, &now);
    harness.pass(1_100);
    harness.answer("paid");
    assert!(harness.told(ticket).is_none());
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
}

#[test]
fn a_wait_that_runs_out_tells_the_payment_as_it_is() {
    let mut harness = Harness::new(keyed());
    let id = started(&mut harness);
    let ticket = harness.call(Call::Wait { payment: id, for_ms: Some(3_000) });
    harness.pass(3_000);
    assert_eq!(outcome(harness.payment(ticket)), Outcome::Open);
}

#[test]
fn a_cancel_is_believed_when_the_provider_shows_it() {
    let mut harness = Harness::new(keyed());
    let id = started(&mut harness);
    let ticket = harness.call(Call::Cancel(id));
    assert!(harness.wire.iter().any(|handed| handed.request.path.starts_with("/Cancel/")));
    harness.answer("cancelled");
    assert_eq!(truth(&harness, ticket), CancelTruth::Cancelled);
}

#[test]
fn a_refused_cancel_is_followed_by_a_look() {
    let mut harness = Harness::new(keyed());
    let id = started(&mut harness);
    let ticket = harness.call(Call::Cancel(id));
    harness.answer("refused");
    harness.pass(1_100);
    harness.answer("paid");
    assert_eq!(truth(&harness, ticket), CancelTruth::AlreadyPaid);
}

#[test]
fn a_wish_stops_the_replay_of_a_lost_start() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("lost");
    let id = harness.only().id;
    let ticket = harness.call(Call::Cancel(id));
    harness.pass(80_000);
    assert!(harness.wire.is_empty());
    assert_eq!(truth(&harness, ticket), CancelTruth::Unknown);
}

#[test]
fn where_cancelling_is_not_possible_the_caller_hears_so_at_once() {
    let mut manners = keyed();
    manners.cancel = None;
    let mut harness = Harness::new(manners);
    let id = started(&mut harness);
    let ticket = harness.call(Call::Cancel(id));
    assert_eq!(truth(&harness, ticket), CancelTruth::NotSupported);
}

#[test]
fn a_person_may_speak_once_the_caller_was_told_unknown() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("broken");
    let id = harness.only().id;
    let resolve = |word| Call::Resolve { payment: id, word, reason: "looked".into() };
    let early = harness.call(resolve(Word::NotPaid));
    assert!(
        matches!(harness.told(early), Some(Err(error)) if error.code == Code::NotYetResolvable)
    );
    harness.pass(125_000);
    let ticket = harness.call(resolve(Word::NotPaid));
    assert_eq!(outcome(harness.payment(ticket)), Outcome::NotPaid);
}

#[test]
fn an_unknown_payment_is_an_error() {
    let mut harness = Harness::new(keyed());
    let nobody = PaymentId::from_bytes([9; 16]);
    let ticket = harness.call(Call::Cancel(nobody));
    let Some(Err(error)) = harness.told(ticket) else { panic!("an error") };
    assert_eq!((error.code, error.payment), (Code::UnknownPayment, Some(nobody)));
}

#[test]
fn closing_awaits_answers_and_gives_the_lease_back() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    let id = harness.only().id;
    let waiting = harness.call(Call::Wait { payment: id, for_ms: None });
    let close = harness.call(Call::Close);
    assert!(harness.told(close).is_none());
    harness.answer("pending");
    assert_eq!(harness.told(close), Some(&Ok(Reply::Closed)));
    let Some(Err(error)) = harness.told(waiting) else { panic!("closed") };
    assert_eq!((error.code, error.payment), (Code::Closed, Some(id)));
    let late = harness.start("order-2");
    assert!(matches!(harness.told(late), Some(Err(error)) if error.code == Code::Closed));
    assert_eq!(harness.only().charges.len(), 1, "the answer under way was recorded");
}

#[test]
fn closing_waits_five_seconds_and_no_longer() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    let close = harness.call(Call::Close);
    harness.pass(5_000);
    assert_eq!(harness.told(close), Some(&Ok(Reply::Closed)));
}

#[test]
fn a_restored_journal_looks_and_starts_nothing() {
    let mut harness = Harness::new(keyed());
    started(&mut harness);
    harness.machines.clear();
    let which = harness.open(Role::Restored, keyed(), Default::default());
    harness.pass(1_500);
    harness.answer("paid");
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
    let ticket = harness.call_at(which, Call::Start(Box::new(request("order-2"))));
    let told = harness.replies.get(&(which, ticket));
    assert!(matches!(told, Some(Err(error)) if error.code == Code::JournalRestored));
}

#[test]
fn an_account_without_credentials_burns_no_permit_and_sells_when_it_has_some() {
    let mut harness = Harness::new(keyed());
    harness.withhold(true);
    let ticket = harness.start("order-1");
    harness.pass(30_000);
    let payment = harness.only();
    assert!(harness.wire.is_empty(), "nothing left");
    assert!(payment.start.sends.is_empty(), "and nothing was permitted");

    harness.withhold(false);
    harness.answer("pending");
    assert_eq!(outcome(harness.payment(ticket)), Outcome::Open);
    assert_eq!(harness.only().start.sends.len(), 1);
}

#[test]
fn an_account_that_stays_without_credentials_is_told_in_time_that_nothing_was_sent() {
    let mut harness = Harness::new(keyed());
    harness.withhold(true);
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    harness.pass(91_000);
    let payment = harness.payment(ticket);
    assert_eq!(outcome(payment), Outcome::NotPaid);
    assert!(payment.start.sends.is_empty());
}
