//! Money: whole minor units bound to a currency.
//!
//! Promises that an amount which exists is exact, never negative and small enough to survive every
//! language's integers; that text becomes an amount in one way only, and an amount text in one way
//! only; and that no arithmetic wraps, goes below zero or mixes two currencies in silence.
//!
//! Knows nothing of sales, limits, providers or locales: whether an amount may be asked for is
//! decided elsewhere, and a comma is for the till's own screen.

#![deny(clippy::wildcard_enum_match_arm)]

mod amount;
mod currency;
mod refusal;
mod text;

pub use amount::Money;
pub use currency::Currency;
pub use refusal::MoneyError;

#[cfg(test)]
mod tests;
