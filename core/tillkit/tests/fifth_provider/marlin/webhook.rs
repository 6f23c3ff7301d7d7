//! What a notification tells, once its signature holds.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use tillkit_model::ids::PaymentId;
use tillkit_model::provider::{Delivery, Hint, Notice, Refused, Secret, Trust};

use super::record::Record;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "Marlin-Signature";

#[derive(Deserialize)]
struct Notification {
    event_id: String,
    sale: Record,
}

/// What Marlin writes into [`SIGNATURE_HEADER`] for these bytes.
pub fn sign(secret: &Secret, body: &[u8]) -> String {
    mac(secret, body).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
}

pub(super) fn notified(delivery: &Delivery<'_>, trust: &Trust<'_>) -> Result<Notice, Refused> {
    if trust.secrets.is_empty() {
        return Err(Refused::Unverifiable { setting: "webhook_secrets" });
    }
    let signature = delivery.header(SIGNATURE_HEADER).and_then(|text| hex::decode(text).ok());
    let signature = signature.ok_or(Refused::BadSignature)?;
    // Compared by the library, in a time that tells nothing.
    let signs = |secret: &Secret| {
        mac(secret, delivery.body).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    };
    if !trust.secrets.iter().any(signs) {
        return Err(Refused::BadSignature);
    }
    let Notification { event_id, sale } = serde_json::from_slice(delivery.body)
        .map_err(|_| Refused::Malformed { why: "a notification is JSON with a sale" })?;
    let payment = sale.payment();
    let nobody = PaymentId::from_bytes([0; 16]);
    let sighting = sale
        .sighting(payment.unwrap_or(nobody))
        .ok_or(Refused::Malformed { why: "a sale's ids, amount and state can be read" })?;
    let hints = vec![Hint { payment, sighting }];
    Ok(Notice { id: Some(event_id.into()), hints, consent_revoked: false })
}

fn mac(secret: &Secret, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    Some(mac.chain_update(body))
}
