//! What a caller is told, and what a tombstone keeps.

use serde_json::{Value, json};

use crate::payment::apply::apply;
use crate::payment::event::{Event, Source};
use crate::payment::lifecycle::representatives::{self, Representative, sighting};
use crate::payment::sighting::{Card, Sighting};
use crate::payment::summary::{Summary, summary};

fn named(name: &str) -> Representative {
    representatives::all().unwrap().into_iter().find(|one| one.name == name).expect(name)
}

fn amount(minor: i64, text: &str) -> Value {
    json!({"minor": minor, "text": text, "currency": "EUR"})
}

#[test]
fn its_names_are_fixed() {
    let mut one = named("completed/refund-accepted");
    let card = Card { scheme: Some("visa".into()), last_four: Some("1234".into()) };
    let seen = Sighting { card: Some(card), ..sighting("taken").unwrap() };
    let event = Event::Observed { source: Source::Read, sighting: Box::new(seen), at: one.now };
    one.payment = apply(Some(one.payment), &event).unwrap();
    let told = serde_json::to_value(summary(&one.payment, true)).unwrap();
    let all = || amount(1330, "13.30");
    let none = || amount(0, "0.00");
    let expected = json!({
        "id": "07070707-0707-0707-0707-070707070707",
        "account": "shop-1",
        "terminal": "terminal-1",
        "reference": "order-1",
        "attempt": 1,
        "outcome": "paid",
        "status": "completed",
        "amounts": {
            "asked": all(),
            "authorized": all(),
            "captured": all(),
            "tip": none(),
            "held": none(),
            "remaining": all(),
            "returning": all(),
            "returned": none(),
        },
        "provisional": false,
        "replayed": true,
        "operations": [{
            "kind": "refund",
            "reference": "M-1",
            "amount": all(),
            "charge": "charge-1",
            "progress": "accepted",
        }],
        "charges": ["charge-1"],
        "card_scheme": "visa",
        "card_last_four": "1234",
        "created_at_ms": 1_790_000_000_000_i64,
        "settled_at_ms": 1_790_000_000_000_i64,
    });
    assert_eq!(told, expected);
}

#[test]
fn every_summary_survives_json() {
    for one in representatives::all().unwrap() {
        let told = summary(&one.payment, false);
        let text = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), told, "{}", one.name);
    }
}

#[test]
fn a_refusal_brings_its_reason_and_the_next_attempt() {
    let declined = summary(&named("declined/by-the-card").payment, false);
    assert_eq!(declined.reason.map(|reason| reason.code), Some("declined".into()));
    assert_eq!(declined.next_attempt, Some(2));
    let refused = summary(&named("failed/refused").payment, false);
    assert_eq!(refused.reason.map(|reason| reason.code), Some("refused".into()));
    let unknown = summary(&named("in_doubt/lost").payment, false);
    assert_eq!(unknown.reason.map(|reason| reason.code), Some("unknown".into()));
    assert_eq!(unknown.next_attempt, None);
}

#[test]
fn what_was_paid_gives_no_reason_against_itself() {
    let story = named("completed/cancel-strays");
    let told = summary(&story.payment, false);
    assert_eq!((told.reason, told.next_attempt), (None, None));
    assert!(told.provisional);
}
