//! The first rule that a request breaks, on its way to becoming an error.

use std::fmt;

use crate::error::{Code, Error};
use crate::ids::NotAnId;
use crate::money::MoneyError;

/// A rule that a request breaks: which field, which rule, what would be accepted instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which error of the catalogue it is.
    pub code: Code,
    /// The field, as the till wrote it.
    pub field: &'static str,
    /// The rule in kebab case, the same in every language.
    pub rule: &'static str,
    /// The rule as a sentence that says what would be accepted.
    pub sentence: String,
    /// The limit, where there is one.
    pub limit: Option<String>,
}

impl Fault {
    /// A field that breaks a rule of its own.
    #[must_use]
    pub fn invalid(field: &'static str, rule: &'static str, sentence: impl Into<String>) -> Self {
        Self { code: Code::InvalidField, field, rule, sentence: sentence.into(), limit: None }
    }

    /// A field that asks for what the provider cannot do.
    #[must_use]
    pub fn unsupported(
        field: &'static str,
        rule: &'static str,
        sentence: impl Into<String>,
    ) -> Self {
        Self { code: Code::Unsupported, ..Self::invalid(field, rule, sentence) }
    }

    /// A setting of a merchant's account that breaks a rule of its own.
    #[must_use]
    pub fn configuration(
        field: &'static str,
        rule: &'static str,
        sentence: impl Into<String>,
    ) -> Self {
        Self { code: Code::InvalidConfiguration, ..Self::invalid(field, rule, sentence) }
    }

    /// Names the limit that the rule sets.
    #[must_use]
    pub fn limit(self, limit: impl fmt::Display) -> Self {
        Self { limit: Some(limit.to_string()), ..self }
    }

    /// A text that is not the id which the field holds.
    pub(super) fn not_an_id(
        field: &'static str,
        length_max: usize,
    ) -> impl FnOnce(NotAnId) -> Self {
        move |refusal| Self::invalid(field, "visible-ascii", refusal.rule).limit(length_max)
    }

    /// An amount outside its range.
    pub(super) fn amount(rule: &'static str, sentence: impl Into<String>) -> Self {
        Self { code: Code::InvalidAmount, ..Self::invalid("amount", rule, sentence) }
    }
}

impl From<MoneyError> for Fault {
    fn from(refusal: MoneyError) -> Self {
        let field = refusal.field();
        let code = if field == "amount" { Code::InvalidAmount } else { Code::InvalidField };
        let limit = refusal.limit().map(|limit| limit.to_string());
        Self { code, field, rule: refusal.rule(), sentence: refusal.to_string(), limit }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let Fault { code, field, rule, sentence, limit } = fault;
        let error = Self::new(code).message(sentence).field(field).rule(rule);
        match limit {
            Some(limit) => error.limit(limit),
            None => error,
        }
    }
}
