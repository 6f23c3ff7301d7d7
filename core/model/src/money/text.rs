//! The one written form of an amount, both ways and exact.
//!
//! An amount is written in ASCII digits, and may have one point followed by at most as many digits
//! as the currency has decimals: `13`, `13.3` and `13.30` are all 13.30 EUR. Nothing else is an
//! amount; guessing what `13,30` or `1.330` means would charge somebody the guess.

use std::fmt;

use super::{Currency, Money, MoneyError};

/// The longest text that is looked at, in bytes. No amount needs more than 17; the rest is room for
/// saying something more helpful than "too long".
pub(super) const MAX_LENGTH: usize = 32;

impl Money {
    /// An amount from decimal text: `"13.30"` and EUR for 13.30 EUR.
    ///
    /// # Errors
    /// The first rule of the written form that the text breaks; see [`MoneyError`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        check_length(text)?;
        check_characters(text)?;
        let (whole, decimals) = split_at_point(text)?;
        check_whole(whole)?;
        let decimals = pad_decimals(decimals, currency)?;
        Self::from_minor(read_digits(whole, &decimals)?, currency)
    }

    /// The amount as decimal text with every decimal of its currency: `13.30` EUR, `1330` JPY.
    #[must_use]
    pub fn text(self) -> String {
        let decimals = usize::from(self.currency().digits());
        // One digit more than the decimals, so that one always stands before the point.
        let width = decimals.saturating_add(1);
        let mut text = format!("{:0width$}", self.minor());
        if decimals > 0 {
            text.insert(text.len().saturating_sub(decimals), '.');
        }
        text
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.text(), self.currency())
    }
}

fn check_length(text: &str) -> Result<(), MoneyError> {
    if text.is_empty() {
        return Err(MoneyError::Empty);
    }
    if text.len() > MAX_LENGTH {
        return Err(MoneyError::TooLong);
    }
    Ok(())
}

/// Only digits and points are left after this; what else is there is named by its first character.
fn check_characters(text: &str) -> Result<(), MoneyError> {
    if text.starts_with(['+', '-']) {
        return Err(MoneyError::Signed);
    }
    let mut after_digit = false;
    for found in text.chars() {
        if found != '.' && !found.is_ascii_digit() {
            return Err(refuse_character(found, after_digit));
        }
        after_digit = found.is_ascii_digit();
    }
    Ok(())
}

fn refuse_character(found: char, after_digit: bool) -> MoneyError {
    match found {
        ',' => MoneyError::Comma,
        'e' | 'E' if after_digit => MoneyError::Exponent,
        _ if found.is_whitespace() => MoneyError::Blank,
        _ if found.is_numeric() => MoneyError::ForeignDigit { found },
        _ => MoneyError::NotADigit { found },
    }
}

fn split_at_point(text: &str) -> Result<(&str, &str), MoneyError> {
    let Some((whole, decimals)) = text.split_once('.') else {
        return Ok((text, ""));
    };
    if whole.is_empty() {
        return Err(MoneyError::NoWholeDigits);
    }
    if decimals.is_empty() {
        return Err(MoneyError::NoDecimals);
    }
    if decimals.contains('.') {
        return Err(MoneyError::SecondPoint);
    }
    Ok((whole, decimals))
}

fn check_whole(whole: &str) -> Result<(), MoneyError> {
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(MoneyError::LeadingZero);
    }
    Ok(())
}

/// The decimals with the zeros that were left out: `3` becomes `30` in EUR.
fn pad_decimals(decimals: &str, currency: Currency) -> Result<String, MoneyError> {
    let width = usize::from(currency.digits());
    if decimals.len() > width {
        return Err(MoneyError::TooManyDecimals { currency });
    }
    Ok(format!("{decimals:0<width$}"))
}

fn read_digits(whole: &str, decimals: &str) -> Result<i64, MoneyError> {
    let digits = [whole, decimals].concat();
    // Only digits are left, so the one way to fail is to be too large.
    digits.parse().map_err(|_| MoneyError::AboveMaximum)
}
