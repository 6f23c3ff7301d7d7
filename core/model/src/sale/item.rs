//! Line items: what a receipt lists, for providers that want to know.
//!
//! Amounts are whole lines, tax and discount included, and the lines of a sale add up to its
//! amount. Quantities and percentages stay the decimal text that a till wrote.

use serde::{Deserialize, Serialize};

use super::{Asked, Fault};
use crate::money::{Currency, Money};

/// One line of a sale, as a till writes it, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRequest {
    /// What it is.
    pub name: String,
    /// The shop's own number for it.
    pub sku: Option<String>,
    /// How many, as decimal text.
    pub quantity: String,
    /// The whole line, tax and discount included.
    pub amount: Asked,
    /// The tax within, in percent, as decimal text: `25` is a quarter on top.
    pub tax_percent: Option<String>,
    /// What was taken off, already subtracted from the amount.
    pub discount: Option<Asked>,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    pub name: Box<str>,
    /// The shop's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Box<str>>,
    /// How many, as plain decimal text.
    pub quantity: Box<str>,
    /// The whole line, tax and discount included.
    pub amount: Money,
    /// The tax within, in percent, as plain decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<Box<str>>,
    /// What was taken off, already subtracted from the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
}

/// The most lines of one sale.
pub const ITEMS_MAX: usize = 200;
const TEXT_MAX: usize = 128;
const QUANTITY_DIGITS: Digits = Digits { whole: 9, fraction: 3 };
const PERCENT_DIGITS: Digits = Digits { whole: 3, fraction: 2 };

impl ItemRequest {
    /// One piece without tax or discount.
    #[must_use]
    pub fn new(name: &str, amount: &str) -> Self {
        Self {
            name: name.to_owned(),
            sku: None,
            quantity: "1".to_owned(),
            amount: Asked::Text(amount.to_owned()),
            tax_percent: None,
            discount: None,
        }
    }
}

/// Reads the lines of a sale in its currency.
///
/// # Errors
/// The first line and the first rule that it breaks.
pub(super) fn read(requests: &[ItemRequest], currency: Currency) -> Result<Vec<Item>, Fault> {
    if requests.len() > ITEMS_MAX {
        let sentence = format!("a sale has at most {ITEMS_MAX} items: put some of them together");
        return Err(invalid("max-count", sentence).limit(ITEMS_MAX));
    }
    requests.iter().map(|request| item(request, currency)).collect()
}

/// The lines add up to what is asked for.
///
/// # Errors
/// When they do not.
pub(super) fn check_sum(items: &[Item], amount: Money) -> Result<(), Fault> {
    let zero = Money::zero(amount.currency());
    let sum = items.iter().try_fold(zero, |sum, item| sum.checked_add(item.amount));
    match sum {
        Ok(sum) if items.is_empty() || sum == amount => Ok(()),
        Ok(sum) => {
            let sentence =
                format!("the items add up to {sum}, the sale is for {amount}: make them agree");
            Err(invalid("sum-is-amount", sentence).limit(amount))
        }
        Err(refusal) => Err(Fault { field: "items", ..Fault::from(refusal) }),
    }
}

fn item(request: &ItemRequest, currency: Currency) -> Result<Item, Fault> {
    let ItemRequest { name, sku, quantity, amount, tax_percent, discount } = request;
    let money = |asked: &Asked| {
        asked.read(currency).map_err(|refusal| Fault { field: "items", ..Fault::from(refusal) })
    };
    if !QUANTITY_DIGITS.fit(quantity) || quantity.bytes().all(|byte| b"0.".contains(&byte)) {
        let sentence = "an item's quantity is decimal text above zero, such as 1 or 0.350";
        return Err(invalid("quantity", sentence));
    }
    if tax_percent.as_ref().is_some_and(|percent| !PERCENT_DIGITS.fit(percent)) {
        let sentence = "an item's tax is decimal text in percent, such as 25 or 7.75";
        return Err(invalid("tax-percent", sentence));
    }
    Ok(Item {
        name: text("name", name)?,
        sku: sku.as_deref().map(|sku| text("sku", sku)).transpose()?,
        quantity: quantity.as_str().into(),
        amount: money(amount)?,
        tax_percent: tax_percent.as_deref().map(Into::into),
        discount: discount.as_ref().map(money).transpose()?,
    })
}

fn text(what: &str, given: &str) -> Result<Box<str>, Fault> {
    let length = given.chars().count();
    if (1..=TEXT_MAX).contains(&length) && !given.chars().any(char::is_control) {
        return Ok(given.into());
    }
    let sentence =
        format!("an item's {what} has 1 to {TEXT_MAX} characters and no control characters");
    Err(invalid("text", sentence).limit(TEXT_MAX))
}

/// How many digits plain decimal text may have before and after its point.
struct Digits {
    whole: usize,
    fraction: usize,
}

impl Digits {
    fn fit(&self, text: &str) -> bool {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, max: usize| {
            (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        digits(whole, self.whole) && digits(fraction, self.fraction)
    }
}

fn invalid(rule: &'static str, sentence: impl Into<String>) -> Fault {
    Fault::invalid("items", rule, sentence)
}
