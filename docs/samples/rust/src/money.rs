//! Money after the sale: captured, given back, let go.

use tillkit::till::{
    CancelTruth, Capture, Currency, Error, Money, PaymentId, Reference, SaleRequest, Summary, Till,
};

/// Holds the amount on the card; the till decides later what is taken of it.
///
/// # Errors
/// Whatever is wrong with the sale, before anything is sent.
// ANCHOR: hold
pub async fn hold(till: &Till, sale: SaleRequest) -> Result<Summary, Error> {
    till.pay(SaleRequest { capture: Capture::Manual, ..sale }).await
}
// ANCHOR_END: hold

/// Takes what was delivered. The same reference never takes twice.
///
/// # Errors
/// What forbids it, before anything is sent.
// ANCHOR: capture
pub async fn delivered(till: &Till, held: &Summary, euros: &str) -> Result<Summary, Error> {
    let reference = name_of("delivery", held)?;
    let amount = Money::parse(euros, Currency::parse(&held.amounts.asked.currency)?)?;
    till.capture(held.id, reference, Some(amount)).await
}
// ANCHOR_END: capture

/// Gives everything back. The same reference never gives back twice.
///
/// # Errors
/// What forbids it, before anything is sent.
// ANCHOR: refund
pub async fn brought_back(till: &Till, paid: &Summary) -> Result<Summary, Error> {
    // No amount: all that is left of it.
    till.refund(paid.id, name_of("return", paid)?, None).await
}
// ANCHOR_END: refund

/// The customer changed their mind. What a cashier is to be told.
///
/// # Errors
/// When the wish could not be recorded.
// ANCHOR: cancel
pub async fn cancel(till: &Till, payment: PaymentId) -> Result<&'static str, Error> {
    Ok(match till.cancel(payment).await?.truth {
        CancelTruth::Cancelled | CancelTruth::AlreadyNotPaid => "Not paid. Nothing was taken.",
        CancelTruth::AlreadyPaid => "Paid already. Give it back with a refund.",
        CancelTruth::TooLate => "The customer is at the reader. Wait for the outcome.",
        CancelTruth::NotSupported => "This provider cannot cancel. Wait for the outcome.",
        CancelTruth::Unknown => "Not known yet. Do not charge again.",
    })
}
// ANCHOR_END: cancel

/// A name of its own for what is done to a payment.
fn name_of(what: &str, payment: &Summary) -> Result<Reference, Error> {
    let text = format!("{what}-{}", payment.reference);
    Reference::parse(&text).map_err(|_| {
        Error::new(tillkit::till::Code::InvalidField).field("reference").rule("max-length")
    })
}
