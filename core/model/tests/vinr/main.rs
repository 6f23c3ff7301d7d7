//! VINR as a host meets it: settings, sales, errands, notifications and limits, by vectors with the
//! source of each, and by tables.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

mod desk;
mod limits;
mod notifications;
mod pages;
mod payments;
mod settings;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tillkit_model::ids::{ChargeId, OperationId, PaymentId, ProcessId, Reference};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::details::Details;
use tillkit_model::payment::event::{Again, Answer, Event, Reason};
use tillkit_model::payment::sighting::{Ours, Sighting, Standing};
use tillkit_model::payment::{Driver, OperationKind, Payment, apply};
use tillkit_model::provider::vinr::{NAME, set_up};
use tillkit_model::provider::{Adapter, Reading, Settings, Setup};
use tillkit_model::sale::{Capture, Sale};
use tillkit_model::time::{BootId, Moment};
use tillkit_model::wire::{Exchange, Method, Request, Response, SendFailure};

macro_rules! vectors {
    ($file:literal) => {
        serde_json::from_str(include_str!(concat!(
            "../../../../tests/vectors/providers/vinr/",
            $file,
            ".json"
        )))
        .unwrap()
    };
}

/// The files of vectors, by name.
fn files() -> BTreeMap<&'static str, Vec<Vector>> {
    BTreeMap::from([
        ("create", vectors!("create")),
        ("read", vectors!("read")),
        ("list", vectors!("list")),
        ("operation", vectors!("operation")),
        ("request", vectors!("request")),
        ("notification", vectors!("notification")),
        ("desk", vectors!("desk")),
    ])
}

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    operation: OperationId,
    charge: ChargeId,
    sale: Sale,
}

fn fixture() -> Fixture {
    vectors!("payment")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    why: String,
    source: String,
    /// What had happened to the payment before.
    #[serde(default)]
    given: String,
    #[serde(default)]
    terms: Settings,
    #[serde(default)]
    exchange: Option<Written>,
    #[serde(default)]
    operation: String,
    #[serde(default)]
    make: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    errand: Value,
    expected: Value,
}

/// An exchange as the vectors write it.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    NotSent {
        not_sent: String,
    },
    MaybeSent {
        maybe_sent: String,
    },
    Body {
        status: u16,
        headers: BTreeMap<String, String>,
        body: Value,
    },
    Text {
        status: u16,
        headers: BTreeMap<String, String>,
        text: String,
        #[serde(default)]
        truncated: bool,
    },
}

impl Vector {
    fn exchange(&self) -> Exchange {
        let (status, headers, text, truncated) = match self.exchange.as_ref().unwrap() {
            Written::NotSent { not_sent } => {
                return Err(SendFailure::NotSent { why: not_sent.as_str().into() });
            }
            Written::MaybeSent { maybe_sent } => {
                return Err(SendFailure::MaybeSent { why: maybe_sent.as_str().into() });
            }
            Written::Body { status, headers, body } => (status, headers, body.to_string(), false),
            Written::Text { status, headers, text, truncated } => {
                (status, headers, text.clone(), *truncated)
            }
        };
        let pairs = headers.iter();
        let headers = pairs.map(|(name, value)| (name.as_str().into(), value.as_str().into()));
        let headers = headers.collect();
        Ok(Response { status: *status, headers, body: text.into_bytes(), truncated })
    }

    /// The merchant's settings: the shortest that work, and what the vector changes.
    fn setup(&self) -> Setup {
        let local = self.terms.get("mode").is_some_and(|mode| mode == "local");
        let mut settings = if local { terminal() } else { sandbox() };
        settings.extend(self.terms.clone());
        set_up(&settings).unwrap()
    }

    fn vinr(&self) -> Arc<dyn Adapter> {
        self.setup().adapter
    }

    fn payment(&self) -> Payment {
        given(&self.given)
    }
}

/// Holds what each vector comes to against what it says, and tells all that differ.
fn each(file: &str, actual: impl Fn(&Vector) -> Value) {
    let all = files();
    let wrong: Vec<String> = all[file]
        .iter()
        .filter_map(|vector| {
            let actual = actual(vector);
            let line = format!("ACTUAL\t{file}\t{}\t{actual}", vector.name);
            (actual != vector.expected).then_some(line)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const AT: Moment = Moment { wall_ms: 1_748_649_600_000, boot_ms: 0, boot: BootId(1) };
const DRIVER: Driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };

/// The payment that every vector is about, after what its word says.
fn given(word: &str) -> Payment {
    let start = fixture().start;
    let mut events = vec![created(word)];
    match word {
        "" | "manual" => {}
        "replay" => {
            let lost = Answer::Unknown { replayable: true, reason: Reason::code("maybe-sent") };
            events.extend([permitted(start), answered(start, lost), permitted(start)]);
        }
        "after-proof" => {
            let again = Again::After { ms: 1_000 };
            let proof = Answer::NotExecuted { again, reason: Reason::code("not-sent") };
            events.extend([permitted(start), answered(start, proof), permitted(start)]);
        }
        _ => {
            let sightings = vec![sighting(word)];
            events.extend([permitted(start), answered(start, Answer::Accepted { sightings })]);
            events.extend(then(word));
        }
    }
    apply::fold(&events).unwrap()
}

fn created(word: &str) -> Event {
    let Fixture { payment: id, start, mut sale, .. } = fixture();
    if word.contains("manual") || word.contains("held") || word.contains("capture") {
        sale.capture = Capture::Manual;
    }
    Event::Created {
        id,
        fingerprint: tillkit_model::identity::fingerprint(&sale),
        sale: Box::new(sale),
        at: AT,
        times: cloud().manners().times,
        start,
        driver: DRIVER,
        screen_clear: Vec::new(),
    }
}

/// A capture, refund or cancel that was sent.
fn then(word: &str) -> Vec<Event> {
    let operation = fixture().operation;
    let wished = |kind, name: &str, minor| Event::OperationWished {
        kind,
        operation,
        reference: Reference::parse(name).unwrap(),
        amount: euros(minor),
        charge: None,
        at: AT,
    };
    let wish = match word {
        "capture-sent" => wished(OperationKind::Capture, "capture-1", 4_200),
        "part-capture-sent" => wished(OperationKind::Capture, "capture-1", 3_000),
        "refund-sent" | "refund-sent-pay-id" => wished(OperationKind::Refund, "refund-1", 1_000),
        "cancel-sent" => Event::CancelWished { at: AT, operation },
        _ => return Vec::new(),
    };
    vec![wish, permitted(operation)]
}

fn sighting(word: &str) -> Sighting {
    let taken = |captured, provisional| Standing::Taken {
        authorized: euros(4_200),
        captured: euros(captured),
        tip: None,
        returned: None,
        provisional,
    };
    let standing = match word {
        "cancel-sent" => Standing::Pending,
        "held" | "capture-sent" | "part-capture-sent" => taken(0, false),
        other => taken(4_200, other == "offline-paid"),
    };
    let transaction = (word == "refund-sent-pay-id").then(|| "pay_9".into());
    Sighting {
        charge: fixture().charge,
        ours: Ours::Yes,
        asked: Some(euros(4_200)),
        terminal: fixture().sale.terminal,
        standing,
        operations: Vec::new(),
        card: None,
        details: transaction.is_some().then(|| {
            let details = Details { transaction, ..Details::default() };
            Box::new(details)
        }),
    }
}

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn permitted(operation: OperationId) -> Event {
    let charge = fixture().charge;
    let request = Request {
        method: Method::Post,
        path: format!("/v1/terminal/payments/{charge}/verb").into(),
        headers: Vec::new(),
        body: None,
        may_move_money: true,
        timeout_ms: 60_000,
        fresh_connection: false,
    };
    Event::Permitted { operation, at: AT, driver: DRIVER, request: Some(Box::new(request)) }
}

fn answered(operation: OperationId, answer: Answer) -> Event {
    Event::Answered { operation, number: 1, answer, at: AT }
}

fn reading_json(reading: &Reading) -> Value {
    match reading {
        Reading::Clear(sightings) => json!({ "clear": sightings }),
        Reading::Unclear { why, retry_after_ms } => {
            json!({ "unclear": { "why": why, "retry_after_ms": retry_after_ms } })
        }
    }
}

/// The shortest settings that work.
fn sandbox() -> Settings {
    let pairs =
        [("environment", "sandbox"), ("merchant_id", "merchant-1"), ("api_key", "sk_test_s3cret")];
    pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}

/// The same for a terminal of the shop's own network.
fn terminal() -> Settings {
    let pairs = [
        ("mode", "local"),
        ("environment", "sandbox"),
        ("merchant_id", "merchant-1"),
        ("base_url", "http://192.168.1.42"),
        ("device_certificate", "s3cret-certificate"),
    ];
    pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}

fn cloud() -> Arc<dyn Adapter> {
    set_up(&sandbox()).unwrap().adapter
}

fn local() -> Arc<dyn Adapter> {
    set_up(&terminal()).unwrap().adapter
}

#[test]
fn each_vector_has_a_name_of_its_own_a_reason_and_a_source() {
    for (file, vectors) in files() {
        let mut names: Vec<&str> = vectors.iter().map(|vector| vector.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), vectors.len(), "{file}");
        for vector in &vectors {
            assert!(!vector.why.is_empty() && !vector.source.is_empty(), "{}", vector.name);
            assert!(!vector.expected.is_null(), "{file}: {} expects nothing", vector.name);
        }
    }
}

#[test]
fn the_name_is_the_registered_one() {
    let row = tillkit_model::provider::provider(NAME).unwrap();
    let setup = (row.set_up)(&sandbox()).unwrap();
    assert_eq!(setup.adapter.name(), NAME);
}
