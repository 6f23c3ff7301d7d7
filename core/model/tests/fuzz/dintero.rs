//! Dintero's parsers under any bytes at all; shared by the short run and the fuzz targets.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use tillkit_model::identity;
use tillkit_model::ids::{ChargeId, OperationId, PaymentId, ProcessId};
use tillkit_model::payment::event::{Answer, Event, Source};
use tillkit_model::payment::{Driver, Payment, apply, stage, view};
use tillkit_model::provider::{
    Credentials, Delivery, Errand, Reading, Refused, Secret, Settings, Setup, Trust, dintero,
};
use tillkit_model::sale::Sale;
use tillkit_model::time::{BootId, Moment};
use tillkit_model::wire::{Exchange, Response};

const STATUSES: &[u16] = &[200, 201, 202, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503];
const SECRET: &str = "s";
const ACCOUNT: &str = "T12345678";

/// What bytes led to.
#[derive(Debug, Default)]
pub struct Reached {
    /// As a creation's answer they were an acceptance.
    pub accepted: bool,
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
    let Known { setup, payment, charge } = &*KNOWN;
    let mut reached = Reached::default();
    let answer = setup.adapter.started(payment, &exchange, false);
    if let Answer::Accepted { sightings } = &answer {
        assert!((200..202).contains(&status) && json && !sightings.is_empty(), "{answer:?}");
        reached.accepted = true;
    }
    let proven_not_run = matches!(answer, Answer::NotExecuted { .. });
    assert!(!proven_not_run || (400..500).contains(&status), "{status} {answer:?}");
    happen(payment, &Event::Answered { operation: payment.start.id, number: 1, answer, at: at() });
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
    for errand in errands() {
        reached.found |= setup.desk.answer(&errand, &exchange).is_ok();
    }
    if let Credentials::Tokens(tokens) = &setup.credentials {
        let kept = tokens.answer(&exchange, None, &at());
        assert!(kept.is_err() || status == 200, "{status} {kept:?}");
    }
    reached
}

fn errands() -> Vec<Errand> {
    let (terminal, id) = (String::from("T"), String::from("o-1"));
    vec![
        Errand::Terminals { cursor: None },
        Errand::Stores { cursor: None },
        Errand::Subscriptions { cursor: None },
        Errand::CallbackSecret,
        Errand::Payments { from: at(), to: at(), cursor: None },
        Errand::TerminalOperationRead { terminal, id },
        Errand::PayoutDestination,
        Errand::Profile,
        Errand::LookUpRight,
    ]
}

/// Takes bytes as a webhook's body and as a callback's query, each rightly signed: then they may
/// be malformed, and are never called forged.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn notification(bytes: &[u8]) -> Reached {
    let secret = Secret::new(SECRET);
    let mut reached = Reached::default();
    let signature = dintero::sign_webhook(&secret, bytes).unwrap();
    reached.hinted |=
        heard("POST", "https://pos.example/d", ("event-signature", &signature), bytes);
    let query: String =
        bytes.iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect();
    let url = format!("https://pos.example/d?{}", query.replace('#', ""));
    let signature = dintero::sign_callback(&secret, ACCOUNT, 1, "GET", &url).unwrap();
    reached.hinted |= heard("GET", &url, ("Dintero-Signature", &signature), b"");
    reached
}

fn heard(method: &str, url: &str, signature: (&str, &str), body: &[u8]) -> bool {
    let Known { setup, payment, .. } = &*KNOWN;
    let headers = [signature];
    let delivery = Delivery { method, url, headers: &headers, body };
    let trust = Trust { secrets: &[Secret::new(SECRET)], public_url: None, keys: None };
    match setup.desk.notified(&delivery, &trust, &at()) {
        Ok(notice) => {
            for hint in &notice.hints {
                let sighting = Box::new(hint.sighting.clone());
                happen(payment, &Event::Hinted { sighting, at: at() });
            }
            !notice.hints.is_empty()
        }
        Err(refused) => {
            assert!(matches!(refused, Refused::Malformed { .. }), "{refused:?} {url}");
            false
        }
    }
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
    payment: Payment,
    charge: ChargeId,
}

static KNOWN: LazyLock<Known> = LazyLock::new(known);

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    charge: ChargeId,
    sale: Sale,
}

const fn at() -> Moment {
    Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) }
}

/// The payment that the vectors are about, sent and waiting for its answer.
fn known() -> Known {
    let pairs = [
        ("account_id", ACCOUNT),
        ("client_id", "c"),
        ("client_secret", "c"),
        ("profile_id", "in-person"),
        ("store_id", "store-7"),
        ("payout_destination_id", "seller-1"),
    ];
    let settings: Settings =
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let setup = dintero::set_up(&settings).unwrap();
    let vector = include_str!("../../../../tests/vectors/providers/dintero/payment.json");
    let Fixture { payment, start, charge, sale } = serde_json::from_str(vector).unwrap();
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
    let created = apply::apply(None, &created).unwrap();
    let request = Some(Box::new(setup.adapter.start(&created, Some(1_000))));
    let permitted = Event::Permitted { operation: start, at: at(), driver, request };
    let payment = apply::apply(Some(created), &permitted).unwrap();
    Known { setup, payment, charge }
}

/// The bodies of the vectors, each as an answer of its own status and as a success.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn bodies() -> Vec<Vec<u8>> {
    let files = [
        include_str!("../../../../tests/vectors/providers/dintero/create.json"),
        include_str!("../../../../tests/vectors/providers/dintero/read.json"),
        include_str!("../../../../tests/vectors/providers/dintero/look_up.json"),
        include_str!("../../../../tests/vectors/providers/dintero/desk.json"),
        include_str!("../../../../tests/vectors/providers/dintero/token.json"),
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

/// The bodies and the queries of the notifications.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn notices() -> Vec<Vec<u8>> {
    let file = include_str!("../../../../tests/vectors/providers/dintero/notification.json");
    let cases: Vec<Value> = serde_json::from_str(file).unwrap();
    let texts = cases.iter().flat_map(|case| {
        let query = case["url"].as_str().and_then(|url| url.split_once('?'));
        [case["text"].as_str(), query.map(|(_, query)| query)]
    });
    texts.flatten().map(|text| text.as_bytes().to_vec()).collect()
}
