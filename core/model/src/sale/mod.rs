//! What a till asks for: a [`Sale`], valid by construction, and the rules that make it so.
//!
//! This module knows nothing of providers beyond the limits that it is handed as data.

mod capability;
mod code;
mod day;
mod fault;
mod item;
pub mod metadata;
mod request;
mod times;
mod validate;

pub use capability::{Beside, Capabilities, Presence};
pub use code::CODE_PLACEHOLDER;
pub use day::{BusinessDay, References};
pub use fault::Fault;
pub use item::{ITEMS_MAX, Item, ItemRequest};
pub use request::{Asked, SaleRequest};
pub use times::Times;
pub use validate::{ATTEMPT_MAX, capability, parse, rules};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AccountName, MerchantId, Reference, TerminalId};
use crate::money::Money;

/// A merchant's connection to one provider, as it is recorded with each payment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// The host's name for it.
    pub name: AccountName,
    /// Which provider, by its registry name.
    pub provider: Box<str>,
    /// Which merchant at that provider.
    pub merchant: MerchantId,
    /// Which of the provider's environments.
    pub environment: Environment,
}

/// Where an account lives. Closed: money is real in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Real money.
    Production,
    /// The provider's test environment, or a simulator.
    Sandbox,
}

/// When the money is taken after the approval. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// By the provider, at once or soon.
    #[default]
    Automatic,
    /// When the till says so.
    Manual,
}

/// A valid sale: everything that shapes the charge, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Who is paid, through whom.
    pub account: Account,
    /// The device that asks for the card; none where the customer scans a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// How much.
    pub amount: Money,
    /// The till's own name for it.
    pub reference: Reference,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// Part of the identity where the account's references restart daily.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_day: Option<BusinessDay>,
    /// When the money is taken.
    #[serde(default)]
    pub capture: Capture,
    /// Whether less than the amount may be paid.
    #[serde(default)]
    pub allow_part: bool,
    /// The till's own notes, echoed by the provider.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<Box<str>, Box<str>>,
    /// What a receipt lists; adds up to the amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Nobody stands at the counter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_absent: bool,
    /// A code was scanned; it is nowhere in here, and no part of what is compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scanned: bool,
}

#[cfg(test)]
mod tests;
