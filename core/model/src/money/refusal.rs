//! Why something is not money: one variant for each rule, each with the way out.

use std::fmt;

use super::{Currency, Money, text};

/// The rule that a text, a code, an integer or a sum broke.
///
/// Closed: carriers map each rule, so a new one has to be seen by all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyError {
    /// The currency is not written as three capital letters.
    MalformedCurrency,
    /// Three capital letters, but no active code of ISO 4217.
    UnknownCurrency {
        /// What was written.
        code: String,
    },
    /// A code of ISO 4217 for something that has no minor unit, such as gold.
    NoMinorUnit {
        /// What was written.
        code: String,
    },
    /// No text at all.
    Empty,
    /// More characters than any amount needs.
    TooLong,
    /// A space or another blank, anywhere in the text.
    Blank,
    /// A plus or minus sign in front.
    Signed,
    /// A comma, of decimals or of thousands.
    Comma,
    /// Scientific notation, such as `1e3`.
    Exponent,
    /// A digit of another script, such as `٣`.
    ForeignDigit {
        /// The first such digit.
        found: char,
    },
    /// Any other character that is neither a digit nor the point.
    NotADigit {
        /// The first such character.
        found: char,
    },
    /// No digit before the point.
    NoWholeDigits,
    /// No digit after the point.
    NoDecimals,
    /// A second point.
    SecondPoint,
    /// A zero in front of other whole digits.
    LeadingZero,
    /// More decimals than the currency has, even if they are zeros.
    TooManyDecimals {
        /// The currency that sets the number.
        currency: Currency,
    },
    /// Above [`Money::MAX_MINOR`].
    AboveMaximum,
    /// Negative minor units.
    Negative,
    /// A subtraction of more than there is.
    BelowZero,
    /// Two currencies in one sum or comparison.
    DifferentCurrencies {
        /// The currency of the amount that was asked.
        left: Currency,
        /// The currency of the amount that was given.
        right: Currency,
    },
}

impl MoneyError {
    /// The field of a request that the rule is about: `amount` or `currency`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::MalformedCurrency
            | Self::UnknownCurrency { .. }
            | Self::NoMinorUnit { .. }
            | Self::DifferentCurrencies { .. } => "currency",
            Self::Empty
            | Self::TooLong
            | Self::Blank
            | Self::Signed
            | Self::Comma
            | Self::Exponent
            | Self::ForeignDigit { .. }
            | Self::NotADigit { .. }
            | Self::NoWholeDigits
            | Self::NoDecimals
            | Self::SecondPoint
            | Self::LeadingZero
            | Self::TooManyDecimals { .. }
            | Self::AboveMaximum
            | Self::Negative
            | Self::BelowZero => "amount",
        }
    }

    /// The stable kebab-case name of the rule, the same in every language.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::MalformedCurrency => "three-capital-letters",
            Self::UnknownCurrency { .. } => "active-iso-4217-code",
            Self::NoMinorUnit { .. } => "has-minor-unit",
            Self::Empty => "not-empty",
            Self::TooLong => "not-too-long",
            Self::Blank => "no-blanks",
            Self::Signed => "no-sign",
            Self::Comma => "point-not-comma",
            Self::Exponent => "no-exponent",
            Self::ForeignDigit { .. } => "ascii-digits",
            Self::NotADigit { .. } => "digits-only",
            Self::NoWholeDigits => "digit-before-point",
            Self::NoDecimals => "digit-after-point",
            Self::SecondPoint => "one-point",
            Self::LeadingZero => "no-leading-zero",
            Self::TooManyDecimals { .. } => "decimals-of-currency",
            Self::AboveMaximum => "at-most-maximum",
            Self::Negative => "not-negative",
            Self::BelowZero => "not-below-zero",
            Self::DifferentCurrencies { .. } => "same-currency",
        }
    }

    /// The limit that the rule sets, where it sets one.
    #[must_use]
    pub fn limit(&self) -> Option<String> {
        match self {
            Self::TooLong => Some(text::MAX_LENGTH.to_string()),
            Self::TooManyDecimals { currency } => Some(currency.digits().to_string()),
            Self::AboveMaximum => Some(Money::MAX_MINOR.to_string()),
            Self::Negative | Self::BelowZero => Some("0".to_owned()),
            Self::DifferentCurrencies { left, .. } => Some(left.code().to_owned()),
            Self::MalformedCurrency
            | Self::UnknownCurrency { .. }
            | Self::NoMinorUnit { .. }
            | Self::Empty
            | Self::Blank
            | Self::Signed
            | Self::Comma
            | Self::Exponent
            | Self::ForeignDigit { .. }
            | Self::NotADigit { .. }
            | Self::NoWholeDigits
            | Self::NoDecimals
            | Self::SecondPoint
            | Self::LeadingZero => None,
        }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedCurrency => {
                f.write_str("a currency is three capital letters: write \"EUR\"")
            }
            Self::UnknownCurrency { code } => {
                write!(f, "{code} is no active ISO 4217 currency: write one that is, as \"EUR\"")
            }
            Self::NoMinorUnit { code } => write!(
                f,
                "{code} has no minor unit, so nobody can pay in it: write the currency on the receipt"
            ),
            Self::Empty => f.write_str("the amount is empty: write it in digits, as \"13.30\""),
            Self::TooLong => {
                write!(f, "an amount has at most {} characters: write it shorter", text::MAX_LENGTH)
            }
            Self::Blank => f.write_str("an amount has no blanks: trim it before passing it"),
            Self::Signed => f.write_str(
                "an amount has no sign: write it bare; to give money back, ask for a refund",
            ),
            Self::Comma => f.write_str(
                "an amount has no comma: write the decimals after a point and leave thousands ungrouped",
            ),
            Self::Exponent => {
                f.write_str("an amount has no exponent: write every digit, \"1000\" for \"1e3\"")
            }
            Self::ForeignDigit { found } => {
                write!(f, "{found:?} is no ASCII digit: write the amount in digits 0 to 9")
            }
            Self::NotADigit { found } => {
                write!(f, "{found:?} cannot stand in an amount: write only digits and one point")
            }
            Self::NoWholeDigits => {
                f.write_str("a digit must stand before the point: write \"0.50\" for \".50\"")
            }
            Self::NoDecimals => {
                f.write_str("a digit must stand after the point: write \"5\" for \"5.\"")
            }
            Self::SecondPoint => f.write_str(
                "an amount has one point, before its decimals: leave thousands ungrouped",
            ),
            Self::LeadingZero => {
                f.write_str("an amount has no leading zeros: write \"7\" for \"007\"")
            }
            Self::TooManyDecimals { currency } => write!(
                f,
                "{currency} has {} decimals: round the amount before passing it",
                currency.digits()
            ),
            Self::AboveMaximum => write!(
                f,
                "an amount is at most {} minor units: split it, or check the currency",
                Money::MAX_MINOR
            ),
            Self::Negative => f.write_str(
                "an amount is never negative: pass it without sign; to give money back, ask for a refund",
            ),
            Self::BelowZero => {
                f.write_str("the result would be below zero: take away at most what is there")
            }
            Self::DifferentCurrencies { left, right } => {
                write!(f, "{right} cannot be reckoned with {left}: use amounts of one currency")
            }
        }
    }
}

impl std::error::Error for MoneyError {}
