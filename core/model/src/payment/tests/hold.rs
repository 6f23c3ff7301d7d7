//! A hold that is captured in parts, and what is left of it.

use super::life::Life;
use crate::ids::{ChargeId, Reference};
use crate::money::{Currency, Money};
use crate::payment::OperationKind;
use crate::payment::command::Command;
use crate::payment::decide::{Decision, Refused, decide};
use crate::payment::event::{Answer, Event, Reason, Source};
use crate::payment::hold;
use crate::payment::lifecycle::representatives::{driver, later, operation_id, request, sighting};
use crate::payment::permission::{self, Permission};
use crate::payment::sighting::{SeenOperation, Sighting, Standing};
use crate::payment::view::{self, Outcome, Progress};

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn charge() -> ChargeId {
    ChargeId::parse("charge-1").unwrap()
}

fn wish(kind: OperationKind, number: u8, minor: i64, last: bool) -> Command {
    Command::WishMoney {
        kind,
        operation: operation_id(number),
        reference: Reference::parse(&format!("M-{number}")).unwrap(),
        amount: Some(euros(minor)),
        last,
    }
}

fn capture(life: &mut Life, number: u8, minor: i64, last: bool) -> Result<Decision, Refused> {
    let command = wish(OperationKind::Capture, number, minor, last);
    let decision = decide(&life.payment, command, &life.manners, &life.now)?;
    decision.events.iter().cloned().for_each(|event| life.take(event));
    Ok(decision)
}

/// A look that shows so much captured, by these captures.
fn shown(life: &mut Life, captured: i64, done: &[(u8, i64)]) {
    let operations = done.iter().map(|(number, minor)| SeenOperation {
        reference: Reference::parse(&format!("M-{number}")).unwrap(),
        amount: Some(euros(*minor)),
        took_effect: Some(true),
    });
    let standing = Standing::Taken {
        authorized: euros(1_330),
        captured: euros(captured),
        tip: None,
        returned: None,
        provisional: false,
    };
    let operations = operations.collect();
    let sighting = Sighting { standing, operations, ..sighting("held").unwrap() };
    look(life, sighting);
}

fn look(life: &mut Life, sighting: Sighting) {
    let sightings = vec![sighting];
    let looked = Command::Observe { source: Source::Read, sightings, asked_at: life.now };
    life.ask(looked).unwrap();
}

fn sent(life: &mut Life, number: u8) -> Option<Decision> {
    life.ask(Command::PermitOperation {
        operation: operation_id(number),
        request: request(),
        driver: driver(1),
    })
}

fn answered(life: &mut Life, number: u8, answer: Answer) {
    life.ask(Command::TakeAnswer { operation: operation_id(number), number: 1, answer }).unwrap();
}

fn lost() -> Answer {
    Answer::Unknown { replayable: true, reason: Reason::code("maybe-sent") }
}

fn cancel(life: &mut Life, number: u8) -> Vec<Event> {
    life.ask(Command::WishCancel { operation: operation_id(number) }).unwrap().events
}

/// A hold of 13.30 that is captured in parts.
fn held() -> Life {
    let mut life = Life::named("completed/captured-in-part");
    life.events.truncate(4);
    life.payment = crate::payment::apply::fold(&life.events).unwrap();
    assert_eq!(view::outcome(&life.payment), Outcome::Held);
    life
}

fn progress_of(life: &Life, number: u8) -> Progress {
    let mut all = view::all_operations(&life.payment);
    view::progress(all.find(|known| known.id == operation_id(number)).unwrap())
}

#[test]
fn a_hold_is_captured_part_by_part_and_never_beyond_it() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    assert_eq!(view::outcome(&life.payment), Outcome::Paid);
    let amounts = view::amounts(&life.payment);
    assert_eq!((amounts.captured, amounts.held), (euros(500), euros(830)));
    assert_eq!(capture(&mut life, 12, 831, false), Err(Refused::Exceeds { remaining: euros(830) }));
    capture(&mut life, 13, 800, false).unwrap();
    let unresolved = Refused::Unresolved { reference: Reference::parse("M-13").ok() };
    assert_eq!(capture(&mut life, 14, 30, false), Err(unresolved), "one at a time");
    shown(&mut life, 1_300, &[(11, 500), (13, 800)]);
    capture(&mut life, 14, 30, false).unwrap();
    shown(&mut life, 1_330, &[(11, 500), (13, 800), (14, 30)]);
    let amounts = view::amounts(&life.payment);
    assert_eq!((amounts.captured, amounts.held), (euros(1_330), euros(0)));
    assert_eq!(capture(&mut life, 15, 1, false), Err(Refused::NothingToCapture));
    assert!(!view::is_unsettled(&life.payment));
}

#[test]
fn an_earlier_capture_does_not_answer_for_a_later_one() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, false).unwrap();
    sent(&mut life, 12).unwrap();
    answered(&mut life, 12, lost());
    assert_eq!(progress_of(&life, 12), Progress::Unresolved);
    assert!(view::is_unsettled(&life.payment), "a look has to tell");
    shown(&mut life, 500, &[(11, 500)]);
    assert!(view::is_unsettled(&life.payment), "and this one tells nothing of it");
    life.now = later(&life.now, 66_000);
    assert!(sent(&mut life, 12).unwrap().effect.is_some(), "so it is repeated by its key");
}

#[test]
fn more_that_is_captured_than_others_explain_is_the_capture_that_nobody_knows_of() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, false).unwrap();
    sent(&mut life, 12).unwrap();
    answered(&mut life, 12, lost());
    shown(&mut life, 800, &[]);
    life.now = later(&life.now, 66_000);
    assert_eq!(sent(&mut life, 12), None, "it may not draw twice");
}

#[test]
fn the_last_capture_lets_go_of_the_rest_and_only_once_it_was_seen() {
    let mut life = held();
    capture(&mut life, 11, 500, true).unwrap();
    assert_eq!(hold::to_release(&life.payment), None);
    sent(&mut life, 11).unwrap();
    answered(&mut life, 11, lost());
    assert_eq!(hold::to_release(&life.payment), None, "not while that is not known");
    shown(&mut life, 500, &[(11, 500)]);
    assert!(view::is_unsettled(&life.payment), "a process that takes over finds it to do");
    let wished = life.ask(Command::WishRelease { operation: operation_id(12), charge: charge() });
    assert_eq!(wished.unwrap().events.len(), 1);
    assert_eq!(hold::to_release(&life.payment), None, "once");
    assert_eq!(capture(&mut life, 13, 100, false), Err(Refused::NothingToCapture));
    sent(&mut life, 12).unwrap();
    let released = sighting("rest-released").unwrap();
    answered(&mut life, 12, Answer::Accepted { sightings: vec![released] });
    assert_eq!(progress_of(&life, 12), Progress::Done);
    assert!(!view::is_unsettled(&life.payment));
}

#[test]
fn what_was_captured_stays_and_nothing_is_held_once_the_rest_was_let_go() {
    let life = Life::named("completed/released");
    let amounts = view::amounts(&life.payment);
    assert_eq!(view::outcome(&life.payment), Outcome::Paid);
    assert_eq!(
        (amounts.authorized, amounts.captured, amounts.held, amounts.remaining),
        (euros(1_330), euros(1_000), euros(0), euros(1_000))
    );
    assert!(view::alarms(&life.payment).is_empty());
}

#[test]
fn a_refused_last_capture_lets_go_of_nothing() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, true).unwrap();
    sent(&mut life, 12).unwrap();
    let again = crate::payment::event::Again::Never;
    answered(&mut life, 12, Answer::NotExecuted { again, reason: Reason::code("no") });
    assert_eq!(hold::to_release(&life.payment), None);
    assert!(!view::is_unsettled(&life.payment));
    capture(&mut life, 13, 300, false).unwrap();
}

#[test]
fn a_cancel_lets_go_of_what_is_left_and_waits_for_a_capture_on_its_way() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, false).unwrap();
    sent(&mut life, 12).unwrap();
    answered(&mut life, 12, lost());
    let wished = cancel(&mut life, 13);
    assert!(matches!(&wished[..], [Event::ReleaseWished { .. }]), "{wished:?}");
    assert_eq!(cancel(&mut life, 14), [], "one is enough");
    let release = |life: &Life| {
        let known = life.payment.operations.last().unwrap().clone();
        permission::operation(&life.payment, &known, &life.manners, &life.now)
    };
    assert!(matches!(release(&life), Permission::In(_)), "it could make the capture fail");
    shown(&mut life, 800, &[(11, 500), (12, 300)]);
    assert!(matches!(release(&life), Permission::Now(_)));
}

#[test]
fn a_cancel_beside_the_first_capture_lets_go_of_what_that_leaves() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    sent(&mut life, 11).unwrap();
    answered(&mut life, 11, lost());
    let wished = cancel(&mut life, 12);
    assert!(matches!(&wished[..], [Event::CancelWished { rest: true, .. }]), "{wished:?}");
    shown(&mut life, 500, &[(11, 500)]);
    assert_eq!(view::outcome(&life.payment), Outcome::Paid);
    assert_eq!(hold::to_release(&life.payment).map(|(id, _)| id), Some(&charge()));
}

#[test]
fn where_nothing_can_be_let_go_a_capture_is_never_the_last() {
    let mut life = Life::named("authorized/keyed");
    assert_eq!(capture(&mut life, 11, 500, true), Err(Refused::NoRelease));
    capture(&mut life, 11, 500, false).unwrap();
    assert_eq!(cancel(&mut life, 12).len(), 1);
    shown(&mut life, 500, &[(11, 500)]);
    assert_eq!(hold::to_release(&life.payment), None);
    assert_eq!(cancel(&mut life, 13), []);
}

#[test]
fn the_same_capture_is_not_the_last_only_because_it_is_asked_for_again() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    let again = capture(&mut life, 11, 500, true);
    assert_eq!(again, Err(Refused::Conflict { field: "last" }));
}

#[test]
fn a_refund_is_of_one_capture_and_never_of_more_than_that_took() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, false).unwrap();
    shown(&mut life, 800, &[(11, 500), (12, 300)]);
    let refund = |life: &mut Life, number, minor| {
        let command = wish(OperationKind::Refund, number, minor, false);
        let decision = decide(&life.payment, command, &life.manners, &life.now)?;
        decision.events.iter().cloned().for_each(|event| life.take(event));
        Ok::<_, Refused>(life.payment.operations.last().unwrap().capture.as_deref().copied())
    };
    assert_eq!(refund(&mut life, 21, 501), Err(Refused::Exceeds { remaining: euros(500) }));
    assert_eq!(refund(&mut life, 21, 400), Ok(Some(operation_id(11))));
    let mut returned = sighting("held").unwrap();
    returned.standing = Standing::Taken {
        authorized: euros(1_330),
        captured: euros(800),
        tip: None,
        returned: Some(euros(400)),
        provisional: false,
    };
    let reference = Reference::parse("M-21").unwrap();
    returned.operations =
        vec![SeenOperation { reference, amount: Some(euros(400)), took_effect: Some(true) }];
    look(&mut life, returned);
    assert_eq!(refund(&mut life, 22, 200), Ok(Some(operation_id(12))), "the first has 1.00 left");
    let amounts = view::amounts(&life.payment);
    assert_eq!((amounts.returned, amounts.returning), (euros(400), euros(200)));
}

#[test]
fn a_capture_that_nobody_will_know_of_holds_a_release_up_only_until_it_cannot_arrive() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, false).unwrap();
    sent(&mut life, 12).unwrap();
    let gone = Answer::Unknown { replayable: false, reason: Reason::code("key-gone") };
    answered(&mut life, 12, gone);
    assert_eq!(cancel(&mut life, 13).len(), 1);
    let release = |life: &Life| {
        let known = life.payment.operations.last().unwrap().clone();
        permission::operation(&life.payment, &known, &life.manners, &life.now)
    };
    assert!(matches!(release(&life), Permission::In(_)));
    life.now = later(&life.now, permission::LOST_SEND_MS);
    assert!(matches!(release(&life), Permission::Now(_)));
}

#[test]
fn a_capture_that_was_never_sent_is_refused_once_nothing_is_held() {
    let mut life = held();
    capture(&mut life, 11, 500, false).unwrap();
    shown(&mut life, 500, &[(11, 500)]);
    capture(&mut life, 12, 300, false).unwrap();
    look(&mut life, sighting("rest-released").unwrap());
    assert_eq!(progress_of(&life, 12), Progress::Refused);
    assert!(!view::is_unsettled(&life.payment));
}
