//! A refusal with everything that the catalogue and the call know of it.

use std::fmt;

use serde::Serialize;
use tillkit_model::error::ProviderWords as Said;
use tillkit_model::error::{Cashier, Charged, Class, Code, Details, Error, Retry, Row};
use tillkit_model::ids::{NotAnId, PaymentId, Reference};
use tillkit_model::sale::Fault;

/// Why a call was refused or could not be answered. Every field is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its name in the catalogue.
    pub code: Code,
    /// Its number there, never given to another.
    pub number: u16,
    /// The family that it belongs to.
    pub class: Class,
    /// What is wrong and the way out, for developers.
    pub message: String,
    /// The key of what a till shows to the cashier.
    pub cashier: Cashier,
    /// The same in English, to be translated.
    pub cashier_text: String,
    /// Whether money may have moved.
    pub charged: Charged,
    /// What a repeat may do.
    pub retry: Retry,
    /// How long to wait before a repeat, where that is known.
    pub retry_after_ms: Option<u64>,
    /// The field at fault, or the first one that differs.
    pub field: Option<String>,
    /// The rule that the field breaks, in kebab case.
    pub rule: Option<String>,
    /// The limit that the rule sets.
    pub limit: Option<String>,
    /// The payment that it is about.
    pub payment: Option<String>,
    /// What the provider said.
    pub provider: Option<ProviderWords>,
    /// All of it in one line, as logs have it.
    #[serde(skip)]
    pub text: String,
}

/// A provider's own words about a refusal, as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderWords {
    /// Its error code.
    pub code: Option<String>,
    /// Its text.
    pub detail: Option<String>,
    /// The id under which its support finds the request.
    pub trace: Option<String>,
}

/// What every call comes to. The failure is boxed, so that success costs no room for it.
pub type Answer<T> = Result<T, Box<Failure>>;

impl From<Error> for Box<Failure> {
    fn from(error: Error) -> Self {
        Self::new(error.into())
    }
}

impl From<Fault> for Box<Failure> {
    fn from(fault: Fault) -> Self {
        Error::from(fault).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = error.to_string();
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
        } = (*error).clone();
        let Row { number, class, cashier, .. } = code.row();
        Self {
            code,
            number,
            class,
            message,
            cashier,
            cashier_text: cashier.text().to_owned(),
            charged,
            retry,
            retry_after_ms,
            field,
            rule,
            limit,
            payment: payment.map(|id| id.to_string()),
            provider: provider.map(ProviderWords::from),
            text,
        }
    }
}

impl From<Said> for ProviderWords {
    fn from(said: Said) -> Self {
        let Said { code, detail, trace } = said;
        Self { code, detail, trace }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

/// What a language tells a till that hands in a float or a bare number as an amount: `found` is
/// what that language calls it.
#[must_use]
pub fn amount_not_text(field: &str, found: &str) -> Failure {
    let text = format!(
        "{field} is decimal text such as \"13.30\", and this is a {found}: no float holds money \
         exactly, and a bare number does not say whether it counts cents; whole minor units go in \
         as {field}_minor"
    );
    Error::new(Code::AmountNotText).field(field).rule("text-or-minor").message(text).into()
}

/// What a language tells a till whose argument is of a kind that no till could mean.
#[must_use]
pub fn unread(field: &str, rule: &str, way_out: &str) -> Failure {
    Error::new(Code::InvalidField).field(field).rule(rule).message(way_out).into()
}

/// An error of this code as it could arrive, with all that an error can say: for a till's own tests
/// of what it shows. None where there is no such code.
#[must_use]
pub fn example(code: &str) -> Option<Failure> {
    let code = Code::named(code)?;
    let words = Said {
        code: Some("E-4711".to_owned()),
        detail: Some("an example of a provider's own words".to_owned()),
        trace: Some("trace-4711".to_owned()),
    };
    let error = Error::new(code)
        .field("reference")
        .rule("an-example")
        .limit(64)
        .payment(PaymentId::earliest_at(0))
        .retry_after_ms(1_500)
        .provider(words);
    Some(error.into())
}

/// A text that should have been one of our ids.
pub(super) fn payment_id(field: &str, text: &str) -> Answer<PaymentId> {
    PaymentId::parse(text).map_err(|NotAnId { rule }| {
        let error = Error::new(Code::InvalidField).field(field).rule("payment-id");
        error.message(format!("{field} is the id of a payment, as one names it: {rule}")).into()
    })
}

/// A text that should have been a reference.
pub(super) fn reference(field: &str, text: &str) -> Answer<Reference> {
    Reference::parse(text).map_err(|NotAnId { rule }| {
        let error = Error::new(Code::InvalidField).field(field).rule("visible-ascii");
        error.limit(Reference::LENGTH_MAX).message(rule).into()
    })
}
