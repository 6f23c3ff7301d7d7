use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::outcome::{DOUBTS, REFUSALS};
use super::record::STATUSES;
use super::{Malformed, Qonto, hint};
use crate::error::Code;
use crate::ids::{ChargeId, OperationId, PaymentId, ProcessId, TerminalId};
use crate::payment::event::{Answer, Event};
use crate::payment::sighting::Standing;
use crate::payment::{Driver, Payment, apply};
use crate::provider::{Adapter, Hint, Presence, Reading};
use crate::sale::Sale;
use crate::time::{BootId, Moment};
use crate::wire::{Exchange, Response, SendFailure};

macro_rules! vectors {
    ($file:literal) => {
        serde_json::from_str(include_str!(concat!(
            "../../../../../tests/vectors/providers/qonto/",
            $file,
            ".json"
        )))
        .unwrap()
    };
}

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    charge: ChargeId,
    sale: Sale,
}

fn fixture() -> Fixture {
    vectors!("payment")
}

/// The payment that every vector is about.
fn payment() -> Payment {
    let Fixture { payment: id, start, sale, .. } = fixture();
    let created = Event::Created {
        id,
        fingerprint: crate::identity::fingerprint(&sale),
        sale: Box::new(sale),
        at: Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) },
        times: Qonto.manners().times,
        start,
        driver: Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 },
        screen_clear: Vec::new(),
    };
    apply::apply(None, &created).unwrap()
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

fn exchange(written: Written) -> Exchange {
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

#[derive(Deserialize)]
struct PushVector {
    name: String,
    exchange: Written,
    answer: Value,
}

#[derive(Deserialize)]
struct ReadVector {
    name: String,
    exchange: Written,
    reading: Value,
}

fn pushes() -> Vec<PushVector> {
    vectors!("push")
}

fn reads() -> Vec<ReadVector> {
    vectors!("read")
}

#[test]
fn each_push_comes_to_what_its_vector_says() {
    for PushVector { name, exchange: written, answer } in pushes() {
        let exchange = exchange(written);
        for replay in [false, true] {
            let came_to = Qonto.started(&payment(), &exchange, replay);
            assert_eq!(serde_json::to_value(came_to).unwrap(), answer, "{name}");
        }
    }
}

#[test]
fn each_read_shows_what_its_vector_says() {
    for ReadVector { name, exchange: written, reading } in reads() {
        let shown = Qonto.seen(&payment(), &fixture().charge, &exchange(written));
        assert_eq!(reading_json(&shown), reading, "{name}");
    }
}

fn reading_json(reading: &Reading) -> Value {
    match reading {
        Reading::Clear(sightings) => json!({ "clear": sightings }),
        Reading::Unclear { why, retry_after_ms } => {
            json!({ "unclear": { "why": why, "retry_after_ms": retry_after_ms } })
        }
    }
}

#[test]
fn each_notification_hints_what_its_vector_says() {
    let vectors: Vec<Value> = vectors!("notification");
    for vector in vectors {
        let raw = vector.get("text").and_then(Value::as_str).map(str::to_owned);
        let told = match hint(raw.unwrap_or_else(|| vector["body"].to_string()).as_bytes()) {
            Ok(None) => json!({ "hint": null }),
            Ok(Some(Hint { payment, sighting })) => {
                json!({ "hint": { "payment": payment, "sighting": sighting } })
            }
            Err(Malformed { why }) => json!({ "malformed": why }),
        };
        for (key, said) in told.as_object().unwrap() {
            assert_eq!(vector.get(key), Some(said), "{}", vector["name"]);
        }
    }
}

#[test]
fn each_request_is_byte_for_byte_what_its_vector_says() {
    let vectors: Vec<Value> = vectors!("request");
    let of = |name: &str| vectors.iter().find(|vector| vector["name"] == name).unwrap();
    let written = |request| serde_json::to_value(request).unwrap();
    let charge = fixture().charge;
    assert_eq!(written(Qonto.start(&payment(), Some(60_000))), of("push")["request"]);
    assert_eq!(written(Qonto.read(&payment(), &charge)), of("read")["request"]);
}

/// A row without a vector is a row that nobody has looked at.
#[test]
fn every_row_of_every_table_has_a_vector() {
    let responses: Vec<Response> =
        pushes().into_iter().filter_map(|vector| exchange(vector.exchange).ok()).collect();
    for row in REFUSALS {
        let tells = |response: &Response| {
            let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            let told = body["errors"][0]["code"].as_str();
            response.status == row.status
                && told.is_some()
                && row.code.is_none_or(|code| told == Some(code))
        };
        assert!(responses.iter().any(tells), "no vector for {} {:?}", row.status, row.code);
    }
    for (place, doubt) in DOUBTS.iter().enumerate() {
        let is_first = |response: &Response| {
            DOUBTS.iter().position(|doubt| (doubt.holds)(response)) == Some(place)
        };
        assert!(responses.iter().any(is_first), "no vector for {} ({place})", doubt.code);
    }
    let bodies: Vec<Value> = reads()
        .into_iter()
        .filter_map(|vector| exchange(vector.exchange).ok())
        .filter_map(|response| serde_json::from_slice(&response.body).ok())
        .collect();
    for (word, _) in STATUSES {
        let shows = |body: &Value| body["terminal_payment"]["status"] == *word;
        assert!(bodies.iter().any(shows), "no vector for {word}");
    }
}

/// The same for what is no payment: Qonto's own codes, and the standard's words for tokens.
#[test]
fn every_refusal_beside_payments_has_a_vector() {
    let desk: BTreeMap<String, Vec<Value>> = vectors!("desk");
    let is_told = |vectors: &[Value], status: Option<u16>, place: &str, code: Option<&str>| {
        vectors.iter().map(|vector| &vector["exchange"]).any(|exchange| {
            let told = exchange["body"].pointer(place);
            status.is_none_or(|status| exchange["status"] == status)
                && code.is_none_or(|code| told.is_some_and(|told| told == code))
        })
    };
    for (status, code, ..) in super::desk::REFUSALS {
        let told = is_told(&desk["answers"], Some(*status), "/errors/0/code", *code);
        assert!(told, "no vector for {status} {code:?}");
    }
    let tokens: Vec<Value> = vectors!("token");
    for (word, _) in super::auth::REFUSALS {
        assert!(is_told(&tokens, None, "/error", Some(word)), "no vector for {word}");
    }
}

#[test]
fn the_manners_are_the_documented_ones_with_a_margin() {
    let manners = Qonto.manners();
    let start = manners.start;
    assert_eq!(start.manner, crate::payment::manners::Manner::Keyed { life_ms: 1_500_000 });
    assert_eq!((start.timeout_ms, start.quiet_gap_ms, start.replays_max), (60_000, 5_000, 1));
    // The first exchange and the quiet gap leave room for the replay.
    assert!(start.timeout_ms + start.quiet_gap_ms < manners.times.start_by_ms);
    assert_eq!((manners.times.start_by_ms, manners.times.settle_by_ms), (90_000, 120_000));
    assert_eq!(manners.times.expires_ms, None);
    assert_eq!((manners.capture, manners.refund, manners.cancel), (None, None, None));
    assert!(!manners.look_up);
    assert_eq!(manners.absence, crate::payment::manners::Absence::NeverProof);
}

/// What is not declared is not offered.
#[test]
fn what_qonto_cannot_do_makes_no_request() {
    let (capabilities, payment) = (Qonto.capabilities(), payment());
    assert!(!capabilities.cancel && !capabilities.refund && !capabilities.manual_capture);
    assert_eq!(capabilities.terminal, Presence::Required);
    assert_eq!(Qonto.operate(&payment, &payment.start, &fixture().charge), None);
    assert_eq!(Qonto.look_up(&payment), None);
    assert!(!Qonto.read_may_pay(&payment.sale));
    let gone: Exchange = Err(SendFailure::MaybeSent { why: "".into() });
    assert!(matches!(Qonto.found(&payment, &gone), Reading::Unclear { .. }));
    assert!(matches!(Qonto.operated(&payment, &payment.start, &gone), Answer::Unknown { .. }));
}

#[test]
fn a_terminal_is_a_uuid_in_one_spelling() {
    let table = [
        ("a1b2c3d4-e5f6-7890-abcd-ef1234567890", true),
        ("A1B2C3D4-E5F6-7890-ABCD-EF1234567890", false),
        ("a1b2c3d4e5f67890abcdef1234567890", false),
        ("a1b2c3d4-e5f6-7890-abcd-ef123456789", false),
        ("a1b2c3d4-e5f6-7890-abcd-ef123456789g", false),
        ("a1b2c3d4-e5f6-7890-abcd_ef1234567890", false),
        ("../../v2/terminals?x=%2F&y=1#aaaaaaa", false),
        ("S1F2-000158252426226", false),
    ];
    for (text, fits) in table {
        let terminal = Some(TerminalId::parse(text).unwrap());
        let checked = Qonto.check(&Sale { terminal, ..fixture().sale });
        assert_eq!(checked.is_ok(), fits, "{text}");
        if let Err(fault) = checked {
            assert_eq!((fault.code, fault.field), (Code::InvalidField, "terminal"));
        }
    }
    assert!(Qonto.check(&Sale { terminal: None, ..fixture().sale }).is_err());
}

#[test]
fn an_id_of_qontos_cannot_bend_a_path() {
    let table = [
        ("019dd925-c6cb", "/v2/terminal_payments/019dd925-c6cb"),
        ("../terminals", "/v2/terminal_payments/..%2Fterminals"),
        ("a?b=c#d%2F", "/v2/terminal_payments/a%3Fb%3Dc%23d%252F"),
    ];
    for (id, path) in table {
        let request = Qonto.read(&payment(), &ChargeId::parse(id).unwrap());
        assert_eq!(&*request.path, path);
        assert!(!request.may_move_money);
    }
}

/// Bytes that are often almost right: a vector's body with a few of them changed.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let bodies: Vec<Vec<u8>> = reads()
        .into_iter()
        .filter_map(|vector| exchange(vector.exchange).ok())
        .map(|response| response.body)
        .collect();
    let mutated = (proptest::sample::select(bodies), any::<Vec<(u16, u8)>>()).prop_map(
        |(mut body, changes)| {
            for (place, byte) in changes {
                if let Some(slot) = body.get_mut(usize::from(place)) {
                    *slot = byte;
                }
            }
            body
        },
    );
    prop_oneof![any::<Vec<u8>>(), mutated]
}

fn says_no(standing: &Standing) -> bool {
    matches!(standing, Standing::NotTaken { .. } | Standing::Reversed { .. })
}

proptest! {
    #[test]
    fn whatever_comes_back_nothing_panics_and_no_push_is_ever_a_no(
        status in prop_oneof![Just(202_u16), 100..600_u16],
        body in any_body(),
        json in any::<bool>(),
        truncated in any::<bool>(),
    ) {
        let kind = if json { "application/json" } else { "text/html" };
        let headers = vec![("content-type".into(), kind.into())];
        let exchange = Ok(Response { status, headers, body, truncated });
        let payment = payment();
        if let Answer::Accepted { sightings } = Qonto.started(&payment, &exchange, false) {
            prop_assert!(status == 202 && json && !truncated);
            prop_assert!(sightings.iter().all(|sighting| !says_no(&sighting.standing)));
        }
        if let Reading::Clear(_) = Qonto.seen(&payment, &fixture().charge, &exchange) {
            prop_assert!(status == 200 && json && !truncated);
        }
        if let Ok(response) = &exchange {
            let _told = hint(&response.body);
        }
    }

    #[test]
    fn arbitrary_bytes_never_say_no(body in any::<Vec<u8>>(), text in ".*") {
        for body in [body, text.into_bytes()] {
            let headers = vec![("content-type".into(), "application/json".into())];
            let exchange = Ok(Response { status: 200, headers, body, truncated: false });
            let reading = Qonto.seen(&payment(), &fixture().charge, &exchange);
            let unclear = matches!(reading, Reading::Unclear { .. });
            prop_assert!(unclear);
        }
    }

    #[test]
    fn only_the_documented_word_says_no(word in "[A-Za-z_ ]{0,12}") {
        let body = json!({ "terminal_payment": {
            "id": fixture().charge, "terminal_id": fixture().sale.terminal,
            "amount": { "value": "13.30", "currency": "EUR" }, "status": word,
        }});
        let headers = vec![("content-type".into(), "application/json".into())];
        let body = body.to_string().into_bytes();
        let exchange = Ok(Response { status: 200, headers, body, truncated: false });
        if let Reading::Clear(sightings) = Qonto.seen(&payment(), &fixture().charge, &exchange) {
            let no = sightings.iter().any(|sighting| says_no(&sighting.standing));
            prop_assert_eq!(no, word.eq_ignore_ascii_case("refused"));
        }
    }
}
