//! Requests, settings, rules and manners; and that no bytes make a *no*.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    NAME, adapter, all, charge, hold, items, operation, payment, sale, settings, setup,
    with_operation,
};
use crate::error::Code;
use crate::ids::ChargeId;
use crate::payment::event::Answer;
use crate::payment::manners::{Absence, Manner};
use crate::payment::{Operation, OperationKind, hold as holds};
use crate::provider::tests::testing;
use crate::provider::{Adapter, CODE_PLACEHOLDER, Credentials, Reading, provider};
use crate::sale::{Capture, Environment, Sale};
use crate::wire::{Method, Request};

#[test]
fn each_request_is_byte_for_byte_what_its_vector_says() {
    hold("request", "request", |vector| {
        serde_json::to_value(named(vector["name"].as_str().unwrap())).unwrap()
    });
}

fn named(name: &str) -> Request {
    let adapter = adapter();
    let operate = |state: &str, kind, minor| {
        let payment = with_operation(payment(state), kind, minor, 0);
        adapter.operate(&payment, operation(&payment), &charge()).unwrap()
    };
    let create = |sale: Sale| adapter.start(&super::begun(sale), Some(119_999));
    match name {
        "create" => create(sale()),
        "create with everything" => create(Sale {
            terminal: Some(crate::ids::TerminalId::parse("till-7").unwrap()),
            items: items(),
            customer_absent: true,
            scanned: true,
            allow_part: true,
            ..sale()
        }),
        "create a pre-authorization" => {
            create(Sale { capture: Capture::Manual, items: items(), ..sale() })
        }
        "read" => adapter.read(&payment("open"), &charge()),
        "read of a code" => adapter.read(&payment("code"), &charge()),
        "activities" => adapter.read(&payment("cancelling"), &charge()),
        "look up" => adapter.look_up(&payment("sent")).unwrap(),
        "void" => operate("open", OperationKind::Cancel, 0),
        "release" => operate("held", OperationKind::Cancel, 0),
        "let go of what is left" => operate("captured-part", OperationKind::Release, 0),
        "confirm once more" => operate("captured-part", OperationKind::Capture, 3_000),
        "refund of the first of two confirmations" => {
            operate("captured-twice", OperationKind::Refund, 4_000)
        }
        "refund of the second of two confirmations" => {
            let first = with_operation(payment("captured-twice"), OperationKind::Refund, 2_000, 0);
            let pots = holds::pots(&first);
            let second = pots.iter().find(|pot| pot.left.minor() >= 3_000).unwrap();
            let refund = Operation {
                capture: second.capture.map(Box::new),
                amount: Some(second.left),
                ..operation(&first).clone()
            };
            adapter.operate(&first, &refund, &charge()).unwrap()
        }
        "refund" => operate("paid", OperationKind::Refund, 10_000),
        "refund of a part" => operate("paid", OperationKind::Refund, 1_000),
        "refund of a confirmation" => {
            let confirmed = with_operation(payment("held"), OperationKind::Capture, 10_000, 1);
            let refund = with_operation(payment("captured"), OperationKind::Refund, 10_000, 0);
            let refund = operation(&refund).clone();
            adapter.operate(&confirmed, &refund, &charge()).unwrap()
        }
        "confirm" => operate("held", OperationKind::Capture, 10_000),
        "accept a condition" => operate("open", OperationKind::Answer, 1),
        "decline a condition" => operate("open", OperationKind::Answer, 0),
        "withdraw" => operate("open", OperationKind::Withdraw, 0),
        "confirm a part" => operate("held", OperationKind::Capture, 4_000),
        other => panic!("no request is called {other}"),
    }
}

#[test]
fn only_what_may_take_or_move_money_says_so() {
    for vector in all("request") {
        let request = named(vector["name"].as_str().unwrap());
        let code = vector["name"] == "read of a code";
        assert_eq!(request.may_move_money, request.method == Method::Post || code, "{vector}");
        let creates = vector["name"].as_str().unwrap().starts_with("create");
        assert_eq!(request.fresh_connection, creates, "{vector}");
    }
}

#[test]
fn a_scanned_code_is_only_a_placeholder() {
    let body = named("create with everything").body.unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["barcode"], CODE_PLACEHOLDER);
}

#[test]
fn an_expiry_is_always_sent_and_never_later_than_ours() {
    for (left_ms, seconds) in [(120_000, 120), (119_999, 119), (1_500, 1), (300, 1), (0, 1)] {
        let body = adapter().start(&super::begun(sale()), Some(left_ms)).body.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["expirySeconds"], seconds, "{left_ms}");
    }
}

#[test]
fn an_id_of_centrapays_cannot_bend_a_path() {
    let table = [
        ("../payment-requests", "/api/payment-requests/..%2Fpayment-requests"),
        ("a?b=c#d%2F", "/api/payment-requests/a%3Fb%3Dc%23d%252F"),
    ];
    for (id, path) in table {
        let request = adapter().read(&payment("open"), &ChargeId::parse(id).unwrap());
        assert_eq!(&*request.path, path);
    }
}

#[test]
fn what_cannot_be_looked_up_is_never_proven_absent() {
    let manners = |pairs: &[(&str, Option<&str>)]| {
        let mut settings = settings();
        for (key, value) in pairs {
            match value {
                Some(value) => settings.insert((*key).into(), (*value).into()),
                None => settings.remove(*key),
            };
        }
        setup(&settings).adapter.manners().clone()
    };
    let proof = Absence::ProofAfterExpiry { margin_ms: 10_000 };
    assert_eq!((manners(&[]).look_up, manners(&[]).absence), (true, proof));
    let without_right = manners(&[("look_up_right", None)]);
    assert_eq!((without_right.look_up, without_right.absence), (true, Absence::NeverProof));
    let without_account = manners(&[("look_up_right", None), ("merchant_account_id", None)]);
    assert_eq!((without_account.look_up, without_account.absence), (false, Absence::NeverProof));
}

#[test]
fn the_manners_are_the_guides() {
    let adapter = adapter();
    let manners = adapter.manners();
    assert_eq!((manners.start.manner, manners.start.replays_max), (Manner::Once, 0));
    assert_eq!(manners.refund, Some(Manner::SameEffect));
    assert_eq!(manners.cancel, Some(Manner::SameEffect));
    assert!(matches!(manners.capture, Some(Manner::Keyed { .. })));
    let times = manners.times;
    assert_eq!((times.start_by_ms, times.settle_by_ms), (90_000, 130_000));
    // The till times out five to ten seconds after the request.
    let after_ms = times.settle_by_ms - times.expires_ms.unwrap();
    assert!((5_000..=10_000).contains(&after_ms));
    assert!(adapter.read_may_pay(&Sale { scanned: true, ..sale() }));
    assert!(!adapter.read_may_pay(&sale()));
}

#[test]
fn requests_stay_below_the_rate_that_is_allowed() {
    let budget = setup(&settings()).budget.unwrap();
    // What was saved up may be spent in the same minute as what comes in during it.
    assert!(budget.per_minute * 2 < 200);
    assert!(budget.reserve > 0 && budget.reserve * 2 < budget.per_minute);
}

#[test]
fn a_pre_authorization_lists_its_items_and_is_whole() {
    let manual = Sale { capture: Capture::Manual, items: items(), ..sale() };
    assert!(adapter().check(&sale()).is_ok() && adapter().check(&manual).is_ok());
    let bare = adapter().check(&Sale { items: Vec::new(), ..manual.clone() }).unwrap_err();
    assert_eq!((bare.code, bare.field, bare.rule), (Code::InvalidField, "items", "required"));
    let part = adapter().check(&Sale { allow_part: true, ..manual }).unwrap_err();
    assert_eq!((part.code, part.field), (Code::Unsupported, "allow_part"));
}

#[test]
fn settings_name_the_place_and_the_header_that_opens_it() {
    let mut given = settings();
    let sandbox = setup(&given);
    assert_eq!(sandbox.base_url, "https://service.centrapay.com");
    assert_eq!(sandbox.hosts, [("auth", "https://auth.centrapay.com".to_owned())]);
    assert_eq!(sandbox.environment, Environment::Sandbox);
    let Credentials::Fixed(headers) = &sandbox.credentials else { panic!("a key stays") };
    assert_eq!(
        (headers[0].0, headers[0].1.expose(), headers.len()),
        ("X-Api-Key", "k3y-s3cret", 1)
    );
    given.insert("base_url".into(), "http://127.0.0.1:9".into());
    assert_eq!(setup(&given).base_url, "http://127.0.0.1:9");
}

#[test]
fn a_setting_that_does_not_fit_is_named_and_never_shown() {
    let cases: &[(&str, Option<&str>, &str, &str)] = &[
        ("environment", None, "environment", "required"),
        ("environment", Some("s3cret"), "environment", "one-of"),
        ("api_key", None, "api_key", "required"),
        ("api_key", Some(""), "api_key", "visible-ascii"),
        ("api_key", Some("s3cret\r\nX: y"), "api_key", "visible-ascii"),
        ("config_id", None, "config_id", "required"),
        ("config_id", Some("s3cret "), "config_id", "visible-ascii"),
        ("merchant_id", Some("s3 cret"), "merchant_id", "visible-ascii"),
        ("merchant_account_id", None, "merchant_account_id", "required"),
        ("look_up_right", Some("s3cret"), "look_up_right", "one-of"),
        ("conditions", Some("s3cret"), "conditions", "one-of"),
        ("terminal_id", Some(""), "terminal_id", "visible-ascii"),
        ("apikey", Some("s3cret"), "settings", "known-settings"),
    ];
    testing::refuses(NAME, &settings(), cases);
    let mut live = settings();
    live.insert("environment".into(), "production".into());
    for key in ["base_url", "auth_url"] {
        let mut given = live.clone();
        given.insert(key.into(), "https://s3cret.example".into());
        let fault = (provider(super::NAME).unwrap().set_up)(&given).unwrap_err();
        assert_eq!((fault.field, fault.rule), (key, "sandbox-only"));
    }
    let config = super::super::Config::parse(&settings()).unwrap();
    assert!(!format!("{config:?} {:?}", setup(&settings())).contains("s3cret"));
}

proptest! {
    #[test]
    fn whatever_comes_back_nothing_panics_and_only_whole_json_is_believed(
        status in prop_oneof![Just(200_u16), Just(403), 100..600_u16],
        body in testing::any_body(NAME, &["create", "read", "look_up", "operation"]),
        json in any::<bool>(),
        truncated in any::<bool>(),
    ) {
        let exchange = testing::answer(status, body, json, truncated);
        let adapter = adapter();
        if let Answer::Accepted { .. } = adapter.started(&payment("sent"), &exchange, false) {
            prop_assert!((200..300).contains(&status) && json && !truncated);
        }
        for reading in [
            adapter.seen(&payment("open"), &charge(), &exchange),
            adapter.seen(&payment("cancelling"), &charge(), &exchange),
            adapter.found(&payment("sent"), &exchange),
        ] {
            if let Reading::Clear(_) = reading {
                prop_assert!(status == 200 && json && !truncated);
            }
        }
        let voiding = with_operation(payment("open"), OperationKind::Cancel, 0, 1);
        if let Answer::Accepted { .. } = adapter.operated(&voiding, operation(&voiding), &exchange) {
            prop_assert!((200..500).contains(&status) && json && !truncated);
        }
    }

    #[test]
    fn only_the_documented_words_say_no(word in "[A-Za-z_ ]{0,12}") {
        let body = json!({
            "id": super::CHARGE, "status": word, "value": { "amount": "10000", "currency": "NZD" },
        });
        let body = body.to_string().into_bytes();
        let exchange = testing::answer(200, body, true, false);
        if let Reading::Clear(sightings) = adapter().seen(&payment("open"), &charge(), &exchange) {
            let no = sightings.iter().any(|sighting| testing::says_no(&sighting.standing));
            let known = ["cancelled", "expired"].iter().any(|it| word.eq_ignore_ascii_case(it));
            prop_assert_eq!(no, known);
        }
    }
}
