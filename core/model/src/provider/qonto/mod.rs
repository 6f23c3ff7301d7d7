//! Qonto: a sale is pushed to a terminal and read back; there is nothing else.
//!
//! No list, no cancel, no capture, no refund, and a key that is forgotten after thirty minutes. So
//! a lost push is replayed once while its key is surely known, and after that only a notification
//! or a person can tell what became of it. Statuses and refusals are tables; whatever stands in
//! none of them is *unknown*.
//!
//! Beside payments there are the merchant's terminals and the subscriptions to notifications (see
//! the desk), and access tokens that are asked for with the merchant's consent (see the tokens).
//!
//! Where Qonto's pages are silent or disagree, this is what is held:
//!
//! - *Limits.* Amounts of 0.10 and of 100000.00 EUR are taken ("between"), with exactly two
//!   decimals; metadata is at most 1,000 bytes of compact JSON, the smaller reading of 1 kB.
//! - *The key* is believed for 25 of its 30 minutes, as it is not said whether they begin with the
//!   first request or with its answer. A replay gets the stored answer whatever its body, so each
//!   202 is compared with what was asked.
//! - *Two equal requests at once* are held to run both; so a replay leaves only when the first
//!   one's time is over. *After a 5xx* no key is held to be kept, so nothing is replayed.
//! - *A refusal* counts as not executed only by its listed code; a 401 or 403 from the API by its
//!   status, since whoever may not ask has not asked.
//! - *Requests* are counted by the address they come from: all accounts of a journal share one
//!   budget, and what a 429 asks of one it asks of all.
//! - *PENDING* may stay for ever or be paid hours later: no time makes it a no.
//! - *Metadata* is read as an object and as text with JSON in it; both are seen.
//! - *The refresh token's* ninety days are held to begin anew with each rotation; nothing but a
//!   refusal or their certain end gives one up.
//! - *Notifications* are believed by their signature however old they are; Qonto advises five
//!   minutes. One subscription asks for both topics; where Qonto refuses that, subscribe to each.
//! - *Paths* of the authorization server carry no `/v2`, though some rendered pages show one.

mod auth;
mod config;
mod desk;
mod outcome;
mod record;
mod request;
mod resolve;
mod webhook;

use std::sync::Arc;

use super::{
    Adapter, Beside, Budget, Capabilities, Counted, Credentials, Fault, Offer, Presence, Reach,
    Reading, Settings, Setup,
};
use crate::ids::{ChargeId, TerminalId};
use crate::payment::event::{Answer, Reason};
use crate::payment::manners::Manners;
use crate::payment::{Operation, Payment};
use crate::sale::Sale;
use crate::wire::{Exchange, Request};

use auth::OAuth;
use desk::QontoDesk;

pub use config::{Access, App, Config};
pub use webhook::{Malformed, REVOKED_TOPIC, SIGNATURE_HEADER, TOPIC, hint, sign};

/// Its name in the registry.
pub const NAME: &str = "qonto";

/// From 0.10 to 100000.00 EUR, on a terminal, captured by Qonto itself.
static CAPABILITIES: Capabilities = Capabilities {
    terminal: Presence::Required,
    currencies: &["EUR"],
    amount_min_minor: Some(10),
    amount_max_minor: Some(10_000_000),
    // Documented as 1 kB, without saying of which kind: the smaller one.
    metadata_bytes_max: Some(1_000),
    beside: Beside { terminals: true, notifications: true, subscriptions: true, ..Beside::NOTHING },
    ..Capabilities::BARE
};

/// What the registry tells of it.
pub(super) static OFFERS: &[Offer] =
    &[Offer { mode: "all", capabilities: &CAPABILITIES, manners: &resolve::MANNERS }];

/// The translator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Qonto;

/// The translator, as the registry hands it out.
#[must_use]
pub fn adapter() -> Arc<dyn Adapter> {
    Arc::new(Qonto)
}

/// Reads a merchant's settings.
///
/// # Errors
/// The first setting that is missing, unknown or not what it should be.
pub fn set_up(settings: &Settings) -> Result<Setup, Fault> {
    let Config { organization, environment, base_url, access, staging_token, webhook_secrets } =
        Config::parse(settings)?;
    let client_id = match &access {
        Access::Given(_) => None,
        Access::App(app) => Some(app.client_id.clone()),
    };
    let (hosts, credentials) = match access {
        Access::Given(token) => {
            (Vec::new(), Credentials::Fixed(auth::bearer(&token, staging_token.as_ref())))
        }
        Access::App(app) => {
            let hosts = vec![(auth::OAUTH_HOST, app.oauth_url.clone())];
            let organization = organization.clone();
            let tokens = OAuth { app, environment, organization, staging_token };
            (hosts, Credentials::Tokens(Arc::new(tokens)))
        }
    };
    Ok(Setup {
        merchant: organization,
        environment,
        adapter: adapter(),
        desk: Arc::new(QontoDesk { environment, client_id }),
        base_url,
        hosts,
        reach: Reach::Internet,
        credentials,
        webhook_secrets,
        budget: Some(BUDGET),
    })
}

/// From one address 1,000 requests are allowed in ten seconds and 10,000 in ten minutes, whosever
/// they are. A full budget and what comes in meanwhile stay below both, and leave room for tokens.
const BUDGET: Budget = Budget { per_minute: 800, reserve: 100, counted: Counted::ByMachine };

impl Adapter for Qonto {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn manners(&self) -> &Manners {
        &resolve::MANNERS
    }

    /// One spelling for each terminal, so that it cannot be taken twice; and nothing that could
    /// bend a path.
    fn check(&self, sale: &Sale) -> Result<(), Fault> {
        if sale.terminal.as_ref().is_some_and(|terminal| is_uuid(terminal.as_str())) {
            return Ok(());
        }
        let sentence = "a Qonto terminal is named by its UUID in lower case, as Qonto lists it";
        Err(Fault::invalid("terminal", "lower-case-uuid", sentence))
    }

    fn read_may_pay(&self, _: &Sale) -> bool {
        false
    }

    /// Qonto takes no expiry.
    fn start(&self, payment: &Payment, _: Option<u64>) -> Request {
        request::push(payment, terminal(payment), resolve::MANNERS.start.timeout_ms)
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, _: bool) -> Answer {
        outcome::of_push(payment, exchange)
    }

    fn read(&self, _: &Payment, charge: &ChargeId) -> Request {
        request::read(charge, resolve::MANNERS.looking.read_timeout_ms)
    }

    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
        outcome::of_read(payment, charge, exchange)
    }

    fn look_up(&self, _: &Payment) -> Option<Request> {
        None
    }

    fn found(&self, _: &Payment, _: &Exchange) -> Reading {
        Reading::Unclear { why: outcome::UNSUPPORTED.into(), retry_after_ms: None }
    }

    fn operate(&self, _: &Payment, _: &Operation, _: &ChargeId) -> Option<Request> {
        None
    }

    fn operated(&self, _: &Payment, _: &Operation, _: &Exchange) -> Answer {
        Answer::Unknown { replayable: false, reason: Reason::code(outcome::UNSUPPORTED) }
    }
}

/// [`Qonto::check`] lets no sale through without a terminal; an empty one would make no address.
fn terminal(payment: &Payment) -> &str {
    payment.sale.terminal.as_ref().map_or("", TerminalId::as_str)
}

fn is_uuid(text: &str) -> bool {
    let lower_hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = |(place, byte)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => lower_hexadecimal(byte),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may overflow: that is a failed test")]
mod tests;
