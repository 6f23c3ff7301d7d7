mod desk;
mod limits;
mod notifications;
mod pages;
mod payments;
mod settings;
mod tables;

use std::sync::Arc;

use super::{NAME, set_up};
use crate::ids::{ChargeId, OperationId, Reference};
use crate::money::{Currency, Money};
use crate::payment::details::Details;
use crate::payment::event::{Again, Answer, Event, Reason};
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::payment::{OperationKind, Payment, apply};
use crate::provider::tests::testing::{self, DRIVER, Fixture};
use crate::provider::{Adapter, Settings, Setup, provider};
use crate::sale::Capture;
use crate::time::{BootId, Moment};
use crate::wire::{Exchange, Method, Request};
use serde::Deserialize;
use serde_json::{Value, json};

const FILES: &[&str] = &["create", "read", "list", "operation", "request", "notification", "desk"];

fn fixture() -> Fixture {
    testing::read(NAME, "payment")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(rename = "source")]
    _source: String,
    /// What had happened to the payment before.
    #[serde(default)]
    given: String,
    #[serde(default)]
    terms: Settings,
    #[serde(default)]
    exchange: Option<Value>,
    #[serde(default)]
    operation: String,
    #[serde(default)]
    make: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    errand: Value,
    #[serde(rename = "expected")]
    _expected: Value,
}

impl Vector {
    fn exchange(&self) -> Exchange {
        testing::written(self.exchange.as_ref().unwrap())
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

/// Holds what each vector comes to against what it says.
fn each(file: &str, came_to: impl Fn(&Vector) -> Value) {
    testing::hold(NAME, file, "expected", |vector| came_to(&Vector::deserialize(vector).unwrap()));
}

/// The vector of this name.
fn vector(file: &str, name: &str) -> Vector {
    let vectors: Vec<Vector> = testing::read(NAME, file);
    vectors.into_iter().find(|vector| vector.name == name).unwrap()
}

const AT: Moment = Moment { wall_ms: 1_748_649_600_000, boot_ms: 0, boot: BootId(1) };

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
    let mut fixture = fixture();
    if word.contains("manual") || word.contains("held") || word.contains("capture") {
        fixture.sale.capture = Capture::Manual;
    }
    fixture.created(&*cloud(), AT)
}

/// A capture, refund or cancel that was sent.
fn then(word: &str) -> Vec<Event> {
    let operation = fixture().operation.unwrap();
    let wished = |kind, name: &str, minor| Event::OperationWished {
        kind,
        operation,
        reference: Reference::parse(name).unwrap(),
        amount: euros(minor),
        charge: None,
        capture: None,
        last: false,
        at: AT,
    };
    let wish = match word {
        "capture-sent" => wished(OperationKind::Capture, "capture-1", 4_200),
        "part-capture-sent" => wished(OperationKind::Capture, "capture-1", 3_000),
        "refund-sent" | "refund-sent-pay-id" => wished(OperationKind::Refund, "refund-1", 1_000),
        "cancel-sent" => Event::CancelWished { at: AT, operation, rest: false },
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
fn each_vector_says_what_it_is() {
    testing::each_says_what_it_is(NAME, FILES);
}

#[test]
fn the_name_is_the_registered_one() {
    let row = provider(NAME).unwrap();
    let setup = (row.set_up)(&sandbox()).unwrap();
    assert_eq!(setup.adapter.name(), NAME);
}
