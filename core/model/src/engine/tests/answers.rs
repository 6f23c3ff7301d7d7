//! Answers to conditions: one for each, in its time, before a cancel, and what comes of it is read.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{Call, Reply, Terms, Ticket};
use crate::error::Code;
use crate::ids::PaymentId;
use crate::payment::OperationKind;
use crate::payment::manners::Manners;
use crate::payment::view::{Outcome, Progress, outcome, progress};

/// A payment with a condition that awaits the till.
fn asked(manners: Manners) -> (Harness, PaymentId) {
    let mut harness = Harness::new(manners);
    let ticket = harness.start("order-1");
    harness.answer("asked");
    let id = harness.payment(ticket).id;
    (harness, id)
}

fn answer(harness: &mut Harness, payment: PaymentId, condition: &str, accept: bool) -> Ticket {
    harness.call(Call::Answer { payment, condition: condition.into(), accept })
}

fn error(harness: &Harness, ticket: Ticket) -> (Code, Option<&str>) {
    match harness.told(ticket) {
        Some(Err(error)) => (error.code, error.field.as_deref()),
        other => panic!("no error was told: {other:?}"),
    }
}

fn answers_on(harness: &Harness) -> usize {
    harness.wire.iter().filter(|handed| handed.request.path.starts_with("/Answer/")).count()
}

#[test]
fn a_condition_is_accepted_and_the_sale_goes_on() {
    let (mut harness, id) = asked(keyed());
    let ticket = answer(&mut harness, id, "c-1", true);
    assert!(harness.wire[0].request.path.starts_with("/Answer/charge-1/"));
    harness.answer("accepted");
    assert_eq!(progress(&harness.payment(ticket).operations[0]), Progress::Done);
    harness.pass(1_100);
    harness.answer("paid");
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
}

#[test]
fn a_declined_condition_cancels_and_a_read_tells_so() {
    let (mut harness, id) = asked(keyed());
    answer(&mut harness, id, "c-1", false);
    harness.answer("declining");
    assert_eq!(outcome(&harness.only()), Outcome::Open, "only a read settles it");
    harness.pass(1_100);
    harness.answer("cancelled");
    assert_eq!(outcome(&harness.only()), Outcome::NotPaid);
}

#[test]
fn the_same_answer_twice_is_one_and_another_is_refused() {
    let (mut harness, id) = asked(keyed());
    answer(&mut harness, id, "c-1", true);
    let same = answer(&mut harness, id, "c-1", true);
    let other = answer(&mut harness, id, "c-1", false);
    assert_eq!(answers_on(&harness), 1);
    assert_eq!(error(&harness, other), (Code::OperationConflict, Some("accept")));
    harness.answer("accepted");
    assert!(matches!(harness.told(same), Some(Ok(Reply::Payment { .. }))));
    let late = answer(&mut harness, id, "c-1", false);
    assert_eq!(error(&harness, late), (Code::OperationConflict, Some("accept")));
    assert_eq!(harness.only().operations.len(), 1);
}

#[test]
fn what_cannot_be_answered_is_refused_in_words_of_its_own() {
    let (mut harness, id) = asked(keyed());
    let unknown = answer(&mut harness, id, "c-9", true);
    assert_eq!(error(&harness, unknown), (Code::InvalidField, Some("condition")));
    harness.pass(1_100);
    harness.answer("paid");
    let decided = answer(&mut harness, id, "c-1", true);
    assert_eq!(error(&harness, decided).0, Code::NotOpen);
    let (mut harness, id) = asked(Manners { answer: None, ..keyed() });
    let unsupported = answer(&mut harness, id, "c-1", true);
    assert_eq!(error(&harness, unsupported).0, Code::Unsupported);
}

#[test]
fn after_a_cancel_was_wished_no_answer_leaves() {
    let (mut harness, id) = asked(keyed());
    harness.pass(1_100);
    answer(&mut harness, id, "c-1", true);
    assert_eq!(answers_on(&harness), 0, "a read is on its way");
    harness.call(Call::Cancel(id));
    harness.answer("asked");
    harness.answer("asked");
    let refused = answer(&mut harness, id, "c-1", false);
    harness.pass(30_000);
    assert_eq!(answers_on(&harness), 0);
    assert_eq!(error(&harness, refused).0, Code::OperationConflict);
}

#[test]
fn a_lost_answer_is_sent_again_until_a_read_shows_it() {
    let (mut harness, id) = asked(keyed());
    answer(&mut harness, id, "c-1", true);
    harness.answer("lost");
    let mut sent = 1;
    for second in 0..60 {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            let read = if second < 20 { "asked" } else { "accepted" };
            let answers = handed.request.path.starts_with("/Answer/");
            sent += usize::from(answers);
            harness.exchange(handed, if answers { "lost" } else { read });
        }
    }
    assert!((3..6).contains(&sent), "{sent} sends with growing gaps");
    let answer = &harness.only().operations[0];
    assert_eq!((answer.kind, progress(answer)), (OperationKind::Answer, Progress::Done));
}

#[test]
fn an_answer_that_was_recorded_by_a_dead_process_leaves_in_its_time_or_never() {
    for (asleep_ms, leaves) in [(40_000, true), (400_000, false)] {
        let (mut harness, id) = asked(keyed());
        harness.pass(1_100);
        answer(&mut harness, id, "c-1", true);
        assert_eq!(answers_on(&harness), 0, "a read is on its way");
        harness.machines.clear();
        harness.wire.clear();
        harness.now.boot_ms += asleep_ms;
        harness.now.wall_ms += i64::try_from(asleep_ms).unwrap();
        harness.open(Role::Drives, keyed(), Terms::default());
        harness.pass(40_000);
        assert_eq!(answers_on(&harness) > 0, leaves, "after {asleep_ms} ms");
    }
}

#[test]
fn a_refused_answer_is_told_and_another_may_follow() {
    let (mut harness, id) = asked(keyed());
    let ticket = answer(&mut harness, id, "c-1", true);
    harness.answer("refused");
    assert_eq!(progress(&harness.payment(ticket).operations[0]), Progress::Refused);
    answer(&mut harness, id, "c-1", false);
    assert_eq!(answers_on(&harness), 1);
}
