//! Rules of the providers' guides.

use super::*;
use crate::fakes::Complaint;

fn complain(life: &mut Life, at_ms: u64, left_undone: bool) -> usize {
    let before = life.auditor.findings().len();
    life.auditor.rule_broken(&Complaint { at_ms, words: "a rule".into(), left_undone });
    life.auditor.findings().len() - before
}

#[test]
fn what_may_only_read_is_not_blamed_for_what_it_leaves_undone() {
    let mut life = Life::new();
    life.auditor.journal_restored(CREATED + 10 * SECOND);
    life.auditor.journal_acknowledged(CREATED + 60 * SECOND);
    let times = [(5, 1), (10, 0), (59, 0), (60, 1)];
    for (after_s, found) in times {
        assert_eq!(complain(&mut life, CREATED + after_s * SECOND, true), found, "{after_s}");
    }
}

#[test]
fn a_wrong_request_is_a_fault_whatever_became_of_the_journal() {
    let mut life = Life::new();
    life.auditor.journal_restored(CREATED);
    assert_eq!(complain(&mut life, CREATED + SECOND, false), 1);
}
