//! Every rule about repeating, at its edge: the last moment at which it says one thing, and the
//! first at which it says the other.

use super::life::Life;
use crate::payment::event::{Abandonment, Again, Answer, Event, Reason};
use crate::payment::lifecycle::representatives::{
    self, Representative, answer, driver, later, operation_id, request, sighting,
};
use crate::payment::manners::{Manner, Manners};
use crate::payment::permission::{self, Never, Permission};
use crate::payment::{Operation, OperationKind};
use crate::time::{BootId, MINUTE_MS, Moment};

fn named(name: &str) -> Life {
    let all = representatives::all().unwrap();
    let Representative { manners, events, payment, now, .. } =
        all.into_iter().find(|one| one.name == name).expect(name);
    Life { payment, manners, events, now }
}

/// A sale with ten minutes to start, so that other limits than `start_by` come first.
fn patient(kind: &str) -> Life {
    let mut life = Life::fresh(kind);
    life.payment.times.start_by_ms = 600_000;
    life
}

fn permit(life: &mut Life, operation: &Operation) {
    let request = crate::payment::stage::never_ran(operation).then(|| Box::new(request()));
    let (at, operation) = (life.now, operation.id);
    life.take(Event::Permitted { operation, at, driver: driver(1), request });
}

fn permit_start(life: &mut Life) {
    let start = life.payment.start.clone();
    permit(life, &start);
}

fn answered(life: &mut Life, answer: Answer) {
    let number = u32::try_from(life.payment.start.sends.len()).unwrap();
    let (operation, at) = (life.payment.start.id, life.now);
    life.take(Event::Answered { operation, number, answer, at });
}

fn lost(life: &mut Life) {
    answered(life, answer("unknown").unwrap());
}

fn start_after(life: &Life, ms: u64) -> Permission {
    permission::start(&life.payment, &life.manners, &later(&life.now, ms))
}

fn is_now(permission: &Permission) -> bool {
    matches!(permission, Permission::Now(_))
}

/// Says no before, and yes from there on.
fn opens_after(life: &Life, ms: u64) {
    assert_eq!(start_after(life, ms - 1), Permission::In(1));
    assert!(is_now(&start_after(life, ms)), "{:?}", start_after(life, ms));
}

#[test]
fn the_first_send_leaves_before_start_by_or_never() {
    let life = Life::fresh("created/fresh");
    assert!(is_now(&start_after(&life, 89_999)));
    assert_eq!(start_after(&life, 90_000), Permission::GiveUp(Abandonment::Late));
}

#[test]
fn whichever_clock_says_later_is_believed() {
    let life = Life::fresh("created/fresh");
    let start = |now| permission::start(&life.payment, &life.manners, &now);
    let suspended = Moment { wall_ms: life.now.wall_ms, ..later(&life.now, 90_000) };
    let corrected = Moment { boot_ms: life.now.boot_ms, ..later(&life.now, 90_000) };
    let set_back = Moment { wall_ms: life.now.wall_ms - 3_600_000, ..later(&life.now, 1_000) };
    let rebooted = Moment { boot: BootId(8), ..life.now };
    assert_eq!(start(suspended), Permission::GiveUp(Abandonment::Late));
    assert_eq!(start(corrected), Permission::GiveUp(Abandonment::Late));
    assert_eq!(start(rebooted), Permission::GiveUp(Abandonment::Late));
    assert!(is_now(&start(set_back)));
}

#[test]
fn a_window_closes_at_start_by_and_soon_after_its_permit() {
    let life = Life::fresh("created/fresh");
    let Permission::Now(window) = start_after(&life, 1_000) else { panic!("not permitted") };
    assert!(window.is_open(&later(&life.now, 1_000)));
    assert!(!window.is_open(&later(&life.now, 1_000 + permission::HAND_OVER_MS)));
    let Permission::Now(window) = start_after(&life, 89_000) else { panic!("not permitted") };
    assert!(window.is_open(&later(&life.now, 89_999)));
    assert!(!window.is_open(&later(&life.now, 90_000)));
    assert!(!window.is_open(&Moment { boot: BootId(8), ..life.now }));
}

#[test]
fn a_cancel_wish_gives_up_what_never_ran_and_stops_what_may_have() {
    let mut life = Life::fresh("created/fresh");
    let wish = Event::CancelWished { at: life.now, operation: operation_id(4), rest: false };
    let mut fresh = life.clone();
    fresh.take(wish.clone());
    assert_eq!(start_after(&fresh, 0), Permission::GiveUp(Abandonment::CancelWished));
    permit_start(&mut life);
    lost(&mut life);
    life.take(wish);
    assert_eq!(start_after(&life, 70_000), Permission::Never(Never::CancelWished));
}

#[test]
fn an_unanswered_send_is_replayed_after_the_horizon() {
    let mut life = patient("created/fresh");
    permit_start(&mut life);
    opens_after(&life, permission::SEND_HORIZON_MS);
}

#[test]
fn a_lost_answer_is_replayed_once_its_request_can_no_longer_arrive() {
    let mut life = patient("created/fresh");
    permit_start(&mut life);
    lost(&mut life);
    opens_after(&life, 65_000);
    // The quiet gap counts from the answer, where that came later.
    life = patient("created/fresh");
    permit_start(&mut life);
    life.now = later(&life.now, 63_000);
    lost(&mut life);
    opens_after(&life, 5_000);
}

#[test]
fn no_replay_after_the_keys_life() {
    let mut life = patient("created/fresh");
    life.manners.start.manner = Manner::Keyed { life_ms: 100_000 };
    permit_start(&mut life);
    lost(&mut life);
    assert!(is_now(&start_after(&life, 99_999)));
    assert_eq!(start_after(&life, 100_000), Permission::Never(Never::KeyForgotten));
}

#[test]
fn no_more_replays_than_the_manners_say() {
    let mut life = patient("created/fresh");
    permit_start(&mut life);
    lost(&mut life);
    life.now = later(&life.now, 65_000);
    permit_start(&mut life);
    lost(&mut life);
    assert_eq!(start_after(&life, 80_000), Permission::Never(Never::NotRepeatable));
    // What is proven not to have run does not count.
    life = patient("created/fresh");
    permit_start(&mut life);
    lost(&mut life);
    life.now = later(&life.now, 65_000);
    permit_start(&mut life);
    answered(&mut life, answer("not-yet").unwrap());
    opens_after(&life, 1_000);
}

#[test]
fn what_the_provider_said_ends_replays() {
    let endings = [answer("key-gone").unwrap(), answer("refused").unwrap()];
    for ending in endings {
        let mut life = patient("created/fresh");
        life.manners.start.replays_max = 9;
        permit_start(&mut life);
        lost(&mut life);
        life.now = later(&life.now, 65_000);
        permit_start(&mut life);
        answered(&mut life, ending);
        assert_eq!(start_after(&life, 100_000), Permission::Never(Never::NotRepeatable));
    }
    let mut life = patient("created/fresh");
    permit_start(&mut life);
    answered(&mut life, Answer::Accepted { sightings: Vec::new() });
    assert_eq!(start_after(&life, 70_000), Permission::Never(Never::NothingToDo));
}

#[test]
fn once_is_sent_again_only_when_it_is_proven_not_to_have_run() {
    let mut life = patient("authorized/once");
    permit_start(&mut life);
    assert_eq!(start_after(&life, 200_000), Permission::Never(Never::NotRepeatable));
    let mut proven = life.clone();
    answered(&mut proven, answer("not-yet").unwrap());
    opens_after(&proven, 1_000);
    lost(&mut life);
    assert_eq!(start_after(&life, 200_000), Permission::Never(Never::NotRepeatable));
}

#[test]
fn a_provider_that_did_not_run_it_is_left_alone_longer_each_time() {
    let mut life = patient("created/fresh");
    let mut waits = Vec::new();
    for _ in 0..8 {
        permit_start(&mut life);
        let reason = Reason::code("connection-refused");
        answered(&mut life, Answer::NotExecuted { again: Again::After { ms: 0 }, reason });
        let Permission::In(ms) = start_after(&life, 0) else { panic!("at once") };
        waits.push(ms);
        life.now = later(&life.now, ms);
    }
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
}

#[test]
fn a_wait_never_outlasts_start_by() {
    let mut life = Life::fresh("created/fresh");
    life.now = later(&life.now, 80_000);
    permit_start(&mut life);
    let again = Again::After { ms: 60_000 };
    answered(&mut life, Answer::NotExecuted { again, reason: Reason::code("429") });
    assert_eq!(start_after(&life, 0), Permission::In(10_000));
    assert_eq!(start_after(&life, 10_000), Permission::GiveUp(Abandonment::Late));
}

#[test]
fn nothing_is_started_once_a_charge_is_known() {
    for known in ["pending/accepted", "in_doubt/pending", "declined/by-the-card"] {
        let life = named(known);
        assert_eq!(start_after(&life, 0), Permission::Never(Never::NothingToDo), "{known}");
    }
    let mut life = patient("created/fresh");
    let at = life.now;
    life.take(Event::Hinted { sighting: Box::new(sighting("pending").unwrap()), at });
    assert_eq!(start_after(&life, 0), Permission::Never(Never::NothingToDo));
}

fn money_after(life: &Life, ms: u64) -> Permission {
    let operation = life.payment.operations.last().unwrap();
    permission::operation(&life.payment, operation, &life.manners, &later(&life.now, ms))
}

fn cancel_after(life: &Life, ms: u64) -> Permission {
    let cancel = life.payment.cancel.as_ref().unwrap();
    permission::operation(&life.payment, cancel, &life.manners, &later(&life.now, ms))
}

#[test]
fn a_refund_is_repeated_only_inside_the_life_of_its_key() {
    let mut life = named("completed/refund-sent");
    assert_eq!(money_after(&life, 1_000_000), Permission::Never(Never::NotRepeatable));
    life.manners.refund = Some(Manner::Keyed { life_ms: 25 * MINUTE_MS });
    // The permit is six seconds old.
    assert_eq!(money_after(&life, 83_999), Permission::In(1));
    assert!(is_now(&money_after(&life, 84_000)));
    assert!(is_now(&money_after(&life, 25 * MINUTE_MS - 6_001)));
    let after = money_after(&life, 25 * MINUTE_MS - 6_000);
    assert_eq!(after, Permission::Never(Never::KeyForgotten));
}

#[test]
fn a_keys_life_begins_with_the_first_send_that_may_have_run() {
    let mut life = named("completed/refund-wished");
    life.manners.refund = Some(Manner::Keyed { life_ms: 25 * MINUTE_MS });
    for word in ["not-yet", "unknown"] {
        let refund = life.payment.operations[0].clone();
        permit(&mut life, &refund);
        let number = u32::try_from(refund.sends.len() + 1).unwrap();
        let (operation, at) = (refund.id, life.now);
        let answer = answer(word).unwrap();
        life.take(Event::Answered { operation, number, answer, at });
        life.now = later(&life.now, 30 * MINUTE_MS);
    }
    life.now = Moment { ..later(&life.now, 0) };
    assert_eq!(money_after(&life, 0), Permission::Never(Never::KeyForgotten));
    life.now.boot_ms -= 20 * MINUTE_MS;
    life.now.wall_ms -= 1_200_000;
    assert!(is_now(&money_after(&life, 0)), "{:?}", money_after(&life, 0));
}

#[test]
fn a_capture_waits_for_nothing_but_ends_with_a_cancel_wish() {
    let mut life = named("authorized/capture-wished");
    assert!(is_now(&money_after(&life, 0)));
    life.take(Event::CancelWished { at: life.now, operation: operation_id(4), rest: false });
    assert_eq!(money_after(&life, 0), Permission::Never(Never::CancelWished));
    assert!(is_now(&cancel_after(&life, 0)));
    // Where the provider cannot cancel, the wish stands in nobody's way.
    life.manners.cancel = None;
    assert!(is_now(&money_after(&life, 0)));
}

#[test]
fn a_cancel_that_shows_no_effect_is_sent_again_with_growing_gaps() {
    let mut life = named("pending/cancel-wished");
    let mut gaps = Vec::new();
    for _ in 0..9 {
        let cancel = life.payment.cancel.clone().unwrap();
        permit(&mut life, &cancel);
        let number = u32::try_from(cancel.sends.len() + 1).unwrap();
        let (operation, at) = (cancel.id, life.now);
        let answer = answer("accepted").unwrap();
        life.take(Event::Answered { operation, number, answer, at });
        let Permission::In(ms) = cancel_after(&life, 0) else { panic!("at once") };
        gaps.push(ms / 1_000);
        life.now = later(&life.now, ms);
    }
    assert_eq!(gaps, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
}

#[test]
fn a_cancel_whose_process_died_is_sent_again_soon() {
    let mut life = named("pending/cancel-wished");
    let cancel = life.payment.cancel.as_deref().cloned().unwrap();
    permit(&mut life, &cancel);
    assert_eq!(cancel_after(&life, 4_999), Permission::In(1));
    assert!(is_now(&cancel_after(&life, 5_000)));
}

#[test]
fn a_cancel_that_may_not_be_repeated_is_not() {
    for manner in [Manner::Once, Manner::Keyed { life_ms: 25 * MINUTE_MS }] {
        let mut life = named("pending/cancel-accepted");
        life.manners.cancel = Some(manner);
        assert_eq!(cancel_after(&life, 100_000), Permission::Never(Never::NothingToDo));
    }
    let mut life = named("pending/cancel-wished");
    life.manners.cancel = Some(Manner::Once);
    let cancel = life.payment.cancel.as_deref().cloned().unwrap();
    permit(&mut life, &cancel);
    assert_eq!(cancel_after(&life, 100_000), Permission::Never(Never::NotRepeatable));
}

#[test]
fn a_cancel_needs_a_charge_that_can_still_be_cancelled() {
    for (name, expected) in [
        ("created/cancel-wished", Never::NoCharge),
        ("sent/lost-cancel-wished", Never::NoCharge),
        ("pending/cancel-unsupported", Never::Unsupported),
        ("authorized/release-refused", Never::NothingToDo),
        ("completed/cancel-strays", Never::NoCharge),
        ("cancelled/at-the-terminal", Never::NoCharge),
    ] {
        assert_eq!(cancel_after(&named(name), 1_000), Permission::Never(expected), "{name}");
    }
}

#[test]
fn reads_that_may_pay_end_with_start_by_a_cancel_wish_and_the_outcome() {
    let polls = |name: &str, ms| {
        let life = named(name);
        permission::polls(&life.payment, &later(&life.payment.created_at, ms))
    };
    assert!(is_now(&polls("pending/accepted", 89_999)));
    assert_eq!(polls("pending/accepted", 90_000), Permission::Never(Never::Late));
    assert_eq!(polls("pending/cancel-wished", 0), Permission::Never(Never::CancelWished));
    assert_eq!(polls("declined/by-the-card", 0), Permission::Never(Never::NothingToDo));
}

#[test]
fn what_the_provider_cannot_do_is_never_sent() {
    let life = named("completed/refund-wished");
    let refund = &life.payment.operations[0];
    let may = permission::operation(&life.payment, refund, &Manners::UNKNOWN, &life.now);
    assert_eq!(may, Permission::Never(Never::Unsupported));
}

#[test]
fn the_target_is_the_charge_that_fits() {
    let target = |name: &str, kind| {
        let life = named(name);
        let operation = Operation { kind, ..life.payment.start.clone() };
        permission::target(&life.payment, &operation).map(|charge| charge.as_str().to_owned())
    };
    let first = Some("charge-1".to_owned());
    assert_eq!(target("pending/accepted", OperationKind::Cancel), first);
    assert_eq!(target("pending/accepted", OperationKind::Refund), None);
    assert_eq!(target("authorized/keyed", OperationKind::Cancel), first);
    assert_eq!(target("authorized/keyed", OperationKind::Capture), first);
    assert_eq!(target("completed/paid", OperationKind::Cancel), None);
    assert_eq!(target("completed/paid", OperationKind::Refund), first);
    assert_eq!(target("completed/paid", OperationKind::Start), None);
    assert_eq!(target("declined/by-the-card", OperationKind::Refund), None);
}
