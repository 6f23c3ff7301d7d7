//! What a notification tells, once its signature holds.
//!
//! The signature covers a time and the exact bytes. Qonto's pages advise to refuse what is older
//! than five minutes, and do not say whether a delivery that is tried again for days is signed
//! anew. So the time is checked to be part of what was signed and is not compared with any clock:
//! what is old and truly signed is still a hint, a hint moves nothing by itself, and a repeat is
//! known by its id.
//!
//! A hint says where to look and, where no look can be had, that money was taken.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::record::{Named, Record, status};
use crate::payment::sighting::{Ours, Standing};
use crate::provider::{Delivery, Hint, Notice, Refused, Secret, Trust, read_plainly, words_of};

/// The topic of terminal payments.
pub const TOPIC: &str = "v1/terminal-payments";
/// The topic of a merchant who takes consent back.
pub const REVOKED_TOPIC: &str = "v1/consent-revocations";
/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-Qonto-Signature";

/// More signatures than this are not looked at: each costs a pass over the body.
const SIGNATURES_MAX: usize = 8;

/// A notification that is not what Qonto documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong with it.
    pub why: &'static str,
}

/// What Qonto writes into [`SIGNATURE_HEADER`] for these bytes at `t_s`, in seconds since 1970.
#[must_use]
pub fn sign(secret: &Secret, t_s: u64, body: &[u8]) -> String {
    let t = t_s.to_string();
    let code = mac(secret, &t, body).map(|mac| mac.finalize().into_bytes());
    format!("t={t},v1={}", code.map(hex::encode).unwrap_or_default())
}

/// Checks a notification against its exact bytes and translates it; `client_id` is the application
/// that consent was given to, where that is known.
///
/// # Errors
/// Why it is refused.
pub(super) fn notified(
    delivery: &Delivery<'_>,
    trust: &Trust<'_>,
    client_id: Option<&Secret>,
) -> Result<Notice, Refused> {
    let verified = verify(delivery, trust.secrets);
    #[cfg(mutant = "qonto_unsigned_hint_believed")]
    let verified = verified.or(Ok(()));
    verified?;
    let malformed = |Malformed { why }| Refused::Malformed { why };
    let notification = Notification::parse(delivery.body).map_err(malformed)?;
    let id = notification.id.as_str().map(|id| words_of(id).into());
    let consent_revoked = notification.revokes(client_id);
    let hints = notification.hint().map_err(malformed)?.into_iter().collect();
    Ok(Notice { id, hints, consent_revoked })
}

/// The hint in a verified notification; none where its topic is another one.
///
/// An event that cannot be placed still names a terminal payment that is worth a look.
///
/// # Errors
/// [`Malformed`] for anything but a notification.
pub fn hint(body: &[u8]) -> Result<Option<Hint>, Malformed> {
    Notification::parse(body)?.hint()
}

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "type")]
    topic: String,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Data {
    event: String,
    #[serde(flatten)]
    record: Record,
}

impl Notification {
    fn parse(body: &[u8]) -> Result<Self, Malformed> {
        read_plainly(body).ok_or(Malformed { why: "a notification is JSON with a type and data" })
    }

    /// Consent that was given to another application is none of ours.
    fn revokes(&self, client_id: Option<&Secret>) -> bool {
        let told = self.data.get("client_id").and_then(Value::as_str);
        let ours = match (told, client_id) {
            (Some(told), Some(ours)) => told == ours.expose(),
            (None, _) | (_, None) => true,
        };
        self.topic == REVOKED_TOPIC && ours
    }

    fn hint(self) -> Result<Option<Hint>, Malformed> {
        if self.topic != TOPIC {
            return Ok(None);
        }
        let why = "a terminal payment has an id, a terminal and an amount";
        let Data { event, record } =
            serde_json::from_value(self.data).map_err(|_| Malformed { why })?;
        let standing = status(&event).and_then(|status| record.standing(status));
        let (payment, ours) = match record.payment() {
            Named::Payment(payment) => (Some(payment), Ours::Yes),
            Named::Nobody => (None, Ours::Unsaid),
            Named::Stranger => (None, Ours::No),
        };
        let sighting = record.charge(standing.unwrap_or(Standing::Pending), ours);
        let unreadable = Malformed { why: "a terminal payment's ids and amount can be read" };
        sighting.map(|sighting| Some(Hint { payment, sighting })).ok_or(unreadable)
    }
}

/// Any of the signatures by any of the secrets: both are several while a secret is replaced.
fn verify(delivery: &Delivery<'_>, secrets: &[Secret]) -> Result<(), Refused> {
    if secrets.is_empty() {
        return Err(Refused::Unverifiable { setting: "webhook_secrets" });
    }
    let header = delivery.header(SIGNATURE_HEADER).ok_or(Refused::BadSignature)?;
    let Signatures { t, codes } = Signatures::parse(header).ok_or(Refused::BadSignature)?;
    let signs = |secret: &Secret| {
        mac(secret, t, delivery.body).is_some_and(|mac| {
            // Compared by the library, in a time that tells nothing.
            codes.iter().any(|code| mac.clone().verify_slice(code).is_ok())
        })
    };
    if secrets.iter().any(signs) { Ok(()) } else { Err(Refused::BadSignature) }
}

fn mac(secret: &Secret, t: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    // An empty secret signs nothing: anyone has it.
    let key = Some(secret.expose()).filter(|key| !key.is_empty())?;
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    Some(mac.chain_update(t).chain_update(".").chain_update(body))
}

/// A signature header, taken apart: `t=…,v1=…`, parts of other names passed over.
struct Signatures<'a> {
    t: &'a str,
    codes: Vec<Vec<u8>>,
}

impl<'a> Signatures<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let parts = header.split(',').filter_map(|part| part.trim().split_once('='));
        let mut times = parts.clone().filter(|(name, _)| *name == "t").map(|(_, t)| t);
        let t = times.next().filter(|_| times.next().is_none())?;
        let codes: Vec<_> = parts
            .filter(|(name, _)| *name == "v1")
            .take(SIGNATURES_MAX)
            .filter_map(|(_, code)| hex::decode(code).ok())
            .collect();
        Some(Self { t, codes })
    }
}
