//! Refunds: given once, as asked, and told as they were.

use super::*;

#[test]
fn the_same_refund_twice_is_a_double_move() {
    let mut life = Life::new();
    life.wish_refund("refund-1", 2);
    life.wish_refund("refund-2", 1);
    let step = Move { refund: true, reference: "refund-1".into(), minor: 1, at_ms: CREATED };
    let other = Move { reference: "refund-2".into(), ..step.clone() };
    life.charge("c-1", Standing::Taken, Some(CREATED)).moves = vec![step.clone(), other, step];
    life.end("paid", |ending| {
        ending.moves = [("refund-1".into(), "done"), ("refund-2".into(), "done")].into();
    });
    assert_eq!(life.judge().0, [Verdict::DoubleMove]);
}

#[test]
fn more_given_back_than_was_asked_for_is_a_double_move_under_whatever_name() {
    for (given, found) in [(100, vec![]), (101, vec![Verdict::DoubleMove])] {
        let mut life = Life::new();
        life.wish_refund("refund-1", 100);
        let step = |name: &str, minor| Move {
            refund: true,
            reference: name.into(),
            minor,
            at_ms: CREATED,
        };
        let moves = vec![step("refund-1", 50), step("another", given - 50)];
        life.charge("c-1", Standing::Taken, Some(CREATED)).moves = moves;
        life.end("paid", |ending| {
            ending.moves.insert("refund-1".into(), "done");
        });
        assert_eq!(life.judge().0, found);
    }
}

#[test]
fn what_is_said_of_a_refund_must_be_so() {
    let rows = [
        ("done", true, vec![], vec![]),
        ("refused", false, vec![], vec![]),
        ("done", false, vec![Verdict::FalsePaid], vec![]),
        ("refused", true, vec![Verdict::FalseNotPaid], vec![]),
        ("unresolved", true, vec![Verdict::LostOutcome], vec![]),
        ("unresolved", false, vec![], vec![Cause::OperationWithoutTrace]),
        ("wished", false, vec![Verdict::StillOpen], vec![]),
    ];
    for (said, ran, found, left) in rows {
        let mut life = Life::new();
        life.wish_refund("refund-1", 100);
        let step = Move { refund: true, reference: "refund-1".into(), minor: 100, at_ms: CREATED };
        let moves = if ran { vec![step] } else { Vec::new() };
        life.charge("c-1", Standing::Taken, Some(CREATED)).moves = moves;
        life.end("paid", |ending| {
            ending.moves.insert("refund-1".into(), said);
        });
        assert_eq!(life.judge(), (found, left), "{said} {ran}");
    }
}

#[test]
fn what_was_given_back_is_not_called_paid() {
    for (minor, found) in [(999, vec![]), (1_000, vec![Verdict::LostOutcome])] {
        let mut life = Life::new();
        life.wish_refund("refund-1", minor);
        let charge = life.charge("c-1", Standing::Taken, Some(CREATED));
        charge.captured_minor = 1_000;
        let step = Move { refund: true, reference: "refund-1".into(), minor, at_ms: CREATED };
        charge.moves = vec![step];
        life.end("paid", |ending| {
            ending.charges = vec![ChargeId::parse("c-1").expect("an id")];
            ending.moves.insert("refund-1".into(), "done");
        });
        assert_eq!(life.judge().0, found);
    }
}
