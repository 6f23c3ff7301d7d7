//! Qonto: a sale is pushed to a terminal and read back; there is nothing else.
//!
//! No list, no cancel, no capture, no refund, and a key that is forgotten after thirty minutes. So
//! a lost push is replayed once while its key is surely known, and after that only a notification
//! or a person can tell what became of it. Statuses and refusals are tables; whatever stands in
//! none of them is *unknown*.

mod auth;
mod config;
mod outcome;
mod record;
mod request;
mod resolve;
mod webhook;

use std::sync::Arc;

use super::{
    Adapter, Capabilities, ClosedDesk, Credentials, Fault, Presence, Reach, Reading, Settings,
    Setup,
};
use crate::ids::{ChargeId, TerminalId};
use crate::payment::event::{Answer, Reason};
use crate::payment::manners::Manners;
use crate::payment::{Operation, Payment};
use crate::sale::Sale;
use crate::wire::{Exchange, Request};

pub use config::Config;
pub use webhook::{Malformed, TOPIC, hint};

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
    ..Capabilities::BARE
};

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
    let config = Config::parse(settings)?;
    let headers = auth::headers(&config);
    let Config { organization, environment, base_url, .. } = config;
    Ok(Setup {
        merchant: organization,
        environment,
        adapter: adapter(),
        desk: Arc::new(ClosedDesk),
        base_url,
        hosts: Vec::new(),
        reach: Reach::Internet,
        credentials: Credentials::Fixed(headers),
        webhook_secrets: Vec::new(),
        budget: None,
    })
}

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
mod tests;
