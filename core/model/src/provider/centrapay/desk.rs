//! Everything at Centrapay that is not a payment: the activities to compare with, the right to look
//! a reference up, the keys of signatures, and notifications.
//!
//! Webhooks are set up by writing to Centrapay, and terminals are the till's own names, so there is
//! nothing to list or to subscribe to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::activity::{Activity, History};
use super::config::Profile;
use super::envelope::{Envelope, Page as Shown};
use super::outcome;
use super::{AUTH_HOST, request, webhook};
use crate::error::{Code, Error};
use crate::ids::{ChargeId, PaymentId};
use crate::provider::{
    Delivery, Desk, DeskRequest, Errand, Finding, Listed, Notice, Page, Refused, SigningKeys,
    Trust, is_ambiguous, words_of,
};
use crate::time::{MINUTE_MS, Moment, SECOND_MS, from_rfc3339};
use crate::wire::{Exchange, Response, SendFailure};

/// A reference that no payment has: the list of it is empty where listing is allowed.
const PROBE: &str = "tillkit-look-up-right";
/// How long signing keys are kept where nothing is said.
const KEYS_LIFE_MS: u64 = 10 * MINUTE_MS;
/// How long they are kept at the most, whatever is said.
const KEYS_LIFE_MAX_MS: u64 = 24 * 60 * MINUTE_MS;

/// The desk of one merchant's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    profile: Profile,
}

impl Office {
    /// For this merchant.
    #[must_use]
    pub const fn new(profile: Profile) -> Self {
        Self { profile }
    }
}

impl Desk for Office {
    fn request(&self, errand: &Errand) -> Option<DeskRequest> {
        match errand {
            Errand::Payments { cursor, .. } => {
                let merchant = self.profile.merchant_id.as_deref()?;
                let asked = request::merchant_activities(merchant, cursor.as_deref());
                Some(DeskRequest::of(asked))
            }
            Errand::LookUpRight => {
                let account = self.profile.merchant_account_id.as_deref()?;
                Some(DeskRequest::of(request::look_up(PROBE, account)))
            }
            Errand::Keys => {
                // They are public, and the account's key is nobody else's business.
                let asked = DeskRequest::at(AUTH_HOST, request::signing_keys());
                Some(DeskRequest { secret_headers: Some(Vec::new()), ..asked })
            }
            _ => None,
        }
    }

    fn answer(&self, errand: &Errand, exchange: &Exchange) -> Result<Finding, Error> {
        match errand {
            Errand::Payments { from, to, .. } => activities(from, to, accepted(exchange)?),
            Errand::LookUpRight => look_up_right(exchange),
            Errand::Keys => keys(accepted(exchange)?),
            _ => Err(Error::new(Code::Unsupported).field("errand")),
        }
    }

    fn probes(&self) -> Vec<Errand> {
        let named = self.profile.merchant_account_id.iter();
        named.map(|_| Errand::LookUpRight).collect()
    }

    fn notified(
        &self,
        delivery: &Delivery<'_>,
        trust: &Trust<'_>,
        _: &Moment,
    ) -> Result<Notice, Refused> {
        webhook::notice(self.profile.environment, delivery, trust)
    }
}

/// A list that is answered may be believed; a refusal is a missing right, or another's account.
fn look_up_right(exchange: &Exchange) -> Result<Finding, Error> {
    if exchange.as_ref().is_ok_and(|response| response.status == 403) {
        let missing = "list payment requests by external reference for merchant_account_id";
        return Ok(Finding::Right(Err(missing.into())));
    }
    let page: Shown<Value> = read(accepted(exchange)?)?;
    if page.items.is_empty() { Ok(Finding::Right(Ok(()))) } else { Err(unreadable()) }
}

/// The newest come first, so the list is over once one is older than the period.
fn activities(from: &Moment, to: &Moment, response: &Response) -> Result<Finding, Error> {
    let page: Shown<Activity> = read(response)?;
    let at_ms = |activity: &Activity| activity.created_at().and_then(from_rfc3339);
    let over = page.items.iter().filter_map(at_ms).any(|at| at < from.wall_ms);
    let within = |at: i64| (from.wall_ms..=to.wall_ms).contains(&at);
    let mut items: Vec<Listed> = Vec::new();
    for activity in page.items.iter().filter(|activity| at_ms(activity).is_none_or(within)) {
        let Ok(charge) = ChargeId::parse(&activity.payment_request_id) else {
            return Err(unreadable());
        };
        if !items.iter().any(|listed| listed.charge == charge) {
            items.push(listed(charge, &page.items));
        }
    }
    let next = page.rest().filter(|_| !over).map(str::to_owned);
    Ok(Finding::Payments(Page { items, next }))
}

/// One request, as its activities on this page tell it.
fn listed(charge: ChargeId, page: &[Activity]) -> Listed {
    let own: Vec<&Activity> = page.iter().filter(|activity| activity.is_of(&charge)).collect();
    let reference = own.iter().find_map(|activity| activity.reference());
    let payment = reference.and_then(|reference| PaymentId::parse(reference).ok());
    let (asked, standing) = History::of(&own).told();
    let created = own.iter().filter_map(|activity| activity.created_at().and_then(from_rfc3339));
    Listed {
        payment,
        reference: reference.map(|reference| words_of(reference).into()),
        asked,
        standing,
        created_at_ms: created.min(),
        charge,
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    y: String,
}

/// Keys of other kinds are passed over.
fn keys(response: &Response) -> Result<Finding, Error> {
    let set: KeySet = read(response)?;
    let points = set.keys.into_iter().filter_map(|key| point(serde_json::from_value(key).ok()?));
    let keys: Vec<(Box<str>, Box<[u8]>)> = points.collect();
    if keys.is_empty() {
        return Err(unreadable());
    }
    Ok(Finding::Keys(SigningKeys { keys, life_ms: life_ms(response) }))
}

/// The key's id, and its point written out.
fn point(key: Key) -> Option<(Box<str>, Box<[u8]>)> {
    let Key { kty, crv, kid, x, y } = key;
    let coordinate =
        |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
    let (x, y) = (coordinate(&x)?, coordinate(&y)?);
    let fits = kty == "EC" && crv == "P-256";
    let bytes = std::iter::once(4).chain(x).chain(y).collect();
    fits.then(|| (kid.into(), bytes))
}

/// As long as the answer's `Cache-Control` says.
fn life_ms(response: &Response) -> u64 {
    let told = response.header("cache-control").and_then(|directives| {
        directives.split(',').find_map(|it| it.trim().strip_prefix("max-age=")?.parse::<u64>().ok())
    });
    told.map_or(KEYS_LIFE_MS, |seconds| seconds.saturating_mul(SECOND_MS).min(KEYS_LIFE_MAX_MS))
}

/// A response that says *yes*; every other is an error in the provider's own words.
fn accepted(exchange: &Exchange) -> Result<&Response, Error> {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { why } | SendFailure::MaybeSent { why }) => {
            return Err(Error::new(Code::ProviderUnreachable).message(why.to_string()));
        }
    };
    match response.status {
        200 if response.is_json() && !response.truncated && !is_ambiguous(&response.body) => {
            Ok(response)
        }
        401 => Err(refused(Code::CredentialsRefused, response)),
        429 => {
            let error = refused(Code::RateLimited, response);
            Err(response.retry_after_ms().map_or(error.clone(), |ms| error.retry_after_ms(ms)))
        }
        400..500 => Err(refused(Code::RejectedByProvider, response)),
        500.. => Err(refused(Code::ProviderUnreachable, response)),
        _ => Err(unreadable()),
    }
}

fn refused(code: Code, response: &Response) -> Error {
    let envelope = outcome::parsed::<Envelope>(response);
    let words = envelope.map(|envelope| crate::error::ProviderWords {
        code: envelope.code(response.status).map(words_of),
        detail: envelope.detail().map(Into::into),
        trace: None,
    });
    words.map_or(Error::new(code), |words| Error::new(code).provider(words))
}

fn read<'a, T: Deserialize<'a>>(response: &'a Response) -> Result<T, Error> {
    outcome::parsed(response).ok_or_else(unreadable)
}

fn unreadable() -> Error {
    Error::new(Code::ProviderUnreachable)
        .message("Centrapay's answer cannot be read: check the address, and whatever lies between")
}
