//! Bodies that are not what they should be, at every place where a provider's words are read: they
//! lead to *unknown* or to a typed error, never to *not paid*.

use serde_json::{Map, Value};
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::event::Answer;
use tillkit_model::payment::manners::Absence;
use tillkit_model::payment::sighting::{Sighting, Standing};
use tillkit_model::provider::{Credentials, Finding, Reading};
use tillkit_model::wire::Exchange;

use crate::cast::{Cast, answer, at, casts, errands, vectors};

const JSON: &str = "application/json";
const STATUSES: &[u16] = &[
    200, 201, 202, 204, 206, 301, 302, 304, 400, 402, 403, 404, 405, 409, 410, 412, 418, 422, 500,
    502, 503, 504,
];

/// What nobody who speaks this API would write, and how it calls itself.
fn nonsense() -> Vec<(&'static str, &'static str, Vec<u8>, bool)> {
    let deep = |open: &str, close: &str| {
        format!("{}0{}", open.repeat(5_000), close.repeat(5_000)).into_bytes()
    };
    let html = b"<html><body>sign in</body></html>".to_vec();
    vec![
        ("html", "text/html", html.clone(), false),
        ("html that calls itself JSON", JSON, html, false),
        ("JSON that calls itself text", "text/plain", b"{}".to_vec(), false),
        ("nothing", JSON, Vec::new(), false),
        ("nothing at all", "", Vec::new(), false),
        ("null", JSON, b"null".to_vec(), false),
        ("a number", JSON, b"1".to_vec(), false),
        ("a text", JSON, b"\"ok\"".to_vec(), false),
        ("half an object", JSON, b"{\"".to_vec(), false),
        ("deep lists", JSON, deep("[", "]"), false),
        ("deep objects", JSON, deep("{\"a\":", "}"), false),
        ("not UTF-8", JSON, b"{\"id\":\"\xff\xfe\"}".to_vec(), false),
        ("a byte order mark", JSON, b"\xef\xbb\xbf{}".to_vec(), false),
        ("zeros", JSON, vec![0; 4_096], false),
        ("the beginning of a hundred megabytes", JSON, vec![b'['; 1 << 14], true),
        (
            "the beginning of a long text",
            JSON,
            [b"{\"a\":\"", &vec![b'a'; 1 << 14][..]].concat(),
            true,
        ),
    ]
}

/// Everything that this answer is taken for, wherever it may come.
struct Verdict {
    /// Somebody concludes that it did not run.
    not_executed: bool,
    /// Somebody concludes that no money was taken, or that it went back.
    no: bool,
    /// Somebody concludes that there is nothing.
    absent: bool,
    /// Somebody concludes that it was taken on.
    accepted: bool,
}

fn verdict(cast: &Cast, exchange: &Exchange) -> Verdict {
    let Cast { setup, payment, charge, operations, offer, .. } = cast;
    let adapter = &setup.adapter;
    let starts = [false, true].map(|replay| adapter.started(payment, exchange, replay));
    // A cancel that did not run says nothing of the sale, which is looked at; any other operation
    // would be tried again.
    let moves = operations.iter().filter(|(_, operation)| operation.kind != OperationKind::Cancel);
    let moved = moves.map(|(payment, operation)| adapter.operated(payment, operation, exchange));
    let answers: Vec<Answer> = starts.into_iter().chain(moved).collect();
    let cancels =
        operations.iter().filter(|(_, operation)| operation.kind == OperationKind::Cancel);
    let cancelled =
        cancels.map(|(payment, operation)| adapter.operated(payment, operation, exchange));
    let cancelled: Vec<Answer> = cancelled.collect();
    let payments = operations.iter().map(|(payment, _)| payment).chain([payment]);
    let reads: Vec<Reading> =
        payments.map(|payment| adapter.seen(payment, charge, exchange)).collect();
    let found = adapter.found(payment, exchange);
    let shown: Vec<&Sighting> = answers
        .iter()
        .chain(&cancelled)
        .filter_map(accepted)
        .chain(reads.iter().chain([&found]).filter_map(clear))
        .flatten()
        .collect();
    let no = |sighting: &&Sighting| {
        matches!(sighting.standing, Standing::NotTaken { .. } | Standing::Reversed { .. })
    };
    let status = exchange.as_ref().map_or(0, |response| response.status);
    let nothing = |reading: &Reading| clear(reading).is_some_and(Vec::is_empty);
    let proof = offer.manners.absence != Absence::NeverProof;
    Verdict {
        not_executed: answers.iter().any(|answer| matches!(answer, Answer::NotExecuted { .. })),
        no: shown.iter().any(no),
        absent: reads.iter().any(nothing) || proof && nothing(&found),
        accepted: !shown.is_empty()
            // What is taken on and not done is looked for, whatever its answer shows.
            || status != 202 && answers.iter().any(|answer| accepted(answer).is_some()),
    }
}

fn accepted(answer: &Answer) -> Option<&Vec<Sighting>> {
    match answer {
        Answer::Accepted { sightings } => Some(sightings),
        Answer::NotExecuted { .. } | Answer::Unknown { .. } => None,
    }
}

fn clear(reading: &Reading) -> Option<&Vec<Sighting>> {
    match reading {
        Reading::Clear(sightings) => Some(sightings),
        Reading::Unclear { .. } => None,
    }
}

#[test]
fn nonsense_says_nothing_whatever_its_status() {
    for cast in casts() {
        for (what, content_type, body, truncated) in nonsense() {
            for status in STATUSES {
                let exchange = answer(*status, content_type, &body, truncated);
                let Verdict { not_executed, no, absent, accepted } = verdict(&cast, &exchange);
                let said = not_executed || no || absent || accepted;
                assert!(!said, "{}: {what} with {status}", cast.name());
            }
        }
    }
}

/// Desks and tokens answer nonsense with an error of the catalogue.
#[test]
fn nonsense_is_an_error_at_every_desk() {
    for cast in casts() {
        for (what, content_type, body, truncated) in nonsense() {
            let exchange = answer(200, content_type, &body, truncated);
            for errand in errands("T-1", "2") {
                let found = cast.setup.desk.answer(&errand, &exchange);
                let harmless = matches!(found, Err(_) | Ok(Finding::Done));
                assert!(harmless, "{}: {what} for {errand:?}: {found:?}", cast.name());
            }
            if let Credentials::Tokens(tokens) = &cast.setup.credentials {
                assert!(tokens.answer(&exchange, None, &at()).is_err(), "{what}");
            }
        }
    }
}

/// A good answer that is not whole, or in which one thing is not what it was, never says *no* where
/// the whole one did not.
#[test]
fn a_good_answer_that_is_damaged_never_turns_into_no() {
    for cast in casts() {
        let mut tried = 0;
        for body in bodies(cast.provider.name) {
            let whole = verdict(&cast, &answer(200, JSON, body.to_string().as_bytes(), false));
            if !whole.accepted {
                continue;
            }
            let text = body.to_string();
            let cut = verdict(&cast, &answer(200, JSON, text.as_bytes(), true));
            assert!(!cut.accepted && !cut.no && !cut.absent, "{}: {text}", cast.name());
            for damaged in damaged(&body) {
                let exchange = answer(200, JSON, &damaged, false);
                let after = verdict(&cast, &exchange);
                let words = String::from_utf8_lossy(&damaged);
                assert!(!after.not_executed, "{}: {words}", cast.name());
                assert!(whole.no || !after.no, "{}: {words}", cast.name());
                assert!(whole.absent || !after.absent, "{}: {words}", cast.name());
                tried += 1;
            }
        }
        assert!(tried > 500, "{}: only {tried} bodies", cast.name());
    }
}

/// The bodies of answers in a provider's vectors, each once.
fn bodies(provider: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for case in vectors(provider).iter().filter_map(Value::as_array).flatten() {
        let exchange = &case["exchange"];
        let good = exchange["status"].as_u64().is_some_and(|status| (200..300).contains(&status));
        let body = &exchange["body"];
        if good && body.is_object() && !all.contains(body) {
            all.push(body.clone());
        }
    }
    assert!(all.len() > 5, "{provider}: the vectors hold no answers");
    all
}

/// The body with each of its leaves in turn of another type, of an unknown word, not UTF-8, gone,
/// or told twice.
fn damaged(body: &Value) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let wrong =
        [Value::Null, Value::Bool(true), Value::Array(Vec::new()), Value::Object(Map::new())];
    for pointer in leaves(body, "") {
        for value in &wrong {
            all.push(with(body, &pointer, value.clone()).to_string().into_bytes());
        }
        if body.pointer(&pointer).is_some_and(Value::is_string) {
            let marked = with(body, &pointer, "@@".into()).to_string();
            all.push(marked.replace("@@", "brand_new_word").into_bytes());
            let (before, after) = marked.split_once("@@").unwrap();
            all.push([before.as_bytes(), b"\xff", after.as_bytes()].concat());
            all.push(marked.replace("\"@@\"", "\"a\",\"@@\":1,\"@@\":\"b\"").into_bytes());
        }
    }
    let text = body.to_string();
    let twice = text.replacen('{', &format!("{{{},", &text[1..text.len() - 1]), 1);
    all.push(twice.into_bytes());
    all
}

fn leaves(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| leaves(value, &format!("{at}/{}", key.replace('/', "~1"))))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(place, value)| leaves(value, &format!("{at}/{place}")))
            .collect(),
        _ => vec![at.to_owned()],
    }
}

fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}
