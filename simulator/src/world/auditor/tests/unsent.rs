//! Sales that were recorded and never permitted to be sent, for want of a token.

use super::*;

fn unsent() -> Life {
    let mut life = Life::new();
    life.auditor.files.clear();
    life.create(payment(1));
    life
}

#[test]
fn what_was_never_sent_is_known_to_be_unpaid() {
    for surface in [LIST, NO_LIST, PROVING] {
        for (outcome, found) in [
            ("not_paid", vec![]),
            ("unknown", vec![Verdict::LostOutcome]),
            ("open", vec![Verdict::LostOutcome]),
        ] {
            let mut life = unsent();
            life.surface = surface;
            life.end(outcome, |ending| ending.needs_person = true);
            assert_eq!(life.judge(), (found, vec![]), "{outcome}");
        }
    }
}

#[test]
fn a_journal_that_lost_records_cannot_know_it() {
    let mut life = unsent();
    life.auditor.journal_restored(CREATED + 1);
    life.end("unknown", |ending| ending.needs_person = true);
    assert_eq!(life.judge(), (vec![], vec![Cause::Restored]));
}

#[test]
fn what_was_never_sent_is_nowhere_at_the_provider() {
    let prompt = |life: &mut Life| {
        let (at_ms, payment) = (CREATED + 9_000, Some(payment(1)));
        life.ledger.prompts.push(Prompt { at_ms, payment });
    };
    let charge = |life: &mut Life| {
        life.charge("c-1", Standing::Declined, None);
    };
    let mut shown = unsent();
    prompt(&mut shown);
    assert_eq!(shown.judge().0, [Verdict::SentWithoutRecord]);
    let mut opened = unsent();
    charge(&mut opened);
    assert_eq!(opened.judge().0, [Verdict::SentWithoutRecord]);
    let mut sent = Life::new();
    prompt(&mut sent);
    charge(&mut sent);
    assert_eq!(sent.judge().0, []);
}

#[test]
fn a_permit_that_is_used_up_without_a_token_is_found_as_it_is_told() {
    let mut life = unsent();
    life.auditor.permitted_in_vain(CREATED, payment(1));
    life.end("not_paid", |_| ());
    assert_eq!(life.judge().0, [Verdict::PermitInVain]);
}
