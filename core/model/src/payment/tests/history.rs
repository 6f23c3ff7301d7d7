//! A journal that had gone back in time takes away every certainty that nothing ran.

use super::life::Life;
use crate::engine::{history, row};
use crate::ids::Reference;
use crate::payment::apply::{apply, tells_news};
use crate::payment::command::Command;
use crate::payment::decide::{Decision, Effect};
use crate::payment::event::{Event, Source, Word};
use crate::payment::lifecycle::representatives::{
    self, answer, driver, later, operation_id, request, sighting,
};
use crate::payment::manners::Manner;
use crate::payment::permission::{self, LOST_SEND_MS, Never, Permission};
use crate::payment::stage::never_ran;
use crate::payment::view::{self, Outcome, Progress};
use crate::payment::{Operation, OperationKind, Payment, loss};

fn lost(payment: Payment) -> Payment {
    let at = payment.created_at;
    apply(Some(payment), &Event::HistoryLost { at }).unwrap()
}

fn unsettled() -> impl Iterator<Item = (String, Payment, crate::payment::manners::Manners)> {
    representatives::all()
        .unwrap()
        .into_iter()
        .filter(|known| view::is_unsettled(&known.payment))
        .map(|known| (known.name.to_string(), known.payment, known.manners))
}

#[test]
fn no_start_is_sent_or_given_up_after_it() {
    let mut seen = 0;
    for (name, payment, manners) in unsettled() {
        let payment = lost(payment);
        let now = payment.created_at;
        for later_ms in [0, 60_000, 100_000, 10_000_000] {
            let mut then = now;
            then.boot_ms += later_ms;
            then.wall_ms += i64::try_from(later_ms).unwrap();
            let may = permission::start(&payment, &manners, &then);
            assert!(matches!(may, Permission::Never(_)), "{name}: {may:?}");
        }
        let polls = permission::polls(&payment, &now);
        assert!(matches!(polls, Permission::Never(_)), "{name}: {polls:?}");
        let certain = never_ran(&payment.start) && payment.charges.is_empty();
        assert!(!certain || view::is_settled(&payment), "{name}");
        seen += 1;
    }
    assert!(seen > 5, "{seen} open representatives");
}

#[test]
fn what_was_wished_and_never_sent_is_looked_for_and_not_sent() {
    let mut seen = 0;
    for (name, payment, manners) in unsettled() {
        let wished: Vec<Operation> = payment.operations.clone();
        let payment = lost(payment);
        for (before, after) in wished.iter().zip(&payment.operations) {
            // Answers and withdrawals run twice as they run once.
            let moves_money = before.amount.is_some();
            if moves_money && view::progress(before) == Progress::Wished {
                assert_eq!(view::progress(after), Progress::Unresolved, "{name}");
                let may = permission::operation(&payment, after, &manners, &payment.created_at);
                assert!(!matches!(may, Permission::Now(_)), "{name}: {may:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "a representative has a wish that was not sent");
}

#[test]
fn only_a_fact_or_a_person_ends_it() {
    for (name, payment, _) in unsettled() {
        if view::is_settled(&payment) || !payment.charges.is_empty() {
            continue;
        }
        let at = payment.created_at;
        let payment = lost(payment);
        assert_ne!(view::outcome(&payment), Outcome::NotPaid, "{name}");
        let payment = apply(Some(payment), &Event::Doubted { at }).unwrap();
        assert_eq!(view::outcome(&payment), Outcome::Unknown, "{name}");
        let word = Event::Resolved { word: Word::NotPaid, reason: "the slip".into(), at };
        let payment = apply(Some(payment), &word).unwrap();
        assert_eq!(view::outcome(&payment), Outcome::NotPaid, "{name}");
    }
}

/// A life that goes on after a loss of history, at its named point.
fn after_a_loss(name: &str) -> Life {
    let mut life = Life::named(name);
    life.take(Event::HistoryLost { at: life.now });
    life
}

fn wish(life: &mut Life, kind: OperationKind, minor: Option<i64>) -> Option<Decision> {
    let currency = life.payment.sale.amount.currency();
    let amount = minor.map(|minor| crate::money::Money::from_minor(minor, currency).unwrap());
    let reference = Reference::parse("M-1").unwrap();
    life.ask(Command::WishMoney {
        kind,
        operation: operation_id(3),
        reference,
        amount,
        last: false,
    })
}

fn look(life: &mut Life, word: &str) -> Decision {
    let sightings = vec![sighting(word).unwrap()];
    let looked = Command::Observe { source: Source::Read, sightings, asked_at: life.now };
    life.ask(looked).unwrap()
}

fn permit(life: &mut Life, operation: u8) -> Option<Decision> {
    let operation = operation_id(operation);
    life.ask(Command::PermitOperation { operation, request: request(), driver: driver(1) })
}

fn may(life: &Life) -> Permission {
    permission::operation(&life.payment, &life.payment.operations[0], &life.manners, &life.now)
}

#[test]
fn what_is_wished_after_it_waits_for_a_look_that_no_lost_send_can_escape() {
    let mut life = after_a_loss("authorized/once");
    assert!(view::is_unsettled(&life.payment), "one look is left to do");
    wish(&mut life, OperationKind::Capture, None).unwrap();
    life.now = later(&life.now, LOST_SEND_MS - 1);
    assert_eq!(may(&life), Permission::Never(Never::Unseen));
    assert_eq!(look(&mut life, "held").events, [], "it tells too early");
    assert_eq!(may(&life), Permission::Never(Never::Unseen));
    life.now = later(&life.now, 1);
    assert!(tells_news(&life.payment, &sighting("held").unwrap(), &life.now));
    assert_eq!(look(&mut life, "held").events.len(), 1, "that it was looked at is kept");
    assert_eq!(loss::unseen_since(&life.payment), None);
    assert!(matches!(may(&life), Permission::Now(_)));
    assert_eq!(look(&mut life, "held").events, [], "once is enough");
}

#[test]
fn what_ran_in_the_lost_part_is_not_done_again() {
    for wished_first in [true, false] {
        let mut life = after_a_loss("completed/paid");
        life.now = later(&life.now, LOST_SEND_MS);
        if wished_first {
            wish(&mut life, OperationKind::Refund, None).unwrap();
            look(&mut life, "refund-seen");
        } else {
            look(&mut life, "refund-seen");
            wish(&mut life, OperationKind::Refund, None);
        }
        let known = life.payment.operations.first();
        assert!(known.is_none_or(|known| view::progress(known) == Progress::Done));
        assert_eq!(permit(&mut life, 3), None, "wished first: {wished_first}");
    }
}

#[test]
fn a_name_that_is_shown_with_another_amount_is_not_used_again() {
    let mut life = after_a_loss("completed/paid");
    life.now = later(&life.now, LOST_SEND_MS);
    let mut part = sighting("refund-seen").unwrap();
    part.operations[0].amount =
        crate::money::Money::from_minor(30, life.payment.sale.amount.currency()).ok();
    part.standing = sighting("taken").unwrap().standing;
    let looked =
        Command::Observe { source: Source::Read, sightings: vec![part], asked_at: life.now };
    life.ask(looked).unwrap();
    assert!(wish(&mut life, OperationKind::Refund, Some(40)).is_none());
    wish(&mut life, OperationKind::Refund, Some(30)).unwrap();
    assert_eq!(view::progress(&life.payment.operations[0]), Progress::Done);
}

#[test]
fn money_that_went_back_under_no_name_leaves_a_refund_to_a_person() {
    for wished_first in [true, false] {
        let mut life = after_a_loss("completed/paid");
        life.now = later(&life.now, LOST_SEND_MS);
        let mut shown = sighting("taken").unwrap();
        let crate::payment::sighting::Standing::Taken { returned, .. } = &mut shown.standing else {
            panic!("taken shows an approval")
        };
        *returned = crate::money::Money::from_minor(30, life.payment.sale.amount.currency()).ok();
        let seen =
            Command::Observe { source: Source::Read, sightings: vec![shown], asked_at: life.now };
        if wished_first {
            wish(&mut life, OperationKind::Refund, Some(30)).unwrap();
            life.ask(seen).unwrap();
        } else {
            life.ask(seen).unwrap();
            wish(&mut life, OperationKind::Refund, Some(30)).unwrap();
        }
        assert_eq!(view::progress(&life.payment.operations[0]), Progress::Unresolved);
        assert!(!matches!(may(&life), Permission::Now(_)), "wished first: {wished_first}");
    }
}

#[test]
fn a_wish_that_may_be_repeated_is_sent_under_a_permit_of_its_own() {
    let mut life = Life::named("completed/refund-wished");
    life.manners.refund = Some(Manner::SameEffect);
    life.take(Event::HistoryLost { at: life.now });
    let decided = permit(&mut life, 3).unwrap();
    assert!(matches!(&decided.events[..], [Event::Permitted { request: Some(_), .. }]));
    assert!(matches!(decided.effect, Some(Effect::Send { number: 1, .. })));
    let refused = answer("refused").unwrap();
    life.ask(Command::TakeAnswer { operation: operation_id(3), number: 1, answer: refused });
    let refund = &life.payment.operations[0];
    assert_eq!(view::progress(refund), Progress::Unresolved, "a refusal proves nothing here");
}

#[test]
fn only_what_may_have_gone_on_remembers_it() {
    let mut reached = 0;
    for known in representatives::all().unwrap() {
        let mut payment = known.payment;
        payment.history_lost = None;
        let before = row::row(&payment);
        let append = history::lost(&payment, &before, &known.now);
        let over = matches!(view::outcome(&payment), Outcome::NotPaid | Outcome::Returned);
        let expected = view::is_unsettled(&payment) || !over && !payment.charges.is_empty();
        assert_eq!(append.is_some(), expected, "{}", known.name);
        assert!(append.as_ref().is_none_or(|append| append.row.unsettled), "{}", known.name);
        reached += usize::from(append.is_some());
    }
    assert!(reached > 20, "{reached}");
}

#[test]
fn a_cancel_that_takes_the_place_of_a_stray_one_is_still_looked_for() {
    let mut life = Life::named("authorized/once");
    let cancel = |operation| Command::WishCancel { operation: operation_id(operation) };
    let told = |operation, number, word| Command::TakeAnswer {
        operation: operation_id(operation),
        number,
        answer: answer(word).unwrap(),
    };
    life.ask(cancel(4)).unwrap();
    permit(&mut life, 4).unwrap();
    life.ask(told(4, 1, "unknown")).unwrap();
    life.now = later(&life.now, 10_000);
    permit(&mut life, 4).unwrap();
    life.ask(told(4, 2, "refused")).unwrap();
    life.ask(cancel(5)).unwrap();
    permit(&mut life, 5).unwrap();
    life.ask(told(5, 1, "refused")).unwrap();
    assert_eq!(view::outcome(&life.payment), Outcome::Held);
    assert!(view::is_unsettled(&life.payment), "the first cancel may have run");
    look(&mut life, "held");
    assert!(view::is_unsettled(&life.payment), "it may still be on its way");
    life.now = later(&life.now, LOST_SEND_MS);
    let mut spared = life.payment.clone();
    spared = apply(Some(spared), &look(&mut life, "held").events[0]).unwrap();
    assert!(!view::is_unsettled(&spared), "it never ran");
}
