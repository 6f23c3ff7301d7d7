//! An amount: whole minor units and the currency they are of.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Currency, MoneyError};

/// An exact amount in one currency: zero or more whole minor units, at most [`Money::MAX_MINOR`].
///
/// It has no order of its own, because five euros are neither more nor less than five crowns: see
/// [`Money::checked_cmp`]. As JSON it is `{"minor":1330,"currency":"EUR"}`, and reading that back
/// checks it like any other input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// The largest amount in minor units, 2^53 - 1: the largest integer that every language's JSON
    /// reader keeps exact.
    pub const MAX_MINOR: i64 = (1 << 53) - 1;

    /// Nothing, in this currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount from its minor units: `1330` and EUR for 13.30 EUR.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] and [`MoneyError::AboveMaximum`].
    pub const fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor < 0 {
            return Err(MoneyError::Negative);
        }
        if minor > Self::MAX_MINOR {
            return Err(MoneyError::AboveMaximum);
        }
        Ok(Self { minor, currency })
    }

    /// The whole minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency that the minor units are of.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether this is nothing at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// This and the other amount together.
    ///
    /// # Errors
    /// [`MoneyError::DifferentCurrencies`] and [`MoneyError::AboveMaximum`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.require_same_currency(other)?;
        let sum = self.minor.checked_add(other.minor).ok_or(MoneyError::AboveMaximum)?;
        Self::from_minor(sum, self.currency)
    }

    /// What is left of this amount without the other.
    ///
    /// # Errors
    /// [`MoneyError::DifferentCurrencies`] and [`MoneyError::BelowZero`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.require_same_currency(other)?;
        let rest = self.minor.checked_sub(other.minor).ok_or(MoneyError::BelowZero)?;
        Self::from_minor(rest, self.currency).map_err(|_| MoneyError::BelowZero)
    }

    /// How this amount compares with another of the same currency.
    ///
    /// # Errors
    /// [`MoneyError::DifferentCurrencies`].
    pub fn checked_cmp(self, other: Self) -> Result<Ordering, MoneyError> {
        self.require_same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn require_same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::DifferentCurrencies { left: self.currency, right: other.currency })
    }
}

/// An amount as it stands in JSON, before its bounds are checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    minor: i64,
    currency: Currency,
}

impl From<Money> for Written {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency }
    }
}

impl TryFrom<Written> for Money {
    type Error = MoneyError;

    fn try_from(written: Written) -> Result<Self, MoneyError> {
        Self::from_minor(written.minor, written.currency)
    }
}
