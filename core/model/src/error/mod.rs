//! Errors: one closed catalogue, and one value that carries a row of it with what is known.
//!
//! Promises that every error of every language is a row of [`Code`], says whether money may have
//! moved and what a repeat may do, and names the field, the rule and the way out. Numbers and names
//! never change their meaning.
//!
//! Knows nothing of what went wrong where: whoever refuses picks the row. A decline is no error,
//! and neither is doubt: once a sale is recorded, what becomes of it is an outcome.

#![deny(clippy::wildcard_enum_match_arm)]

mod codes;
mod export;
mod row;

use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};

use crate::ids::PaymentId;
use crate::money::MoneyError;

pub use codes::{Code, RETIRED};
pub use export::{catalogue_json, catalogue_markdown};
pub use row::{Cashier, Charged, Class, Retry, Row, Tombstone};

/// What a caller gets when a call is refused or cannot be answered.
///
/// Built from its code, then told what else is known:
///
/// ```
/// use tillkit_model::error::{Code, Error};
///
/// let error = Error::new(Code::InvalidField).field("reference").rule("max-length").limit("64");
/// assert_eq!(error.limit.as_deref(), Some("64"));
/// ```
///
/// It is one pointer wide, so that a `Result` costs what its success costs; its fields are read
/// straight through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

/// Everything that an [`Error`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The row of the catalogue.
    pub code: Code,
    /// What is wrong and the way out, for developers; the row's own text unless a closer one is
    /// known.
    pub message: String,
    /// The field of the request that is at fault, or the first one that differs.
    pub field: Option<String>,
    /// The rule that the field breaks, in kebab case.
    pub rule: Option<String>,
    /// The limit that the rule sets.
    pub limit: Option<String>,
    /// The payment that the error is about.
    pub payment: Option<PaymentId>,
    /// Whether money may have moved; the row's own answer unless a closer one is known.
    pub charged: Charged,
    /// What a repeat may do.
    pub retry: Retry,
    /// How long to wait before a repeat, where that is known.
    pub retry_after_ms: Option<u64>,
    /// What the provider said.
    pub provider: Option<ProviderWords>,
}

/// A provider's own words about a refusal, passed on as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProviderWords {
    /// Its error code.
    pub code: Option<String>,
    /// Its text.
    pub detail: Option<String>,
    /// The id under which its support finds the request.
    pub trace: Option<String>,
}

impl Error {
    /// An error that says what its row says.
    #[must_use]
    pub fn new(code: Code) -> Self {
        let row = code.row();
        Self(Box::new(Details {
            code,
            message: row.message.to_owned(),
            field: None,
            rule: None,
            limit: None,
            payment: None,
            charged: row.charged,
            retry: row.retry,
            retry_after_ms: None,
            provider: None,
        }))
    }

    /// Says more closely what is wrong and the way out.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Names the rule that was broken.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.0.rule = Some(rule.into());
        self
    }

    /// Names the limit that the rule sets.
    #[must_use]
    pub fn limit(mut self, limit: impl fmt::Display) -> Self {
        self.0.limit = Some(limit.to_string());
        self
    }

    /// Names the payment that the error is about.
    #[must_use]
    pub fn payment(mut self, payment: PaymentId) -> Self {
        self.0.payment = Some(payment);
        self
    }

    /// Says more closely than the row whether money moved.
    #[must_use]
    pub fn charged(mut self, charged: Charged) -> Self {
        self.0.charged = charged;
        self
    }

    /// Says more closely than the row what a repeat may do.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Says how long to wait before a repeat.
    #[must_use]
    pub fn retry_after_ms(mut self, retry_after_ms: u64) -> Self {
        self.0.retry_after_ms = Some(retry_after_ms);
        self
    }

    /// Passes on what the provider said.
    #[must_use]
    pub fn provider(mut self, words: ProviderWords) -> Self {
        self.0.provider = Some(words);
        self
    }
}

impl Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

/// A refusal of money, as the request's `amount` or `currency`.
impl From<MoneyError> for Error {
    fn from(refusal: MoneyError) -> Self {
        let code =
            if refusal.field() == "amount" { Code::InvalidAmount } else { Code::InvalidField };
        let error = Self::new(code)
            .message(refusal.to_string())
            .field(refusal.field())
            .rule(refusal.rule());
        match refusal.limit() {
            Some(limit) => error.limit(limit),
            None => error,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)?;
        write_part(f, "field", self.field.as_ref())?;
        write_part(f, "rule", self.rule.as_ref())?;
        write_part(f, "limit", self.limit.as_ref())?;
        write_part(f, "payment", self.payment.as_ref())?;
        write_part(f, "provider", self.provider.as_ref())
    }
}

fn write_part<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    part: Option<&T>,
) -> fmt::Result {
    part.map_or(Ok(()), |part| write!(f, " [{name}: {part}]"))
}

impl fmt::Display for ProviderWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = [&self.code, &self.detail, &self.trace];
        let said: Vec<_> = said.into_iter().flatten().map(String::as_str).collect();
        f.write_str(&said.join(", "))
    }
}

impl std::error::Error for Error {}

impl Serialize for Error {
    /// One flat record with every field always there, so that no language has to ask which exist.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::from(&**self).serialize(serializer)
    }
}

/// An error as every language reads it: what it says, beside what its row says.
#[derive(Serialize)]
struct Written<'a> {
    code: Code,
    number: u16,
    class: Class,
    message: &'a str,
    cashier: Cashier,
    charged: Charged,
    retry: Retry,
    retry_after_ms: Option<u64>,
    field: Option<&'a str>,
    rule: Option<&'a str>,
    limit: Option<&'a str>,
    payment: Option<PaymentId>,
    provider: Option<&'a ProviderWords>,
}

impl<'a> From<&'a Details> for Written<'a> {
    fn from(details: &'a Details) -> Self {
        // In full, so that a new field cannot be forgotten on its way out.
        let Details {
            code,
            message,
            field,
            rule,
            limit,
            payment,
            charged,
            retry,
            retry_after_ms,
            provider,
        } = details;
        let Row { number, class, cashier, .. } = code.row();
        Self {
            code: *code,
            number,
            class,
            message,
            cashier,
            charged: *charged,
            retry: *retry,
            retry_after_ms: *retry_after_ms,
            field: field.as_deref(),
            rule: rule.as_deref(),
            limit: limit.as_deref(),
            payment: *payment,
            provider: provider.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests;
