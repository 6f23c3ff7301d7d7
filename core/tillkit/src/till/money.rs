//! Money that moves after the sale: captures and refunds, each by a name of the till's own.

use tillkit_model::engine::port::{Call, MoneyCall};
use tillkit_model::error::Error;
use tillkit_model::ids::{PaymentId, Reference};
use tillkit_model::money::Money;
use tillkit_model::payment::summary::Summary;

use super::Till;

impl Till {
    /// Captures a held payment: all that is left of it, unless an amount is given.
    ///
    /// # Errors
    /// What forbids it, before anything is sent.
    pub async fn capture(
        &self,
        payment: PaymentId,
        reference: Reference,
        amount: Option<Money>,
    ) -> Result<Summary, Error> {
        self.viewed(Call::Capture(MoneyCall { payment, reference, amount, last: false })).await
    }

    /// Captures a held payment for the last time, and lets go of what that leaves. The wish to let
    /// go is recorded with the capture, and carried out once the capture has been seen.
    ///
    /// # Errors
    /// What forbids it, before anything is sent: `unsupported` where the provider cannot let go of
    /// a part.
    pub async fn capture_last(
        &self,
        payment: PaymentId,
        reference: Reference,
        amount: Option<Money>,
    ) -> Result<Summary, Error> {
        self.viewed(Call::Capture(MoneyCall { payment, reference, amount, last: true })).await
    }

    /// Gives money back: all that is left of it, unless an amount is given.
    ///
    /// # Errors
    /// What forbids it, before anything is sent.
    pub async fn refund(
        &self,
        payment: PaymentId,
        reference: Reference,
        amount: Option<Money>,
    ) -> Result<Summary, Error> {
        self.viewed(Call::Refund(MoneyCall { payment, reference, amount, last: false })).await
    }
}
