//! Receipts: what a customer is handed, the same for every provider.
//!
//! A [`Receipt`] is plain data, made from what the journal holds; [`Receipt::text`] sets it in
//! lines for a paper roll. The provider's own wording is part of it wherever there is some, since
//! card schemes prescribe theirs. A receipt of anything but a payment that is known to be paid says
//! so in its first line: it is never a proof of payment by accident.

mod labels;
mod qr;
mod text;

#[cfg(test)]
mod tests;

use serde::Serialize;
use tillkit_model::ids::{AccountName, ChargeId, PaymentId, Reference, TerminalId};
use tillkit_model::payment::details::{Asset, Details, Entry, Holder, ReceiptText};
use tillkit_model::payment::summary::{Amounts, OperationSummary, Summary};
use tillkit_model::payment::view::Outcome;
use tillkit_model::sale::{Item, Sale};

pub use labels::Labels;
pub use qr::{QrCode, qr_code};
pub use text::{COLUMNS_MAX, COLUMNS_MIN, Layout};

/// What a customer is handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Our id of the payment.
    pub payment: PaymentId,
    /// The host's name for the account.
    pub account: AccountName,
    /// Through which provider.
    pub provider: Box<str>,
    /// The device, where the flow has one.
    pub terminal: Option<TerminalId>,
    /// The till's own name for the sale.
    pub reference: Reference,
    /// Which try it was.
    pub attempt: u32,
    /// How it ended, as far as is known.
    pub outcome: Outcome,
    /// How much of what.
    pub amounts: Amounts,
    /// The approval may yet be reversed.
    pub provisional: bool,
    /// What was bought, where the till said so.
    pub items: Vec<Item>,
    /// The card's scheme, as the provider spells it.
    pub scheme: Option<Box<str>>,
    /// The card's last four digits.
    pub last_four: Option<Box<str>>,
    /// How the card or code was read.
    pub entry: Option<Entry>,
    /// What it was paid with, in the provider's own kinds.
    pub assets: Vec<Asset>,
    /// The provider's ids of it.
    pub charges: Vec<ChargeId>,
    /// The provider's second id, by which it is refunded.
    pub transaction: Option<Box<str>>,
    /// A short name that a customer can read out when asking for a refund.
    pub short_code: Option<Box<str>>,
    /// Captures and refunds.
    pub operations: Vec<OperationSummary>,
    /// The provider's own receipt texts.
    pub texts: Vec<ReceiptText>,
    /// When the till called, in milliseconds since 1970.
    pub created_at_ms: i64,
}

impl Receipt {
    /// The receipt of a payment, from its sale and its summary.
    #[must_use]
    pub fn of(sale: &Sale, summary: &Summary) -> Self {
        let details = summary.details.as_deref().cloned().unwrap_or_default();
        let Details { transaction, short_code, entry, assets, receipts, .. } = details;
        Self {
            payment: summary.id,
            account: summary.account.clone(),
            provider: sale.account.provider.clone(),
            terminal: summary.terminal.clone(),
            reference: summary.reference.clone(),
            attempt: summary.attempt,
            outcome: summary.outcome,
            amounts: summary.amounts.clone(),
            provisional: summary.provisional,
            items: sale.items.clone(),
            scheme: summary.card_scheme.clone(),
            last_four: summary.card_last_four.clone(),
            entry,
            assets,
            charges: summary.charges.clone(),
            transaction,
            short_code,
            operations: summary.operations.clone(),
            texts: receipts,
            created_at_ms: summary.created_at_ms,
        }
    }

    /// The provider's own wording for this copy, where there is any.
    #[must_use]
    pub fn wording(&self, holder: Holder) -> Option<&str> {
        self.texts.iter().find(|text| text.holder == holder).map(|text| &*text.text)
    }

    /// Whether it proves that money was taken.
    #[must_use]
    pub const fn is_proof(&self) -> bool {
        match self.outcome {
            Outcome::Paid | Outcome::PartPaid | Outcome::Returned => true,
            Outcome::Open | Outcome::Held | Outcome::NotPaid | Outcome::Unknown => false,
        }
    }
}
