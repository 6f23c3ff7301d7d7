//! What is printed: receipts, the report of a period, and how it compares with the provider's list.

use tillkit_model::engine::store::Stored;
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::summary::Summary;
use tillkit_model::provider::{Errand, Finding, Listed};
use tillkit_model::time::Moment;

use super::{Query, Till, reading};
use crate::receipt::Receipt;
use crate::report::{Period, Reconciliation, Report, reconcile};

/// How many payments one page of a report reads.
const PAGE: u32 = 500;
/// How far a comparison reads beyond its period.
const MARGIN_MS: i64 = 60 * 60 * 1_000;

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
        check(period)?;
        Ok(Report::of(period, self.payments_of(account, period).await?))
    }

    /// Compares an account's payments of a period with the provider's own list.
    ///
    /// Both are read an hour further on either side, since two clocks never agree.
    ///
    /// # Errors
    /// `unsupported` where the provider has no such list; `invalid-field` for a period that ends
    /// before it begins; or what the provider or the journal says.
    pub async fn reconcile(&self, account: &str, period: Period) -> Result<Reconciliation, Error> {
        check(period)?;
        let wide = Period {
            from_ms: period.from_ms.saturating_sub(MARGIN_MS),
            to_ms: period.to_ms.saturating_add(MARGIN_MS),
        };
        let theirs = self.listed(account, wide).await?;
        // What comes to the list while ours are read is ours already.
        let ours = self.payments_of(Some(account), wide).await?;
        Ok(reconcile(period, ours, &theirs))
    }

    async fn payments_of(
        &self,
        account: Option<&str>,
        period: Period,
    ) -> Result<Vec<Result<Summary, Error>>, Error> {
        let account = account.map(super::connect::account_name).transpose()?;
        let account: Option<Box<str>> = account.map(|name| name.as_str().into());
        let mut payments = Vec::new();
        let (from_ms, to_ms) = (Some(period.from_ms), Some(period.to_ms));
        let mut query = Query { account, from_ms, to_ms, limit: PAGE, ..Query::default() };
        loop {
            let page = self.payments(query.clone()).await?;
            payments.extend(page.payments);
            if page.next.is_none() {
                return Ok(payments);
            }
            query.before = page.next;
        }
    }

    async fn listed(&self, account: &str, period: Period) -> Result<Vec<Listed>, Error> {
        let now = self.works.clock.now();
        let at = |wall_ms| Moment { wall_ms, ..now };
        let (from, to) = (at(period.from_ms), at(period.to_ms));
        let page = |finding| match finding {
            Finding::Payments(page) => Some(page),
            _ => None,
        };
        self.all(account, |cursor| Errand::Payments { from, to, cursor }, page).await
    }
}

fn check(period: Period) -> Result<(), Error> {
    if period.from_ms <= period.to_ms {
        return Ok(());
    }
    let error = Error::new(Code::InvalidField).field("period").rule("from-before-to");
    Err(error.message("a period begins before it ends: swap its two moments"))
}

fn receipt(stored: &Stored) -> Result<Receipt, Error> {
    let summary = reading::stored(stored)?;
    let sale = match stored {
        Stored::Live(payment) => &payment.sale,
        Stored::Tombstone(tombstone) => &tombstone.sale,
    };
    Ok(Receipt::of(sale, &summary))
}
