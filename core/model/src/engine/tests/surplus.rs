//! More than one charge of ours: the one that is kept, the ones that are withdrawn, and the one of
//! which money is given back.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{Call, MoneyCall, Terms, Ticket};
use crate::ids::{PaymentId, Reference};
use crate::payment::event::Word;
use crate::payment::manners::Manners;
use crate::payment::view::{Alarm, Outcome, Progress, alarms, amounts, outcome, progress};

/// A sale whose answer was lost, and whose list shows this.
fn listed(word: &str) -> Harness {
    let mut harness = Harness::new(once());
    harness.start("order-1");
    harness.answer("lost");
    harness.pass(6_000);
    harness.answer(word);
    harness
}

fn withdrawn(harness: &Harness) -> Vec<&str> {
    let paths = harness.wire.iter().map(|handed| &*handed.request.path);
    paths.filter(|path| path.starts_with("/Withdraw/")).collect()
}

/// Answers all that leaves for so long: withdrawals and cancels with the one word, looks with the
/// other. Tells whose withdrawals and cancels left.
fn play(harness: &mut Harness, ms: u64, moved: &str, looked: &str) -> Vec<String> {
    let mut left = Vec::new();
    for _ in 0..ms / 1_000 {
        while let Some(handed) = harness.wire.pop_front() {
            let moves = handed.request.may_move_money;
            let mut parts = handed.request.path.split('/').skip(1);
            let verb_and_charge = (parts.next().unwrap(), parts.next().unwrap());
            if moves {
                left.push(format!("{} {}", verb_and_charge.0, verb_and_charge.1));
            }
            harness.exchange(handed, if moves { moved } else { looked });
        }
        harness.pass(1_000);
    }
    left
}

#[test]
fn the_second_of_two_that_wait_is_withdrawn_and_the_first_is_kept() {
    let mut harness = listed("two");
    let paths = withdrawn(&harness);
    assert!(matches!(paths.as_slice(), [path] if path.starts_with("/Withdraw/charge-2/")));
    let left = play(&mut harness, 60_000, "two", "two");
    assert!((2..8).contains(&left.len()), "again with growing gaps: {left:?}");
    assert!(left.iter().all(|what| what == "Withdraw charge-2"), "{left:?}");
    assert_eq!(outcome(&harness.only()), Outcome::Open);
}

#[test]
fn beside_one_that_was_paid_what_waits_is_withdrawn() {
    let mut harness = listed("two paid");
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
    let left = play(&mut harness, 3_000, "two paid", "two paid");
    assert_eq!(left, ["Withdraw charge-2"]);
    assert!(!alarms(&harness.only()).contains(&Alarm::DuplicateCharge));
}

#[test]
fn what_the_start_answered_is_kept_although_another_id_comes_first() {
    let mut harness = Harness::new(once());
    harness.start("order-1");
    harness.answer("second");
    harness.pass(1_100);
    harness.answer("two");
    let paths = withdrawn(&harness);
    assert!(matches!(paths.as_slice(), [path] if path.starts_with("/Withdraw/charge-1/")));
}

#[test]
fn a_withdrawal_that_is_refused_is_not_sent_again() {
    let mut harness = listed("two");
    let left = play(&mut harness, 60_000, "refused", "two");
    assert_eq!(left, ["Withdraw charge-2"]);
    assert_eq!(progress(&harness.only().operations[0]), Progress::Refused);
}

#[test]
fn with_a_cancel_wished_the_kept_one_is_cancelled_and_the_other_withdrawn() {
    let mut harness = listed("two");
    let id = harness.only().id;
    harness.call(Call::Cancel(id));
    let left = play(&mut harness, 20_000, "two", "two");
    assert!(left.iter().any(|what| what == "Cancel charge-1"), "{left:?}");
    assert!(left.iter().any(|what| what == "Withdraw charge-2"), "{left:?}");
    assert_eq!(left.iter().filter(|what| what.starts_with("Start")).count(), 0);
}

#[test]
fn after_a_person_called_it_paid_nothing_is_withdrawn() {
    let mut harness = Harness::new(once());
    let ticket = harness.start("order-1");
    harness.answer("pending");
    let id = harness.payment(ticket).id;
    for _ in 0..140 {
        harness.pass(1_000);
        while !harness.wire.is_empty() {
            harness.answer("pending");
        }
    }
    harness.call(Call::Resolve { payment: id, word: Word::Paid, reason: "the slip".into() });
    let left = play(&mut harness, 600_000, "two", "two");
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn where_the_provider_cannot_cancel_nothing_is_withdrawn() {
    let mut harness = Harness::new(Manners { cancel: None, ..once() });
    harness.start("order-1");
    harness.answer("two");
    let left = play(&mut harness, 20_000, "two", "two");
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn a_withdrawal_is_finished_by_whoever_takes_over() {
    let mut harness = listed("two");
    harness.machines.clear();
    harness.wire.clear();
    harness.open(Role::Drives, once(), Terms::default());
    let left = play(&mut harness, 60_000, "two", "two");
    assert!(left.iter().any(|what| what == "Withdraw charge-2"), "{left:?}");
}

#[test]
fn a_stray_withdrawal_of_what_was_paid_after_all_is_watched() {
    let mut harness = listed("two");
    play(&mut harness, 4_000, "lost", "second paid");
    let payment = harness.only();
    assert_eq!(outcome(&payment), Outcome::Paid);
    assert!(crate::payment::view::is_provisional(&payment), "it may yet be undone");
    play(&mut harness, 200_000, "two", "second paid");
    assert!(!crate::payment::view::is_provisional(&harness.only()));
}

#[test]
fn where_a_read_may_pay_only_what_is_kept_is_read() {
    let mut harness = Harness::new(once());
    harness.paying_reads = true;
    harness.machines.clear();
    harness.open(Role::Drives, once(), Terms::default());
    harness.start("order-1");
    harness.answer("two");
    for _ in 0..60 {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            assert!(!handed.request.path.starts_with("/read/charge-2"), "{handed:?}");
            harness.exchange(handed, "two");
        }
    }
}

fn refund(harness: &mut Harness, payment: PaymentId, name: &str, amount: Option<&str>) -> Ticket {
    let reference = Reference::parse(name).unwrap();
    harness.call(Call::Refund(MoneyCall {
        payment,
        reference,
        amount: amount.map(euros),
        last: false,
    }))
}

#[test]
fn of_two_that_were_paid_a_refund_goes_to_the_one_that_has_money_left() {
    let mut harness = listed("both paid");
    let payment = harness.only();
    assert!(alarms(&payment).contains(&Alarm::DuplicateCharge));
    harness.wire.clear();
    refund(&mut harness, payment.id, "refund-1", Some("10.00"));
    refund(&mut harness, payment.id, "refund-2", None);
    harness.answer("both paid");
    refund(&mut harness, payment.id, "refund-2", Some("13.30"));
    assert_eq!(play(&mut harness, 3_000, "both paid", "both paid"), ["Refund charge-2"]);
    let ticket = refund(&mut harness, payment.id, "refund-3", None);
    assert_eq!(play(&mut harness, 3_000, "both paid", "both paid"), ["Refund charge-1"]);
    assert_eq!(amounts(harness.payment(ticket)).returning, euros("26.60"));
    let none = refund(&mut harness, payment.id, "refund-4", None);
    assert!(matches!(harness.told(none), Some(Err(_))));
}
