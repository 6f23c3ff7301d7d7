mod desk;
mod limits;
mod settings;
mod signature;
mod tokens;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::outcome::{DOUBTS, REFUSALS};
use super::record::STATUSES;
use super::{Malformed, Qonto, hint};
use crate::error::Code;
use crate::ids::{ChargeId, TerminalId};
use crate::payment::event::Answer;
use crate::payment::{Payment, apply};
use crate::provider::tests::testing::{self, Fixture, exchange, hold, read, responses};
use crate::provider::{Adapter, Presence, Reading};
use crate::sale::Sale;
use crate::time::{BootId, Moment};
use crate::wire::{Exchange, Response, SendFailure};

const NAME: &str = super::NAME;
const AT: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) };

fn fixture() -> Fixture {
    testing::read(NAME, "payment")
}

/// The payment that every vector is about.
fn payment() -> Payment {
    apply::apply(None, &fixture().created(&Qonto, AT)).unwrap()
}

#[test]
fn each_push_comes_to_what_its_vector_says() {
    for replay in [false, true] {
        hold(NAME, "push", "answer", |vector| {
            let answer = Qonto.started(&payment(), &exchange(vector), replay);
            serde_json::to_value(answer).unwrap()
        });
    }
}

#[test]
fn each_read_shows_what_its_vector_says() {
    hold(NAME, "read", "reading", |vector| {
        testing::reading(&Qonto.seen(&payment(), &fixture().charge, &exchange(vector)))
    });
}

#[test]
fn each_notification_hints_what_its_vector_says() {
    for vector in read::<Vec<Value>>(NAME, "notification") {
        let raw = vector.get("text").and_then(Value::as_str).map(str::to_owned);
        let told = match hint(raw.unwrap_or_else(|| vector["body"].to_string()).as_bytes()) {
            Ok(None) => json!({ "hint": null }),
            Ok(Some(hint)) => json!({ "hint": testing::hint(&hint) }),
            Err(Malformed { why }) => json!({ "malformed": why }),
        };
        for (key, said) in told.as_object().unwrap() {
            assert_eq!(vector.get(key), Some(said), "{}", vector["name"]);
        }
    }
}

#[test]
fn each_request_is_byte_for_byte_what_its_vector_says() {
    let vectors: Vec<Value> = read(NAME, "request");
    let of = |name: &str| vectors.iter().find(|vector| vector["name"] == name).unwrap();
    let written = |request| serde_json::to_value(request).unwrap();
    let charge = fixture().charge;
    assert_eq!(written(Qonto.start(&payment(), Some(60_000))), of("push")["request"]);
    assert_eq!(written(Qonto.read(&payment(), &charge)), of("read")["request"]);
}

/// A row without a vector is a row that nobody has looked at.
#[test]
fn every_row_of_every_table_has_a_vector() {
    let responses = responses(NAME, "push");
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
    let reads = testing::responses(NAME, "read").into_iter();
    let bodies: Vec<Value> =
        reads.filter_map(|response| serde_json::from_slice(&response.body).ok()).collect();
    for (word, _) in STATUSES {
        let shows = |body: &Value| body["terminal_payment"]["status"] == *word;
        assert!(bodies.iter().any(shows), "no vector for {word}");
    }
}

/// The same for what is no payment: Qonto's own codes, and the standard's words for tokens.
#[test]
fn every_refusal_beside_payments_has_a_vector() {
    let desk: BTreeMap<String, Vec<Value>> = read(NAME, "desk");
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
    let tokens: Vec<Value> = read(NAME, "token");
    for (word, _) in super::auth::REFUSALS {
        assert!(is_told(&tokens, None, "/error", Some(word)), "no vector for {word}");
    }
}

#[test]
fn each_vector_says_what_it_is() {
    let files = ["push", "read", "request", "notification", "desk", "token", "signature"];
    testing::each_says_what_it_is(NAME, &files);
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

proptest! {
    #[test]
    fn whatever_comes_back_nothing_panics_and_no_push_is_ever_a_no(
        status in prop_oneof![Just(202_u16), 100..600_u16],
        body in testing::any_body(NAME, &["read"]),
        json in any::<bool>(),
        truncated in any::<bool>(),
    ) {
        let exchange = testing::answer(status, body, json, truncated);
        let payment = payment();
        if let Answer::Accepted { sightings } = Qonto.started(&payment, &exchange, false) {
            prop_assert!(status == 202 && json && !truncated);
            prop_assert!(sightings.iter().all(|sighting| !testing::says_no(&sighting.standing)));
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
            let exchange = testing::answer(200, body, true, false);
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
        let body = body.to_string().into_bytes();
        let exchange = testing::answer(200, body, true, false);
        if let Reading::Clear(sightings) = Qonto.seen(&payment(), &fixture().charge, &exchange) {
            let no = sightings.iter().any(|sighting| testing::says_no(&sighting.standing));
            prop_assert_eq!(no, word.eq_ignore_ascii_case("refused"));
        }
    }
}
