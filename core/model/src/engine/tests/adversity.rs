//! What goes wrong between two steps: the disk fails or dawdles, others act, clocks are set,
//! accounts go. Nobody waits for ever, no fact is lost, nothing leaves out of its time.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{
    Call, CancelTruth, Input, Output, References, Reply, Terms, Ticket, Told,
};
use crate::error::Code;
use crate::ids::PaymentId;
use crate::payment::event::Word;
use crate::payment::view::{Outcome, outcome};

fn pending(harness: &mut Harness) -> PaymentId {
    let ticket = harness.start("order-1");
    harness.answer("pending");
    harness.payment(ticket).id
}

fn code(harness: &Harness, ticket: Ticket) -> Code {
    match harness.told(ticket) {
        Some(Err(error)) => error.code,
        other => panic!("no error was told: {other:?}"),
    }
}

fn changed(harness: &mut Harness, payments: Vec<PaymentId>) {
    let now = harness.now;
    harness.machines[0].handle(Input::Changed { payments }, &now);
    harness.settle();
}

#[test]
fn while_the_journal_prolongs_no_lease_a_sale_is_refused_and_does_not_wait() {
    let mut harness = Harness::new(keyed());
    harness.deaf = true;
    harness.pass(20_000);
    let ticket = harness.start("order-1");
    harness.pass(1_500);
    assert_eq!(code(&harness, ticket), Code::JournalFull);
    assert!(harness.wire.is_empty());
}

#[test]
fn a_word_that_cannot_be_written_down_is_answered_in_ten_seconds() {
    let mut harness = Harness::new(keyed());
    let id = pending(&mut harness);
    harness.pass(1_100);
    harness.broken = true;
    harness.answer("processing");
    let word = Call::Resolve { payment: id, word: Word::Paid, reason: "looked".into() };
    let (spoken, wished) = (harness.call(word), harness.call(Call::Cancel(id)));
    harness.pass(10_000);
    assert_eq!(code(&harness, spoken), Code::JournalFailed);
    assert_eq!(code(&harness, wished), Code::JournalFailed, "a wish that may be lost is no wish");
}

#[test]
fn nobody_waits_past_settle_by_for_a_journal_that_does_not_come_back() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    harness.answer("pending");
    harness.broken = true;
    harness.pass(1_100);
    harness.answer("paid");
    harness.pass(118_000);
    assert!(harness.told(ticket).is_none());
    harness.pass(12_000);
    assert_eq!(code(&harness, ticket), Code::JournalFailed);
    harness.broken = false;
    harness.pass(10_000);
    assert_eq!(outcome(&harness.only()), Outcome::Paid, "the fact was kept");
}

#[test]
fn a_failing_journal_is_tried_less_and_less_often() {
    let mut harness = Harness::new(keyed());
    pending(&mut harness);
    harness.pass(1_100);
    harness.disk.extend([Disk::FailsBefore; 200]);
    harness.answer("paid");
    harness.pass(60_000);
    let tries = 200 - harness.disk.len();
    assert!((5..20).contains(&tries), "{tries} tries in a minute");
}

#[test]
fn an_answer_outlives_records_that_cannot_be_read_for_a_while() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    let id = harness.only().id;
    harness.unreadable = true;
    changed(&mut harness, vec![id]);
    assert_eq!(code(&harness, ticket), Code::JournalCorrupt);
    harness.answer("paid");
    harness.pass(20_000);
    harness.unreadable = false;
    harness.pass(10_000);
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
}

#[test]
fn a_caller_whose_command_has_to_be_decided_again_hears_that_it_cannot_be() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("broken");
    harness.pass(125_000);
    let id = harness.only().id;
    let other = harness.open(Role::Observes, keyed(), Terms::default());
    harness.call_at(other, Call::Cancel(id));
    harness.unreadable = true;
    let word = Call::Resolve { payment: id, word: Word::Paid, reason: "looked".into() };
    let ticket = harness.call(word);
    assert_eq!(code(&harness, ticket), Code::JournalCorrupt);
}

#[test]
fn a_sale_that_a_restored_journal_refuses_to_start_is_not_left_waiting() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    harness.answer("unsent");
    harness.store.restore();
    harness.pass(125_000);
    assert!(matches!(harness.told(ticket), Some(Ok(_))), "{:?}", harness.told(ticket));
    assert!(harness.wire.is_empty());
}

#[test]
fn closing_waits_for_an_answer_that_is_queued_behind_a_reading() {
    let mut harness = Harness::new(keyed());
    let id = pending(&mut harness);
    harness.pass(1_100);
    harness.hold = |told| matches!(told, Told::Payment(_));
    changed(&mut harness, vec![id]);
    harness.answer("paid");
    let close = harness.call(Call::Close);
    assert!(harness.told(close).is_none());
    harness.tell_held();
    assert_eq!(harness.told(close), Some(&Ok(Reply::Closed)));
    assert_eq!(outcome(&harness.only()), Outcome::Paid);
}

#[test]
fn closing_begins_no_sale_and_no_look() {
    let mut harness = Harness::new(keyed());
    pending(&mut harness);
    harness.pass(1_100);
    assert_eq!(harness.wire.len(), 1);
    harness.hold = |told| matches!(told, Told::Surroundings(_));
    let mut second = request("order-2");
    second.terminal = Some("T2".into());
    let ticket = harness.call(Call::Start(Box::new(second)));
    let close = harness.call(Call::Close);
    harness.tell_held();
    assert_eq!(code(&harness, ticket), Code::Closed);
    harness.pass(2_000);
    assert!(harness.told(close).is_none());
    harness.answer("pending");
    assert_eq!(harness.told(close), Some(&Ok(Reply::Closed)));
    harness.pass(3_000);
    assert!(harness.wire.is_empty());
}

#[test]
fn what_others_wrote_while_a_payment_was_read_is_not_missed() {
    let mut harness = Harness::new(keyed());
    let id = pending(&mut harness);
    let observer = harness.open(Role::Observes, keyed(), Terms::default());
    harness.call_at(observer, Call::Wait { payment: id, for_ms: None });
    harness.hold = |told| matches!(told, Told::Payment(_));
    changed(&mut harness, vec![id]);
    harness.call_at(observer, Call::Cancel(id));
    changed(&mut harness, vec![id]);
    harness.tell_held();
    assert!(harness.wire.iter().any(|handed| handed.request.path.starts_with("/Cancel/")));
}

#[test]
fn a_poll_that_may_pay_leaves_under_the_lease_of_its_asking_or_not_at_all() {
    let mut harness = Harness::new(keyed());
    harness.machines.clear();
    harness.paying_reads = true;
    harness.open(Role::Drives, keyed(), Terms::default());
    pending(&mut harness);
    let mut polls = Vec::new();
    for _ in 0..3_000 {
        harness.now.boot_ms += 1;
        harness.now.wall_ms += 1;
        let now = harness.now;
        harness.machines[0].handle(Input::Woken, &now);
        let outputs = harness.machines[0].take_outputs();
        polls.extend(outputs.into_iter().filter_map(|output| match output {
            Output::Send { sending, .. } => Some(sending),
            _ => None,
        }));
    }
    let poll = polls.pop().expect("a poll is due after a second");
    // The process is stopped between asking and hand-over, and others take its payments over.
    harness.now.boot_ms += 20_000;
    harness.now.wall_ms += 20_000;
    assert!(poll.depart(&harness.now).is_err());
}

#[test]
fn a_clock_that_is_set_back_revives_no_start_after_the_caller_was_told_unknown() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    harness.answer("lost");
    harness.now.wall_ms += 200_000;
    harness.pass(1_000);
    assert_eq!(outcome(harness.payment(ticket)), Outcome::Unknown);
    harness.now.wall_ms -= 200_000;
    harness.pass(80_000);
    assert!(harness.wire.is_empty());
}

#[test]
fn a_wish_before_anything_ran_cancels_even_where_the_provider_cannot() {
    let mut manners = keyed();
    manners.cancel = None;
    let mut harness = Harness::new(manners);
    harness.start("order-1");
    harness.answer("unsent");
    let id = harness.only().id;
    let ticket = harness.call(Call::Cancel(id));
    let told = harness.told(ticket);
    assert!(
        matches!(told, Some(Ok(Reply::Cancel { truth: CancelTruth::Cancelled, .. }))),
        "{told:?}"
    );
}

#[test]
fn callers_of_an_account_that_was_disconnected_are_told_unknown_in_time() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    harness.answer("pending");
    harness.call(Call::Disconnect(account().name));
    harness.pass(121_000);
    assert_eq!(outcome(harness.payment(ticket)), Outcome::Unknown);
}

#[test]
fn an_account_that_is_not_connected_takes_nothing_over() {
    let mut harness = Harness::new(keyed());
    pending(&mut harness);
    let before = harness.only().driver;
    harness.machines.clear();
    harness.open(Role::Drives, keyed(), Terms::default());
    harness.call(Call::Disconnect(account().name));
    harness.pass(60_000);
    assert_eq!(harness.only().driver, before);
}

#[test]
fn a_repeat_across_the_hour_at_which_the_day_begins_is_still_a_repeat() {
    let mut harness = Harness::new(keyed());
    harness.machines.clear();
    let hour = 3_600_000;
    // Five seconds before four in the morning.
    harness.now.wall_ms = harness.now.wall_ms / (24 * hour) * (24 * hour) + 4 * hour - 5_000;
    let references = References::PerDay { offset_minutes: 0, hour: 4 };
    let terms = Terms { references, ..Terms::default() };
    harness.open(Role::Drives, keyed(), terms);
    let before = harness.start("order-1");
    harness.answer("paid");
    harness.pass(60_000);
    let after = harness.start("order-1");
    assert!(harness.wire.is_empty(), "nothing is charged again");
    assert_eq!(harness.payment(before).id, harness.payment(after).id);
    let mut other = request("order-1");
    other.amount = crate::sale::Asked::Text("99.00".into());
    harness.call(Call::Start(Box::new(other)));
    assert_eq!(harness.wire.len(), 1, "another sale of the new day may have the number again");
    harness.answer("paid");
    harness.now.wall_ms -= 120_000;
    let set_back = harness.start("order-1");
    assert_eq!(harness.payment(before).id, harness.payment(set_back).id);
    harness.now.wall_ms += 30 * hour;
    harness.start("order-1");
    assert_eq!(harness.wire.len(), 1, "and so may the same sale a day later");
}

#[test]
fn whoever_waits_for_a_payment_that_others_drive_is_told_unknown_in_time() {
    let mut harness = Harness::new(keyed());
    let id = pending(&mut harness);
    harness.call(Call::Disconnect(account().name));
    let other = harness.open(Role::Drives, keyed(), Terms::default());
    let ticket = harness.call_at(other, Call::Wait { payment: id, for_ms: None });
    harness.pass(136_000);
    let told = harness.replies.get(&(other, ticket));
    assert!(
        matches!(told, Some(Ok(Reply::Payment { payment, .. }))
            if outcome(payment) == Outcome::Unknown),
        "{told:?}"
    );
}
