//! Holds that are captured in parts, and what is left of them.

use super::*;
use crate::fakes::ledger::{Release, Starved};

const ASKED: u64 = CREATED + 20 * SECOND;

impl Life {
    fn capture(&mut self, at_ms: u64, last: bool, ran: bool) {
        let at = self.machine.now(at_ms);
        let event = Event::OperationWished {
            kind: OperationKind::Capture,
            operation: operation(3),
            reference: Reference::parse("capture-1").expect("a name"),
            amount: euros(400),
            charge: None,
            capture: None,
            last,
            at,
        };
        self.record(at_ms, event);
        let charge = self.charge("c-1", Standing::Taken, Some(CREATED));
        charge.captured_minor = if ran { 400 } else { 0 };
        if ran {
            charge.moves.push(Move {
                refund: false,
                reference: "capture-1".into(),
                minor: 400,
                at_ms,
            });
        }
        let known = ChargeId::parse("c-1").expect("an id");
        let said = if ran { "done" } else { "refused" };
        self.end(if ran { "paid" } else { "held" }, |ending| {
            ending.charges = vec![known];
            ending.moves.insert("capture-1".into(), said);
        });
    }

    fn release(&mut self, at_ms: u64, captured_minor: i64) {
        let charge = ChargeId::parse("c-1").expect("an id");
        self.ledger.releases.push(Release {
            payment: Some(payment(1)),
            charge,
            captured_minor,
            at_ms,
        });
    }
}

#[test]
fn nothing_is_let_go_before_the_till_says_so() {
    for (last, cancel_ms, found) in [
        (false, None, vec![Verdict::RestLost]),
        (false, Some(ASKED + 1), vec![]),
        (false, Some(ASKED + 40_000), vec![Verdict::RestLost]),
        (true, None, vec![]),
    ] {
        let mut life = Life::new();
        life.capture(ASKED, last, true);
        if let Some(at_ms) = cancel_ms {
            life.auditor.cancel_asked(at_ms, payment(1));
        }
        life.release(ASKED + 30_000, 400);
        assert_eq!(life.judge().0, found, "{last} {cancel_ms:?}");
    }
}

#[test]
fn what_the_till_says_is_done() {
    for (last, ran, released, found) in [
        (true, true, true, vec![]),
        (true, true, false, vec![Verdict::RestHeld]),
        (true, false, false, vec![]),
        (false, true, false, vec![]),
    ] {
        let mut life = Life::new();
        life.capture(ASKED, last, ran);
        if released {
            life.release(ASKED + 1_000, 400);
        }
        assert_eq!(life.judge().0, found, "{last} {ran} {released}");
    }
}

#[test]
fn a_wish_to_let_go_is_carried_out() {
    for (released, found) in [(true, vec![]), (false, vec![Verdict::RestHeld])] {
        let mut life = Life::new();
        life.capture(ASKED, false, true);
        life.auditor.cancel_asked(ASKED + 1, payment(1));
        let (at, charge) = (life.machine.now(ASKED + 2), ChargeId::parse("c-1").expect("an id"));
        let operation = operation(4);
        life.record(ASKED + 2, Event::ReleaseWished { operation, charge, at });
        if released {
            life.release(ASKED + 1_000, 400);
        }
        assert_eq!(life.judge().0, found, "{released}");
    }
}

#[test]
fn a_capture_that_was_asked_for_earlier_finds_its_hold() {
    for (cancel_ms, found) in [(ASKED + 1, vec![Verdict::RestLost]), (ASKED - 1, vec![])] {
        let mut life = Life::new();
        life.capture(ASKED, false, false);
        life.auditor.cancel_asked(cancel_ms, payment(1));
        life.release(ASKED + 30_000, 100);
        let at_ms = ASKED + 40_000;
        life.ledger.starved.push(Starved {
            payment: Some(payment(1)),
            reference: "capture-1".into(),
            at_ms,
        });
        assert_eq!(life.judge().0, found, "{cancel_ms}");
    }
}
