//! What holds in every life, however commands, facts and times fall.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::life::{Life, Step, cases, kind, sending_steps, silent_steps, steps};
use super::oracle::{absence_was_proof, may_have_run, objection, objection_to_operation};
use crate::ids::{ChargeId, OperationId, Reference, TerminalId};
use crate::money::{Currency, Money};
use crate::payment::apply::{apply, fold};
use crate::payment::command::Command;
use crate::payment::decide::Effect;
use crate::payment::event::{Answer, Event, Reason, Source};
use crate::payment::lifecycle::representatives::{operation_id, request};
use crate::payment::manners::Manner;
use crate::payment::sighting::{Card, NotTaken, Ours, SeenOperation, Sighting, Standing};
use crate::payment::stage::{approvals, stage};
use crate::payment::view::{self, Outcome};
use crate::payment::{OperationKind, Payment};

fn money() -> impl Strategy<Value = Money> {
    let currency = select(&[Currency::EUR, Currency::EUR, Currency::EUR, Currency::NOK][..]);
    let minor = select(&[0_i64, 1, 330, 1_000, 1_330, 1_530, 2_660, Money::MAX_MINOR][..]);
    (minor, currency).prop_map(|(minor, currency)| Money::from_minor(minor, currency).unwrap())
}

fn standing() -> impl Strategy<Value = Standing> {
    let taken = (
        money(),
        money(),
        proptest::option::of(money()),
        proptest::option::of(money()),
        any::<bool>(),
    );
    let words = select(&["51", "05", ""][..]);
    let reason = words.prop_map(|code| (!code.is_empty()).then(|| Reason::code(code)));
    let how =
        select(&[NotTaken::Declined, NotTaken::Cancelled, NotTaken::Expired, NotTaken::Failed][..]);
    prop_oneof![
        Just(Standing::Pending),
        Just(Standing::Processing),
        taken.prop_map(|(authorized, captured, tip, returned, provisional)| Standing::Taken {
            authorized,
            captured,
            tip,
            returned,
            provisional,
        }),
        (how, reason).prop_map(|(how, reason)| Standing::NotTaken { how, reason }),
        proptest::option::of(money()).prop_map(|authorized| Standing::Reversed { authorized }),
    ]
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let seen =
        (select(&["M-1", "M-2", "M-3"][..]), proptest::option::of(money()), any::<Option<bool>>());
    let seen = seen.prop_map(|(reference, amount, took_effect)| SeenOperation {
        reference: Reference::parse(reference).unwrap(),
        amount,
        took_effect,
    });
    let card = select(&[None, Some("visa"), Some("mastercard")][..]);
    (
        select(&["charge-1", "charge-2"][..]),
        proptest::option::of(money()),
        select(&[None, Some("terminal-1"), Some("terminal-2")][..]),
        standing(),
        proptest::collection::vec(seen, 0..3),
        card,
    )
        .prop_map(|(charge, asked, terminal, standing, operations, scheme)| Sighting {
            details: None,
            charge: ChargeId::parse(charge).unwrap(),
            ours: Ours::Yes,
            asked,
            terminal: terminal.map(|id| TerminalId::parse(id).unwrap()),
            standing,
            operations,
            card: scheme.map(|scheme| Card { scheme: Some(scheme.into()), last_four: None }),
        })
}

/// A fact, as it may arrive at any time: what a send came to, a read, a look-up, a hint.
#[derive(Debug, Clone)]
enum Fact {
    Accepted(u32, Vec<Sighting>),
    Seen(Source, Sighting),
    Heard(Sighting),
}

impl Fact {
    fn command(&self, life: &Life) -> Command {
        match self.clone() {
            Self::Accepted(number, sightings) => Command::TakeAnswer {
                operation: life.payment.start.id,
                number,
                answer: Answer::Accepted { sightings },
            },
            Self::Seen(source, sighting) => {
                Command::Observe { source, sightings: vec![sighting], asked_at: life.now }
            }
            Self::Heard(sighting) => Command::Hear { sighting },
        }
    }

    fn event(&self, life: &Life) -> Event {
        let at = life.now;
        match self.clone() {
            Self::Accepted(number, sightings) => Event::Answered {
                operation: life.payment.start.id,
                number,
                answer: Answer::Accepted { sightings },
                at,
            },
            Self::Seen(source, sighting) => {
                Event::Observed { source, sighting: Box::new(sighting), at }
            }
            Self::Heard(sighting) => Event::Hinted { sighting: Box::new(sighting), at },
        }
    }
}

fn fact() -> impl Strategy<Value = Fact> {
    let source = select(&[Source::Read, Source::LookUp][..]);
    let accepted = (1_u32..3, proptest::collection::vec(sighting(), 1..3));
    prop_oneof![
        1 => accepted.prop_map(|(number, sightings)| Fact::Accepted(number, sightings)),
        4 => (source, sighting()).prop_map(|(source, sighting)| Fact::Seen(source, sighting)),
        2 => sighting().prop_map(Fact::Heard),
    ]
}

/// A sale that was sent twice, with a refund and a capture wished, of which nothing is known.
fn sent_twice(manners_of: &str) -> Life {
    let mut life = Life::fresh(manners_of);
    for first in [true, false] {
        let request = first.then(|| Box::new(request()));
        let (operation, driver, at) = (life.payment.start.id, life.payment.driver, life.now);
        life.take(Event::Permitted { operation, at, driver, request });
    }
    let wishes = [("M-1", OperationKind::Refund), ("M-2", OperationKind::Capture)];
    for (number, (reference, kind)) in (5_u8..).zip(wishes) {
        life.take(Event::OperationWished {
            kind,
            operation: operation_id(number),
            reference: Reference::parse(reference).unwrap(),
            amount: Money::from_minor(330, Currency::EUR).unwrap(),
            charge: None,
            capture: None,
            last: false,
            at: life.now,
        });
    }
    life
}

/// Everything that a caller can see of a payment.
fn seen_of(payment: &Payment) -> impl PartialEq + std::fmt::Debug + use<> {
    let progress: Vec<_> = view::all_operations(payment).map(view::progress).collect();
    (
        (payment.charges.clone(), stage(payment), view::outcome(payment)),
        (view::amounts(payment), view::alarms(payment), view::is_provisional(payment)),
        progress,
    )
}

fn in_order(mut life: Life, facts: &[&Fact], by_decision: bool) -> Life {
    for fact in facts {
        if by_decision {
            let _ = life.ask(fact.command(&life));
        } else {
            life.take(fact.event(&life));
        }
    }
    life
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn facts_join_in_any_order_however_often_they_are_repeated(
        kind in kind(),
        facts in proptest::collection::vec(fact(), 1..8),
        again in proptest::collection::vec(any::<Index>(), 0..8),
        shuffled in any::<u64>(),
    ) {
        let once: Vec<&Fact> = facts.iter().collect();
        let mut other: Vec<&Fact> = once.clone();
        other.extend(again.iter().map(|index| index.get(&facts)));
        shuffle(&mut other, shuffled);
        let one = seen_of(&in_order(sent_twice(kind), &once, false).payment);
        prop_assert_eq!(&one, &seen_of(&in_order(sent_twice(kind), &other, false).payment));
        // Leaving out what tells nothing new leaves out nothing.
        prop_assert_eq!(&one, &seen_of(&in_order(sent_twice(kind), &other, true).payment));
    }

    #[test]
    fn what_was_seen_is_not_written_again(kind in kind(), sighting in sighting()) {
        let fact = Fact::Seen(Source::Read, sighting);
        let mut life = in_order(sent_twice(kind), &[&fact], true);
        let known = life.events.len();
        let _ = life.ask(fact.command(&life));
        prop_assert_eq!(life.events.len(), known);
    }

    #[test]
    fn what_was_heard_is_not_written_again(kind in kind(), sighting in sighting()) {
        let fact = Fact::Heard(sighting);
        let mut life = in_order(sent_twice(kind), &[&fact], true);
        let known = life.events.len();
        let _ = life.ask(fact.command(&life));
        prop_assert_eq!(life.events.len(), known);
    }

    #[test]
    fn a_read_that_answers_a_hint_ends_the_looking_for_it(
        kind in kind(),
        facts in proptest::collection::vec(fact(), 0..5),
        heard in sighting(),
        read in standing(),
    ) {
        let mut life = in_order(sent_twice(kind), &facts.iter().collect::<Vec<_>>(), true);
        let charge = heard.charge.clone();
        let _ = life.ask(Command::Hear { sighting: heard.clone() });
        let decided = !matches!(read, Standing::Pending | Standing::Processing);
        let sightings = vec![Sighting { standing: read, ..heard }];
        let asked_at = life.now;
        let _ = life.ask(Command::Observe { source: Source::Read, sightings, asked_at });
        prop_assert!(!decided || !life.payment.hints.contains_key(&charge));
    }

    #[test]
    fn any_events_at_all_make_a_payment_or_a_misfit(
        kind in kind(),
        steps in steps(),
        picks in proptest::collection::vec((any::<Index>(), any::<Index>()), 1..30),
    ) {
        // Events of two lives, in an order in which they never happened.
        let one = lived(kind, &steps, |_| {});
        let facts = sent_twice(kind);
        let mut payment = None;
        for (from_one, index) in &picks {
            let from = if from_one.index(2) == 0 { &one.events } else { &facts.events };
            if let Ok(next) = apply(payment.clone(), index.get(from)) {
                look_at(&next);
                payment = Some(next);
            }
        }
    }

    #[test]
    fn a_replay_of_the_journal_is_the_live_payment(kind in kind(), steps in steps()) {
        let mut states = Vec::new();
        let life = lived(kind, &steps, |life| {
            states.push((life.events.len(), life.payment.clone()));
        });
        for (length, state) in &states {
            prop_assert_eq!(&fold(&life.events[..*length]).unwrap(), state);
        }
    }

    #[test]
    fn a_taken_charge_stays_taken_unless_it_is_reversed(kind in kind(), steps in steps()) {
        let mut taken = false;
        let mut fallen = None;
        lived(kind, &steps, |life| {
            let reversed = life.payment.charges.values().any(|charge| charge.reversed);
            let outcome = view::outcome(&life.payment);
            let success = matches!(
                outcome,
                Outcome::Paid | Outcome::Held | Outcome::PartPaid | Outcome::Returned
            );
            if taken && !success && !reversed {
                fallen = Some(outcome);
            }
            taken |= approvals(&life.payment).next().is_some();
        });
        prop_assert_eq!(fallen, None);
    }

    #[test]
    fn no_start_is_ever_permitted_out_of_its_time(
        kind in kind(),
        steps in prop_oneof![steps(), sending_steps(), sending_steps()],
        start_by_ms in select(&[90_000_u64, 600_000][..]),
        key_life_ms in select(&[120_000_u64, 1_500_000][..]),
        replays_max in 0_u32..4,
    ) {
        let mut life = Life::fresh(kind);
        life.payment.times.start_by_ms = start_by_ms;
        if let Manner::Keyed { life_ms } = &mut life.manners.start.manner {
            *life_ms = key_life_ms;
        }
        life.manners.start.replays_max = replays_max;
        for step in &steps {
            let before = life.clone();
            if sent(&mut life, step) == Some(before.payment.start.id) {
                let wrong = objection(&before);
                prop_assert_eq!(wrong, None, "{:?}", before.events);
            }
        }
    }

    #[test]
    fn no_operation_is_ever_sent_against_its_manner(
        name in select(MONEY),
        steps in prop_oneof![steps(), sending_steps(), sending_steps()],
        manner in select(&[Manner::Once, Manner::SameEffect, Manner::Keyed { life_ms: 200_000 }][..]),
    ) {
        let mut life = Life::named(name);
        for known in [&mut life.manners.capture, &mut life.manners.refund, &mut life.manners.cancel] {
            *known = Some(manner);
        }
        for step in &steps {
            let before = life.clone();
            let Some(operation) = sent(&mut life, step) else { continue };
            if operation != before.payment.start.id {
                let wrong = objection_to_operation(&before, operation, manner);
                prop_assert_eq!(wrong, None, "{:?}", before.events);
            }
        }
    }

    #[test]
    fn time_alone_never_says_not_paid(kind in kind(), steps in silent_steps()) {
        let mut doubtful = None;
        let mut life = Life::fresh(kind);
        for step in &steps {
            let asked_at = life.now;
            let _ = life.happen(step);
            let not_paid = view::outcome(&life.payment) == Outcome::NotPaid;
            let proven = may_have_run(&life).is_empty() || absence_was_proof(&life, &asked_at);
            if not_paid && !proven {
                doubtful = Some(life.events.clone());
                break;
            }
        }
        prop_assert_eq!(doubtful, None);
    }
}

fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for last in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(seed >> 33).unwrap() % (last + 1);
        items.swap(last, place);
    }
}

fn lived(kind: &str, steps: &[Step], mut each: impl FnMut(&Life)) -> Life {
    let mut life = Life::fresh(kind);
    for step in steps {
        let _ = life.happen(step);
        each(&life);
    }
    life
}

/// Everything that is derived from a payment can be derived.
fn look_at(payment: &Payment) {
    let _ = (stage(payment), view::outcome(payment), view::amounts(payment), view::alarms(payment));
    let _ = (view::is_unsettled(payment), view::holds_terminal(payment));
    for operation in view::all_operations(payment) {
        let _ = (view::progress(operation), view::is_under_way(payment, operation));
    }
}

const MONEY: &[&str] = &[
    "authorized/capture-wished",
    "completed/refund-wished",
    "pending/cancel-wished",
    "authorized/release-wished",
];

/// Lets a step happen, and tells which operation is sent by it, if any.
fn sent(life: &mut Life, step: &Step) -> Option<OperationId> {
    match life.happen(step)?.effect? {
        Effect::Send { operation, .. } => Some(operation),
        Effect::Polls { .. } => None,
    }
}
