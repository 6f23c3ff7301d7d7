//! The day close: what was taken in a period, by account, currency, outcome, status and kind of
//! money, with everything that is open or in doubt named one by one.
//!
//! A payment belongs to the period in which the till called. Sums are of one currency each and
//! never round; a payment that cannot be read is named, never left out.

mod books;
mod reconcile;

#[cfg(test)]
mod tests;

use serde::Serialize;
use tillkit_model::error::Error;
use tillkit_model::ids::{AccountName, PaymentId};
use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::summary::Summary;
use tillkit_model::payment::view::Outcome;

use books::Books;

pub use reconcile::{Agreement, Difference, Reconciliation, Theirs, reconcile};

/// A span of time, from its first millisecond up to but without its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Since 1970.
    pub from_ms: i64,
    /// Since 1970; not part of it.
    pub to_ms: i64,
}

impl Period {
    /// Whether a moment lies in it.
    #[must_use]
    pub const fn contains(&self, ms: i64) -> bool {
        self.from_ms <= ms && ms < self.to_ms
    }
}

/// What was taken in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which period.
    pub period: Period,
    /// By account, currency, outcome, status and kind of money, in this order.
    pub rows: Vec<Row>,
    /// What was taken, by account and currency.
    pub totals: Vec<Total>,
    /// Not decided yet.
    pub open: Vec<PaymentId>,
    /// Not known: a person may have to look.
    pub in_doubt: Vec<PaymentId>,
    /// With an alarm.
    pub alarmed: Vec<PaymentId>,
    /// Stored, and cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// Payments that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What they have in common.
    #[serde(flatten)]
    pub group: Group,
    /// How many.
    pub count: u64,
    /// What was asked for.
    pub asked: Sum,
    /// What was captured, tips included.
    pub captured: Sum,
    /// Of it, tips.
    pub tips: Sum,
    /// Of it, given back.
    pub returned: Sum,
}

/// What payments of one row have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Group {
    /// The host's name for the account.
    pub account: AccountName,
    /// The ISO 4217 code.
    pub currency: Box<str>,
    /// How they ended.
    pub outcome: Outcome,
    /// What a screen shows.
    pub status: Stage,
    /// What they were paid with: kinds of assets, or the card's scheme; empty where it is not said.
    pub paid_with: Box<str>,
}

/// What an account took in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The host's name for the account.
    pub account: AccountName,
    /// The ISO 4217 code.
    pub currency: Box<str>,
    /// How many payments took money.
    pub count: u64,
    /// What was captured, tips included.
    pub captured: Sum,
    /// Of it, tips.
    pub tips: Sum,
    /// Of it, given back.
    pub returned: Sum,
    /// What is left of it.
    pub net: Sum,
}

/// A sum of minor units. Wider than any payment, so that no day is too good for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Sum(pub i128);

/// A payment that is stored and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Its id, where the error names it.
    pub payment: Option<PaymentId>,
    /// Why.
    pub why: String,
}

impl Report {
    /// Counts payments together; those outside the period are passed over.
    pub fn of(period: Period, payments: impl IntoIterator<Item = Result<Summary, Error>>) -> Self {
        let mut books = Books::of(period);
        for payment in payments {
            match payment {
                Ok(summary) => books.enter(&summary),
                Err(error) => books
                    .report
                    .unreadable
                    .push(Unreadable { payment: error.payment, why: error.to_string() }),
            }
        }
        books.close()
    }
}

impl Unreadable {
    fn of(error: &Error) -> Self {
        Self { payment: error.payment, why: error.to_string() }
    }
}
