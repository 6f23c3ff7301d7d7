//! VINR: a sale is put on a terminal through VINR's cloud, or straight through the terminal's own
//! HTTP server on the shop's network (mode `local`).
//!
//! VINR calls its pages illustrative, and they contradict each other. Where they do, or say
//! nothing, this is what is done, so that no money can be lost:
//!
//! - **The key.** How long one is kept is not visible: 25 minutes are relied on. A 409 is either a
//!   key used for another body or a state that forbids it; neither tells what became of the
//!   request, so it is *unknown*, save for a cancel, where it means *look*. A 5xx may be replayed,
//!   as documented. A terminal asked straight gets every start once: nobody says that it knows
//!   keys. A cancel carries no key, so that it is judged by how things stand now.
//! - **Whose it is.** The list has no filter for our reference, and metadata is not said to be kept
//!   for terminal payments. So our payment id travels as `reference`, which is echoed everywhere,
//!   and in the metadata too; the setting `own_id` = `metadata` leaves `reference` to the till's.
//! - **The list** is asked for the newest hundred of the terminal, without dates: a till's clock
//!   may be wrong. Once the outcome is in doubt the pages behind it are turned too, until they are
//!   a day older than the sale. Finding nothing there is never proof.
//! - **Tips.** One page has them inside `amount`, another on top of it. What `amountCaptured` and
//!   `amountCapturable` say counts first; where they cannot tell, the setting `tips` decides, and
//!   `included` claims less money than `on-top`. Goods that agree under either are no alarm.
//! - **`completed`** means captured; with manual capture and nothing captured it means authorized.
//!   `expired` or `cancelled` after an approval that was only held, or made offline, is its end.
//! - **402** says that a card was declined; whether another may follow is not said, so it is looked
//!   at, never believed. `terminal_busy` is a refusal at first and *unknown* on a replay, for it
//!   may be our own sale that the terminal is busy with.
//! - **Refunds** name the `pay_` id where one was shown and the terminal payment's else; what
//!   became of one is read from the list of refunds, by our reference in its metadata. A held
//!   approval cannot be released: no way to do that is documented.
//! - **Notifications.** The signature's scheme is not public. Without the setting `webhook_scheme`
//!   every notification is refused; with `hmac-sha256-timestamped` it is checked as HMAC-SHA256
//!   over time and body, and even then it is only a hint: what it says is never believed alone.
//! - **Spellings.** `tpy_` and `tpay_`, `trm_` and `term_`, camel and snake case, both timestamps
//!   and both list envelopes are read; an offline approval is looked for in `offline`. An event
//!   stream of a terminal is not documented, so a terminal is polled; a host that can read one
//!   hands its events over, and each is a reason to look.

mod auth;
mod config;
mod desk;
mod outcome;
mod record;
mod refunds;
mod request;
mod resolve;
mod webhook;

use std::sync::Arc;

use super::{
    Adapter, Beside, Budget, Capabilities, Counted, Credentials, Fault, Offer, Presence, Reading,
    Settings, Setup,
};
use crate::ids::ChargeId;
use crate::payment::event::Answer;
use crate::payment::manners::Manners;
use crate::payment::{Operation, OperationKind, Payment};
use crate::sale::Sale;
use crate::wire::{Exchange, Request};

pub use config::{Config, Entrance, Mode, OwnId, Scheme, Terms, Tips};
pub use webhook::{SIGNATURE_HEADERS, sign};

/// Its name in the registry.
pub const NAME: &str = "vinr";

/// What both ways have in common. Which currencies and amounts VINR takes is not documented, nor
/// how much metadata: the product's own bound.
const COMMON: Capabilities = Capabilities {
    terminal: Presence::Required,
    metadata_bytes_max: Some(4_000),
    manual_capture: true,
    partial_capture: true,
    cancel: true,
    ..Capabilities::BARE
};

/// Through the cloud.
static CLOUD: Capabilities = Capabilities {
    refund: true,
    partial_refund: true,
    beside: Beside {
        terminals: true,
        notifications: true,
        subscriptions: true,
        reconcile: true,
        recover_hints: true,
        ..Beside::NOTHING
    },
    ..COMMON
};

/// Straight at the terminal: it takes payments and lists them; all else is the cloud's.
static LOCAL: Capabilities =
    Capabilities { beside: Beside { reconcile: true, ..Beside::NOTHING }, ..COMMON };

/// What the registry tells of it.
pub(super) static OFFERS: &[Offer] = &[
    Offer { mode: "cloud", capabilities: &CLOUD, manners: resolve::manners(Mode::Cloud) },
    Offer { mode: "local", capabilities: &LOCAL, manners: resolve::manners(Mode::Local) },
];

/// The translator, under one merchant's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vinr {
    terms: Terms,
}

/// The translator, as the registry hands it out.
#[must_use]
pub fn adapter(terms: Terms) -> Arc<dyn Adapter> {
    Arc::new(Vinr { terms })
}

/// Reads a merchant's settings.
///
/// # Errors
/// The first setting that is missing, unknown or not what it should be.
pub fn set_up(settings: &Settings) -> Result<Setup, Fault> {
    let config = Config::parse(settings)?;
    let desk = desk::desk(&config);
    let credentials = Credentials::Fixed(auth::headers(&config.entrance));
    let Config { merchant, environment, base_url, reach, terms, webhook_secrets, .. } = config;
    Ok(Setup {
        merchant,
        environment,
        adapter: adapter(terms),
        desk,
        base_url,
        hosts: Vec::new(),
        reach,
        credentials,
        webhook_secrets,
        budget: matches!(terms.mode, Mode::Cloud).then_some(BUDGET),
    })
}

/// Of two pages the one that allows less: for each key 300 reads a minute. A full budget and what
/// comes in during that minute stay below it, whatever the requests are for; of its 100 starts a
/// minute too many are refused unexecuted, and sent again.
const BUDGET: Budget = Budget { per_minute: 148, reserve: 40, counted: Counted::ByCredentials };

impl Adapter for Vinr {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        match self.terms.mode {
            Mode::Cloud => &CLOUD,
            Mode::Local => &LOCAL,
        }
    }

    fn manners(&self) -> &Manners {
        resolve::manners(self.terms.mode)
    }

    /// A terminal is named by the id that VINR gave it, in either spelling: nothing that could bend
    /// a query.
    fn check(&self, sale: &Sale) -> Result<(), Fault> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let named = sale.terminal.as_ref().map_or("", |terminal| terminal.as_str());
        if !named.is_empty() && named.bytes().all(plain) {
            return Ok(());
        }
        let sentence = "a VINR terminal is named by its id, such as trm_7Hq3: letters, digits, _ -";
        Err(Fault::invalid("terminal", "terminal-id", sentence))
    }

    fn read_may_pay(&self, _: &Sale) -> bool {
        false
    }

    /// VINR takes no expiry.
    fn start(&self, payment: &Payment, _: Option<u64>) -> Request {
        request::create(self.terms, payment, terminal(payment))
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, replay: bool) -> Answer {
        outcome::of_create(self.terms, payment, exchange, replay)
    }

    /// What became of a refund is read from the list of refunds, everything else from the payment.
    fn read(&self, payment: &Payment, charge: &ChargeId) -> Request {
        if self.terms.mode == Mode::Cloud && refunds::are_awaited(payment, charge) {
            request::refunds_of(payment, charge)
        } else {
            request::read(charge)
        }
    }

    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
        outcome::of_read(self.terms, payment, charge, exchange)
    }

    fn look_up(&self, payment: &Payment) -> Option<Request> {
        Some(request::newest(terminal(payment)))
    }

    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading {
        outcome::of_list(self.terms, payment, exchange)
    }

    fn look_further(&self, payment: &Payment, exchange: &Exchange) -> Option<Request> {
        let last = outcome::last_before(payment, exchange)?;
        Some(request::older(terminal(payment), &last))
    }

    fn operate(
        &self,
        payment: &Payment,
        operation: &Operation,
        charge: &ChargeId,
    ) -> Option<Request> {
        match operation.kind {
            OperationKind::Start | OperationKind::Answer | OperationKind::Release => None,
            OperationKind::Capture => {
                Some(request::capture(self.terms, payment, operation, charge))
            }
            OperationKind::Cancel | OperationKind::Withdraw => Some(request::cancel(charge)),
            OperationKind::Refund if self.terms.mode == Mode::Local => None,
            OperationKind::Refund => request::refund(self.terms, payment, operation, charge),
        }
    }

    fn operated(&self, payment: &Payment, operation: &Operation, exchange: &Exchange) -> Answer {
        let charge = addressed(payment, operation);
        outcome::of_operation(self.terms, payment, operation, charge.as_ref(), exchange)
    }
}

/// [`Vinr::check`] lets no sale through without a terminal; an empty one would be refused.
fn terminal(payment: &Payment) -> &str {
    payment.sale.terminal.as_ref().map_or("", |terminal| terminal.as_str())
}

/// The charge that an operation is about, or that its recorded request was addressed to.
fn addressed(payment: &Payment, operation: &Operation) -> Option<ChargeId> {
    let request = operation.request.as_deref();
    let named = |id: &&ChargeId| {
        request.is_some_and(|request| request::is_addressed_to(request, payment, id))
    };
    let mut charges = payment.charges.keys();
    let told = operation.charge.as_ref().or_else(|| charges.clone().find(named));
    told.or_else(|| charges.next()).cloned()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may overflow: that is a failed test")]
mod tests;
