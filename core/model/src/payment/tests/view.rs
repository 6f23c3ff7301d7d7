//! What a caller sees: amounts, alarms and flags, computed from facts.

use super::life::Life;
use crate::ids::ChargeId;
use crate::money::{Currency, Money};
use crate::payment::event::{Event, Source, Word};
use crate::payment::lifecycle::representatives::{self, Representative, sighting};
use crate::payment::sighting::{Ours, SeenOperation, Sighting, Standing};
use crate::payment::stage::{Stage, stage};
use crate::payment::view::{self, Alarm, Outcome, Progress};

fn named(name: &str) -> Life {
    let all = representatives::all().unwrap();
    let Representative { manners, events, payment, now, .. } =
        all.into_iter().find(|one| one.name == name).expect(name);
    Life { payment, manners, events, now }
}

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn taken(authorized: i64, captured: i64) -> Sighting {
    let standing = Standing::Taken {
        authorized: eur(authorized),
        captured: eur(captured),
        tip: None,
        returned: None,
        provisional: false,
    };
    Sighting { standing, ..sighting("taken").unwrap() }
}

fn with(mut sighting: Sighting, tips: Option<i64>, gave_back: Option<i64>) -> Sighting {
    if let Standing::Taken { tip, returned, .. } = &mut sighting.standing {
        *tip = tips.map(eur);
        *returned = gave_back.map(eur);
    }
    sighting
}

fn seen(mut life: Life, sightings: &[Sighting]) -> Life {
    for sighting in sightings {
        let (at, sighting) = (life.now, Box::new(sighting.clone()));
        life.take(Event::Observed { source: Source::Read, sighting, at });
    }
    life
}

fn alarms(life: &Life) -> Vec<Alarm> {
    view::alarms(&life.payment).into_iter().collect()
}

fn outcome(life: &Life) -> Outcome {
    view::outcome(&life.payment)
}

#[test]
fn a_tip_is_no_stranger() {
    let life = seen(named("pending/accepted"), &[with(taken(1_530, 1_530), Some(200), None)]);
    let amounts = view::amounts(&life.payment);
    assert_eq!((amounts.authorized, amounts.tip), (eur(1_530), eur(200)));
    assert_eq!((outcome(&life), alarms(&life)), (Outcome::Paid, Vec::new()));
}

#[test]
fn less_than_asked_is_an_alarm_unless_it_was_allowed() {
    let life = seen(named("pending/accepted"), &[taken(1_000, 1_000)]);
    assert_eq!(outcome(&life), Outcome::PartPaid);
    assert_eq!(alarms(&life), [Alarm::WrongAmount, Alarm::PartPaidUnasked]);
    let mut allowed = named("pending/accepted");
    allowed.payment.sale.allow_part = true;
    let life = seen(allowed, &[taken(1_000, 1_000)]);
    assert_eq!((outcome(&life), alarms(&life)), (Outcome::PartPaid, Vec::new()));
}

#[test]
fn ours_but_disagreeing_is_taken_with_an_alarm() {
    let more = taken(9_900, 9_900);
    let elsewhere =
        Sighting { terminal: crate::ids::TerminalId::parse("t-9").ok(), ..more.clone() };
    for odd in [more, elsewhere] {
        let life = seen(named("pending/accepted"), &[odd]);
        assert_eq!((outcome(&life), alarms(&life)), (Outcome::Paid, vec![Alarm::WrongAmount]));
    }
}

#[test]
fn a_strangers_charge_changes_nothing() {
    for ours in [Ours::No, Ours::Unsaid] {
        let charge = ChargeId::parse("charge-9").unwrap();
        let before = named("sent/lost-keyed");
        let life = seen(before.clone(), &[Sighting { ours, charge, ..taken(1_330, 1_330) }]);
        assert_eq!((stage(&life.payment), life.payment.charges.len()), (Stage::Sent, 0));
    }
}

#[test]
fn two_charges_for_one_sale_are_an_alarm_even_after_it_was_settled() {
    let life = named("completed/twice");
    assert_eq!(alarms(&life), [Alarm::DuplicateCharge]);
    assert_eq!(view::amounts(&life.payment).authorized, eur(2_660));
    let late = Sighting { charge: ChargeId::parse("charge-2").unwrap(), ..taken(1_330, 1_330) };
    let life = seen(named("declined/by-the-card"), &[taken(1_330, 1_330), late]);
    assert_eq!(alarms(&life), [Alarm::DuplicateCharge, Alarm::Contradiction]);
}

#[test]
fn a_second_charge_that_is_declined_is_no_alarm() {
    let second = ChargeId::parse("charge-2").unwrap();
    let declined = Sighting { charge: second, ..sighting("declined").unwrap() };
    let life = seen(named("completed/paid"), &[declined]);
    assert_eq!((outcome(&life), alarms(&life)), (Outcome::Paid, Vec::new()));
}

#[test]
fn contradictions_are_told_and_never_painted_over() {
    let said = |word: Word, first: &str| {
        let mut life = named(first);
        let (at, reason) = (life.now, "someone said so".into());
        life.take(Event::Resolved { word, reason, at });
        life
    };
    let declined = sighting("declined").unwrap();
    let cases = [
        (seen(named("completed/paid"), std::slice::from_ref(&declined)), Stage::Completed),
        (seen(said(Word::Paid, "in_doubt/lost"), &[declined]), Stage::Declined),
        (seen(said(Word::NotPaid, "in_doubt/lost"), &[taken(1_330, 1_330)]), Stage::Completed),
        (said(Word::NotPaid, "completed/by-word"), Stage::Cancelled),
        (seen(named("failed/refused"), &[taken(1_330, 1_330)]), Stage::Completed),
        (seen(named("expired/absent"), &[taken(1_330, 1_330)]), Stage::Completed),
        (seen(named("expired/never-sent"), &[taken(1_330, 1_330)]), Stage::Completed),
    ];
    for (life, expected) in cases {
        let told = (stage(&life.payment), alarms(&life));
        assert_eq!(told, (expected, vec![Alarm::Contradiction]), "{:?}", life.events);
    }
}

#[test]
fn a_word_that_facts_confirm_is_no_contradiction() {
    let paid = seen(named("completed/by-word"), &[taken(1_330, 1_330)]);
    assert_eq!((outcome(&paid), alarms(&paid)), (Outcome::Paid, Vec::new()));
    let not_paid = seen(named("cancelled/by-word"), &[sighting("expired").unwrap()]);
    assert_eq!((outcome(&not_paid), alarms(&not_paid)), (Outcome::NotPaid, Vec::new()));
}

#[test]
fn a_reversal_is_no_contradiction() {
    let life = seen(named("completed/paid"), &[sighting("reversed").unwrap()]);
    assert_eq!((outcome(&life), alarms(&life)), (Outcome::NotPaid, Vec::new()));
}

#[test]
fn a_word_on_a_refund_that_a_read_contradicts_is_told() {
    let mut life = named("completed/refund-lost");
    let operation = life.payment.operations[0].id;
    let (at, reason) = (life.now, "no".into());
    life.take(Event::OperationResolved { operation, took_effect: false, reason, at });
    assert_eq!(view::progress(&life.payment.operations[0]), Progress::Refused);
    let life = seen(life, &[sighting("refund-seen").unwrap()]);
    assert_eq!(view::progress(&life.payment.operations[0]), Progress::Done);
    assert_eq!(alarms(&life), [Alarm::Contradiction]);
}

#[test]
fn what_is_given_back_is_counted_once() {
    let cases = [
        ("completed/refund-wished", 1_330, 0, Outcome::Paid),
        ("completed/refund-lost", 1_330, 0, Outcome::Paid),
        ("completed/refund-accepted", 1_330, 0, Outcome::Paid),
        ("completed/refunded", 0, 1_330, Outcome::Returned),
    ];
    for (name, returning, returned, expected) in cases {
        let life = named(name);
        let amounts = view::amounts(&life.payment);
        let told = (amounts.returning, amounts.returned, outcome(&life));
        assert_eq!(told, (eur(returning), eur(returned), expected), "{name}");
        assert_eq!(amounts.remaining, eur(1_330 - returned), "{name}");
    }
    // The charge shows the same refund that the operation has done.
    let life = seen(named("completed/refunded"), &[with(taken(1_330, 1_330), None, Some(1_330))]);
    assert_eq!(view::amounts(&life.payment).returned, eur(1_330));
}

#[test]
fn another_amount_under_our_reference_is_another_operation() {
    let life = named("completed/refund-accepted");
    let other = SeenOperation {
        reference: life.payment.operations[0].reference.clone().unwrap(),
        amount: Some(eur(1)),
        took_effect: Some(true),
    };
    let shown = Sighting { operations: vec![other], ..taken(1_330, 1_330) };
    let life = seen(life, &[shown]);
    assert_eq!(view::progress(&life.payment.operations[0]), Progress::Accepted);
}

#[test]
fn amounts_of_another_currency_are_never_added() {
    let mut odd = taken(1_330, 1_330);
    if let Standing::Taken { authorized, captured, .. } = &mut odd.standing {
        *authorized = Money::from_minor(1_330, Currency::NOK).unwrap();
        *captured = *authorized;
    }
    let life = seen(named("pending/accepted"), &[odd]);
    assert_eq!(view::amounts(&life.payment).authorized, eur(0));
    assert!(alarms(&life).contains(&Alarm::WrongAmount));
    assert!(view::is_settled(&life.payment));
}

#[test]
fn an_approval_by_the_device_alone_is_provisional_until_a_source_knows_better() {
    let alone = |provisional: bool| {
        let mut shown = taken(1_330, 1_330);
        if let Standing::Taken { provisional: flag, .. } = &mut shown.standing {
            *flag = provisional;
        }
        shown
    };
    let life = seen(named("pending/accepted"), &[alone(true)]);
    assert!(view::is_provisional(&life.payment));
    let life = seen(life, &[alone(false)]);
    assert!(!view::is_provisional(&life.payment));
}

#[test]
fn another_attempt_follows_only_what_took_nothing_or_gave_it_back() {
    for one in representatives::all().unwrap() {
        let expected = matches!(view::outcome(&one.payment), Outcome::NotPaid | Outcome::Returned);
        assert_eq!(view::allows_next_attempt(&one.payment), expected, "{}", one.name);
    }
}

#[test]
fn a_terminal_is_held_until_the_outcome_is_settled() {
    for (name, held, gives_way) in [
        ("created/fresh", true, false),
        ("sent/waiting", true, false),
        ("pending/accepted", true, false),
        ("pending/cancel-wished", true, true),
        ("in_doubt/lost", true, true),
        ("needs_person/lost", true, true),
        ("authorized/keyed", false, false),
        ("completed/paid", false, false),
        ("declined/by-the-card", false, false),
    ] {
        let payment = named(name).payment;
        let told = (view::holds_terminal(&payment), view::gives_way(&payment));
        assert_eq!(told, (held, gives_way), "{name}");
    }
}

#[test]
fn only_what_something_is_left_to_do_for_is_unsettled() {
    for (name, expected) in [
        ("created/fresh", true),
        ("pending/accepted", true),
        ("authorized/keyed", false),
        ("authorized/release-sent", true),
        ("completed/paid", false),
        ("completed/captured", false),
        ("completed/refund-lost", true),
        ("completed/refunded", false),
        ("completed/cancel-strays", true),
        ("cancelled/by-word", false),
        ("needs_person/not-looking", true),
    ] {
        assert_eq!(view::is_unsettled(&named(name).payment), expected, "{name}");
    }
}

#[test]
fn the_words_of_a_refusal_outlive_a_refusal_without_words() {
    let wordless = Sighting {
        standing: match sighting("declined").unwrap().standing {
            Standing::NotTaken { how, .. } => Standing::NotTaken { how, reason: None },
            other => other,
        },
        ..sighting("declined").unwrap()
    };
    for order in [
        [wordless.clone(), sighting("declined").unwrap()],
        [sighting("declined").unwrap(), wordless],
    ] {
        let life = seen(named("pending/accepted"), &order);
        let charge = life.payment.charges.values().next().unwrap();
        assert!(charge.not_taken.as_ref().unwrap().1.is_some());
    }
}
