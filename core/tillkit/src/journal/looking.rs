//! What people and the facade look up beside the engine. Every call blocks until the disk has
//! answered.

use tillkit_model::engine::store::Look;
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::event::Event;

use super::Journal;
use super::sqlite::read;

impl Journal {
    /// What has happened to a payment, in order, each record checked; absent too where only its
    /// tombstone is left.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub fn events(&self, payment: PaymentId) -> Look<Vec<Event>> {
        self.read(|connection| read::events(connection, payment))
    }

    /// One payment of an account, whichever is found first and can be read.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub fn any_payment_of(&self, account: &str) -> Look<PaymentId> {
        self.read(|connection| read::any_of_account(connection, account))
    }
}
