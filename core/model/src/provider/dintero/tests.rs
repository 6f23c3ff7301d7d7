mod desk;
mod notices;
mod rules;
mod settings;
mod vectors;

use serde_json::Value;

use super::NAME;
use crate::ids::OperationId;
use crate::money::Money;
use crate::payment::details::Details;
use crate::payment::event::{Answer, Event, Source};
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::payment::{OperationKind, Payment, apply};
use crate::provider::tests::testing::{self, DRIVER, Fixture};
use crate::provider::{Adapter, Settings, Setup, provider};
use crate::sale::Capture;
use crate::time::{BootId, Moment};
use crate::wire::{Method, Request, Response};

/// Every vector of a file.
fn all(file: &str) -> Vec<Value> {
    testing::read(NAME, file)
}

const FILES: [&str; 8] =
    ["create", "read", "look_up", "operation", "notification", "request", "desk", "token"];

fn fixture() -> Fixture {
    testing::read(NAME, "payment")
}

const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) };

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
    let mut fixture = fixture();
    if state == "held" {
        fixture.sale.capture = Capture::Manual;
    }
    let Fixture { charge, transaction, sale, .. } = fixture.clone();
    let created = fixture.created(&*adapter(), NOW);
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
    let details = known.then(|| Box::new(Details { transaction, ..Details::default() }));
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
        Event::CancelWished { at: NOW, operation, rest: false }
    } else {
        let name = if kind == OperationKind::Capture { "capture-1" } else { "refund-1" };
        let reference = crate::ids::Reference::parse(name).unwrap();
        let amount = Money::from_minor(minor, before.sale.amount.currency()).unwrap();
        Event::OperationWished {
            kind,
            operation,
            reference,
            amount,
            charge: None,
            capture: None,
            last: false,
            at: NOW,
        }
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

fn responses(file: &str) -> Vec<Response> {
    testing::responses(NAME, file)
}

fn name(vector: &Value) -> &str {
    vector["name"].as_str().unwrap()
}
