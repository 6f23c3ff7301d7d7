//! What is printed: receipts, and the report of a period.

use tillkit_model::engine::store::Stored;
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::PaymentId;

use super::{Query, Till, reading};
use crate::receipt::Receipt;
use crate::report::{Period, Report};

/// How many payments one page of a report reads.
const PAGE: u32 = 500;
/// How long after its call a payment's id may have been made.
const MADE_LATER_MS: i64 = 60 * 60 * 1_000;

impl Till {
    /// The receipt of a payment, if there is one with this id.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn receipt(&self, payment: PaymentId) -> Result<Option<Receipt>, Error> {
        let stored = self.look(move |journal| journal.payment(payment)).await;
        let stored = stored.map_err(|error| error.payment(payment))?;
        stored.as_ref().map(receipt).transpose()
    }

    /// What was taken in a period, at one account or at all of them.
    ///
    /// # Errors
    /// `invalid-field` for a period that ends before it begins; or when the journal cannot tell.
    pub async fn report(&self, account: Option<&str>, period: Period) -> Result<Report, Error> {
        if period.from_ms > period.to_ms {
            let error = Error::new(Code::InvalidField).field("period").rule("from-before-to");
            return Err(error.message("a period begins before it ends: swap its two moments"));
        }
        let account = account.map(super::connect::account_name).transpose()?;
        let account: Option<Box<str>> = account.map(|name| name.as_str().into());
        let mut payments = Vec::new();
        let latest_ms = period.to_ms.saturating_add(MADE_LATER_MS);
        let mut before = Some(PaymentId::earliest_at(latest_ms));
        while let Some(place) = before {
            let query = Query {
                account: account.clone(),
                unsettled: None,
                outcome: None,
                before: Some(place),
                limit: PAGE,
            };
            let page = self.payments(query).await?;
            payments.extend(page.payments);
            // Ids are in the order of their moments, and none is made before its call.
            before = page.next.filter(|next| next.made_at_ms() >= period.from_ms);
        }
        Ok(Report::of(period, payments))
    }
}

fn receipt(stored: &Stored) -> Result<Receipt, Error> {
    let summary = reading::stored(stored)?;
    let sale = match stored {
        Stored::Live(payment) => &payment.sale,
        Stored::Tombstone(tombstone) => &tombstone.sale,
    };
    Ok(Receipt::of(sale, &summary))
}
