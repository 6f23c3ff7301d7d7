//! A journal that had gone back in time takes away every certainty that nothing ran.

use crate::payment::apply::apply;
use crate::payment::event::{Event, Word};
use crate::payment::lifecycle::representatives;
use crate::payment::permission::{self, Permission};
use crate::payment::stage::never_ran;
use crate::payment::view::{self, Outcome, Progress};
use crate::payment::{Operation, Payment};

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
            if view::progress(before) == Progress::Wished {
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
