//! Lists that may pay what they show, as a first read does.

use super::*;
use crate::payment::apply::apply;
use crate::payment::event::Event;

/// A lost start, behind a list that may pay.
fn lost(provider: Provider) -> Driven {
    let mut driven = Driven::of(named("sent/lost-listed"), provider, true);
    driven.list_may_pay = true;
    driven
}

#[test]
fn a_list_that_may_pay_is_asked_under_the_permit_of_the_polls() {
    let mut driven = lost(Provider::Forgetful);
    assert_eq!(driven.next(), Plan::Act(Step::PermitPolls));
    driven.run(60 * SECOND_MS);
    assert!(driven.looked > 5, "{} looks", driven.looked);
    assert!(driven.life.payment.polls_permitted.is_some());
}

#[test]
fn after_start_by_it_waits_until_nothing_is_left_that_it_could_start() {
    let mut driven = lost(Provider::Forgetful);
    let sent_at = driven.life.payment.start.sends[0].at;
    driven.life.now = later(&sent_at, 90 * SECOND_MS);
    driven.run(129 * SECOND_MS);
    assert_eq!(driven.looked, 0);
    driven.run(HOUR_MS);
    assert_eq!(stage(&driven.life.payment), Stage::Expired);
    assert_eq!(driven.looked, 1);
}

#[test]
fn after_a_wish_to_cancel_it_waits_as_well() {
    let mut driven = lost(Provider::Undecided);
    let operation = representatives::operation_id(4);
    let _ = driven.life.ask(Command::WishCancel { operation });
    driven.run(200 * SECOND_MS);
    assert_eq!(driven.looked, 0);
    driven.run(60 * SECOND_MS);
    assert!(driven.looked > 0 && driven.sends > 0, "what it shows then is voided");
}

#[test]
fn what_was_read_in_its_time_may_be_listed_after_it_if_it_answered_our_start() {
    for (was_read, own) in [(true, true), (true, false), (false, true)] {
        let mut driven = Driven::of(named("sent/lost-listed"), Provider::Undecided, true);
        driven.run(20 * SECOND_MS);
        assert!(driven.looks.was_read && driven.life.payment.charges.len() == 1);
        driven.list_may_pay = true;
        driven.looks.was_read = was_read;
        let only = driven.life.payment.charges.keys().next().cloned();
        driven.life.payment.own = only.filter(|_| own);
        driven.life.now = later(&driven.life.payment.created_at, 100 * SECOND_MS);
        let next = driven.next();
        assert_eq!(next == Plan::Act(Step::LookUp), was_read && own, "{next:?}");
    }
}

#[test]
fn what_a_lost_part_of_the_journal_sent_is_waited_for() {
    let mut driven = lost(Provider::Forgetful);
    let lost_at = later(&driven.life.now, 60 * SECOND_MS);
    let lost = Event::HistoryLost { at: lost_at };
    driven.life.payment = apply(Some(driven.life.payment), &lost).unwrap();
    driven.life.now = lost_at;
    driven.run(200 * SECOND_MS);
    assert_eq!(driven.looked, 0);
    driven.run(HOUR_MS);
    assert!(driven.looked > 0);
    assert!(driven.life.now.has_surely_passed(&lost_at, 220 * SECOND_MS));
}

#[test]
fn what_only_the_lost_part_sent_is_read_once_it_is_over() {
    let mut driven = lost(Provider::Undecided);
    driven.life.payment.start.sends.clear();
    let lost_at = driven.life.now;
    let lost = Event::HistoryLost { at: lost_at };
    driven.life.payment = apply(Some(driven.life.payment), &lost).unwrap();
    driven.run(200 * SECOND_MS);
    assert!(!driven.looks.was_read && driven.life.payment.charges.is_empty());
    driven.run(HOUR_MS);
    assert!(driven.looks.was_read, "its request was found, and what became of it is asked");
}
