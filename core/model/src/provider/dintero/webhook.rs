//! Callbacks and webhooks: two ways to be told, signed in two ways.
//!
//! A callback belongs to one session and is signed over the parts of its address, not over its
//! body; so only the address is read, and it says where to look. A webhook belongs to the account
//! and is signed over its body. Either is a hint, however old it is.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::Value;
use sha1::Sha1;
use sha2::Sha256;

use super::config::Config;
use super::event::{Deed, deed};
use super::record::{Named, Transaction, named};
use crate::ids::ChargeId;
use crate::payment::details::Details;
use crate::payment::sighting::{NotTaken, Ours, Sighting, Standing};
use crate::provider::{Delivery, Hint, Notice, Refused, Secret, Trust, read_plainly};

/// The header of a signed callback.
const CALLBACK_SIGNATURE: &str = "Dintero-Signature";
/// The header of a signed webhook.
const WEBHOOK_SIGNATURE: &str = "event-signature";
/// The header by which a repeated delivery is known.
const DELIVERY: &str = "event-delivery";

/// The events that tell of a payment.
pub(super) const EVENTS: &[&str] = &["checkout_transaction", "checkout_authorization"];

/// Checks and translates what arrived.
pub(super) fn notified(
    config: &Config,
    delivery: &Delivery<'_>,
    trust: &Trust<'_>,
) -> Result<Notice, Refused> {
    match (delivery.header(CALLBACK_SIGNATURE), delivery.header(WEBHOOK_SIGNATURE)) {
        (Some(signature), _) => {
            secrets_for("callback_secrets", trust)?;
            verify_callback(config, delivery, trust, signature)?;
            called_back(delivery)
        }
        (None, Some(signature)) => {
            secrets_for("webhook_secrets", trust)?;
            verify_webhook(delivery, trust, signature)?;
            told(config, delivery)
        }
        (None, None) => Err(Refused::BadSignature),
    }
}

fn secrets_for(setting: &'static str, trust: &Trust<'_>) -> Result<(), Refused> {
    if trust.secrets.is_empty() { Err(Refused::Unverifiable { setting }) } else { Ok(()) }
}

/// The signature header of a callback, as Dintero makes it; for a host's own tests.
#[must_use]
pub fn sign_callback(
    secret: &Secret,
    account: &str,
    seconds: i64,
    method: &str,
    url: &str,
) -> Option<String> {
    let address = Address::read(url)?;
    let text = callback_text(seconds, account, method, &address, &sorted(address.query, false));
    let code = code_of::<Hmac<Sha256>>(secret)?.chain_update(text).finalize();
    Some(format!("t={seconds},v0-hmac-sha256={}", hex::encode(code.into_bytes())))
}

/// The signature header of a webhook, as Dintero makes it; for a host's own tests.
#[must_use]
pub fn sign_webhook(secret: &Secret, body: &[u8]) -> Option<String> {
    let code = code_of::<Hmac<Sha1>>(secret)?.chain_update(body).finalize();
    Some(hex::encode(code.into_bytes()))
}

fn code_of<C: KeyInit>(secret: &Secret) -> Option<C> {
    C::new_from_slice(secret.expose().as_bytes()).ok()
}

/// The account is signed with the rest, so another account's callback is not ours to believe.
fn verify_callback(
    config: &Config,
    delivery: &Delivery<'_>,
    trust: &Trust<'_>,
    signature: &str,
) -> Result<(), Refused> {
    let (seconds, code) = read_signature(signature).ok_or(Refused::BadSignature)?;
    let places = places(delivery, trust)?;
    let account = config.account.as_str();
    let good = places.iter().any(|place| {
        // How the query was written before it was sorted is not said: as it came, or written anew.
        [false, true].into_iter().any(|anew| {
            let query = sorted(place.query, anew);
            let text = callback_text(seconds, account, delivery.method, place, &query);
            trust.secrets.iter().any(|secret| {
                code_of::<Hmac<Sha256>>(secret)
                    .is_some_and(|mac| mac.chain_update(&text).verify_slice(&code).is_ok())
            })
        })
    });
    if good { Ok(()) } else { Err(Refused::BadSignature) }
}

fn verify_webhook(
    delivery: &Delivery<'_>,
    trust: &Trust<'_>,
    signature: &str,
) -> Result<(), Refused> {
    let code = hex::decode(signature.trim()).map_err(|_| Refused::BadSignature)?;
    let good = trust.secrets.iter().any(|secret| {
        code_of::<Hmac<Sha1>>(secret)
            .is_some_and(|mac| mac.chain_update(delivery.body).verify_slice(&code).is_ok())
    });
    if good { Ok(()) } else { Err(Refused::BadSignature) }
}

fn callback_text(
    seconds: i64,
    account: &str,
    method: &str,
    place: &Address<'_>,
    query: &str,
) -> String {
    format!("{seconds}\n{account}\n{method}\n{}\n{}\n{query}", place.host, place.path)
}

/// The parts of an address that are signed.
#[derive(Debug, Clone, Copy)]
struct Address<'a> {
    host: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Address<'a> {
    /// The parts of a whole address; its port is none of them.
    fn read(url: &'a str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, local) = rest.split_at_checked(end)?;
        let host = authority.split(':').next().unwrap_or(authority);
        let (path, query) = Self::local(local);
        Some(Self { host, path, query })
    }

    fn local(local: &'a str) -> (&'a str, &'a str) {
        let local = local.split('#').next().unwrap_or(local);
        let (path, query) = local.split_once('?').unwrap_or((local, ""));
        (if path.is_empty() { "/" } else { path }, query)
    }
}

/// Where Dintero may have called: a proxy may stand before us and change host and path.
fn places<'a>(delivery: &Delivery<'a>, trust: &Trust<'a>) -> Result<Vec<Address<'a>>, Refused> {
    let asked = Address::read(delivery.url);
    let (path, query) = match asked {
        Some(asked) => (asked.path, asked.query),
        None => Address::local(delivery.url),
    };
    match (trust.public_url.and_then(Address::read), asked) {
        (Some(public), _) => Ok(vec![
            Address { path: public.path, query, ..public },
            Address { path, query, ..public },
        ]),
        (None, Some(asked)) => Ok(vec![asked]),
        (None, None) => Err(Refused::Unverifiable { setting: "public_url" }),
    }
}

/// The parameters in the order of their names, spaces as `+`.
fn sorted(query: &str, written_anew: bool) -> String {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let mut pairs: Vec<(String, String)> = parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if written_anew {
                (encoded(&decoded(name)), encoded(&decoded(value)))
            } else {
                (name.replace("%20", "+"), value.replace("%20", "+"))
            }
        })
        .collect();
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    let texts: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    texts.join("&")
}

/// A part of a query as bytes.
fn decoded(text: &str) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let escaped = match (first, others) {
            (b'%', [high, low, ..]) => hex::decode([*high, *low]).ok(),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                plain.extend(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            None => {
                plain.push(if *first == b'+' { b' ' } else { *first });
                rest = others;
            }
        }
    }
    plain
}

/// As forms write it.
fn encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(byte) {
            text.push(char::from(*byte));
        } else if *byte == b' ' {
            text.push('+');
        } else {
            text.push('%');
            text.push_str(&hex::encode_upper([*byte]));
        }
        text
    })
}

/// `t=…,v0-hmac-sha256=…`, in any order and with whatever else a later version adds.
fn read_signature(header: &str) -> Option<(i64, Vec<u8>)> {
    let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
    let parts: Vec<(&str, &str)> = parts.by_ref().collect();
    let value = |name: &str| parts.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    Some((value("t")?.parse().ok()?, hex::decode(value("v0-hmac-sha256")?).ok()?))
}

/// What a callback says of where to look. It may be about an approval, a failure or a movement; a
/// read tells which.
fn called_back(delivery: &Delivery<'_>) -> Result<Notice, Refused> {
    let (_, query) = Address::read(delivery.url)
        .map_or_else(|| Address::local(delivery.url), |asked| (asked.path, asked.query));
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|part| part.split_once('='));
        let found = pairs.find(|(key, _)| *key == name)?;
        String::from_utf8(decoded(found.1)).ok().filter(|text| !text.is_empty())
    };
    let session = value("session_id").or_else(|| value("sid"));
    let charge = session.and_then(|id| ChargeId::parse(&id).ok());
    let charge =
        charge.ok_or(Refused::Malformed { why: "a callback names its session in the address" })?;
    let reference = value("merchant_reference").map_or(Value::Null, Value::String);
    let (payment, ours) = owner(named(&reference));
    let details = value("transaction_id").map(|id| {
        Box::new(Details { transaction: Some(id.as_str().into()), ..Details::default() })
    });
    let standing = value("error").as_deref().and_then(error_standing);
    let standing = standing.or_else(|| value("event").as_deref().and_then(event_standing));
    let standing = standing.unwrap_or(Standing::Pending);
    let sighting = Sighting { details, standing, ..waiting(charge, ours) };
    Ok(Notice {
        id: delivery.header(DELIVERY).map(Into::into),
        hints: vec![Hint { payment, sighting }],
        consent_revoked: false,
    })
}

/// What an error in a callback's address says; a read has to confirm it.
pub(super) const ERRORS: &[(&str, NotTaken)] = &[
    ("cancelled", NotTaken::Cancelled),
    ("authorization", NotTaken::Declined),
    ("failed", NotTaken::Failed),
];

fn error_standing(word: &str) -> Option<Standing> {
    let row = ERRORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, how)| Standing::NotTaken { how: *how, reason: None })
}

/// Of the movements that are reported only one is told whole by its name.
fn event_standing(word: &str) -> Option<Standing> {
    (deed(word) == Some(Deed::Void)).then_some(Standing::Reversed { authorized: None })
}

/// The frame of every webhook.
#[derive(Deserialize)]
struct Told {
    account_id: String,
    event: String,
    #[serde(default)]
    event_delivery: Option<String>,
    #[serde(default)]
    transaction: Value,
}

/// A webhook shows less of a transaction than a read does.
#[derive(Deserialize)]
struct Shown {
    session_id: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    merchant_reference: Value,
}

/// What a webhook tells; nothing where it is about something else, or about another account.
fn told(config: &Config, delivery: &Delivery<'_>) -> Result<Notice, Refused> {
    let why = "a webhook is JSON with an account, an event and a delivery";
    let Told { account_id, event, event_delivery, transaction } =
        read_plainly(delivery.body).ok_or(Refused::Malformed { why })?;
    let id = event_delivery.as_deref().or_else(|| delivery.header(DELIVERY)).map(Into::into);
    let about_us = account_id == config.account.as_str() && EVENTS.contains(&event.as_str());
    let hints = if about_us && !transaction.is_null() { vec![hint(&transaction)?] } else { vec![] };
    Ok(Notice { id, hints, consent_revoked: false })
}

/// What cannot be placed still names a session that is worth a look.
fn hint(shown: &Value) -> Result<Hint, Refused> {
    let whole = Transaction::deserialize(shown).ok().and_then(|transaction| {
        let (payment, ours) = owner(transaction.payment());
        let standing = transaction.told_standing()?;
        Some(Hint { payment, sighting: transaction.charge(standing, ours)? })
    });
    if let Some(hint) = whole {
        return Ok(hint);
    }
    let malformed = || Refused::Malformed { why: "a transaction in a webhook names its session" };
    let Shown { session_id, id, merchant_reference } =
        Shown::deserialize(shown).map_err(|_| malformed())?;
    let (payment, ours) = owner(named(&merchant_reference));
    let charge = ChargeId::parse(&session_id).map_err(|_| malformed())?;
    let details =
        id.map(|id| Box::new(Details { transaction: Some(id.into()), ..Details::default() }));
    Ok(Hint { payment, sighting: Sighting { details, ..waiting(charge, ours) } })
}

fn owner(named: Named) -> (Option<crate::ids::PaymentId>, Ours) {
    match named {
        Named::Payment(payment) => (Some(payment), Ours::Yes),
        Named::Nobody => (None, Ours::Unsaid),
        Named::Stranger => (None, Ours::No),
    }
}

fn waiting(charge: ChargeId, ours: Ours) -> Sighting {
    Sighting::bare(charge, ours, Standing::Pending)
}
