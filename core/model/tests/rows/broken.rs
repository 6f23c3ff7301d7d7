//! Bodies that are not what they should be, at every place where a provider's words are read: they
//! lead to *unknown* or to a typed error, never to *not paid*.

use serde_json::Value;
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::event::Answer;
use tillkit_model::payment::manners::Absence;
use tillkit_model::payment::sighting::{Sighting, Standing};
use tillkit_model::provider::{Finding, Provider, Reading, registry};
use tillkit_model::wire::Exchange;

use crate::cast::{Cast, answer, at, cases, casts, errands, of, tokens};

const JSON: &str = "application/json";
const STATUSES: &[u16] = &[
    200, 201, 202, 204, 206, 301, 302, 304, 400, 402, 403, 404, 405, 409, 410, 412, 418, 422, 500,
    502, 503, 504,
];

/// What nobody who speaks this API would write, and how it calls itself.
pub fn nonsense() -> Vec<(&'static str, &'static str, Vec<u8>, bool)> {
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

/// What an answer is taken for at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Nothing that settles or repeats anything.
    Nothing,
    /// That there is a charge, and that it may yet be paid or is.
    Yes,
    /// That no money was taken, or that it went back.
    No,
    /// That there is nothing, where that is proof.
    Absent,
    /// That it did not run.
    NotExecuted,
}

/// What it is taken for at every place where it may come.
fn said(cast: &Cast, exchange: &Exchange) -> Vec<Said> {
    let Cast { setup, payment, charge, operations, offer, .. } = cast;
    let adapter = &setup.adapter;
    let starts = [false, true].map(|replay| of_answer(&adapter.started(payment, exchange, replay)));
    let operated = operations.iter().map(|(payment, operation)| {
        let answer = adapter.operated(payment, operation, exchange);
        let taken_on = exchange.as_ref().is_ok_and(|response| response.status == 202);
        match (of_answer(&answer), operation.kind) {
            // The sale itself is looked at, whether its cancel ran or not.
            (Said::Yes | Said::NotExecuted, OperationKind::Cancel) => Said::Nothing,
            // What is taken on and not done is looked for, whatever its answer shows.
            (Said::Yes, _) if taken_on => Said::Nothing,
            (said, _) => said,
        }
    });
    let payments = operations.iter().map(|(payment, _)| payment).chain([payment]);
    let reads = payments.map(|payment| of_reading(&adapter.seen(payment, charge, exchange)));
    let found = match of_reading(&adapter.found(payment, exchange)) {
        Said::Absent if offer.manners.absence == Absence::NeverProof => Said::Nothing,
        said => said,
    };
    starts.into_iter().chain(operated).chain(reads).chain([found]).collect()
}

fn of_answer(answer: &Answer) -> Said {
    match answer {
        Answer::NotExecuted { .. } => Said::NotExecuted,
        Answer::Accepted { sightings } if sightings.iter().any(says_no) => Said::No,
        Answer::Accepted { .. } => Said::Yes,
        Answer::Unknown { .. } => Said::Nothing,
    }
}

fn of_reading(reading: &Reading) -> Said {
    match reading {
        Reading::Clear(sightings) if sightings.is_empty() => Said::Absent,
        Reading::Clear(sightings) if sightings.iter().any(says_no) => Said::No,
        Reading::Clear(_) => Said::Yes,
        Reading::Unclear { .. } => Said::Nothing,
    }
}

const fn says_no(sighting: &Sighting) -> bool {
    matches!(sighting.standing, Standing::NotTaken { .. } | Standing::Reversed { .. })
}

#[test]
fn nonsense_says_nothing_whatever_its_status() {
    for cast in casts() {
        for (what, content_type, body, truncated) in nonsense() {
            for status in STATUSES {
                let exchange = answer(*status, content_type, &body, truncated);
                let said = said(&cast, &exchange);
                let nothing = said.iter().all(|said| *said == Said::Nothing);
                assert!(nothing, "{}: {what} with {status}: {said:?}", cast.name());
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
                // An object that is silent of a right does not tell of it.
                let silent = body == b"{}" && matches!(found, Ok(Finding::Right(Err(_))));
                let harmless = silent || matches!(found, Err(_) | Ok(Finding::Done));
                assert!(harmless, "{}: {what} for {errand:?}: {found:?}", cast.name());
            }
            for tokens in tokens(cast.provider.name) {
                assert!(tokens.answer(&exchange, None, &at()).is_err(), "{what}");
            }
        }
    }
}

/// Part of a list would pass for the whole, and half a truth for one.
#[test]
fn a_good_answer_that_is_damaged_is_an_error_at_every_desk() {
    for cast in registry().iter().flat_map(of) {
        let mut tried = 0;
        for body in bodies(cast.provider.name) {
            let whole = body.to_string().into_bytes();
            let cut = [answer(200, JSON, &whole, true), answer(200, JSON, &whole[1..], false)];
            let ambiguous = ambiguous(&body);
            let ambiguous = ambiguous.iter().map(|body| answer(200, JSON, body, false));
            for exchange in cut.into_iter().chain(ambiguous) {
                tried += 1;
                refused_at_the_desk(&cast, &exchange);
            }
        }
        assert!(tried > 200, "{}: only {tried} bodies", cast.name());
    }
}

fn refused_at_the_desk(cast: &Cast, exchange: &Exchange) {
    let words = || String::from_utf8_lossy(&exchange.as_ref().unwrap().body).into_owned();
    for errand in errands("T-1", "2") {
        let found = cast.setup.desk.answer(&errand, exchange);
        let harmless = matches!(found, Err(_) | Ok(Finding::Done));
        assert!(harmless, "{}: {errand:?}: {found:?} of {}", cast.name(), words());
    }
    for tokens in tokens(cast.provider.name) {
        assert!(tokens.answer(exchange, None, &at()).is_err(), "{}", words());
    }
}

/// A good answer that is not whole, or in which one thing is not what it was, never says *no* where
/// the whole one did not.
#[test]
fn a_good_answer_that_is_damaged_never_turns_into_no() {
    for cast in registry().iter().flat_map(first_and_last) {
        let mut tried = 0;
        for body in bodies(cast.provider.name) {
            let text = body.to_string();
            let whole = said(&cast, &answer(200, JSON, text.as_bytes(), false));
            let cut = said(&cast, &answer(200, JSON, text.as_bytes(), true));
            assert!(cut.iter().all(|said| *said == Said::Nothing), "{}: {text}", cast.name());
            if !whole.contains(&Said::Yes) {
                continue;
            }
            for ambiguous in ambiguous(&body) {
                let said = said(&cast, &answer(200, JSON, &ambiguous, false));
                let nothing = said.iter().all(|said| *said == Said::Nothing);
                let words = String::from_utf8_lossy(&ambiguous);
                assert!(nothing, "{}: {said:?} of {words}", cast.name());
                tried += 1;
            }
            for damaged in damaged(&body) {
                let after = said(&cast, &answer(200, JSON, &damaged, false));
                let turned = whole.iter().zip(&after).find(|(before, after)| {
                    **before == Said::Yes && matches!(after, Said::No | Said::Absent)
                        || **after == Said::NotExecuted
                });
                let words = String::from_utf8_lossy(&damaged);
                assert_eq!(turned, None, "{}: {words}", cast.name());
                tried += 1;
            }
        }
        assert!(tried > 300, "{}: only {tried} bodies", cast.name());
    }
}

/// The modes between them read as these do.
fn first_and_last(provider: &'static Provider) -> Vec<Cast> {
    let mut casts = of(provider);
    casts.drain(1..casts.len().max(2) - 1);
    casts
}

/// The bodies of answers in a provider's vectors, each once.
fn bodies(provider: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for case in cases(provider) {
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

/// The body with each of its leaves in turn of another type, or of an unknown word.
fn damaged(body: &Value) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    // Null is another message, not a broken one: a field that is not there.
    let wrong = [Value::Bool(true), Value::Array(Vec::new())];
    for pointer in leaves(body, "") {
        for value in &wrong {
            all.push(with(body, &pointer, value.clone()).to_string().into_bytes());
        }
        if body.pointer(&pointer).is_some_and(Value::is_string) {
            all.push(with(body, &pointer, "brand_new_word".into()).to_string().into_bytes());
        }
    }
    all
}

/// The body with one of its texts not UTF-8, and each of its objects with a field told twice: what
/// one reader takes for the answer another does not.
pub fn ambiguous(body: &Value) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for pointer in leaves(body, "") {
        if body.pointer(&pointer).is_some_and(Value::is_string) {
            let marked = with(body, &pointer, "@@".into()).to_string();
            let (before, after) = marked.split_once("@@").unwrap();
            all.push([before.as_bytes(), b"\xff", after.as_bytes()].concat());
        }
        let (object, name) = pointer.rsplit_once('/').unwrap();
        if body.pointer(object).is_some_and(Value::is_object) {
            // Before the others, so that a reader who takes the last is told the truth.
            let object = with(body, object, "@@".into()).to_string();
            let fields = body.pointer(pointer.rsplit_once('/').unwrap().0).unwrap().to_string();
            let name = Value::from(name.replace("~1", "/"));
            let twice = fields.replacen('{', &format!("{{{name}:\"another\","), 1);
            all.push(object.replacen("\"@@\"", &twice, 1).into_bytes());
        }
    }
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
