//! What a till hands in for a sale, a capture or a refund.

use std::collections::BTreeMap;

use tillkit_model::error::{Code, Error};
use tillkit_model::money::{Currency, Money};
use tillkit_model::sale::{Asked, Capture, ItemRequest, SaleRequest};

use super::failure::{Answer, Failure, payment_id};
use crate::till::Outcome;
use tillkit_model::provider::Secret;

/// A sale as a till asks for it; either `amount` or `amount_minor` says how much.
#[derive(Clone, PartialEq, Eq)]
pub struct Sale {
    /// The host's name for the account.
    pub account: String,
    /// The provider's id of the device, where the flow has one.
    pub terminal: Option<String>,
    /// How much, as decimal text.
    pub amount: Option<String>,
    /// How much, in whole minor units.
    pub amount_minor: Option<i64>,
    /// The ISO 4217 code.
    pub currency: String,
    /// The till's own name for the sale.
    pub reference: String,
    /// Which try it is; 1 for the first.
    pub attempt: i64,
    /// When the money is taken.
    pub capture: Capture,
    /// Whether less may be paid.
    pub allow_part: bool,
    /// The till's own notes.
    pub metadata: Vec<(String, String)>,
    /// What a receipt lists; either nothing or everything.
    pub items: Vec<Item>,
    /// Nobody stands at the counter.
    pub customer_absent: bool,
    /// The code that was scanned from the customer's device; never stored, never printed.
    pub code: Option<String>,
    /// Payments whose terminal's screen the cashier has looked at.
    pub screen_clear: Vec<String>,
    /// Another `start_by` than the provider's usual one.
    pub start_by_ms: Option<i64>,
    /// Another `settle_by` than the provider's usual one.
    pub settle_by_ms: Option<i64>,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub name: String,
    /// The shop's own number for it.
    pub sku: Option<String>,
    /// How many, as decimal text.
    pub quantity: String,
    /// The whole line, tax and discount included, as decimal text.
    pub amount: Option<String>,
    /// The same in whole minor units.
    pub amount_minor: Option<i64>,
    /// The tax within, in percent, as decimal text.
    pub tax_percent: Option<String>,
    /// What was taken off, as decimal text.
    pub discount: Option<String>,
    /// The same in whole minor units.
    pub discount_minor: Option<i64>,
}

/// How much of a payment: all that is left of it where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Portion {
    /// As decimal text.
    pub amount: Option<String>,
    /// In whole minor units.
    pub amount_minor: Option<i64>,
    /// The payment's own currency unless said.
    pub currency: Option<String>,
}

impl std::fmt::Debug for Sale {
    /// Without the scanned code, which can be spent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sale")
            .field("account", &self.account)
            .field("reference", &self.reference)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl Sale {
    /// The request that the core checks.
    pub(super) fn into_request(self) -> Answer<SaleRequest> {
        let Self {
            account,
            terminal,
            amount,
            amount_minor,
            currency,
            reference,
            attempt,
            capture,
            allow_part,
            metadata,
            items,
            customer_absent,
            code,
            screen_clear,
            start_by_ms,
            settle_by_ms,
        } = self;
        let amount = one_of_both("amount", amount, amount_minor)?.ok_or_else(missing)?;
        let clear = screen_clear.iter().map(|id| payment_id("screen_clear", id));
        Ok(SaleRequest {
            account,
            terminal,
            amount,
            currency,
            reference,
            attempt: u32::try_from(attempt).unwrap_or(if attempt < 0 { 0 } else { u32::MAX }),
            capture,
            allow_part,
            metadata: notes(metadata)?,
            items: items.into_iter().map(Item::into_request).collect::<Result<_, _>>()?,
            customer_absent,
            code: code.map(|code| Secret::new(&code)),
            screen_clear: clear.collect::<Result<_, _>>()?,
            start_by_ms: start_by_ms.map(since_the_call),
            settle_by_ms: settle_by_ms.map(since_the_call),
        })
    }
}

impl Item {
    fn into_request(self) -> Answer<ItemRequest> {
        let Self {
            name,
            sku,
            quantity,
            amount,
            amount_minor,
            tax_percent,
            discount,
            discount_minor,
        } = self;
        let amount = one_of_both("amount", amount, amount_minor)?.ok_or_else(missing)?;
        let discount = one_of_both("discount", discount, discount_minor)?;
        Ok(ItemRequest { name, sku, quantity, amount, tax_percent, discount })
    }
}

impl Portion {
    /// Whether it says how much.
    pub(super) const fn is_everything(&self) -> bool {
        self.amount.is_none() && self.amount_minor.is_none()
    }

    /// The amount, in the currency that it names or in the payment's own.
    pub(super) fn read(self, own: &str) -> Answer<Option<Money>> {
        let Self { amount, amount_minor, currency } = self;
        let Some(asked) = one_of_both("amount", amount, amount_minor)? else { return Ok(None) };
        let currency = Currency::parse(currency.as_deref().unwrap_or(own)).map_err(Error::from)?;
        Ok(Some(asked.read(currency).map_err(Error::from)?))
    }
}

/// The outcome of this name, as a list of payments is narrowed by it.
pub(super) fn outcome(text: &str) -> Answer<Outcome> {
    super::named("outcome", text)
}

fn one_of_both(field: &str, text: Option<String>, minor: Option<i64>) -> Answer<Option<Asked>> {
    match (text, minor) {
        (None, None) => Ok(None),
        (Some(text), None) => Ok(Some(Asked::Text(text))),
        (None, Some(minor)) => Ok(Some(Asked::Minor(minor))),
        (Some(_), Some(_)) => {
            let sentence =
                format!("{field} and {field}_minor say the same thing: give one of them");
            let error = Error::new(Code::InvalidAmount).field(field).rule("one-of-both");
            Err(error.message(sentence).into())
        }
    }
}

fn missing() -> Failure {
    let sentence = "say how much: amount as decimal text such as \"13.30\", or amount_minor";
    Error::new(Code::InvalidAmount).field("amount").rule("required").message(sentence).into()
}

/// A name that is said twice would be lost in silence.
fn notes(metadata: Vec<(String, String)>) -> Answer<BTreeMap<String, String>> {
    let count = metadata.len();
    let notes: BTreeMap<String, String> = metadata.into_iter().collect();
    if notes.len() == count {
        return Ok(notes);
    }
    let error = Error::new(Code::InvalidField).field("metadata").rule("names-once");
    Err(error.message("a name stands twice in metadata: say it once").into())
}

/// What lies before the call is refused by the core as too short.
fn since_the_call(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0)
}
