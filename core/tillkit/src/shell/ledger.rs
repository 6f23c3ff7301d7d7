//! A journal as its shell needs one: what the machine asks for, and what only people look at.

use tillkit_model::engine::store::{Failure, Look, Store};
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::event::Event;
use tillkit_model::time::{Entropy, Moment};

use crate::journal::{Journal, Page, Query, Shelf};

/// A journal that can also be read by people. Calls block; the shell makes them on threads of its
/// own.
pub trait Ledger: Store + Send {
    /// Another connection to the same journal.
    fn another(&self) -> Box<dyn Ledger>;

    /// What it keeps beside payments.
    fn shelf(&mut self) -> &mut dyn Shelf;

    /// What has happened to a payment, in order; absent too where only its tombstone is left.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn events(&mut self, payment: PaymentId) -> Look<Vec<Event>>;

    /// One payment of an account, whichever is found first.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn any_payment_of(&mut self, account: &str) -> Look<PaymentId>;

    /// Payments, newest first, a page at a time.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn payments(&mut self, query: &Query) -> Result<Page, Failure>;

    /// A person acknowledges that the journal went back in time; false where there is nothing to
    /// acknowledge.
    ///
    /// # Errors
    /// When the reason is empty, or it could not be recorded.
    fn acknowledge(
        &mut self,
        reason: &str,
        now: &Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<bool, Failure>;
}

impl Ledger for Journal {
    fn another(&self) -> Box<dyn Ledger> {
        Box::new(self.clone())
    }

    fn shelf(&mut self) -> &mut dyn Shelf {
        self
    }

    fn events(&mut self, payment: PaymentId) -> Look<Vec<Event>> {
        Self::events(self, payment)
    }

    fn any_payment_of(&mut self, account: &str) -> Look<PaymentId> {
        Self::any_payment_of(self, account)
    }

    fn payments(&mut self, query: &Query) -> Result<Page, Failure> {
        Self::payments(self, query)
    }

    fn acknowledge(
        &mut self,
        reason: &str,
        now: &Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<bool, Failure> {
        Self::acknowledge(self, reason, now, entropy)
    }
}
