//! Notifications and events: how they are checked, and what they hint at.
//!
//! How VINR signs is not public, so nothing is believed unless a scheme was set; and whatever it
//! says, a read follows.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::config::{Scheme, Terms};
use super::record::{Known, Named, Record, is_terminal_payment};
use crate::ids::{ChargeId, PaymentId};
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::provider::{Delivery, Hint, Notice, Refused, Secret, read_plainly, words_of};

/// More signatures than this are not looked at: each costs a pass over the body.
const SIGNATURES_MAX: usize = 8;

/// The names that VINR's pages give the header of the signature.
pub const SIGNATURE_HEADERS: [&str; 2] = ["Vinr-Signature", "X-Vinr-Signature"];
/// The header of the time, where it is not part of the signature's.
const TIME_HEADER: &str = "X-Vinr-Timestamp";

/// Checks a notification and translates it.
pub(super) fn notice(
    terms: Terms,
    scheme: Option<Scheme>,
    delivery: &Delivery<'_>,
    secrets: &[Secret],
) -> Result<Notice, Refused> {
    let Some(Scheme::HmacSha256Timestamped) = scheme else {
        return Err(Refused::Unverifiable { setting: "webhook_scheme" });
    };
    if secrets.is_empty() {
        return Err(Refused::Unverifiable { setting: "webhook_secrets" });
    }
    if !is_signed(delivery, secrets) {
        return Err(Refused::BadSignature);
    }
    let why = "an event is JSON with a type and data";
    let event = read_plainly(delivery.body).ok_or(Refused::Malformed { why })?;
    told(terms, event).map_err(|why| Refused::Malformed { why })
}

/// What a terminal's own stream tells: an event, or the payment itself. How it is written is not
/// documented, so both are read, and neither is recognized as a repeat.
pub(super) fn streamed(terms: Terms, body: &[u8]) -> Result<Notice, Refused> {
    let why = "an event of a terminal is JSON: an event, or a terminal payment";
    let value: Value = read_plainly(body).ok_or(Refused::Malformed { why })?;
    let event = match Event::deserialize(&value) {
        Ok(event) => event,
        Err(_) => Event { id: None, _kind: String::new(), data: value },
    };
    let hints = hint(terms, event).map_err(|why| Refused::Malformed { why })?;
    Ok(Notice { id: None, hints: hints.into_iter().collect(), consent_revoked: false })
}

/// What an event tells, however it came.
pub(super) fn told(terms: Terms, event: Event) -> Result<Notice, &'static str> {
    let id = Event::id(&event);
    let hints = hint(terms, event)?;
    Ok(Notice { id, hints: hints.into_iter().collect(), consent_revoked: false })
}

/// Whether one of the secrets signed time and body. However old: a late delivery is still a hint.
fn is_signed(delivery: &Delivery<'_>, secrets: &[Secret]) -> bool {
    let Some(header) = SIGNATURE_HEADERS.iter().find_map(|name| delivery.header(name)) else {
        return false;
    };
    let parts = || header.split(',').map(str::trim);
    let time = parts().find_map(|part| part.strip_prefix("t=")).or(delivery.header(TIME_HEADER));
    let Some(time) = time.filter(|time| !time.is_empty()) else { return false };
    let signatures: Vec<Vec<u8>> = parts()
        .filter_map(signature)
        .filter_map(|text| hex::decode(text).ok())
        .take(SIGNATURES_MAX)
        .collect();
    let verifies = |secret: &Secret, signature: &[u8]| {
        mac(secret, time, delivery.body).is_some_and(|mac| mac.verify_slice(signature).is_ok())
    };
    secrets.iter().any(|secret| signatures.iter().any(|signature| verifies(secret, signature)))
}

/// What this scheme writes into the signature's header for these bytes at `t_s`, in seconds since
/// 1970.
#[must_use]
pub fn sign(secret: &Secret, t_s: u64, body: &[u8]) -> String {
    let time = t_s.to_string();
    let code = mac(secret, &time, body).map(|mac| mac.finalize().into_bytes());
    format!("t={time},v1={}", code.map(hex::encode).unwrap_or_default())
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &Secret, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    for part in [time.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}

/// The signature in a part of the header: named, or alone.
fn signature(part: &str) -> Option<&str> {
    match part.split_once('=') {
        Some(("v1" | "sha256", text)) => Some(text),
        Some(_) => None,
        None => Some(part),
    }
}

/// An event, as it is notified and as it is listed.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    #[serde(default)]
    id: Option<String>,
    #[serde(rename = "type")]
    _kind: String,
    #[serde(default)]
    data: Value,
}

impl Event {
    fn id(&self) -> Option<Box<str>> {
        self.id.as_deref().map(|id| words_of(id).into())
    }
}

/// The hint in an event; none where it is about something else than a terminal payment.
///
/// What kind of event it is has three spellings, so the object tells what it is about, and its own
/// status how it stands. One that cannot be placed still names a payment that is worth a look.
fn hint(terms: Terms, event: Event) -> Result<Option<Hint>, &'static str> {
    let object = match event.data.get("object") {
        Some(object) if object.is_object() => object.clone(),
        _ => event.data,
    };
    if !is_terminal_payment(&object) {
        return Ok(None);
    }
    let id = object.get("id").and_then(Value::as_str).and_then(|id| ChargeId::parse(id).ok());
    let id = id.ok_or("a terminal payment has an id")?;
    let record = serde_json::from_value::<Record>(object).ok();
    let read = record.and_then(|record| read(terms, &record));
    Ok(Some(read.unwrap_or_else(|| Hint { payment: None, sighting: unread(id) })))
}

fn read(terms: Terms, record: &Record) -> Option<Hint> {
    let known = Known::default();
    let (payment, ours): (Option<PaymentId>, Ours) = match record.named(terms) {
        Named::Payment(payment) => (Some(payment), Ours::Yes),
        Named::Nobody => (None, Ours::Unsaid),
        Named::Stranger => (None, Ours::No),
    };
    let standing = record.status().and_then(|status| record.standing(status, terms, known));
    let standing = standing.unwrap_or(Standing::Pending);
    let sighting = record.sighting(standing, ours, terms, known)?;
    Some(Hint { payment, sighting })
}

fn unread(charge: ChargeId) -> Sighting {
    Sighting::bare(charge, Ours::Unsaid, Standing::Pending)
}
