//! What a notification tells, once its signature is found to be Centrapay's.
//!
//! The signature is a JWT in the `Authorization` header: ES256 by a key that Centrapay publishes
//! and may change at any time, over the hash of the body and the address it was meant for. Its
//! five minutes are not held against it: a notification that comes late is a hint all the same, and
//! a hint only says where to look.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::activity::{Activity, Kind};
use super::record::Monetary;
use crate::ids::{ChargeId, PaymentId};
use crate::money::Money;
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::provider::{
    Delivery, Hint, Notice, Refused, SigningKeys, Trust, read_plainly, words_of,
};
use crate::sale::Environment;

/// What a notification may be about.
pub(super) const TOPICS: &[(&str, Topic)] = &[
    ("payment-request:paid", Topic::Paid),
    ("payment-request:refund-initiated", Topic::Refund),
    ("payment-request:refund-completed", Topic::Refund),
];

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// A request was paid.
    Paid,
    /// Money goes back, or has gone back.
    Refund,
}

/// Checks a notification and translates it.
pub(super) fn notice(
    environment: Environment,
    delivery: &Delivery<'_>,
    trust: &Trust<'_>,
) -> Result<Notice, Refused> {
    verify(delivery, trust)?;
    let told: Notification = read_plainly(delivery.body)
        .ok_or(Refused::Malformed { why: "a notification is JSON with an id and a type" })?;
    let id = Some(words_of(&told.id).into());
    let topic = TOPICS.iter().find(|(name, _)| *name == told.topic).map(|(_, topic)| *topic);
    let rehearsal = told.test == Value::Bool(true) && environment == Environment::Production;
    let Some(topic) = topic.filter(|_| !rehearsal) else {
        return Ok(Notice { id, ..Notice::default() });
    };
    let hint = hint(topic, told.data)
        .ok_or(Refused::Malformed { why: "its data is an activity of a payment request" })?;
    Ok(Notice { id, hints: vec![hint], ..Notice::default() })
}

#[derive(Deserialize)]
struct Notification {
    id: String,
    #[serde(rename = "type")]
    topic: String,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    test: Value,
}

fn hint(topic: Topic, data: Value) -> Option<Hint> {
    let paid_by = data.get("paidBy").cloned().unwrap_or_default();
    let activity: Activity = serde_json::from_value(data).ok()?;
    let payment = activity.reference().and_then(|reference| PaymentId::parse(reference).ok());
    let standing = match topic {
        Topic::Paid => paid(&activity, &paid_by),
        // How much went back is for the look to tell, which this is the reason for.
        Topic::Refund => Standing::Reversed { authorized: None },
    };
    let sighting = Sighting {
        charge: ChargeId::parse(&activity.payment_request_id).ok()?,
        ours: if payment.is_some() { Ours::Yes } else { Ours::Unsaid },
        ..super::outcome::plain(&ChargeId::parse(&activity.payment_request_id).ok()?, standing)
    };
    Some(Hint { payment, sighting })
}

/// Only what the assets add up to was surely paid; without them it is a reason to look.
fn paid(activity: &Activity, paid_by: &Value) -> Standing {
    match asset_sum(paid_by) {
        Some(paid) => {
            let held = activity.kind() == Some(Kind::Authorization);
            let captured = if held { Money::zero(paid.currency()) } else { paid };
            Standing::Taken {
                authorized: paid,
                captured,
                tip: None,
                returned: None,
                provisional: false,
            }
        }
        None => Standing::Pending,
    }
}

fn asset_sum(paid_by: &Value) -> Option<Money> {
    let mut totals = paid_by.get("assetTotals")?.as_array()?.iter().map(|asset| {
        let total: Monetary = serde_json::from_value(asset.get("total")?.clone()).ok()?;
        total.money()
    });
    let sum = totals.try_fold(None, |sum: Option<Money>, amount| {
        let amount = amount?;
        Some(Some(sum.map_or(Some(amount), |sum| sum.checked_add(amount).ok())?))
    });
    sum?.filter(|sum| !sum.is_zero())
}

/// The claims that are held against a notification.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    request_body_sha256: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

fn verify(delivery: &Delivery<'_>, trust: &Trust<'_>) -> Result<(), Refused> {
    let header = delivery.header("authorization").ok_or(Refused::BadSignature)?;
    let token = header.strip_prefix("Bearer ").unwrap_or(header).trim();
    let Some(token) = Token::parse(token) else { return Err(Refused::BadSignature) };
    let public_url = trust.public_url.ok_or(Refused::Unverifiable { setting: "public_url" })?;
    // What is not meant for us needs no key to be refused.
    if !token.is_for(public_url) || !token.covers(delivery.body) {
        return Err(Refused::BadSignature);
    }
    let keys = trust.keys.ok_or(Refused::NeedsKeys)?;
    let key = token.key(keys).ok_or(Refused::NeedsKeys)?;
    if token.is_signed_by(key) { Ok(()) } else { Err(Refused::BadSignature) }
}

/// A JWT in its parts.
struct Token<'a> {
    kid: String,
    claims: Claims,
    signed: &'a str,
    signature: Signature,
}

impl<'a> Token<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = decoded(header)?;
        if header.alg != "ES256" {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self {
            kid: header.kid,
            claims: decoded(claims)?,
            signed,
            signature: Signature::from_slice(&signature).ok()?,
        })
    }

    /// The documents call it the base address of the webhook: all of it, or its origin.
    fn is_for(&self, public_url: &str) -> bool {
        let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
        let (whole, origin) = (trimmed(public_url), trimmed(origin(public_url)));
        let named = |audience: &Value| {
            audience.as_str().map(trimmed).is_some_and(|url| url == whole || url == origin)
        };
        match &self.claims.aud {
            Value::Array(audiences) => audiences.iter().any(named),
            audience => named(audience),
        }
    }

    fn covers(&self, body: &[u8]) -> bool {
        match &self.claims.request_body_sha256 {
            Some(told) => told.eq_ignore_ascii_case(&hex::encode(Sha256::digest(body))),
            None => body.is_empty(),
        }
    }

    fn key<'k>(&self, keys: &'k SigningKeys) -> Option<&'k [u8]> {
        keys.keys.iter().find(|(kid, _)| **kid == *self.kid).map(|(_, point)| &**point)
    }

    fn is_signed_by(&self, point: &[u8]) -> bool {
        let key = VerifyingKey::from_sec1_bytes(point);
        key.is_ok_and(|key| key.verify(self.signed.as_bytes(), &self.signature).is_ok())
    }
}

fn decoded<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Scheme and host of an address.
fn origin(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at.saturating_add(3));
    let host = url.get(after_scheme..).unwrap_or_default();
    let host_end = host.find(['/', '?', '#']).unwrap_or(host.len());
    url.get(..after_scheme.saturating_add(host_end)).unwrap_or(url)
}
