//! Rules of the providers' guides.

use super::*;
use crate::fakes::Complaint;

fn complain(life: &mut Life, at_ms: u64, left_undone: Option<u64>) -> usize {
    let before = life.auditor.findings().len();
    life.auditor.rule_broken(&Complaint { at_ms, words: "a rule".into(), left_undone });
    life.auditor.findings().len() - before
}

#[test]
fn what_may_only_read_is_not_blamed_for_what_it_leaves_undone() {
    let mut life = Life::new();
    life.auditor.journal_restored(CREATED + 10 * SECOND);
    life.auditor.journal_acknowledged(CREATED + 60 * SECOND);
    // When it was due, when that was certain, and how many faults it is.
    let times = [(5, 5, 1), (10, 10, 0), (10, 59, 0), (10, 60, 1)];
    for (due_s, after_s, found) in times {
        let due_ms = Some(CREATED + due_s * SECOND);
        assert_eq!(complain(&mut life, CREATED + after_s * SECOND, due_ms), found, "{after_s}");
    }
}

#[test]
fn a_wrong_request_is_a_fault_whatever_became_of_the_journal() {
    let mut life = Life::new();
    life.auditor.journal_restored(CREATED);
    assert_eq!(complain(&mut life, CREATED + SECOND, None), 1);
}

#[test]
fn a_journal_that_went_back_after_something_was_due_excuses_nothing() {
    let mut life = Life::new();
    life.auditor.journal_restored(CREATED + 50 * SECOND);
    let (due_ms, end_ms) = (CREATED + 40 * SECOND, CREATED + 120 * SECOND);
    assert_eq!(complain(&mut life, end_ms, Some(due_ms)), 1);
    assert_eq!(complain(&mut life, end_ms, Some(due_ms + 10 * SECOND)), 0);
}
