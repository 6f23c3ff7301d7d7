//! A journal as its shell needs one: what the machine asks for, and what only people look at.

use tillkit_model::engine::store::{Look, Store};
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::event::Event;

/// A journal that can also be read by people.
pub trait Ledger: Store {
    /// What has happened to a payment, in order; absent too where only its tombstone is left.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn events(&mut self, payment: PaymentId) -> Look<Vec<Event>>;
}
