use std::sync::Arc;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use super::NAME;
use super::settings::{PRODUCTION, settings};
use crate::provider::qonto::{SIGNATURE_HEADER, set_up, sign};
use crate::provider::tests::testing::read;
use crate::provider::{Delivery, Desk, Notice, Refused, Secret, Trust};
use crate::time::{BootId, Moment};

#[derive(Deserialize)]
struct Vector {
    name: String,
    secrets: Vec<String>,
    header: Option<(String, String)>,
    body: String,
    #[serde(flatten)]
    told: Value,
}

fn vectors() -> Vec<Vector> {
    read(NAME, "signature")
}

/// The desk of the application `client-1`.
fn desk() -> Arc<dyn Desk> {
    let mut given = settings(PRODUCTION);
    given.remove("access_token");
    given.insert("client_id".into(), "client-1".into());
    given.insert("client_secret".into(), "s".into());
    set_up(&given).unwrap().desk
}

fn notified(
    header: Option<(&str, &str)>,
    body: &[u8],
    secrets: &[Secret],
) -> Result<Notice, Refused> {
    let headers: Vec<(&str, &str)> =
        [("Content-Type", "application/json")].into_iter().chain(header).collect();
    let delivery = Delivery { method: "POST", url: "/hooks/qonto", headers: &headers, body };
    let trust = Trust { secrets, public_url: None, keys: None };
    let now = Moment { wall_ms: 1_795_165_240_000, boot_ms: 1, boot: BootId(1) };
    desk().notified(&delivery, &trust, &now)
}

#[test]
fn each_delivery_is_judged_as_its_vector_says() {
    for Vector { name, secrets, header, body, told } in vectors() {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(secret)).collect();
        let header = header.as_ref().map(|(name, value)| (name.as_str(), value.as_str()));
        let judged = match notified(header, body.as_bytes(), &secrets) {
            Ok(Notice { id, hints, consent_revoked }) => json!({
                "verdict": "accepted",
                "id": id,
                "hints": hints.len(),
                "consent_revoked": consent_revoked,
            }),
            Err(Refused::BadSignature) => json!({ "verdict": "bad-signature" }),
            Err(Refused::Malformed { .. }) => json!({ "verdict": "malformed" }),
            Err(Refused::Unverifiable { setting: "webhook_secrets" }) => {
                json!({ "verdict": "unverifiable" })
            }
            Err(other) => panic!("{other:?}"),
        };
        for (key, value) in judged.as_object().unwrap() {
            assert_eq!(told.get(key), Some(value), "{name}");
        }
    }
}

#[test]
fn what_is_signed_here_is_what_qonto_would_sign() {
    let secret = Secret::new("test-secret");
    assert_eq!(
        sign(&secret, 1_704_110_400, br#"{"test":"data"}"#),
        "t=1704110400,v1=56aff06dc227db80d6568a5070f912c601c31f20451745d257cbc0b5dfa93805"
    );
}

proptest! {
    #[test]
    fn only_what_was_signed_is_believed(
        body in any::<Vec<u8>>(),
        t in any::<u64>(),
        place in any::<usize>(),
        change in 1..=255_u8,
    ) {
        let secrets = [Secret::new("one-secret")];
        let header = sign(&secrets[0], t, &body);
        let told = notified(Some((SIGNATURE_HEADER, &header)), &body, &secrets);
        prop_assert_ne!(told, Err(Refused::BadSignature));
        let mut forged = body.clone();
        match forged.len() {
            0 => forged.push(change),
            length => forged[place % length] ^= change,
        }
        let told = notified(Some((SIGNATURE_HEADER, &header)), &forged, &secrets);
        prop_assert_eq!(told, Err(Refused::BadSignature));
    }

    #[test]
    fn no_header_breaks_anything(header in ".*", body in any::<Vec<u8>>()) {
        let secrets = [Secret::new("one-secret")];
        let told = notified(Some((SIGNATURE_HEADER, &header)), &body, &secrets);
        prop_assert_eq!(told, Err(Refused::BadSignature));
    }
}
