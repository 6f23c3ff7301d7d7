//! What the page asks of the till: one record for each thing, and how it is carried out.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tillkit::till::{Asked, Error, SaleRequest, Summary, Till, Word};
use tillkit_model::error::Code;
use tillkit_model::ids::{PaymentId, Reference};
use tillkit_model::money::{Currency, Money};
use tillkit_model::sale::Capture;
use tillkit_model::secret::Secret;

use super::shop::Place;

/// A new sale.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sale {
    provider: String,
    amount: String,
    reference: String,
    #[serde(default = "first")]
    attempt: u32,
    /// A code that was scanned.
    #[serde(default)]
    code: Option<String>,
    /// Capture later.
    #[serde(default)]
    hold: bool,
    /// Payments whose screen the cashier has looked at.
    #[serde(default)]
    screen_clear: Vec<PaymentId>,
}

/// A capture or refund.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Movement {
    reference: String,
    /// All that is left, unless it is said.
    #[serde(default)]
    amount: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    condition: String,
    accept: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saying {
    word: Word,
    reason: String,
}

const fn first() -> u32 {
    1
}

impl Sale {
    /// Starts it; comes back at the provider's first answer.
    pub(super) async fn start(self, till: &Till) -> Result<Value, Error> {
        let place = Place::named(&self.provider)
            .ok_or_else(|| Error::new(Code::UnknownAccount).field("provider"))?;
        let terminal = place.names_terminal.then(place.terminal);
        let sale = SaleRequest {
            attempt: self.attempt,
            amount: Asked::Text(self.amount.clone()),
            capture: if self.hold { Capture::Manual } else { Capture::Automatic },
            code: self.code.as_deref().map(Secret::new),
            screen_clear: self.screen_clear,
            ..SaleRequest::new(
                place.provider,
                terminal.as_deref(),
                &self.amount,
                place.stand()?.currency,
                &self.reference,
            )
        };
        till.start(sale).await.map(|summary| json!(summary))
    }
}

/// Does something to a payment.
pub(super) async fn act(
    till: &Till,
    payment: PaymentId,
    verb: &str,
    body: &[u8],
) -> Result<Value, Error> {
    let summary = match verb {
        "cancel" => {
            let done = till.cancel(payment).await?;
            return Ok(json!({ "truth": done.truth.name(), "payment": done.payment }));
        }
        "capture" | "refund" => {
            let movement: Movement = read(body)?;
            let reference = reference(&movement.reference)?;
            let amount = match movement.amount.as_deref().filter(|text| !text.is_empty()) {
                Some(text) => Some(money(till, payment, text).await?),
                None => None,
            };
            if verb == "capture" {
                till.capture(payment, reference, amount).await?
            } else {
                till.refund(payment, reference, amount).await?
            }
        }
        "answer" => {
            let Answer { condition, accept } = read(body)?;
            till.answer(payment, &condition, accept).await?
        }
        "resolve" => {
            let Saying { word, reason } = read(body)?;
            if reason.trim().is_empty() {
                let error = Error::new(Code::InvalidField).field("reason").rule("not-empty");
                return Err(error.message("reason is kept with a person's word: say why"));
            }
            till.resolve(payment, word, &reason).await?
        }
        _ => return Err(Error::new(Code::Unsupported).message(format!("there is no {verb:?}"))),
    };
    Ok(json!(summary))
}

/// An amount in the currency of the payment.
async fn money(till: &Till, payment: PaymentId, text: &str) -> Result<Money, Error> {
    let known: Option<Summary> = till.payment(payment).await?;
    let known = known.ok_or_else(|| Error::new(Code::UnknownPayment).payment(payment))?;
    let currency = Currency::parse(&known.amounts.asked.currency);
    let parsed = currency.and_then(|currency| Money::parse(text, currency));
    parsed.map_err(|fault| {
        let error = Error::new(Code::InvalidField).field("amount").rule("amount");
        error.message(fault.to_string())
    })
}

fn reference(text: &str) -> Result<Reference, Error> {
    Reference::parse(text).map_err(|refusal| {
        let error = Error::new(Code::InvalidField).field("reference").rule("reference");
        error.message(refusal.rule)
    })
}

/// What a body asks for.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|fault| {
        let error = Error::new(Code::InvalidField).field("body").rule("shape");
        error.message(format!("this is not what it takes: {fault}"))
    })
}
