//! Notifications and the key that signs them: ES256 over the hash of the body and the address that
//! it is meant for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::fakes::ledger::{Charge, Standing};

/// The name of the key that signs.
pub const KEY_ID: &str = "20261120-madeup";

/// A made-up key; it protects nothing.
const SECRET: [u8; 32] = [7; 32];

/// How long a signature says that it is good.
const LIFE_S: u64 = 300;

/// The keys as they are published.
#[must_use]
pub fn jwks() -> String {
    let point = key().verifying_key().to_sec1_point(false);
    let bytes = point.as_bytes();
    json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID,
        "x": URL_SAFE_NO_PAD.encode(&bytes[1..33]), "y": URL_SAFE_NO_PAD.encode(&bytes[33..]),
    }]})
    .to_string()
}

/// The value of the `Authorization` header for this body, sent to that address at that time.
#[must_use]
pub fn signed(body: &[u8], audience: &str, now_s: u64) -> String {
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID });
    let claims = json!({
        "iat": now_s, "exp": now_s + LIFE_S, "aud": audience, "request_body_sha256": hash,
    });
    let text = format!("{}.{}", part(&header), part(&claims));
    let signature: Signature = key().sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// The body that tells of an activity.
#[must_use]
pub fn notification(id: &str, topic: &str, activity: &Value, created_at: &str) -> String {
    json!({
        "id": id, "type": topic, "data": activity, "accountId": super::ACCOUNT, "test": true,
        "createdAt": created_at,
    })
    .to_string()
}

fn key() -> SigningKey {
    SigningKey::from_slice(&SECRET).expect("a number below the order of the curve")
}

/// The topic and the activity by which a charge is notified of; none where Centrapay notifies of no
/// such thing.
#[must_use]
pub fn told(charge: &Charge) -> Option<(&'static str, Value)> {
    let value = json!({ "amount": charge.authorized_minor.to_string(), "currency": "NZD" });
    let (topic, kind) = match charge.standing {
        Standing::Taken if charge.manual => ("payment-request:paid", "authorization"),
        Standing::Taken => ("payment-request:paid", "paid"),
        Standing::Reversed => ("payment-request:refund-initiated", "refund"),
        _ => return None,
    };
    let totals = json!([{ "type": "centrapay.nzd.test", "total": value }]);
    let activity = json!({
        "type": kind, "value": value, "paymentRequestId": charge.id,
        "paidBy": { "assetTotals": totals },
    });
    Some((topic, activity))
}
