//! Providers: pure translation between payments and the wire.
//!
//! An [`Adapter`] turns an effect into a request, a response into an answer and a notification into
//! a hint; anything that it cannot place is *unknown*, never *not paid*. It has no sockets, no
//! clock, no store and no retries. A fifth provider is a folder beside the others and one row in
//! [`registry`].

mod ambiguous;
pub mod centrapay;
mod desk;
pub mod dintero;
mod document;
mod notice;
pub mod qonto;
mod reading;
mod registry;
#[cfg(test)]
mod tests;
mod tokens;
pub mod vinr;

use crate::ids::{ChargeId, PaymentId};
use crate::money::Money;
use crate::payment::event::Answer;
use crate::payment::manners::{Manners, Times};
use crate::payment::sighting::Sighting;
use crate::payment::{Operation, Payment};
use crate::sale::Sale;
pub use crate::sale::{Beside, CODE_PLACEHOLDER, Capabilities, Fault, Presence};
use crate::wire::{Exchange, Request};

pub use crate::secret::Secret;
pub use ambiguous::{is_ambiguous, read_plainly};
pub use desk::{
    ClosedDesk, Desk, DeskRequest, Errand, Finding, Listed, Page, Readiness, SigningKeys, Store,
    Subscription, Terminal, TerminalOperation,
};
pub use document::capabilities_markdown;
pub use notice::{Delivery, Notice, Refused, Trust};
pub use reading::{credential, only_known, path_segment, required_setting, words_of};
pub use registry::{
    Budget, Counted, Credentials, Offer, Provider, Reach, Settings, Setup, provider, registry,
};
pub use tokens::{AuthorizeAsk, Grant, Kept, Need, TokenFailure, Tokens, WayOut};

/// One provider, as a translator.
pub trait Adapter: Send + Sync {
    /// Its name in the registry and in each payment's record.
    fn name(&self) -> &'static str;

    /// What it can do, and within which limits.
    fn capabilities(&self) -> &Capabilities;

    /// What may be repeated there, and how doubt is settled.
    fn manners(&self) -> &Manners;

    /// Checks what only this provider's rules can tell of a sale.
    ///
    /// # Errors
    /// The first rule that the sale breaks.
    fn check(&self, sale: &Sale) -> Result<(), Fault>;

    /// Whether reading this sale's charge may itself take the money.
    fn read_may_pay(&self, sale: &Sale) -> bool;

    /// The request that starts the sale; `left_ms` is what is left until it expires.
    fn start(&self, payment: &Payment, left_ms: Option<u64>) -> Request;

    /// What a start came to. `replay` is true for every send but the first.
    fn started(&self, payment: &Payment, exchange: &Exchange, replay: bool) -> Answer;

    /// The request that reads one charge.
    fn read(&self, payment: &Payment, charge: &ChargeId) -> Request;

    /// What a read showed; none where the answer is unclear, whatever it looks like.
    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading;

    /// The request that looks for our payment by our own reference; none where there is no such
    /// list.
    fn look_up(&self, payment: &Payment) -> Option<Request>;

    /// Whether looking for a payment by our own reference may itself take its money, as a first
    /// read does.
    fn look_up_may_pay(&self, _payment: &Payment) -> bool {
        false
    }

    /// The request of a later look-up, counted from zero, where there is more than one list to look
    /// through in turn.
    fn look_up_again(&self, payment: &Payment, _turn: u32) -> Option<Request> {
        self.look_up(payment)
    }

    /// What the look-up showed.
    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading;

    /// The request of the next page of the list that the look-up showed a page of; none where the
    /// payment cannot stand further back, or the list has no pages.
    fn look_further(&self, _payment: &Payment, _exchange: &Exchange) -> Option<Request> {
        None
    }

    /// The request of a capture, refund or cancel; none where this provider cannot.
    fn operate(
        &self,
        payment: &Payment,
        operation: &Operation,
        charge: &ChargeId,
    ) -> Option<Request>;

    /// What that came to.
    fn operated(&self, payment: &Payment, operation: &Operation, exchange: &Exchange) -> Answer;
}

/// What a safe read or look-up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It showed these charges; an empty list is a clear *none*.
    Clear(Vec<Sighting>),
    /// It showed nothing that can be believed: failed, refused, not JSON, not ours to see.
    Unclear {
        /// What was seen, in kebab-case.
        why: Box<str>,
        /// How long to leave the provider alone, where it said so.
        retry_after_ms: Option<u64>,
    },
}

/// A verified notification, translated: whose charge it may be and what it says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Our payment id, where the notification carries one.
    pub payment: Option<PaymentId>,
    /// What it tells.
    pub sighting: Sighting,
}

/// The times of a sale: the provider's own unless the till said otherwise.
#[must_use]
pub fn times_of(adapter: &dyn Adapter) -> Times {
    adapter.manners().times
}

/// Reads a decimal amount as a provider wrote it.
#[must_use]
pub fn amount(value: &str, currency: &str) -> Option<Money> {
    let currency = crate::money::Currency::parse(currency).ok()?;
    Money::parse(value, currency).ok()
}
