//! The next step always gets somewhere: no loop without progress, and every payment comes to rest.

mod looking;
mod paying;

use proptest::prelude::*;

use super::life::{Life, cases, kind, steps};
use crate::ids::ChargeId;
use crate::payment::command::Command;
use crate::payment::details::Details;
use crate::payment::event::{Again, Answer, Reason, Source, Word};
use crate::payment::lifecycle::representatives::{
    self, Representative, driver, later, request, sighting,
};
use crate::payment::plan::{Looks, Plan, Step, View, plan};
use crate::payment::sighting::Sighting;
use crate::payment::stage::{Stage, stage};
use crate::payment::view::{self, Outcome};
use crate::time::{BootId, DAY_MS, HOUR_MS, Moment, SECOND_MS};

/// How a provider behaves all the time.
#[derive(Debug, Clone, Copy)]
enum Provider {
    /// Every answer is lost, every read fails.
    Silent,
    /// Nothing ever leaves, as without a network.
    Unreachable,
    /// It takes everything and shows a charge that never ends.
    Undecided,
    /// It refuses everything for good, and reads fail.
    Refusing,
    /// Its answers are lost, and its list is empty.
    Forgetful,
    /// It takes everything and shows every charge approved and captured.
    Approving,
}

const PROVIDERS: &[Provider] = &[
    Provider::Silent,
    Provider::Unreachable,
    Provider::Undecided,
    Provider::Refusing,
    Provider::Forgetful,
    Provider::Approving,
];

impl Provider {
    fn answer(self) -> Answer {
        let reason = Reason::code("as-always");
        match self {
            Self::Silent | Self::Forgetful => Answer::Unknown { replayable: true, reason },
            Self::Unreachable => Answer::NotExecuted { again: Again::After { ms: 0 }, reason },
            Self::Undecided => Answer::Accepted { sightings: vec![sighting("pending").unwrap()] },
            Self::Refusing => Answer::NotExecuted { again: Again::Never, reason },
            Self::Approving => Answer::Accepted { sightings: vec![sighting("taken").unwrap()] },
        }
    }

    fn shows(self, charge: Option<&ChargeId>) -> Option<Vec<Sighting>> {
        let pending = sighting("pending").unwrap();
        let taken = sighting("taken").unwrap();
        match (self, charge) {
            (Self::Approving, None) => Some(vec![taken]),
            (Self::Approving, Some(charge)) => {
                Some(vec![Sighting { charge: charge.clone(), ..taken }])
            }
            (Self::Silent | Self::Unreachable | Self::Refusing, _) => None,
            (Self::Forgetful, None) => Some(Vec::new()),
            (Self::Forgetful, Some(_)) => None,
            (Self::Undecided, None) => Some(vec![pending]),
            (Self::Undecided, Some(charge)) => {
                Some(vec![Sighting { charge: charge.clone(), ..pending }])
            }
        }
    }
}

/// A payment that is driven by its plan, as the engine would.
struct Driven {
    life: Life,
    looks: Looks,
    provider: Provider,
    read_may_pay: bool,
    list_may_pay: bool,
    acts: u32,
    sends: u32,
    looked: u32,
}

/// More acts at one and the same moment are a loop.
const ACTS_AT_ONCE_MAX: u32 = 12;

impl Driven {
    fn of(life: Life, provider: Provider, read_may_pay: bool) -> Self {
        let looks = Looks::default();
        let list_may_pay = false;
        Self { life, looks, provider, read_may_pay, list_may_pay, acts: 0, sends: 0, looked: 0 }
    }

    fn next(&self) -> Plan {
        plan(View {
            payment: &self.life.payment,
            looks: &self.looks,
            manners: &self.life.manners,
            read_may_pay: self.read_may_pay,
            list_may_pay: self.list_may_pay,
            in_flight: false,
            code_lost: false,
            may_permit: true,
            now: &self.life.now,
        })
    }

    /// Goes on until nothing is left to do, or until so much has passed.
    fn run(&mut self, for_ms: u64) {
        let begun = self.life.now;
        let mut at_once = 0;
        while !self.life.now.has_surely_passed(&begun, for_ms) {
            match self.next() {
                Plan::Rest => return,
                Plan::Wait(ms) => {
                    assert!(ms > 0, "waits for nothing: {:?}", self.life.payment);
                    self.life.now = later(&self.life.now, ms);
                    at_once = 0;
                }
                Plan::Act(step) => {
                    at_once += 1;
                    assert!(at_once <= ACTS_AT_ONCE_MAX, "{step:?} again: {:?}", self.life.events);
                    self.act(step);
                }
            }
        }
    }

    fn act(&mut self, step: Step) {
        self.acts += 1;
        let driver = driver(1);
        let command = match step {
            Step::Read(charge) => return self.look(Source::Read, Some(&charge)),
            Step::LookUp => return self.look(Source::LookUp, None),
            Step::Start => Command::PermitStart { request: request(), driver },
            Step::Operate(operation) => {
                Command::PermitOperation { operation, request: request(), driver }
            }
            Step::PermitPolls => {
                self.looks.may_poll = true;
                Command::PermitPolls { driver }
            }
            Step::WishCancel => Command::WishCancel { operation: representatives::operation_id(6) },
            Step::Withdraw(charge) => {
                let before = u8::try_from(self.life.payment.operations.len()).unwrap();
                let operation = representatives::operation_id(50 + before);
                Command::WishWithdrawal { operation, charge }
            }
            Step::Release(charge) => {
                let before = u8::try_from(self.life.payment.operations.len()).unwrap();
                let operation = representatives::operation_id(50 + before);
                Command::WishRelease { operation, charge }
            }
            Step::Abandon(why) => Command::Abandon { why },
            Step::Doubt => Command::Doubt,
            Step::Escalate => Command::Escalate,
            Step::EndLooking => Command::EndLooking,
            Step::BelieveHint(charge) => Command::BelieveHint { charge },
        };
        let decision = self.life.ask(command.clone());
        let decision = decision.unwrap_or_else(|| panic!("planned and refused: {command:?}"));
        assert!(!decision.events.is_empty(), "planned for nothing: {command:?}");
        if let Some(crate::payment::decide::Effect::Send { operation, number, .. }) =
            decision.effect
        {
            self.sends += 1;
            let answer = self.provider.answer();
            let _ = self.life.ask(Command::TakeAnswer { operation, number, answer });
        }
    }

    fn look(&mut self, source: Source, charge: Option<&ChargeId>) {
        self.looked += 1;
        self.looks.last = Some(self.life.now);
        self.looks.due_now = false;
        self.looks.count += 1;
        match self.provider.shows(charge) {
            Some(sightings) => {
                self.looks.was_read |= source == Source::Read;
                self.looks.failing_since = None;
                let asked_at = self.life.now;
                let _ = self.life.ask(Command::Observe { source, sightings, asked_at });
            }
            None => {
                self.looks.failing_since.get_or_insert(self.life.now);
            }
        }
    }
}

fn named(name: &str) -> Life {
    let all = representatives::all().unwrap();
    let Representative { manners, events, payment, now, .. } =
        all.into_iter().find(|one| one.name == name).expect(name);
    Life { payment, manners, events, now }
}

fn passed_ms(since: &Moment, driven: &Driven) -> u64 {
    driven.life.now.age_at_least_ms(since)
}

#[test]
fn every_representative_comes_to_rest_whatever_its_provider_does() {
    for one in representatives::all().unwrap() {
        for provider in PROVIDERS {
            for (read_may_pay, list_may_pay) in [(false, false), (true, false), (true, true)] {
                let name = one.name;
                let mut driven = Driven::of(named(name), *provider, read_may_pay);
                driven.list_may_pay = list_may_pay;
                driven.run(20 * DAY_MS);
                assert_eq!(driven.next(), Plan::Rest, "{name} {provider:?} {read_may_pay}");
                let Driven { acts, sends, .. } = driven;
                assert!(acts < 3_000, "{name} {provider:?}: {acts} acts");
                assert!(sends < 1_000, "{name} {provider:?}: {sends} sends");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_life_comes_to_rest_whatever_its_provider_does(
        kind in kind(),
        steps in steps(),
        provider in proptest::sample::select(PROVIDERS),
        read_may_pay in any::<bool>(),
        list_may_pay in any::<bool>(),
    ) {
        let mut life = Life::fresh(kind);
        for step in &steps {
            let _ = life.happen(step);
        }
        let mut driven = Driven::of(life, provider, read_may_pay);
        driven.list_may_pay = list_may_pay;
        driven.run(60 * DAY_MS);
        prop_assert_eq!(driven.next(), Plan::Rest);
        prop_assert!(driven.acts < 5_000, "{} acts", driven.acts);
    }
}

#[test]
fn without_a_network_the_start_is_tried_at_growing_gaps_and_given_up_at_start_by() {
    let mut driven = Driven::of(named("created/fresh"), Provider::Unreachable, false);
    driven.run(DAY_MS);
    assert_eq!(stage(&driven.life.payment), Stage::Failed);
    assert!((4..=12).contains(&driven.sends), "{}", driven.sends);
}

#[test]
fn a_replay_that_never_leaves_is_tried_at_growing_gaps() {
    let mut driven = Driven::of(named("sent/lost-keyed"), Provider::Unreachable, false);
    driven.run(DAY_MS);
    assert!((2..=8).contains(&driven.sends), "{}", driven.sends);
    assert_eq!(view::outcome(&driven.life.payment), Outcome::Unknown);
}

#[test]
fn an_answer_that_is_lost_twice_is_never_sent_a_third_time() {
    let mut driven = Driven::of(named("created/fresh"), Provider::Silent, false);
    driven.run(DAY_MS);
    assert_eq!(driven.sends, 2);
    assert_eq!(stage(&driven.life.payment), Stage::NeedsPerson);
}

#[test]
fn once_is_once() {
    let mut life = Life::fresh("authorized/once");
    life.now = later(&life.now, SECOND_MS);
    let mut driven = Driven::of(life, Provider::Silent, false);
    driven.run(DAY_MS);
    assert_eq!(driven.sends, 1);
}

#[test]
fn an_empty_list_settles_only_where_absence_is_proof_and_when() {
    let mut driven = Driven::of(named("sent/lost-listed"), Provider::Forgetful, false);
    let sent_at = driven.life.payment.start.sends[0].at;
    driven.run(DAY_MS);
    assert_eq!(stage(&driven.life.payment), Stage::Expired);
    let passed_ms = passed_ms(&sent_at, &driven);
    assert!((220 * SECOND_MS..300 * SECOND_MS).contains(&passed_ms), "after {passed_ms} ms");
    let mut driven = Driven::of(named("sent/lost-once"), Provider::Forgetful, false);
    driven.run(DAY_MS);
    assert_eq!(stage(&driven.life.payment), Stage::NeedsPerson);
}

#[test]
fn an_accepted_release_is_watched_and_sent_again_until_it_is_seen() {
    let mut driven = Driven::of(named("authorized/release-sent"), Provider::Silent, false);
    driven.run(HOUR_MS);
    assert!(driven.sends > 0 && driven.looked > 0, "{} {}", driven.sends, driven.looked);
}

#[test]
fn a_release_long_after_the_sale_is_carried_out() {
    let mut life = named("authorized/keyed");
    life.now = later(&life.now, 5 * DAY_MS);
    let _ = life.ask(Command::WishCancel { operation: representatives::operation_id(4) });
    let mut driven = Driven::of(life, Provider::Undecided, false);
    driven.run(HOUR_MS);
    assert!(driven.sends > 0 && driven.looked > 1, "{} {}", driven.sends, driven.looked);
}

#[test]
fn a_cancel_wished_after_looking_ended_is_carried_out() {
    let mut life = named("in_doubt/pending");
    life.now = later(&life.now, 5 * DAY_MS);
    let _ = life.ask(Command::EndLooking);
    let _ = life.ask(Command::WishCancel { operation: representatives::operation_id(4) });
    let mut driven = Driven::of(life, Provider::Undecided, false);
    driven.run(HOUR_MS);
    assert!(driven.sends > 0, "the cancel was never sent");
}

#[test]
fn what_was_paid_is_watched_while_its_own_cancel_may_still_arrive() {
    let mut life = named("pending/cancel-wished");
    let cancel = life.payment.cancel.as_ref().unwrap().id;
    let (driver, request) = (driver(1), request());
    let _ = life.ask(Command::PermitOperation { operation: cancel, request, driver });
    let sightings = vec![sighting("taken").unwrap()];
    let asked_at = life.now;
    let _ = life.ask(Command::Observe { source: Source::Read, sightings, asked_at });
    assert_eq!(view::outcome(&life.payment), Outcome::Paid);
    assert!(view::is_unsettled(&life.payment) && view::is_provisional(&life.payment));
    let mut driven = Driven::of(life, Provider::Approving, false);
    driven.run(60 * SECOND_MS);
    assert!(driven.looked > 5 && view::is_provisional(&driven.life.payment));
    driven.run(DAY_MS);
    assert_eq!((driven.sends, driven.next()), (0, Plan::Rest));
    let payment = &driven.life.payment;
    assert!(!view::is_unsettled(payment) && !view::is_provisional(payment));
}

#[test]
fn what_is_approved_and_waits_for_its_capture_is_never_cancelled_after_all() {
    for answer in ["unknown", "accepted"] {
        let mut life = named("pending/cancel-wished");
        let operation = life.payment.cancel.as_ref().unwrap().id;
        let (driver, request) = (driver(1), request());
        let _ = life.ask(Command::PermitOperation { operation, request, driver });
        let answer = representatives::answer(answer).unwrap();
        let _ = life.ask(Command::TakeAnswer { operation, number: 1, answer });
        let sightings = vec![sighting("held").unwrap()];
        let asked_at = life.now;
        let _ = life.ask(Command::Observe { source: Source::Read, sightings, asked_at });
        assert_eq!(view::outcome(&life.payment), Outcome::Paid);
        let mut driven = Driven::of(life, Provider::Silent, false);
        driven.run(10 * DAY_MS);
        assert_eq!(driven.sends, 0);
    }
}

#[test]
fn a_machine_that_starts_anew_every_night_does_not_look_for_ever() {
    let mut driven = Driven::of(named("needs_person/lost"), Provider::Silent, false);
    driven.life.manners.look_up = true;
    for _ in 0..5 {
        driven.run(10 * HOUR_MS);
        driven.life.now = Moment {
            boot: BootId(driven.life.now.boot.0 + 1),
            boot_ms: 20_000,
            ..later(&driven.life.now, 14 * HOUR_MS)
        };
    }
    driven.run(2 * HOUR_MS);
    assert!(driven.life.payment.looking_ended);
    assert!(driven.looked > 40, "{} looks", driven.looked);
}

#[test]
fn a_wall_clock_that_jumps_years_ahead_does_not_end_looking_unlooked() {
    let mut driven = Driven::of(named("in_doubt/listed"), Provider::Silent, false);
    let years_on = later(&driven.life.now, 1_000 * DAY_MS);
    driven.life.now = Moment { boot: BootId(9), boot_ms: 20_000, ..years_on };
    driven.run(HOUR_MS / 2);
    assert!(!driven.life.payment.looking_ended && driven.looked > 5);
}

#[test]
fn a_word_not_paid_does_not_leave_the_prompt_on_the_screen() {
    let mut life = named("pending/cancel-wished");
    let _ = life.ask(Command::Resolve { word: Word::NotPaid, reason: "left".into() });
    assert_eq!(view::outcome(&life.payment), Outcome::NotPaid);
    let mut driven = Driven::of(life, Provider::Undecided, false);
    driven.run(HOUR_MS);
    assert!(driven.sends > 0);
    let mut life = named("pending/cancel-wished");
    let _ = life.ask(Command::Resolve { word: Word::Paid, reason: "slip".into() });
    let mut driven = Driven::of(life, Provider::Undecided, false);
    driven.run(HOUR_MS);
    assert_eq!(driven.sends, 0);
}

#[test]
fn a_hint_that_says_less_than_is_known_is_not_written() {
    for late in ["pending", "processing", "taken"] {
        let mut life = named("completed/paid");
        let known = life.events.len();
        let _ = life.ask(Command::Hear { sighting: sighting(late).unwrap() });
        assert_eq!(life.events.len(), known, "{late}");
    }
}

#[test]
fn a_hint_that_comes_late_is_followed_up_though_the_first_read_fails() {
    let mut life = named("expired/shown");
    life.now = later(&life.now, 10 * DAY_MS);
    let _ = life.ask(Command::Hear { sighting: sighting("taken").unwrap() });
    let mut driven = Driven::of(life, Provider::Silent, false);
    driven.looks.due_now = true;
    driven.run(2 * DAY_MS);
    assert!(driven.looked > 0);
    // The reads cannot be had, so the hint that says *taken* stands alone, with an alarm.
    assert_eq!(view::outcome(&driven.life.payment), Outcome::Paid);
    assert!(view::alarms(&driven.life.payment).contains(&view::Alarm::Contradiction));
}

#[test]
fn a_hint_that_says_not_taken_never_stands_alone() {
    for name in ["pending/accepted", "completed/paid-keyed"] {
        let mut life = named(name);
        let before = view::outcome(&life.payment);
        let _ = life.ask(Command::Hear { sighting: sighting("reversed").unwrap() });
        let mut driven = Driven::of(life, Provider::Silent, false);
        driven.run(20 * DAY_MS);
        let after = view::outcome(&driven.life.payment);
        assert!(after == before || after == Outcome::Unknown, "{name}: {after:?}");
        assert!(driven.looked > 1, "{name}: {} looks", driven.looked);
    }
}

#[test]
fn a_capture_that_does_not_come_is_watched_for_two_days_and_then_an_alarm() {
    let mut life = named("pending/accepted");
    let held = sighting("held").unwrap();
    let asked_at = life.now;
    let sightings = vec![held];
    let _ = life.ask(Command::Observe { source: Source::Read, sightings, asked_at });
    let mut driven = Driven::of(life, Provider::Undecided, false);
    driven.run(47 * HOUR_MS);
    assert_eq!(view::outcome(&driven.life.payment), Outcome::Paid);
    assert!(!view::alarms(&driven.life.payment).contains(&view::Alarm::CaptureFailed));
    driven.run(2 * HOUR_MS);
    assert!(view::alarms(&driven.life.payment).contains(&view::Alarm::CaptureFailed));
    assert!(driven.looked < 300, "{} looks", driven.looked);
}

#[test]
fn a_capture_that_the_provider_calls_failed_is_an_alarm_at_once_until_it_comes_all_the_same() {
    let told = Details { capture_failed: true, ..Details::default() };
    let failed = Sighting { details: Some(Box::new(told)), ..sighting("held").unwrap() };
    let mut life = named("pending/accepted");
    let asked_at = life.now;
    let observe = |sightings| Command::Observe { source: Source::Read, sightings, asked_at };
    let _ = life.ask(observe(vec![failed]));
    assert_eq!(view::outcome(&life.payment), Outcome::Paid);
    assert!(view::alarms(&life.payment).contains(&view::Alarm::CaptureFailed));
    assert!(view::is_unsettled(&life.payment), "looking goes on");
    let _ = life.ask(observe(vec![sighting("taken").unwrap()]));
    assert!(view::alarms(&life.payment).is_empty());
}

#[test]
fn what_may_not_permit_sends_nothing_but_still_tells_of_doubt() {
    let life = named("created/late");
    let view = View {
        payment: &life.payment,
        looks: &Looks::default(),
        manners: &life.manners,
        read_may_pay: false,
        list_may_pay: false,
        in_flight: false,
        code_lost: false,
        may_permit: false,
        now: &later(&life.now, HOUR_MS),
    };
    assert_eq!(plan(view), Plan::Act(Step::Doubt));
}
