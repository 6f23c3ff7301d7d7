//! Qonto's answers beside payments and its signed notifications under any bytes at all; shared by
//! the short run and the fuzz targets. Its pushes and reads are among the common bodies.

use std::sync::LazyLock;

use serde_json::Value;
use tillkit_model::error::Charged;
use tillkit_model::provider::qonto::{SIGNATURE_HEADER, set_up, sign};
use tillkit_model::provider::{
    Credentials, Delivery, Errand, Need, Refused, Secret, Settings, Setup, Trust,
};
use tillkit_model::time::{BootId, Moment};
use tillkit_model::wire::{Exchange, Response};

const STATUSES: &[u16] = &[200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503];
const SECRET: &str = "one-secret-of-thirty-two-letters";

/// What bytes led to.
#[derive(Debug, Default)]
pub struct Reached {
    /// As an answer to an errand they were found to mean something.
    pub found: bool,
    /// As an answer of the authorization server they were tokens.
    pub kept: bool,
    /// As a notification they were a hint.
    pub hinted: bool,
    /// As a notification they told of a consent that was taken back.
    pub revoked: bool,
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

/// Takes bytes as an answer: the first picks the status, the next whether it calls itself JSON, the
/// rest is the body.
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
    let mut reached = Reached::default();
    for errand in errands() {
        match SETUP.desk.answer(&errand, &exchange) {
            Ok(_) => {
                assert!((200..300).contains(&status), "{status} {errand:?}");
                reached.found = true;
            }
            // No errand moves money, whatever came back.
            Err(error) => assert_eq!(error.charged, Charged::No, "{error}"),
        }
    }
    let Credentials::Tokens(tokens) = &SETUP.credentials else { return reached };
    if let Ok(kept) = tokens.answer(&exchange, None, &at()) {
        assert!((200..300).contains(&status) && json, "{status}");
        // What was just granted is used before anything else is asked for.
        assert!(matches!(tokens.need(Some(&kept), &at()), Need::Nothing { for_ms: 1.. }));
        reached.kept = true;
    }
    reached
}

fn errands() -> Vec<Errand> {
    vec![
        Errand::Terminals { cursor: None },
        Errand::Subscriptions { cursor: None },
        Errand::Subscribe { url: "https://pos.example/q".into(), events: Vec::new() },
        Errand::Unsubscribe { id: "s-1".into() },
    ]
}

/// Takes bytes as a rightly signed body, which may be malformed and is never called forged; and as
/// a signature, which is never believed.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn notification(bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let signature = sign(&Secret::new(SECRET), 1_795_165_232, bytes);
    match heard(&signature, bytes) {
        Ok(notice) => {
            reached.hinted = !notice.hints.is_empty();
            reached.revoked = notice.consent_revoked;
        }
        Err(refused) => assert!(matches!(refused, Refused::Malformed { .. }), "{refused:?}"),
    }
    let forged = String::from_utf8_lossy(bytes);
    assert_eq!(heard(&forged, b"{}"), Err(Refused::BadSignature));
    reached
}

fn heard(signature: &str, body: &[u8]) -> Result<tillkit_model::provider::Notice, Refused> {
    let headers = [(SIGNATURE_HEADER, signature)];
    let delivery = Delivery { method: "POST", url: "/q", headers: &headers, body };
    let secrets = [Secret::new("an-older-secret"), Secret::new(SECRET)];
    let trust = Trust { secrets: &secrets, public_url: None, keys: None };
    SETUP.desk.notified(&delivery, &trust, &at())
}

const fn at() -> Moment {
    Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) }
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let settings = [
        ("environment", "production"),
        ("organization_id", "org-1"),
        ("client_id", "client-1"),
        ("client_secret", "secret-1"),
    ];
    let settings: Settings =
        settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    set_up(&settings).unwrap()
});

/// The bodies of the vectors, each as an answer of its own status and as a success.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn bodies() -> Vec<Vec<u8>> {
    let desk = include_str!("../../../../tests/vectors/providers/qonto/desk.json");
    let desk: Value = serde_json::from_str(desk).unwrap();
    let token = include_str!("../../../../tests/vectors/providers/qonto/token.json");
    let token: Value = serde_json::from_str(token).unwrap();
    let cases = desk["answers"].as_array().into_iter().chain(token.as_array()).flatten();
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

/// The bodies and the signatures of the deliveries.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn notices() -> Vec<Vec<u8>> {
    let file = include_str!("../../../../tests/vectors/providers/qonto/signature.json");
    let cases: Vec<Value> = serde_json::from_str(file).unwrap();
    let texts = cases.iter().flat_map(|case| [case["body"].as_str(), case["header"][1].as_str()]);
    texts.flatten().map(|text| text.as_bytes().to_vec()).collect()
}
