//! When nobody knows whether the card was charged.

use tillkit::till::{Error, Outcome, PaymentId, Query, SaleRequest, Summary, Till, Word};

/// What the screen says. It never says *not paid* on a guess.
// ANCHOR: screen
#[must_use]
pub const fn on_the_screen(payment: &Summary) -> &'static str {
    match payment.outcome {
        Outcome::Open => "Waiting for the card",
        Outcome::Paid => "Paid",
        Outcome::Held => "Approved; nothing taken yet",
        Outcome::PartPaid => "Paid in part: take the rest another way",
        Outcome::NotPaid => "Not paid: you may try again",
        Outcome::Returned => "Given back",
        Outcome::Unknown => "Not known yet: do not charge again",
    }
}
// ANCHOR_END: screen

/// Pays; another card only after the first was surely not charged.
///
/// # Errors
/// Whatever is wrong with the sale, before anything is sent.
// ANCHOR: again
pub async fn pay_with_another_card(till: &Till, sale: SaleRequest) -> Result<Summary, Error> {
    let first = till.pay(sale.clone()).await?;
    match first.next_attempt {
        // Only where the first attempt is known to have taken nothing.
        Some(attempt) => till.pay(SaleRequest { attempt, ..sale }).await,
        None => Ok(first),
    }
}
// ANCHOR_END: again

/// The payments that somebody should look at before the shop closes.
///
/// # Errors
/// When the journal cannot tell.
// ANCHOR: open
pub async fn still_in_doubt(till: &Till) -> Result<Vec<Summary>, Error> {
    let mut doubted = Vec::new();
    let mut query = Query { unsettled: Some(true), limit: 100, ..Query::default() };
    loop {
        let page = till.payments(query.clone()).await?;
        for payment in page.payments {
            let payment = payment?;
            if payment.outcome == Outcome::Unknown {
                doubted.push(payment);
            }
        }
        if page.next.is_none() {
            return Ok(doubted);
        }
        query.before = page.next;
    }
}
// ANCHOR_END: open

/// The cashier saw the slip: the customer paid. A provider's fact still outranks this.
///
/// # Errors
/// `not-yet-resolvable` while it may still settle by itself.
// ANCHOR: resolve
pub async fn cashier_saw_the_slip(till: &Till, payment: PaymentId) -> Result<Summary, Error> {
    till.resolve(payment, Word::Paid, "approval slip 0042 seen by Ada").await
}
// ANCHOR_END: resolve

/// The next sale on a terminal whose last one is in doubt: the cashier has looked at its screen.
///
/// # Errors
/// Whatever is wrong with the sale, before anything is sent.
// ANCHOR: screen_clear
pub async fn next_customer(
    till: &Till,
    sale: SaleRequest,
    looked_past: Vec<PaymentId>,
) -> Result<Summary, Error> {
    till.pay(SaleRequest { screen_clear: looked_past, ..sale }).await
}
// ANCHOR_END: screen_clear
