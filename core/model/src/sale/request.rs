//! What a till hands in, before anything of it is believed.

use std::collections::BTreeMap;

use super::{Capture, ItemRequest};
use crate::ids::PaymentId;
use crate::money::{Currency, Money, MoneyError};
use crate::secret::Secret;

/// A sale as a till asks for it, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRequest {
    /// The host's name for the account.
    pub account: String,
    /// The provider's id of the device, where the flow has one.
    pub terminal: Option<String>,
    /// How much.
    pub amount: Asked,
    /// The ISO 4217 code.
    pub currency: String,
    /// The till's own name for the sale.
    pub reference: String,
    /// Which try it is; 1 unless said.
    pub attempt: u32,
    /// When the money is taken.
    pub capture: Capture,
    /// Whether less may be paid.
    pub allow_part: bool,
    /// The till's own notes.
    pub metadata: BTreeMap<String, String>,
    /// What a receipt lists; either nothing or everything.
    pub items: Vec<ItemRequest>,
    /// Nobody stands at the counter: the customer pays from elsewhere.
    pub customer_absent: bool,
    /// The code that was scanned from the customer's device; used once, never stored, no part of
    /// what is compared.
    pub code: Option<Secret>,
    /// Payments whose terminal's screen the cashier has looked at; no part of what is compared.
    pub screen_clear: Vec<PaymentId>,
    /// Another `start_by` than the provider's usual one.
    pub start_by_ms: Option<u64>,
    /// Another `settle_by` than the provider's usual one.
    pub settle_by_ms: Option<u64>,
}

/// An amount as a till writes it: never a float, never a bare number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Decimal text, such as `13.30`.
    Text(String),
    /// Whole minor units, under a name that says so.
    Minor(i64),
}

impl SaleRequest {
    /// A first attempt with automatic capture and nothing optional.
    #[must_use]
    pub fn new(
        account: &str,
        terminal: Option<&str>,
        amount: &str,
        currency: &str,
        reference: &str,
    ) -> Self {
        Self {
            account: account.to_owned(),
            terminal: terminal.map(str::to_owned),
            amount: Asked::Text(amount.to_owned()),
            currency: currency.to_owned(),
            reference: reference.to_owned(),
            attempt: 1,
            capture: Capture::Automatic,
            allow_part: false,
            metadata: BTreeMap::new(),
            items: Vec::new(),
            customer_absent: false,
            code: None,
            screen_clear: Vec::new(),
            start_by_ms: None,
            settle_by_ms: None,
        }
    }
}

impl Asked {
    /// The amount in this currency.
    ///
    /// # Errors
    /// The first rule of amounts that it breaks.
    pub fn read(&self, currency: Currency) -> Result<Money, MoneyError> {
        match self {
            Self::Text(text) => Money::parse(text, currency),
            Self::Minor(minor) => Money::from_minor(*minor, currency),
        }
    }
}
