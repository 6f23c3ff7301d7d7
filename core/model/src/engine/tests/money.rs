//! Captures and refunds: each reference acts once, one at a time, and a lost one is looked for.

use super::harness::*;
use crate::engine::port::{Call, MoneyCall, Reply, Ticket};
use crate::error::Code;
use crate::ids::{PaymentId, Reference};
use crate::payment::manners::Manners;
use crate::payment::view::{Alarm, Outcome, Progress, amounts, outcome, progress};
use crate::sale::Capture;

fn held(manners: Manners) -> (Harness, PaymentId) {
    let mut harness = Harness::new(manners);
    let mut manual = request("order-1");
    manual.capture = Capture::Manual;
    let ticket = harness.call(Call::Start(Box::new(manual)));
    harness.answer("held");
    let id = harness.payment(ticket).id;
    (harness, id)
}

fn paid(manners: Manners) -> (Harness, PaymentId) {
    let mut harness = Harness::new(manners);
    let ticket = harness.start("order-1");
    harness.answer("paid");
    let id = harness.payment(ticket).id;
    (harness, id)
}

fn money(payment: PaymentId, reference: &str, amount: Option<&str>) -> MoneyCall {
    let reference = Reference::parse(reference).unwrap();
    MoneyCall { payment, reference, amount: amount.map(euros), last: false }
}

fn code(harness: &Harness, ticket: Ticket) -> Code {
    match harness.told(ticket) {
        Some(Err(error)) => error.code,
        other => panic!("no error was told: {other:?}"),
    }
}

#[test]
fn a_held_payment_is_captured() {
    let (mut harness, id) = held(keyed());
    assert_eq!(outcome(&harness.only()), Outcome::Held);
    let ticket = harness.call(Call::Capture(money(id, "capture-1", None)));
    harness.answer("done");
    assert_eq!(outcome(harness.payment(ticket)), Outcome::Paid);
}

#[test]
fn the_same_refund_acts_once() {
    let (mut harness, id) = paid(keyed());
    let first = harness.call(Call::Refund(money(id, "refund-1", Some("3.30"))));
    harness.answer("done");
    let again = harness.call(Call::Refund(money(id, "refund-1", Some("3.30"))));
    assert!(harness.wire.is_empty());
    assert_eq!(amounts(harness.payment(first)).returned, euros("3.30"));
    assert!(matches!(harness.told(again), Some(Ok(Reply::Payment { .. }))));
    let other = harness.call(Call::Refund(money(id, "refund-1", Some("4.00"))));
    assert_eq!(code(&harness, other), Code::OperationConflict);
}

#[test]
fn a_part_that_was_allowed_is_paid_in_part_without_an_alarm_and_can_be_given_back() {
    let mut harness = Harness::new(keyed());
    let mut sale = request("order-1");
    sale.allow_part = true;
    let ticket = harness.call(Call::Pay(Box::new(sale)));
    harness.answer("part");
    let payment = harness.payment(ticket).clone();
    let told = amounts(&payment);
    assert_eq!(outcome(&payment), Outcome::PartPaid);
    assert_eq!(
        (told.asked, told.authorized, told.remaining),
        (euros("13.30"), euros("10.00"), euros("10.00"))
    );
    assert!(crate::payment::view::alarms(&payment).is_empty());
    let more = harness.call(Call::Refund(money(payment.id, "refund-1", Some("13.30"))));
    assert_eq!(code(&harness, more), Code::AmountExceedsRemaining);
    let back = harness.call(Call::Refund(money(payment.id, "refund-2", None)));
    harness.answer("part");
    assert_eq!(amounts(harness.payment(back)).returning, euros("10.00"));
}

#[test]
fn a_part_that_was_not_allowed_is_an_alarm() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.start("order-1");
    harness.answer("part");
    let payment = harness.payment(ticket);
    assert_eq!(outcome(payment), Outcome::PartPaid);
    assert!(crate::payment::view::alarms(payment).contains(&Alarm::PartPaidUnasked));
}

#[test]
fn one_money_operation_at_a_time() {
    let (mut harness, id) = paid(keyed());
    harness.call(Call::Refund(money(id, "refund-1", Some("3.30"))));
    harness.answer("lost");
    let ticket = harness.call(Call::Refund(money(id, "refund-2", Some("3.30"))));
    assert_eq!(code(&harness, ticket), Code::OperationUnresolved);
}

#[test]
fn more_than_is_left_is_refused() {
    let (mut harness, id) = paid(keyed());
    let ticket = harness.call(Call::Refund(money(id, "refund-1", Some("13.31"))));
    assert_eq!(code(&harness, ticket), Code::AmountExceedsRemaining);
    let ticket = harness.call(Call::Capture(money(id, "capture-1", None)));
    assert_eq!(code(&harness, ticket), Code::NothingToCapture);
}

#[test]
fn a_lost_keyed_refund_is_replayed() {
    let (mut harness, id) = paid(keyed());
    harness.call(Call::Refund(money(id, "refund-1", None)));
    let first = harness.wire[0].request.clone();
    harness.answer("lost");
    let mut replayed = None;
    for _ in 0..90 {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            if handed.request.may_move_money {
                replayed = Some(handed.request.clone());
                harness.exchange(handed, "done");
            } else {
                harness.exchange(handed, "paid");
            }
        }
    }
    assert_eq!(replayed, Some(first));
    assert_eq!(outcome(&harness.only()), Outcome::Returned);
}

#[test]
fn a_lost_refund_without_a_key_is_looked_for_and_never_repeated() {
    let (mut harness, id) = paid(once());
    harness.call(Call::Refund(money(id, "refund-1", None)));
    harness.answer("lost");
    for round in 0..600 {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            assert!(!handed.request.may_move_money, "{handed:?}");
            harness.exchange(handed, if round < 500 { "paid" } else { "done" });
        }
    }
    let payment = harness.only();
    assert_eq!(progress(&payment.operations[0]), Progress::Done);
    assert_eq!(outcome(&payment), Outcome::Returned);
}
