//! Starting a sale: recorded before sent, once for each identity, whatever the disk and the wire
//! do.

use super::harness::*;
use crate::engine::port::{Call, Reply, Told};
use crate::error::{Charged, Code};
use crate::payment::stage::{Stage, stage};
use crate::payment::view::{Outcome, outcome};
use crate::time::BootId;

#[test]
fn a_sale_is_recorded_and_permitted_in_one_append_and_then_sent() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.start("order-1");
    let stored = harness.only();
    assert_eq!((stored.sequence, stage(&stored)), (2, Stage::Sent));
    assert_eq!(harness.wire.len(), 1);
    assert!(harness.told(ticket).is_none(), "start waits for the provider's first answer");
    harness.answer("pending");
    assert_eq!(stage(harness.payment(ticket)), Stage::Pending);
}

#[test]
fn start_tells_what_is_known_after_ten_seconds() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.start("order-1");
    harness.pass(9_999);
    assert!(harness.told(ticket).is_none());
    harness.pass(1);
    assert_eq!(stage(harness.payment(ticket)), Stage::Sent);
}

#[test]
fn pay_waits_until_the_outcome_is_not_open() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.call(Call::Pay(Box::new(request("order-1"))));
    harness.answer("pending");
    harness.pass(1_100);
    harness.answer("processing");
    assert!(harness.told(ticket).is_none());
    harness.pass(1_100);
    harness.answer("paid");
    assert_eq!(outcome(harness.payment(ticket)), Outcome::Paid);
    assert!(harness.wire.is_empty());
    harness.pass(5_000);
    assert_eq!(harness.machines[0].payments_held(), 0, "what is settled leaves the memory");
}

#[test]
fn equal_calls_become_one_payment() {
    let mut harness = Harness::new(keyed());
    let (one, two) = (harness.start("order-1"), harness.start("order-1"));
    assert_eq!(harness.wire.len(), 1);
    harness.answer("pending");
    assert_eq!(harness.payment(one).id, harness.payment(two).id);
    let three = harness.start("order-1");
    assert!(matches!(harness.told(three), Some(Ok(Reply::Payment { replayed: true, .. }))));
    assert_eq!(harness.only().start.sends.len(), 1);
}

#[test]
fn another_amount_under_the_same_reference_is_a_conflict() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    let mut other = request("order-1");
    other.amount = crate::sale::Asked::Text("99.00".into());
    let ticket = harness.call(Call::Start(Box::new(other)));
    let Some(Err(error)) = harness.told(ticket) else { panic!("a conflict") };
    assert_eq!((error.code, error.field.as_deref()), (Code::IdempotencyConflict, Some("amount")));
}

#[test]
fn a_busy_terminal_is_refused_until_the_cashier_has_looked() {
    let mut harness = Harness::new(keyed());
    let first = harness.start("order-1");
    harness.answer("pending");
    let id = harness.payment(first).id;
    let mut second = request("order-2");
    second.screen_clear = vec![id];
    let ticket = harness.call(Call::Start(Box::new(second.clone())));
    let Some(Err(error)) = harness.told(ticket) else { panic!("busy") };
    assert_eq!((error.code, error.payment), (Code::TerminalBusy, Some(id)));
    harness.call(Call::Cancel(id));
    let ticket = harness.call(Call::Start(Box::new(second)));
    assert!(harness.told(ticket).is_none(), "with a cancel wish the cashier's word is enough");
    assert_eq!(harness.store.rows().count(), 2);
}

#[test]
fn a_lost_answer_is_replayed_once_when_the_first_request_can_no_longer_arrive() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    let first = harness.wire[0].request.clone();
    harness.answer("lost");
    harness.pass(64_500);
    assert!(harness.wire.is_empty());
    harness.pass(1_000);
    assert_eq!(harness.wire[0].request, first);
    harness.answer("lost");
    harness.pass(80_000);
    assert!(harness.wire.is_empty(), "one replay, no more");
}

#[test]
fn nothing_is_replayed_when_the_key_was_not_kept() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("broken");
    harness.pass(89_000);
    assert!(harness.wire.is_empty());
    harness.pass(60_000);
    assert_eq!(outcome(&harness.only()), Outcome::Unknown);
}

#[test]
fn without_a_key_nothing_is_sent_twice_and_absence_in_its_time_is_proof() {
    let mut harness = Harness::new(once());
    harness.start("order-1");
    harness.answer("lost");
    let mut looks = 0;
    while outcome(&harness.only()) != Outcome::NotPaid {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            assert!(handed.request.path.starts_with("/find/"), "only look-ups: {handed:?}");
            harness.exchange(handed, "nothing");
            looks += 1;
        }
        assert!(looks < 500, "absence is concluded at last");
    }
    let age = harness.now.boot_ms - harness.only().created_at.boot_ms;
    assert!(age >= 220_000, "never before the last request could have arrived and expired: {age}");
}

#[test]
fn what_never_left_is_tried_again_until_start_by_and_then_given_up() {
    let mut harness = Harness::new(once());
    harness.start("order-1");
    let mut tries = 0;
    for _ in 0..120 {
        while !harness.wire.is_empty() {
            harness.answer("unsent");
            tries += 1;
        }
        harness.pass(1_000);
    }
    let payment = harness.only();
    assert!((3..20).contains(&tries), "{tries} tries with growing gaps");
    assert_eq!((stage(&payment), outcome(&payment)), (Stage::Failed, Outcome::NotPaid));
}

#[test]
fn a_refusal_is_an_outcome_and_not_an_error() {
    let mut harness = Harness::new(keyed());
    let ticket = harness.start("order-1");
    harness.answer("refused");
    assert_eq!(stage(harness.payment(ticket)), Stage::Failed);
}

#[test]
fn an_append_that_failed_sends_nothing_and_charges_nothing() {
    let mut harness = Harness::new(keyed());
    harness.disk.push_back(Disk::FailsBefore);
    let ticket = harness.start("order-1");
    let Some(Err(error)) = harness.told(ticket) else { panic!("an error") };
    assert_eq!((error.code, error.charged), (Code::JournalFailed, Charged::No));
    assert!(harness.wire.is_empty());
    harness.start("order-1");
    assert_eq!(harness.wire.len(), 1, "the same call may be made again");
}

#[test]
fn an_append_that_failed_and_is_durable_all_the_same_is_noticed_before_anything_is_sent() {
    let mut harness = Harness::new(keyed());
    harness.disk.push_back(Disk::FailsAfter);
    harness.start("order-1");
    harness.pass(2_000);
    let payment = harness.only();
    assert_eq!(harness.wire.len(), 1);
    assert_eq!(payment.start.sends.len(), 2, "the first permit was never handed over");
}

#[test]
fn an_answer_outlives_a_failing_journal() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.disk.extend([Disk::FailsBefore, Disk::FailsAfter, Disk::FailsBefore]);
    harness.answer("paid");
    harness.pass(5_000);
    let payment = harness.only();
    assert_eq!(outcome(&payment), Outcome::Paid);
    assert_eq!(payment.start.sends.len(), 1);
}

#[test]
fn a_permit_that_slept_past_start_by_lets_nothing_leave() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("unsent");
    // The wall clock jumps past start_by while the retry waits.
    harness.now.wall_ms += 100_000;
    harness.pass(2_000);
    assert!(harness.wire.is_empty());
    assert_eq!(outcome(&harness.only()), Outcome::NotPaid);
}

#[test]
fn after_a_reboot_nothing_is_started_or_replayed() {
    let mut harness = Harness::new(keyed());
    harness.start("order-1");
    harness.answer("lost");
    harness.machines.clear();
    harness.now.boot = BootId(2);
    harness.now.boot_ms = 1_000;
    harness.open(crate::engine::Role::Drives, keyed(), Default::default());
    harness.pass(400_000);
    assert!(harness.wire.is_empty());
    assert_eq!(outcome(&harness.only()), Outcome::Unknown);
}

#[test]
fn a_sweep_that_finds_a_sale_before_its_append_is_told_takes_no_permit_for_unused() {
    let mut harness = Harness::new(keyed());
    harness.pass(14_000);
    harness.hold = |told| matches!(told, Told::Append(_));
    harness.start("order-1");
    assert_eq!(harness.held.len(), 1, "the sale is durable, and nobody was told");
    harness.pass(1_500);
    harness.tell_held();
    assert_eq!(harness.wire.len(), 1);
    let payment = harness.only();
    assert_eq!(payment.start.sends.len(), 1);
    assert!(payment.start.sends[0].answer.is_none(), "{:?}", payment.start.sends);
}

#[test]
fn an_answer_is_read_as_what_it_answers() {
    let mut harness = Harness::new(once());
    harness.pass(14_000);
    harness.hold = |told| matches!(told, Told::Append(_));
    harness.start("order-1");
    harness.pass(1_500);
    harness.tell_held();
    let finds = |handed: &Handed| handed.request.path.starts_with("/find/");
    let looks: Vec<bool> = harness.wire.iter().map(finds).collect();
    assert_eq!(looks, [true, false], "the sweep found the sale before its append was told");
    harness.answer("nothing");
    assert!(harness.only().start.sends[0].answer.is_none());
    harness.answer("pending");
    assert_eq!(stage(&harness.only()), Stage::Pending);
}

#[test]
fn what_a_restored_journal_calls_never_sent_is_unknown_once_it_is_acknowledged() {
    let mut harness = Harness::new(once());
    harness.start("order-1");
    harness.answer("unsent");
    let backup = harness.store.clone();
    harness.pass(5_000);
    harness.answer("paid");
    assert_eq!(outcome(&harness.only()), Outcome::Paid);

    harness.machines.clear();
    harness.wire.clear();
    harness.store = backup;
    harness.store.restore();
    let another = crate::ids::InstallationId::from_bytes([2; 16]);
    harness.store.acknowledge(another, &harness.now);
    harness.open(crate::engine::Role::Drives, once(), Default::default());
    for _ in 0..200 {
        harness.pass(1_000);
        while let Some(handed) = harness.wire.pop_front() {
            assert!(!handed.request.may_move_money, "nothing is started again: {handed:?}");
            harness.exchange(handed, "unclear");
        }
        assert_ne!(outcome(&harness.only()), Outcome::NotPaid);
    }
    assert_eq!(outcome(&harness.only()), Outcome::Unknown);
}
