//! Notifications and the desk.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{NOW, hold, settings, setup};
use crate::error::Code;
use crate::payment::sighting::Standing;
use crate::provider::tests::testing;
use crate::provider::{Delivery, Errand, Finding, Notice, Refused, Settings, SigningKeys, Trust};
use crate::time::Moment;
use crate::wire::{Exchange, Response, SendFailure};

const PUBLIC_URL: &str = "https://shop.example/webhooks/centrapay";

fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

fn published(kid: &str, key: &SigningKey) -> SigningKeys {
    let point = key.verifying_key().to_sec1_point(false);
    SigningKeys { keys: vec![(kid.into(), point.as_bytes().into())], life_ms: 600_000 }
}

fn hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

fn claims(body: &[u8]) -> Value {
    json!({
        "iat": "1684105185", "exp": "1684105485", "aud": "https://shop.example",
        "request_body_sha256": hash(body),
    })
}

fn token(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn header(kid: &str) -> Value {
    json!({ "alg": "ES256", "typ": "JWT", "kid": kid })
}

fn told(settings: &Settings, body: &[u8], authorization: &str, trust: Trust<'_>) -> Told {
    let headers = [("authorization", authorization)];
    let delivery = Delivery { method: "POST", url: PUBLIC_URL, headers: &headers, body };
    setup(settings).desk.notified(&delivery, &trust, &NOW)
}

type Told = Result<Notice, Refused>;

const fn trust(keys: Option<&SigningKeys>) -> Trust<'_> {
    Trust { secrets: &[], public_url: Some(PUBLIC_URL), keys }
}

fn signed(body: &[u8]) -> Told {
    let keys = published("k1", &key(7));
    told(&settings(), body, &token(&header("k1"), &claims(body), &key(7)), trust(Some(&keys)))
}

fn paid() -> Vec<u8> {
    let vectors = super::all("notification");
    let paid = vectors.iter().find(|vector| vector["name"] == "paid").unwrap();
    paid["body"].to_string().into_bytes()
}

/// The five minutes of the example are long over: it is a hint all the same.
#[test]
fn each_notification_hints_what_its_vector_says() {
    hold("notification", "notice", |vector| {
        testing::notice(&signed(vector["body"].to_string().as_bytes()))
    });
}

#[test]
fn a_notification_is_believed_only_as_it_was_signed() {
    let body = paid();
    let keys = published("k1", &key(7));
    let right = claims(&body);
    let with = |field: &str, value: Value| {
        let mut claims = right.clone();
        claims[field] = value;
        token(&header("k1"), &claims, &key(7))
    };
    let good = with("x", Value::Null);
    let cases: Vec<(&str, String, bool)> = vec![
        ("as documented", good.clone(), true),
        ("with a scheme", format!("Bearer {good}"), true),
        ("for the whole address", with("aud", PUBLIC_URL.into()), true),
        ("for several", with("aud", json!(["https://a.example", PUBLIC_URL])), true),
        ("numbers for times", with("exp", json!(1_684_105_485)), true),
        ("for somebody else", with("aud", "https://evil.example".into()), false),
        ("for nobody", with("aud", Value::Null), false),
        ("over another body", with("request_body_sha256", hash(b"{}").into()), false),
        ("over no body", with("request_body_sha256", Value::Null), false),
        ("by another key", token(&header("k1"), &right, &key(8)), false),
        (
            "with another algorithm",
            { token(&json!({ "alg": "none", "kid": "k1" }), &right, &key(7)) },
            false,
        ),
        ("without a signature", good.rsplit_once('.').unwrap().0.to_owned(), false),
        ("with an empty signature", format!("{}.", good.rsplit_once('.').unwrap().0), false),
        ("not a token", "Basic dGlsbDprZXk=".to_owned(), false),
        ("nothing", String::new(), false),
    ];
    for (name, token, believed) in cases {
        let told = told(&settings(), &body, &token, trust(Some(&keys)));
        assert_eq!(told.is_ok(), believed, "{name}: {told:?}");
        if !believed {
            assert_eq!(told, Err(Refused::BadSignature), "{name}");
        }
    }
}

#[test]
fn one_changed_byte_of_the_body_is_refused() {
    let body = paid();
    let keys = published("k1", &key(7));
    let token = token(&header("k1"), &claims(&body), &key(7));
    for place in 0..body.len() {
        let mut changed = body.clone();
        changed[place] ^= 1;
        let told = told(&settings(), &changed, &token, trust(Some(&keys)));
        assert_eq!(told, Err(Refused::BadSignature), "byte {place}");
    }
}

#[test]
fn keys_that_are_not_known_yet_are_asked_for() {
    let body = paid();
    let token = token(&header("k2"), &claims(&body), &key(9));
    assert_eq!(told(&settings(), &body, &token, trust(None)), Err(Refused::NeedsKeys));
    let old = published("k1", &key(7));
    assert_eq!(told(&settings(), &body, &token, trust(Some(&old))), Err(Refused::NeedsKeys));
    let rotated = published("k2", &key(9));
    assert!(told(&settings(), &body, &token, trust(Some(&rotated))).is_ok());
    let nowhere = Trust { secrets: &[], public_url: None, keys: Some(&rotated) };
    let refused = Err(Refused::Unverifiable { setting: "public_url" });
    assert_eq!(told(&settings(), &body, &token, nowhere), refused);
}

#[test]
fn a_rehearsal_tells_a_live_account_nothing() {
    let body = paid();
    let keys = published("k1", &key(7));
    let token = token(&header("k1"), &claims(&body), &key(7));
    let mut live = settings();
    live.insert("environment".into(), "production".into());
    let told = told(&live, &body, &token, trust(Some(&keys))).unwrap();
    assert!(told.hints.is_empty() && told.id.is_some());
}

fn answered(status: u16, body: &str, headers: &[(&str, &str)]) -> Exchange {
    let json = [("content-type", "application/json")];
    let headers = json.iter().chain(headers);
    Ok(Response {
        status,
        headers: headers.map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        body: body.as_bytes().to_vec(),
        truncated: false,
    })
}

#[test]
fn keys_are_read_as_they_are_published() {
    let desk = setup(&settings()).desk;
    let asked = desk.request(&Errand::Keys).unwrap();
    assert_eq!((asked.host, &*asked.request.path), (Some("auth"), "/api/.well-known/jwks.json"));
    assert_eq!(asked.secret_headers, Some(Vec::new()));
    // The documented example, beside a key of another kind.
    let body = r#"{"keys":[{"kty":"RSA","kid":"r"},{"kty":"EC",
        "x":"t-vW2fE0mLLmdzJtYrz7J9q_yEXlgmIjCXdv3VNvYfQ",
        "y":"7GgTuTyTYmg95fZQ_D8xELt9Xj7DhvNZg1bqONPnYC4",
        "crv":"P-256","kid":"20191127-07baec395","use":"sig","alg":"ES256"}]}"#;
    let keys = |headers: &[(&str, &str)]| {
        let Finding::Keys(keys) =
            desk.answer(&Errand::Keys, &answered(200, body, headers)).unwrap()
        else {
            panic!("keys are keys")
        };
        keys
    };
    let found = keys(&[]);
    assert_eq!((&*found.keys[0].0, found.keys[0].1.len()), ("20191127-07baec395", 65));
    assert_eq!((found.keys.len(), found.life_ms), (1, 600_000));
    assert_eq!(keys(&[("cache-control", "public, max-age=60")]).life_ms, 60_000);
    assert_eq!(keys(&[("cache-control", "max-age=99999999")]).life_ms, 86_400_000);
    for body in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"EC"}]}"#, "{}", "<html>"] {
        assert!(desk.answer(&Errand::Keys, &answered(200, body, &[])).is_err(), "{body}");
    }
}

#[test]
fn the_right_to_list_is_probed_where_it_is_needed() {
    let desk = setup(&settings()).desk;
    assert_eq!(desk.probes(), [Errand::LookUpRight]);
    let asked = desk.request(&Errand::LookUpRight).unwrap();
    assert!(asked.request.path.starts_with("/api/payment-requests/external-ref/tillkit-"));
    let answer = |exchange: &Exchange| desk.answer(&Errand::LookUpRight, exchange);
    let listed = answer(&answered(200, r#"{"items":[]}"#, &[]));
    assert_eq!(listed, Ok(Finding::Right(Ok(()))));
    let forbidden = answer(&answered(403, r#"{"statusCode":403,"message":"Forbidden"}"#, &[]));
    assert!(matches!(forbidden, Ok(Finding::Right(Err(_)))));
    let refused = answer(&answered(401, r#"{"message":"Missing authentication"}"#, &[]));
    assert_eq!(refused.unwrap_err().code, Code::CredentialsRefused);
    let gone = answer(&Err(SendFailure::MaybeSent { why: "reset".into() }));
    assert_eq!(gone.unwrap_err().code, Code::ProviderUnreachable);
    let mut without = settings();
    without.remove("merchant_account_id");
    without.remove("look_up_right");
    assert!(setup(&without).desk.probes().is_empty());
    assert_eq!(setup(&without).desk.request(&Errand::LookUpRight), None);
}

#[test]
fn activities_of_a_period_are_listed_request_by_request() {
    let desk = setup(&settings()).desk;
    // The documented example.
    let activity = |kind: &str, request: &str, amount: &str, at: &str| {
        json!({
            "type": kind, "value": { "currency": "NZD", "amount": amount },
            "paymentRequestId": request, "createdAt": at, "invoiceRef": "order-1",
        })
    };
    let page = json!({
        "nextPageKey": "PaymentRequest#E9eX|Activity#1",
        "items": [
            activity("refund", "one", "600", "2021-06-12T01:17:00.000Z"),
            activity("payment", "one", "6190", "2021-06-12T01:16:00.000Z"),
            activity("request", "one", "6190", "2021-06-12T01:15:46.000Z"),
            activity("Authorization", "two", "100", "2021-05-12T01:15:46.000Z"),
            activity("preAuthRequest", "two", "100", "2021-05-12T01:15:46.000Z"),
        ],
    });
    let moment = |wall_ms| Moment { wall_ms, ..NOW };
    let listed = |from, to, page: &Value| {
        let errand = Errand::Payments { from: moment(from), to: moment(to), cursor: None };
        let answer = desk.answer(&errand, &answered(200, &page.to_string(), &[])).unwrap();
        let Finding::Payments(page) = answer else { panic!("payments are payments") };
        page
    };
    let all = listed(0, i64::MAX, &page);
    assert_eq!(all.next.as_deref(), Some("PaymentRequest#E9eX|Activity#1"));
    assert_eq!(all.items.len(), 2);
    let first = &all.items[0];
    assert_eq!((first.charge.as_str(), first.reference.as_deref()), ("one", Some("order-1")));
    assert_eq!(first.created_at_ms, Some(1_623_460_546_000));
    let Some(Standing::Taken { authorized, returned, .. }) = &first.standing else { panic!() };
    assert_eq!((authorized.minor(), returned.unwrap().minor()), (6_190, 600));
    // What is older ends the list.
    let june = listed(1_622_505_600_000, i64::MAX, &page);
    assert_eq!((june.items.len(), june.next), (1, None));
    let request = |cursor: Option<&str>| {
        let cursor = cursor.map(str::to_owned);
        let errand = Errand::Payments { from: NOW, to: NOW, cursor };
        desk.request(&errand).unwrap().request.path
    };
    let path = "/api/payment-activities?merchantId=26d3Cp3rJmbMHnuNJmks2N";
    assert_eq!(&*request(None), path);
    assert_eq!(*request(Some("a#b|c")), format!("{path}&pageKey=a%23b%7Cc"));
    let mut without = settings();
    without.remove("merchant_id");
    let errand = Errand::Payments { from: NOW, to: NOW, cursor: None };
    assert_eq!(setup(&without).desk.request(&errand), None);
}

#[test]
fn what_centrapay_has_not_is_not_asked_for() {
    let desk = setup(&settings()).desk;
    let cursor = None;
    for errand in [
        Errand::Terminals { cursor: cursor.clone() },
        Errand::Stores { cursor: cursor.clone() },
        Errand::Subscriptions { cursor },
        Errand::CallbackSecret,
        Errand::Profile,
    ] {
        assert_eq!(desk.request(&errand), None);
        let answer = desk.answer(&errand, &answered(200, "{}", &[]));
        assert_eq!(answer.unwrap_err().code, Code::Unsupported);
    }
}
