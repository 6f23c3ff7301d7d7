//! The names under which a journal finds a sale and its terminal.
//!
//! No part of either holds a space, so parts joined by spaces cannot be mistaken for one another.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountName, Reference};
use crate::sale::{BusinessDay, Environment, Sale};

/// The identity of a sale as one text: account, business day, reference and attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdentityKey {
    /// Account, business day and reference: what all attempts share.
    pub sale: Box<str>,
    /// Which attempt.
    pub attempt: u32,
}

impl IdentityKey {
    /// The reference in it; no name and no day has a space.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.sale.rsplit(' ').next().unwrap_or_default()
    }
}

/// A terminal as the journal claims it: provider, environment and the provider's id of the device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TerminalKey(pub Box<str>);

/// Where a day would stand, for references that never restart.
const NO_DAY: &str = "-";

/// The identity of a sale.
#[must_use]
pub fn key(sale: &Sale) -> IdentityKey {
    key_of(&sale.account.name, sale.business_day.as_ref(), &sale.reference, sale.attempt)
}

/// The same, of its parts.
#[must_use]
pub fn key_of(
    account: &AccountName,
    business_day: Option<&BusinessDay>,
    reference: &Reference,
    attempt: u32,
) -> IdentityKey {
    let day = business_day.map_or(NO_DAY, |day| &day.0);
    IdentityKey { sale: format!("{account} {day} {reference}").into(), attempt }
}

/// The terminal that a sale takes, whichever of the host's accounts reaches it.
#[must_use]
pub fn terminal_key(sale: &Sale) -> Option<TerminalKey> {
    let environment = match sale.account.environment {
        Environment::Production => "production",
        Environment::Sandbox => "sandbox",
    };
    let terminal = sale.terminal.as_ref()?;
    Some(TerminalKey(format!("{} {environment} {terminal}", sale.account.provider).into()))
}
