//! What no input may break, whatever it is.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{NAME, adapter, fixture, payment, set_up, settings, with_operation};
use crate::ids::{ChargeId, TerminalId};
use crate::payment::event::{Answer, Event, Source};
use crate::payment::manners::{Absence, Manner};
use crate::payment::view::{self, Alarm, Outcome};
use crate::payment::{Operation, OperationKind, Payment, apply};
use crate::provider::tests::testing::{self, exchange};
use crate::provider::{Delivery, Presence, Reading, Trust};
use crate::sale::{Capture, Sale};

#[test]
fn the_manners_are_the_documented_ones_with_a_margin() {
    let adapter = adapter();
    let manners = adapter.manners();
    assert_eq!((manners.start.manner, manners.start.replays_max), (Manner::Once, 0));
    assert_eq!((manners.capture, manners.refund), (Some(Manner::Once), Some(Manner::Once)));
    assert_eq!(manners.cancel, Some(Manner::SameEffect));
    assert!(manners.look_up);
    assert_eq!(manners.absence, Absence::NeverProof);
    assert_eq!(manners.times.expires_ms, Some(120_000));
    assert_eq!(manners.looking.capture_watch_ms, 48 * 3_600_000);
    let capabilities = adapter.capabilities();
    assert_eq!(capabilities.terminal, Presence::Required);
    assert_eq!(capabilities.amount_max_minor, Some(i64::from(i32::MAX)));
    assert!(!adapter.read_may_pay(&fixture().sale));
}

/// What a read shows, taken in as the engine does.
fn after_read(payment: Payment, name: &str) -> Payment {
    let vectors = super::all("read");
    let vector = vectors.iter().find(|vector| super::name(vector) == name).unwrap();
    let Reading::Clear(mut sightings) =
        adapter().seen(&payment, &fixture().charge, &exchange(vector))
    else {
        panic!("{name} shows nothing");
    };
    let sighting = Box::new(sightings.remove(0));
    let observed = Event::Observed { source: Source::Read, sighting, at: super::NOW };
    apply::apply(Some(payment), &observed).unwrap()
}

/// The money is the merchant's as far as the till is concerned; the capture is watched.
#[test]
fn approved_with_automatic_capture_is_paid_at_once_and_the_capture_is_awaited() {
    let approved = after_read(payment("open"), "transaction AUTHORIZED");
    assert_eq!(view::outcome(&approved), Outcome::Paid);
    assert!(view::awaits_capture(&approved) && view::alarms(&approved).is_empty());
    let ended = apply::apply(Some(approved.clone()), &Event::LookingEnded { at: super::NOW });
    assert!(view::alarms(&ended.unwrap()).contains(&Alarm::CaptureFailed));
    let captured = after_read(approved, "transaction CAPTURED");
    assert!(!view::awaits_capture(&captured));
}

/// One failed try is followed by others for two days, unless Dintero says that it is the last.
#[test]
fn a_capture_that_is_not_tried_again_is_an_alarm_at_once() {
    for (codes, alarms) in [(json!(["RETRY_AFTER_DELAY"]), false), (json!(["DO_NOT_RETRY"]), true)]
    {
        let vectors = super::all("read");
        let named = |vector: &&Value| super::name(vector) == "transaction AUTHORIZED";
        let mut vector = vectors.iter().find(named).unwrap().clone();
        let events = vector["exchange"]["body"]["events"].as_array_mut().unwrap();
        events.push(json!({
            "event": "CAPTURE",
            "success": false,
            "amount": 12500,
            "error": { "message": "no", "retry_policy": { "retry_codes": codes } },
        }));
        let open = payment("open");
        let reading = adapter().seen(&open, &fixture().charge, &exchange(&vector));
        let Reading::Clear(mut sightings) = reading else { panic!("{vector} shows nothing") };
        let sighting = Box::new(sightings.remove(0));
        let observed = Event::Observed { source: Source::Read, sighting, at: super::NOW };
        let approved = apply::apply(Some(open), &observed).unwrap();
        assert_eq!(view::outcome(&approved), Outcome::Paid);
        assert_eq!(view::alarms(&approved).contains(&Alarm::CaptureFailed), alarms);
    }
}

/// A session past its end is undecided, and so is what nobody knows at Dintero.
#[test]
fn neither_time_nor_not_knowing_is_ever_a_no() {
    for name in ["session past its end", "transaction UNKNOWN", "session event DECLINED"] {
        let after = after_read(payment("open"), name);
        assert_eq!(view::outcome(&after), Outcome::Open, "{name}");
    }
}

/// Without a key a kept connection could send twice.
#[test]
fn whatever_may_move_money_leaves_on_a_connection_of_its_own() {
    let start = adapter().start(&payment("new"), Some(1));
    assert!(start.may_move_money && start.fresh_connection);
    for kind in [OperationKind::Cancel, OperationKind::Capture, OperationKind::Refund] {
        let payment = with_operation("held", kind, 100, 0);
        let request = adapter().operate(&payment, operation(&payment), &fixture().charge).unwrap();
        assert!(request.may_move_money && request.fresh_connection, "{kind:?}");
    }
}

fn operation(payment: &Payment) -> &Operation {
    payment.operations.iter().chain(payment.cancel.as_deref()).next().unwrap()
}

/// Captures and refunds go to the transaction, which has to be known first.
#[test]
fn without_a_transaction_nothing_is_captured_or_given_back() {
    for kind in [OperationKind::Capture, OperationKind::Refund] {
        let payment = with_operation("open", kind, 100, 0);
        let request = adapter().operate(&payment, operation(&payment), &fixture().charge);
        assert_eq!(request, None, "{kind:?}");
    }
    let payment = payment("held");
    assert_eq!(adapter().operate(&payment, &payment.start, &fixture().charge), None);
}

#[test]
fn a_terminal_is_named_as_dintero_names_it() {
    let table = [
        ("T12345678-T0001", true),
        ("P11223351-T0013", true),
        ("../sessions", false),
        ("T1?x=1", false),
        ("T1 2", false),
    ];
    for (text, fits) in table {
        let Ok(terminal) = TerminalId::parse(text) else {
            assert!(!fits, "{text}");
            continue;
        };
        let sale = Sale { terminal: Some(terminal), ..fixture().sale };
        assert_eq!(adapter().check(&sale).is_ok(), fits, "{text}");
    }
    assert!(adapter().check(&Sale { terminal: None, ..fixture().sale }).is_err());
}

#[test]
fn an_id_of_dinteros_cannot_bend_a_path() {
    let table = [
        ("T1.abc", "/sessions/T1.abc"),
        ("../transactions", "/sessions/..%2Ftransactions"),
        ("a?b=c#d%2F", "/sessions/a%3Fb%3Dc%23d%252F"),
    ];
    for (id, path) in table {
        let request = adapter().read(&payment("new"), &ChargeId::parse(id).unwrap());
        assert_eq!(&*request.path, path);
    }
}

fn body_of(payment: &Payment) -> Value {
    let request = adapter().start(payment, Some(60_000));
    serde_json::from_str(request.body.as_deref().unwrap()).unwrap()
}

#[test]
fn a_sale_that_is_captured_later_says_so() {
    let mut later = payment("new");
    later.sale.capture = Capture::Manual;
    assert_eq!(body_of(&later)["configuration"]["auto_capture"], json!(false));
    assert_eq!(body_of(&payment("new"))["configuration"]["auto_capture"], json!(true));
}

#[test]
fn quantities_and_taxes_are_numbers_of_json() {
    let table = [("1", "1"), ("0.350", "0.35"), ("007", "7"), ("2.0", "2"), ("10", "10")];
    for (text, number) in table {
        let mut sale = payment("new");
        sale.sale.items[0].quantity = text.into();
        assert_eq!(body_of(&sale)["order"]["items"][0]["quantity"].to_string(), number);
    }
}

#[test]
fn publishing_can_be_left_to_the_profile() {
    let mut given = settings();
    given.insert("publish".to_owned(), "none".to_owned());
    given.remove("callback_url");
    let setup = super::super::set_up(&given).unwrap();
    let request = setup.adapter.start(&payment("new"), Some(60_000));
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["configuration"].get("publish"), None);
    assert_eq!(body["url"].get("callback_url"), None);
}

proptest! {
    #[test]
    fn whatever_comes_back_nothing_panics_and_no_creation_is_ever_a_no(
        status in prop_oneof![Just(200_u16), 100..600_u16],
        body in testing::any_body(NAME, &["read", "look_up", "operation", "create"]),
        json in any::<bool>(),
        truncated in any::<bool>(),
    ) {
        let exchange = testing::answer(status, body, json, truncated);
        let sound = json && !truncated;
        if let Answer::Accepted { sightings } = adapter().started(&payment("new"), &exchange, false) {
            prop_assert!(sound && (200..202).contains(&status));
            prop_assert!(!sightings.is_empty());
        }
        for reading in [
            adapter().seen(&payment("open"), &fixture().charge, &exchange),
            adapter().found(&payment("new"), &exchange),
        ] {
            if let Reading::Clear(_) = reading {
                prop_assert!(status == 200 && sound);
            }
        }
        for kind in [OperationKind::Cancel, OperationKind::Capture, OperationKind::Refund] {
            let payment = with_operation("held", kind, 100, 1);
            let answer = adapter().operated(&payment, operation(&payment), &exchange);
            if let Answer::NotExecuted { .. } = answer {
                prop_assert!(status == 429 || sound && (400..500).contains(&status));
            }
        }
    }

    #[test]
    fn arbitrary_bytes_are_no_notification(body in any::<Vec<u8>>(), signature in ".*", url in ".*") {
        let setup = set_up();
        let trust = Trust { secrets: &setup.webhook_secrets, public_url: Some(&url), keys: None };
        for header in ["Dintero-Signature", "event-signature"] {
            let headers = [(header, signature.as_str())];
            let delivery = Delivery { method: "POST", url: &url, headers: &headers, body: &body };
            prop_assert!(setup.desk.notified(&delivery, &trust, &super::NOW).is_err());
        }
    }

    #[test]
    fn only_documented_words_say_no(word in "[A-Za-z_ ]{0,24}") {
        let vector = json!({ "exchange": { "status": 200,
            "headers": { "content-type": "application/json" }, "body": {
                "id": "T1.t", "session_id": fixture().charge, "status": word, "amount": 12_500,
                "currency": "NOK", "merchant_reference": fixture().payment,
            } } });
        let reading = adapter().seen(&payment("open"), &fixture().charge, &exchange(&vector));
        if let Reading::Clear(sightings) = reading {
            let no = sightings.iter().any(|sighting| testing::says_no(&sighting.standing));
            let known = ["declined", "failed", "authorization_voided"];
            prop_assert_eq!(no, known.contains(&word.to_lowercase().as_str()));
        }
    }
}
