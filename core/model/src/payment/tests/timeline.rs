//! The story of a payment: what it says, and what it never says.

use crate::payment::event::{Answer, Event, Reason, Source};
use crate::payment::lifecycle::representatives::{self, sighting};
use crate::payment::sighting::{Card, Sighting};
use crate::payment::timeline::{Entry, timeline};

/// Stories word for word: name of the event, sentence, details.
const TOLD: &str = include_str!("timeline.txt");

fn told(name: &str, entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let details: Vec<String> =
            entry.details.iter().map(|(name, text)| format!("\n        {name}: {text}")).collect();
        format!("    {:<18} {}{}\n", entry.name, entry.sentence, details.concat())
    };
    format!("{name}\n{}", entries.iter().map(line).collect::<String>())
}

fn story_of(name: &str) -> String {
    let all = representatives::all().unwrap();
    let one = all.iter().find(|one| one.name == name).expect(name);
    told(name, &timeline(&one.events))
}

#[test]
fn stories_are_told_word_for_word() {
    let names = [
        "failed/refused",
        "failed/given-up",
        "cancelled/before-the-send",
        "cancelled/released",
        "completed/refunded",
        "completed/by-word",
        "expired/absent",
        "needs_person/not-looking",
        "pending/hinted",
        "sent/lost-twice",
    ];
    let now = names.map(story_of).join("\n");
    assert!(now == TOLD, "the stories are told otherwise now:\n{now}");
}

#[test]
fn no_request_and_no_card_number_is_ever_told() {
    let all = representatives::all().unwrap();
    let one = all.iter().find(|one| one.name == "completed/paid").unwrap();
    let card = Card { scheme: Some("visa".into()), last_four: Some("4000001234567899".into()) };
    let seen = Sighting { card: Some(card), ..sighting("taken").unwrap() };
    let mut events = one.events.clone();
    let at = one.now;
    events.push(Event::Observed { source: Source::Read, sighting: Box::new(seen), at });
    let told = told("", &timeline(&events));
    assert!(told.contains("card: visa 7899"), "{told}");
    for secret in ["400000", "/payments", "\"amount\""] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

#[test]
fn the_providers_words_and_trace_are_told() {
    let all = representatives::all().unwrap();
    let one = all.iter().find(|one| one.name == "sent/waiting").unwrap();
    let reason = Reason {
        code: "503".into(),
        detail: Some("try later".into()),
        trace: Some("req-7".into()),
    };
    let mut events = one.events.clone();
    let operation = one.payment.start.id;
    let answer = Answer::Unknown { replayable: false, reason };
    events.push(Event::Answered { operation, number: 1, answer, at: one.now });
    let entries = timeline(&events);
    let details = &entries.last().unwrap().details;
    let expected = [("reason", "503"), ("words", "try later"), ("trace", "req-7")];
    assert_eq!(details.clone(), expected.map(|(name, text)| (name, text.to_owned())).to_vec());
}

#[test]
fn an_operation_that_was_never_wished_is_told_by_its_id() {
    let operation = representatives::operation_id(9);
    let at = representatives::all().unwrap()[0].now;
    let event =
        Event::Permitted { operation, at, driver: representatives::driver(1), request: None };
    let told = &timeline(&[event])[0].sentence;
    assert_eq!(*told, format!("A request of operation {operation} may be sent once more."));
}
