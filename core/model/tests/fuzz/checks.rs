//! What must hold for any bytes at all; shared by the short run and the fuzz targets.

use std::sync::LazyLock;

use serde::Deserialize;
use tillkit_model::identity;
use tillkit_model::ids::{ChargeId, OperationId, PaymentId, ProcessId};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::event::{Answer, Event, Source};
use tillkit_model::payment::sighting::Sighting;
use tillkit_model::payment::{Driver, Payment, apply, stage, view};
use tillkit_model::provider::{Reading, qonto};
use tillkit_model::sale::Sale;
use tillkit_model::time::{BootId, Moment};
use tillkit_model::wire::{Exchange, Response};

/// Text is an amount exactly when it is written the one way in which it may be written.
pub fn money_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let known = Currency::parse(text).map(Currency::code);
    assert!(known.is_err() || known == Ok(text), "{text:?}");
    for code in ["EUR", "JPY", "BHD"] {
        let currency = Currency::parse(code).unwrap();
        let Ok(money) = Money::parse(text, currency) else { continue };
        assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{text:?}");
        assert!((0..=Money::MAX_MINOR).contains(&money.minor()), "{text:?}");
        assert_eq!(Money::parse(&money.text(), currency), Ok(money), "{text:?}");
        let value = |text: &str| text.trim_start_matches('0').replace('.', "");
        let digits = usize::from(currency.digits());
        let written = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        assert!(written <= digits, "{text:?}");
        let padded = format!("{}{}", value(text), "0".repeat(digits - written));
        let minor = money.minor().to_string();
        let bare = padded.trim_start_matches('0');
        assert_eq!(if bare.is_empty() { "0" } else { bare }, minor, "{text:?}");
    }
}

/// What a body led to.
#[derive(Debug, Default)]
pub struct Reached {
    /// As a push's answer it was an acceptance.
    pub accepted: bool,
    /// As a read's answer it showed a charge.
    pub shown: bool,
    /// As a notification it was a hint.
    pub hinted: bool,
}

/// As [`json_body`], for those who only want it to hold.
pub fn json_bodies(bytes: &[u8]) {
    let _ = json_body(bytes);
}

const STATUSES: &[u16] = &[200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503];

/// Takes bytes as every kind of message from the provider: the first byte picks the status, the
/// next whether it calls itself JSON, the rest is the body.
pub fn json_body(bytes: &[u8]) -> Reached {
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
    let (payment, charge) = &*KNOWN;
    let succeeded = (200..300).contains(&status) && json;
    let mut reached = Reached::default();
    for replay in [false, true] {
        let answer = qonto::adapter().started(payment, &exchange, replay);
        if let Answer::Accepted { sightings } = &answer {
            assert!(succeeded && !sightings.is_empty(), "{status} {answer:?}");
            reached.accepted = true;
        }
        let proven_not_run = matches!(answer, Answer::NotExecuted { .. });
        assert!(!proven_not_run || (400..500).contains(&status), "{status} {answer:?}");
        let event = Event::Answered { operation: payment.start.id, number: 1, answer, at: at() };
        happen(payment, &event);
    }
    if let Reading::Clear(sightings) = qonto::adapter().seen(payment, charge, &exchange) {
        assert!(succeeded, "{status} {sightings:?}");
        reached.shown = !sightings.is_empty();
        sightings.into_iter().for_each(|sighting| seen(payment, sighting));
    }
    if let Ok(Some(hint)) = qonto::hint(body) {
        reached.hinted = true;
        let sighting = Box::new(hint.sighting);
        happen(payment, &Event::Hinted { sighting, at: at() });
    }
    reached
}

fn seen(payment: &Payment, sighting: Sighting) {
    let sighting = Box::new(sighting);
    happen(payment, &Event::Observed { source: Source::Read, sighting, at: at() });
}

/// What a provider said can always have happened, and everything can be derived from it.
fn happen(payment: &Payment, event: &Event) {
    let after = apply::apply(Some(payment.clone()), event).unwrap();
    let _ = (stage::stage(&after), view::amounts(&after), view::alarms(&after));
    let stored = serde_json::to_vec(event).unwrap();
    assert_eq!(serde_json::from_slice::<Event>(&stored).unwrap(), *event);
}

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    charge: ChargeId,
    sale: Sale,
}

fn at() -> Moment {
    Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) }
}

static KNOWN: LazyLock<(Payment, ChargeId)> = LazyLock::new(known);

/// The payment that the vectors are about, sent and waiting for its answer.
fn known() -> (Payment, ChargeId) {
    let vector = include_str!("../../../../tests/vectors/providers/qonto/payment.json");
    let Fixture { payment, start, charge, sale } = serde_json::from_str(vector).unwrap();
    let driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };
    let adapter = qonto::adapter();
    let created = Event::Created {
        id: payment,
        fingerprint: identity::fingerprint(&sale),
        sale: Box::new(sale),
        at: at(),
        times: adapter.manners().times,
        start,
        driver,
        screen_clear: Vec::new(),
    };
    let created = apply::apply(None, &created).unwrap();
    let request = Some(Box::new(adapter.start(&created, None)));
    let permitted = Event::Permitted { operation: start, at: at(), driver, request };
    (apply::apply(Some(created), &permitted).unwrap(), charge)
}

/// The bodies of the vectors, each as an answer of its own status and as a success.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn bodies() -> Vec<Vec<u8>> {
    let vectors = [
        include_str!("../../../../tests/vectors/providers/qonto/push.json"),
        include_str!("../../../../tests/vectors/providers/qonto/read.json"),
        include_str!("../../../../tests/vectors/providers/qonto/notification.json"),
    ];
    let cases = vectors
        .iter()
        .flat_map(|vectors| serde_json::from_str::<Vec<serde_json::Value>>(vectors).unwrap());
    cases
        .flat_map(|case| {
            let exchange = case.get("exchange").unwrap_or(&case);
            let body = exchange.get("body").unwrap_or(&serde_json::Value::Null).to_string();
            let own = exchange.get("status").and_then(serde_json::Value::as_u64);
            let place = STATUSES.iter().position(|status| Some(u64::from(*status)) == own);
            let picks = [place.unwrap_or(0), 0, 2];
            picks.map(|pick| {
                let head = [u8::try_from(pick).unwrap(), 0];
                head.into_iter().chain(body.bytes()).collect()
            })
        })
        .collect()
}
