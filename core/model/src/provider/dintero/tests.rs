mod desk;
mod notices;
mod rules;
mod settings;
mod vectors;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::ids::{ChargeId, OperationId, PaymentId, ProcessId};
use crate::money::Money;
use crate::payment::details::Details;
use crate::payment::event::{Answer, Event, Source};
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::payment::{Driver, OperationKind, Payment, apply};
use crate::provider::{Adapter, Settings, Setup, provider};
use crate::sale::{Capture, Sale};
use crate::time::{BootId, Moment};
use crate::wire::{Exchange, Method, Request, Response, SendFailure};

macro_rules! vectors {
    ($file:literal) => {
        serde_json::from_str(include_str!(concat!(
            "../../../../../tests/vectors/providers/dintero/",
            $file,
            ".json"
        )))
        .unwrap()
    };
}

/// Every vector of every file, for the checks that each row of each table has one.
fn all(file: &str) -> Vec<Value> {
    match file {
        "create" => vectors!("create"),
        "read" => vectors!("read"),
        "look_up" => vectors!("look_up"),
        "operation" => vectors!("operation"),
        "notification" => vectors!("notification"),
        "request" => vectors!("request"),
        "desk" => vectors!("desk"),
        "token" => vectors!("token"),
        other => panic!("no vectors {other}"),
    }
}

const FILES: [&str; 8] =
    ["create", "read", "look_up", "operation", "notification", "request", "desk", "token"];

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    charge: ChargeId,
    transaction: Box<str>,
    sale: Sale,
}

fn fixture() -> Fixture {
    vectors!("payment")
}

const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) };
const DRIVER: Driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };

fn settings() -> Settings {
    let pairs = [
        ("account_id", "T12345678"),
        ("client_id", "client-1"),
        ("client_secret", "s3cret-client"),
        ("profile_id", "in-person"),
        ("store_id", "store-7"),
        ("payout_destination_id", "seller-1"),
        ("callback_url", "https://pos.example/dintero"),
        ("callback_secrets", "s3cret-old, 123"),
    ];
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn set_up() -> Setup {
    (provider(super::NAME).unwrap().set_up)(&settings()).unwrap()
}

fn adapter() -> std::sync::Arc<dyn Adapter> {
    set_up().adapter
}

/// The payment that every vector is about, as far as `state` says.
fn payment(state: &str) -> Payment {
    let Fixture { payment: id, start, charge, transaction, mut sale } = fixture();
    if state == "held" {
        sale.capture = Capture::Manual;
    }
    let created = Event::Created {
        id,
        fingerprint: crate::identity::fingerprint(&sale),
        sale: Box::new(sale.clone()),
        at: NOW,
        times: super::resolve::MANNERS.times,
        start,
        driver: DRIVER,
        screen_clear: Vec::new(),
    };
    let created = apply::apply(None, &created).unwrap();
    let taken = |captured| Standing::Taken {
        authorized: sale.amount,
        captured,
        tip: None,
        returned: None,
        provisional: false,
    };
    let standing = match state {
        "new" => return created,
        "open" => Standing::Pending,
        "held" => taken(Money::zero(sale.amount.currency())),
        "captured" => taken(sale.amount),
        other => panic!("no state {other}"),
    };
    let known = state != "open";
    let details =
        known.then(|| Box::new(Details { transaction: Some(transaction), ..Details::default() }));
    let sighting = Sighting {
        charge,
        ours: Ours::Yes,
        asked: None,
        terminal: None,
        standing,
        operations: Vec::new(),
        card: None,
        details,
    };
    let observed = Event::Observed { source: Source::Read, sighting: Box::new(sighting), at: NOW };
    apply::apply(Some(created), &observed).unwrap()
}

/// The same with an operation that was sent so many times, all but the last of them accepted.
fn with_operation(state: &str, kind: OperationKind, minor: i64, sends: u32) -> Payment {
    let before = payment(state);
    let operation = OperationId::from_bytes([9; 16]);
    let wished = if kind == OperationKind::Cancel {
        Event::CancelWished { at: NOW, operation }
    } else {
        let name = if kind == OperationKind::Capture { "capture-1" } else { "refund-1" };
        let reference = crate::ids::Reference::parse(name).unwrap();
        let amount = Money::from_minor(minor, before.sale.amount.currency()).unwrap();
        Event::OperationWished { kind, operation, reference, amount, charge: None, at: NOW }
    };
    let mut payment = apply::apply(Some(before), &wished).unwrap();
    for number in 1..=sends {
        let request = Some(Box::new(any_request()));
        let sent = Event::Permitted { operation, at: NOW, driver: DRIVER, request };
        payment = apply::apply(Some(payment), &sent).unwrap();
        if number < sends {
            let answer = Answer::Accepted { sightings: Vec::new() };
            let answered = Event::Answered { operation, number, answer, at: NOW };
            payment = apply::apply(Some(payment), &answered).unwrap();
        }
    }
    payment
}

fn any_request() -> Request {
    Request {
        method: Method::Post,
        path: "/".into(),
        headers: Vec::new(),
        body: None,
        may_move_money: true,
        timeout_ms: 1,
        fresh_connection: true,
    }
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

fn exchange(vector: &Value) -> Exchange {
    let written = Written::deserialize(&vector["exchange"]).unwrap();
    let (status, headers, text, truncated) = match written {
        Written::NotSent { not_sent } => {
            return Err(SendFailure::NotSent { why: not_sent.into() });
        }
        Written::MaybeSent { maybe_sent } => {
            return Err(SendFailure::MaybeSent { why: maybe_sent.into() });
        }
        Written::Body { status, headers, body } => (status, headers, body.to_string(), false),
        Written::Text { status, headers, text, truncated } => (status, headers, text, truncated),
    };
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    Ok(Response { status, headers, body: text.into_bytes(), truncated })
}

fn responses(file: &str) -> Vec<Response> {
    all(file)
        .iter()
        .filter(|vector| vector.get("exchange").is_some())
        .filter_map(|vector| exchange(vector).ok())
        .collect()
}

fn name(vector: &Value) -> &str {
    vector["name"].as_str().unwrap()
}
