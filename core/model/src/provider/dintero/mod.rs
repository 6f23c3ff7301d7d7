//! Dintero in person: a checkout session that targets a terminal, and the transaction that comes of
//! it.
//!
//! Nothing there takes a key, so a session is created once and, when its answer is lost, looked for
//! by our payment id, which travels as `merchant_reference`; captures and refunds are sent once and
//! looked for among the transaction's events by their own reference. A charge of ours is the
//! *session*; the transaction's id is one of its details. Statuses, events and refusals are tables;
//! whatever stands in none of them is *unknown*.
//!
//! Where Dintero's pages are silent or disagree, this is what was chosen:
//!
//! - A session past its `expires_at` may still charge: it stays undecided until a transaction, a
//!   cancel or a person decides it. `expires_at` is sent all the same.
//! - Nothing found by our reference proves nothing. Transactions and sessions are looked through in
//!   turn: the first list is documented and shows money, the second is only named in a changelog
//!   and shows what still asks for a card, so that it can be cancelled.
//! - A session with `cancelled_at` and without a transaction is cancelled, but only in a look: the
//!   answer of the cancel itself is not believed. With a transaction the transaction alone decides.
//! - A refused cancel says nothing (no page tells which code means *too late*); a look does.
//! - A decline that shows no transaction decides nothing; it is cancelled, or the transaction
//!   comes.
//! - `INITIATED` (in prose `INITIALIZED`), `ON_HOLD` and `UNKNOWN` are undecided. Words for
//!   statuses count in any case.
//! - Approved with automatic capture is taken; what the capture events add up to is captured so
//!   far. A refund of what was approved whole and is not captured yet goes as a void, any other
//!   waits for the capture.
//! - A tip is what a transaction shows above `seitatech:saleAmount`, and only where that is what
//!   was asked for; any other difference raises the alarm for amounts that disagree.
//! - The `publish` entry for the terminal is sent, and the profile should offer in-person payments
//!   alone: so a session starts the terminal under all three descriptions. The setting `publish`
//!   turns the entry off.
//! - A signed notification is a hint however old it is. A callback's signature covers no body, so
//!   of a callback only the address is read.

mod auth;
mod config;
mod desk;
mod event;
mod outcome;
mod record;
mod request;
mod resolve;
mod session;
mod webhook;

use std::sync::Arc;

use super::{Adapter, Beside, Capabilities, Credentials, Fault, Offer, Presence, Reach, Reading};
use super::{Settings, Setup};
use crate::ids::{ChargeId, TerminalId};
use crate::payment::event::Answer;
use crate::payment::manners::Manners;
use crate::payment::{Operation, Payment};
use crate::sale::Sale;
use crate::wire::{Exchange, Request};

pub use config::Config;
pub use webhook::{sign_callback, sign_webhook};

/// Its name in the registry.
pub const NAME: &str = "dintero";

/// On a terminal, in any currency, up to what fits into the 32 bits of Dintero's amounts.
static CAPABILITIES: Capabilities = Capabilities {
    terminal: Presence::Required,
    currencies: &[],
    amount_min_minor: Some(1),
    amount_max_minor: Some(2_147_483_647),
    // No limit is documented: what the strictest of the others takes.
    metadata_bytes_max: Some(1_000),
    manual_capture: true,
    part_payment: false,
    cancel: true,
    release: true,
    refund: true,
    partial_capture: true,
    partial_refund: true,
    items: true,
    beside: Beside {
        terminals: true,
        notifications: true,
        subscriptions: true,
        reconcile: true,
        end_of_day: true,
        ..Beside::NOTHING
    },
    ..Capabilities::BARE
};

/// What the registry tells of it.
pub(super) static OFFERS: &[Offer] =
    &[Offer { mode: "all", capabilities: &CAPABILITIES, manners: &resolve::MANNERS }];

/// The translator for one merchant.
#[derive(Debug, Clone)]
pub struct Dintero {
    config: Arc<Config>,
}

/// Reads a merchant's settings.
///
/// # Errors
/// The first setting that is missing, unknown or not what it should be.
pub fn set_up(settings: &Settings) -> Result<Setup, Fault> {
    let config = Arc::new(Config::parse(settings)?);
    Ok(Setup {
        merchant: config.account.clone(),
        environment: config.environment,
        adapter: Arc::new(Dintero { config: Arc::clone(&config) }),
        desk: Arc::new(desk::Office { config: Arc::clone(&config) }),
        base_url: config.base_url.clone(),
        hosts: vec![(config::CORE_HOST, config.core_url.clone())],
        reach: Reach::Internet,
        credentials: Credentials::Tokens(Arc::new(auth::Client { config: Arc::clone(&config) })),
        webhook_secrets: config.webhook_secrets.clone(),
        budget: None,
    })
}

impl Adapter for Dintero {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn manners(&self) -> &Manners {
        &resolve::MANNERS
    }

    fn check(&self, sale: &Sale) -> Result<(), Fault> {
        if sale.terminal.as_ref().is_some_and(|terminal| is_terminal(terminal.as_str())) {
            return Ok(());
        }
        let sentence = "a Dintero terminal is named by its terminal_id, such as T12345678-T0001";
        Err(Fault::invalid("terminal", "terminal-id", sentence))
    }

    fn read_may_pay(&self, _: &Sale) -> bool {
        false
    }

    fn start(&self, payment: &Payment, left_ms: Option<u64>) -> Request {
        request::create(&self.config, payment, left_ms)
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, _: bool) -> Answer {
        outcome::of_create(payment, exchange)
    }

    /// The session until it shows a transaction, then that.
    fn read(&self, payment: &Payment, charge: &ChargeId) -> Request {
        match record::transaction_of(payment, charge) {
            Some(transaction) => request::read_transaction(transaction),
            None => request::read_session(charge),
        }
    }

    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
        outcome::of_read(payment, charge, exchange)
    }

    fn look_up(&self, payment: &Payment) -> Option<Request> {
        Some(request::list_transactions(payment))
    }

    fn look_up_again(&self, payment: &Payment, turn: u32) -> Option<Request> {
        if turn.is_multiple_of(2) {
            self.look_up(payment)
        } else {
            Some(request::list_sessions(payment))
        }
    }

    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading {
        outcome::of_look_up(payment, exchange)
    }

    fn operate(
        &self,
        payment: &Payment,
        operation: &Operation,
        charge: &ChargeId,
    ) -> Option<Request> {
        request::operate(payment, operation, charge)
    }

    fn operated(&self, payment: &Payment, operation: &Operation, exchange: &Exchange) -> Answer {
        outcome::of_operation(payment, operation, exchange)
    }
}

/// Every terminal id that was ever shown is of letters, digits and hyphens.
fn is_terminal(text: &str) -> bool {
    text.len() <= TerminalId::LENGTH_MAX
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests;
