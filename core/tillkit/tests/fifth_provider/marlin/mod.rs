//! Marlin: a provider that nobody has, added by the steps of `docs/adding-a-provider.md`.
//!
//! A sale is put on a device under a key that is known for an hour, read back, found again by our
//! payment id, called off while nobody is at the reader, and given back whole, under a reference.
//! What is not documented there, and what is held:
//!
//! - A key's life is said to be an hour, not from when: fifty minutes are relied on.
//! - Finding nothing in the list is never proof: nobody says how soon a sale is listed.
//! - A state that is in no table is *unknown*, and so is a problem that is in none.

mod auth;
mod config;
mod desk;
mod outcome;
mod record;
mod request;
mod resolve;
mod webhook;

use std::sync::Arc;

use tillkit_model::ids::ChargeId;
use tillkit_model::payment::event::Answer;
use tillkit_model::payment::manners::Manners;
use tillkit_model::payment::{Operation, Payment};
use tillkit_model::provider::{
    Adapter, Beside, Capabilities, Credentials, Fault, Offer, Presence, Provider, Reach, Reading,
    Settings, Setup,
};
use tillkit_model::sale::Sale;
use tillkit_model::wire::{Exchange, Request};

pub use webhook::{SIGNATURE_HEADER, sign};

/// Its name in each payment's record.
pub const NAME: &str = "marlin";

/// Its row, as the registry would hold it.
pub static ROW: Provider = Provider {
    name: NAME,
    set_up,
    offers: &[Offer { mode: "all", capabilities: &CAPABILITIES, manners: &resolve::MANNERS }],
};

/// In euros, on a device; all of it is given back or nothing.
static CAPABILITIES: Capabilities = Capabilities {
    terminal: Presence::Required,
    currencies: &["EUR"],
    amount_min_minor: Some(1),
    amount_max_minor: Some(500_000),
    cancel: true,
    refund: true,
    beside: Beside { terminals: true, notifications: true, ..Beside::NOTHING },
    ..Capabilities::BARE
};

struct Marlin;

/// Reads a merchant's settings.
fn set_up(settings: &Settings) -> Result<Setup, Fault> {
    let config::Config { shop, environment, base_url, key, webhook_secrets } =
        config::Config::parse(settings)?;
    Ok(Setup {
        merchant: shop,
        environment,
        adapter: Arc::new(Marlin),
        desk: Arc::new(desk::Counter),
        base_url,
        hosts: Vec::new(),
        reach: Reach::Internet,
        credentials: Credentials::Fixed(auth::headers(&key)),
        webhook_secrets,
        budget: None,
    })
}

impl Adapter for Marlin {
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
        let named = sale.terminal.as_ref().map_or("", |terminal| terminal.as_str());
        if named.starts_with("dev-") {
            return Ok(());
        }
        let sentence = "a Marlin device is named by its id, such as dev-7";
        Err(Fault::invalid("terminal", "device-id", sentence))
    }

    fn read_may_pay(&self, _: &Sale) -> bool {
        false
    }

    /// Marlin takes no expiry.
    fn start(&self, payment: &Payment, _: Option<u64>) -> Request {
        request::start(payment)
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, _: bool) -> Answer {
        outcome::of_start(payment, exchange)
    }

    fn read(&self, _: &Payment, charge: &ChargeId) -> Request {
        request::read(charge)
    }

    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
        outcome::of_read(payment, charge, exchange)
    }

    fn look_up(&self, payment: &Payment) -> Option<Request> {
        Some(request::look_up(payment))
    }

    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading {
        outcome::of_look_up(payment, exchange)
    }

    fn operate(&self, _: &Payment, operation: &Operation, charge: &ChargeId) -> Option<Request> {
        request::operate(operation, charge)
    }

    fn operated(&self, payment: &Payment, operation: &Operation, exchange: &Exchange) -> Answer {
        outcome::of_operation(payment, operation, exchange)
    }
}
