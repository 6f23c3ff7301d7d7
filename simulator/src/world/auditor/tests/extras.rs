//! What only some providers know: conditions that tills answer, and sales that are paid in part.

use super::*;
use crate::fakes::ledger::ConditionAnswer;

impl Life {
    fn wish_answer(&mut self, accept: bool) {
        let at = self.machine.now(CREATED);
        let charge = ChargeId::parse("c-1").expect("an id");
        let condition = "1".into();
        let operation = operation(4);
        self.record(CREATED, Event::AnswerWished { operation, charge, condition, accept, at });
    }

    fn answered(&mut self, accept: bool, at_ms: u64) {
        let payment = Some(payment(1));
        self.ledger.answers.push(ConditionAnswer { payment, accept, at_ms });
    }
}

#[test]
fn a_condition_is_answered_as_the_till_said_and_only_then() {
    for (wished, found) in [
        (Some(true), vec![]),
        (Some(false), vec![Verdict::SentWithoutRecord]),
        (None, vec![Verdict::SentWithoutRecord]),
    ] {
        let mut life = Life::new();
        if let Some(accept) = wished {
            life.wish_answer(accept);
        }
        life.answered(true, CREATED + 9_000);
        assert_eq!(life.judge().0, found, "{wished:?}");
    }
}

#[test]
fn a_condition_is_not_answered_long_after_a_cancel_was_wished() {
    for (after_s, found) in [(145, vec![]), (146, vec![Verdict::PromptOutOfTime])] {
        let mut life = Life::new();
        life.wish_answer(true);
        life.wish_cancel(CREATED);
        life.answered(true, CREATED + after_s * SECOND);
        assert_eq!(life.judge().0, found, "{after_s}");
    }
}

#[test]
fn a_part_is_called_a_part_and_the_whole_is_not() {
    for (minor, outcome, found) in [
        (1_000, "paid", vec![]),
        (400, "part_paid", vec![]),
        (400, "paid", vec![Verdict::FalsePaid]),
        (1_000, "part_paid", vec![Verdict::FalsePaid]),
    ] {
        let mut life = Life::new();
        let charge = life.charge("c-1", Standing::Taken, Some(CREATED));
        (charge.authorized_minor, charge.captured_minor) = (minor, minor);
        life.end(outcome, |ending| ending.charges = vec![ChargeId::parse("c-1").expect("an id")]);
        assert_eq!(life.judge().0, found, "{minor} {outcome}");
    }
}

#[test]
fn an_answer_that_came_before_its_record_was_sent_without_one() {
    let mut life = Life::new();
    life.wish_answer(true);
    life.answered(true, CREATED - 1);
    assert_eq!(life.judge().0, [Verdict::SentWithoutRecord]);
}

#[test]
fn a_look_that_was_called_harmless_may_not_ask_for_money() {
    let mut life = Life::new();
    life.auditor.harmless_look_sold(CREATED, "/a-list");
    assert_eq!(life.judge().0, [Verdict::PromptOutOfTime]);
}
