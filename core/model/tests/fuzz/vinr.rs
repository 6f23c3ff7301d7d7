//! VINR's parsers under any bytes at all; shared by the short run and the fuzz targets.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use tillkit_model::identity;
use tillkit_model::ids::{ChargeId, OperationId, PaymentId, ProcessId, Reference};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::event::{Answer, Event, Source};
use tillkit_model::payment::{Driver, OperationKind, Payment, apply, stage, view};
use tillkit_model::provider::{
    Delivery, Errand, Reading, Refused, Secret, Settings, Setup, Trust, vinr,
};
use tillkit_model::sale::Sale;
use tillkit_model::time::{BootId, Moment};
use tillkit_model::wire::{Exchange, Response};

const STATUSES: &[u16] = &[200, 201, 202, 204, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500];
const SECRET: &str = "s";

/// What bytes led to.
#[derive(Debug, Default)]
pub struct Reached {
    /// As a creation's answer they were an acceptance.
    pub accepted: bool,
    /// As a refund's answer likewise.
    pub given_back: bool,
    /// As a read's or a list's answer they showed a charge.
    pub shown: bool,
    /// As an answer to an errand they were found to mean something.
    pub found: bool,
    /// As a notification they were a hint.
    pub hinted: bool,
}

/// As [`response`], for those who only want it to hold.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn responses(bytes: &[u8]) {
    let _ = response(bytes);
}

/// As [`notification`], for those who only want it to hold.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn notifications(bytes: &[u8]) {
    let _ = notification(bytes);
}

/// Takes bytes as every kind of answer: the first picks the status, the next whether it calls
/// itself JSON, the rest is the body.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn response(bytes: &[u8]) -> Reached {
    let [pick, kind, body @ ..] = bytes else { return Reached::default() };
    let status = STATUSES[usize::from(*pick) % STATUSES.len()];
    let json = kind % 2 == 0;
    let content_type = if json { "application/json" } else { "text/html" };
    let exchange: Exchange = Ok(Response {
        status,
        headers: vec![("content-type".into(), content_type.into())],
        body: body.to_vec(),
        truncated: false,
    });
    let Known { setup, sent, paid, charge } = &*KNOWN;
    let mut reached = Reached::default();
    for replay in [false, true] {
        let answer = setup.adapter.started(sent, &exchange, replay);
        reached.accepted |= judge(&answer, status, json);
        let operation = sent.start.id;
        happen(sent, &Event::Answered { operation, number: 1, answer, at: at() });
    }
    let refund = &paid.operations[0];
    let answer = setup.adapter.operated(paid, refund, &exchange);
    reached.given_back = judge(&answer, status, json);
    happen(paid, &Event::Answered { operation: refund.id, number: 1, answer, at: at() });
    for payment in [sent, paid] {
        let read = setup.adapter.seen(payment, charge, &exchange);
        let looked_up = setup.adapter.found(payment, &exchange);
        for (source, reading) in [(Source::Read, read), (Source::LookUp, looked_up)] {
            let Reading::Clear(sightings) = reading else { continue };
            assert!(status == 200 && json, "{status} {sightings:?}");
            reached.shown |= !sightings.is_empty();
            for sighting in sightings {
                let sighting = Box::new(sighting);
                happen(payment, &Event::Observed { source, sighting, at: at() });
            }
        }
    }
    for errand in errands() {
        reached.found |= setup.desk.answer(&errand, &exchange).is_ok();
    }
    reached
}

/// Only a success in JSON is an acceptance, and neither a decline nor a conflict nor a server's
/// fault proves anything.
fn judge(answer: &Answer, status: u16, json: bool) -> bool {
    match answer {
        Answer::Accepted { sightings } => {
            assert!((200..203).contains(&status) && json && !sightings.is_empty(), "{answer:?}");
            true
        }
        Answer::NotExecuted { reason, .. } => {
            let busy = &*reason.code == "terminal_busy";
            let proof = (400..500).contains(&status) && ![402, 409].contains(&status);
            assert!(proof || busy, "{status} {answer:?}");
            false
        }
        Answer::Unknown { .. } => false,
    }
}

fn errands() -> Vec<Errand> {
    let (terminal, id) = (String::from("trm_1"), String::from("tact_1"));
    vec![
        Errand::Terminals { cursor: None },
        Errand::Terminal { id: terminal.clone() },
        Errand::Subscriptions { cursor: None },
        Errand::Subscribe { url: String::new(), events: Vec::new() },
        Errand::Payments { from: at(), to: at(), cursor: None },
        Errand::Events { since: at(), cursor: None },
        Errand::TerminalOperationRead { terminal, id },
    ]
}

/// Takes bytes as a notification's body, rightly signed: then it may be malformed, and is never
/// called forged.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn notification(bytes: &[u8]) -> Reached {
    let secrets = [Secret::new(SECRET)];
    let header = vinr::sign(&secrets[0], 1, bytes);
    let headers = [(vinr::SIGNATURE_HEADERS[0], header.as_str())];
    let delivery = Delivery { method: "POST", url: "/hooks", headers: &headers, body: bytes };
    let trust = Trust { secrets: &secrets, public_url: None, keys: None };
    let Known { setup, sent, .. } = &*KNOWN;
    let mut reached = Reached::default();
    match setup.desk.notified(&delivery, &trust, &at()) {
        Ok(notice) => {
            for hint in notice.hints {
                reached.hinted = true;
                let sighting = Box::new(hint.sighting);
                happen(sent, &Event::Hinted { sighting, at: at() });
            }
        }
        Err(refused) => assert!(matches!(refused, Refused::Malformed { .. }), "{refused:?}"),
    }
    reached
}

/// What a provider said can always have happened, and everything can be derived from it.
fn happen(payment: &Payment, event: &Event) {
    let after = apply::apply(Some(payment.clone()), event).unwrap();
    let _ = (stage::stage(&after), view::amounts(&after), view::alarms(&after));
    let stored = serde_json::to_vec(event).unwrap();
    assert_eq!(serde_json::from_slice::<Event>(&stored).unwrap(), *event);
}

struct Known {
    setup: Setup,
    /// Sent, and waiting for its answer.
    sent: Payment,
    /// Paid, with a refund that was sent.
    paid: Payment,
    charge: ChargeId,
}

static KNOWN: LazyLock<Known> = LazyLock::new(known);

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    operation: OperationId,
    charge: ChargeId,
    sale: Sale,
}

const fn at() -> Moment {
    Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) }
}

/// The payment that the vectors are about.
fn known() -> Known {
    let pairs = [
        ("environment", "sandbox"),
        ("merchant_id", "m"),
        ("api_key", "k"),
        ("webhook_scheme", "hmac-sha256-timestamped"),
        ("webhook_secrets", SECRET),
    ];
    let settings: Settings =
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let setup = vinr::set_up(&settings).unwrap();
    let vector = include_str!("../../../../tests/vectors/providers/vinr/payment.json");
    let Fixture { payment, start, operation, charge, sale } = serde_json::from_str(vector).unwrap();
    let driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };
    let created = Event::Created {
        id: payment,
        fingerprint: identity::fingerprint(&sale),
        sale: Box::new(sale),
        at: at(),
        times: setup.adapter.manners().times,
        start,
        driver,
        screen_clear: Vec::new(),
    };
    let after =
        |payment: &Payment, event: &Event| apply::apply(Some(payment.clone()), event).unwrap();
    let created = apply::apply(None, &created).unwrap();
    let request = Some(Box::new(setup.adapter.start(&created, None)));
    let sent = after(&created, &Event::Permitted { operation: start, at: at(), driver, request });
    let paid = read_paid(&setup, &sent, &charge);
    let kind = OperationKind::Refund;
    let reference = Reference::parse("refund-1").unwrap();
    let amount = Money::from_minor(1_000, Currency::EUR).unwrap();
    let of = None;
    let wish = Event::OperationWished { kind, operation, reference, amount, charge: of, at: at() };
    let wished = after(&paid, &wish);
    let request = setup.adapter.operate(&wished, &wished.operations[0], &charge).map(Box::new);
    let paid = after(&wished, &Event::Permitted { operation, at: at(), driver, request });
    Known { setup, sent, paid, charge }
}

/// The payment after the vector that shows it paid.
fn read_paid(setup: &Setup, sent: &Payment, charge: &ChargeId) -> Payment {
    let file = include_str!("../../../../tests/vectors/providers/vinr/read.json");
    let cases: Vec<Value> = serde_json::from_str(file).unwrap();
    let case = cases.iter().find(|case| case["name"] == "completed").unwrap();
    let body = case["exchange"]["body"].to_string().into_bytes();
    let headers = vec![("content-type".into(), "application/json".into())];
    let exchange = Ok(Response { status: 200, headers, body, truncated: false });
    let Reading::Clear(sightings) = setup.adapter.seen(sent, charge, &exchange) else {
        panic!("the vector shows nothing")
    };
    let sighting = Box::new(sightings[0].clone());
    let observed = Event::Observed { source: Source::Read, sighting, at: at() };
    apply::apply(Some(sent.clone()), &observed).unwrap()
}

/// The bodies of the vectors, each as an answer of its own status and as a success.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn bodies() -> Vec<Vec<u8>> {
    let files = [
        include_str!("../../../../tests/vectors/providers/vinr/create.json"),
        include_str!("../../../../tests/vectors/providers/vinr/read.json"),
        include_str!("../../../../tests/vectors/providers/vinr/list.json"),
        include_str!("../../../../tests/vectors/providers/vinr/operation.json"),
        include_str!("../../../../tests/vectors/providers/vinr/desk.json"),
    ];
    let cases = files.iter().flat_map(|file| serde_json::from_str::<Vec<Value>>(file).unwrap());
    cases
        .flat_map(|case| {
            let body = case["exchange"].get("body").unwrap_or(&Value::Null).to_string();
            let own = case["exchange"]["status"].as_u64();
            let place = STATUSES.iter().position(|status| Some(u64::from(*status)) == own);
            [place.unwrap_or(0), 0].map(|pick| {
                let head = [u8::try_from(pick).unwrap(), 0];
                head.into_iter().chain(body.bytes()).collect()
            })
        })
        .collect()
}

/// The bodies of the notifications.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn notices() -> Vec<Vec<u8>> {
    let file = include_str!("../../../../tests/vectors/providers/vinr/notification.json");
    let cases: Vec<Value> = serde_json::from_str(file).unwrap();
    cases.iter().filter_map(|case| Some(case["body"].as_str()?.as_bytes().to_vec())).collect()
}
