//! A session as Dintero writes it: it has no status, only marks that it left.

use serde::Deserialize;
use serde_json::Value;

use super::record::{Named, named, terminal};
use crate::ids::ChargeId;
use crate::money::{Currency, Money};
use crate::payment::Payment;
use crate::payment::details::Details;
use crate::payment::sighting::{NotTaken, Ours, Sighting, Standing};

/// A session.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Session {
    id: String,
    order: Order,
    #[serde(default)]
    transaction_id: Option<String>,
    #[serde(default)]
    cancelled_at: Option<String>,
    #[serde(default)]
    events: Value,
}

#[derive(Debug, Clone, Deserialize)]
struct Order {
    amount: i64,
    currency: String,
    #[serde(default)]
    merchant_reference: Value,
    #[serde(default)]
    store: Value,
}

/// What a session's event means, where it means anything to a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It was cancelled.
    Cancelled,
    /// Whatever it says, only a transaction decides.
    Nothing,
}

/// Every word that is documented for an event of a session.
pub(super) const MARKS: &[(&str, Mark)] = &[
    ("CANCELLED", Mark::Cancelled),
    ("INITIATED", Mark::Nothing),
    ("VISITED", Mark::Nothing),
    ("COMPLETED", Mark::Nothing),
    ("AUTHORIZED", Mark::Nothing),
    ("DECLINED", Mark::Nothing),
    ("PAY_LOCK_START", Mark::Nothing),
    ("PAY_LOCK_META", Mark::Nothing),
    ("PAY_LOCK_END", Mark::Nothing),
    ("PAY_FAILED", Mark::Nothing),
    ("ON_HOLD_CALLBACK_SENT", Mark::Nothing),
    ("AUTH_CALLBACK_SENT", Mark::Nothing),
    ("FAILED", Mark::Nothing),
    ("UNKNOWN", Mark::Nothing),
    ("UPDATE_SESSION", Mark::Nothing),
    ("PUSH_NOTIFICATION_SENT", Mark::Nothing),
    ("PAYMENT_TOKEN_FLOW_START", Mark::Nothing),
    ("SET_BILLING_ADDRESS", Mark::Nothing),
    ("SET_DISCOUNT_CODES", Mark::Nothing),
    ("SET_SHIPPING_ADDRESS", Mark::Nothing),
    ("SET_SHIPPING_OPTION", Mark::Nothing),
    ("SET_GIFT_CARD", Mark::Nothing),
    ("SECRET_CONFIRMATION_CODE_SENT", Mark::Nothing),
    ("SET_MY_DINTERO", Mark::Nothing),
    ("ADD_PAYMENT_INFORMATION", Mark::Nothing),
];

impl Session {
    /// Whose payment it says it is.
    pub(super) fn payment(&self) -> Named {
        named(&self.order.merchant_reference)
    }

    /// The charge as `payment` sees it; none where its ids or amount cannot be read.
    pub(super) fn sighting(&self, payment: &Payment) -> Option<Sighting> {
        let ours = match self.payment() {
            Named::Nobody => Ours::Unsaid,
            Named::Payment(named) if named == payment.id => Ours::Yes,
            Named::Payment(_) | Named::Stranger => Ours::No,
        };
        let currency = Currency::parse(&self.order.currency).ok()?;
        let transaction = self.transaction_id.as_deref().filter(|id| !id.is_empty());
        let details = transaction
            .map(|id| Box::new(Details { transaction: Some(id.into()), ..Details::default() }));
        Some(Sighting {
            charge: ChargeId::parse(&self.id).ok()?,
            ours,
            asked: Some(Money::from_minor(self.order.amount, currency).ok()?),
            terminal: terminal(&self.order.store),
            standing: self.standing(transaction.is_some(), payment),
            operations: Vec::new(),
            card: None,
            details,
        })
    }

    /// Once there is a transaction, that decides; and time alone never does.
    fn standing(&self, has_transaction: bool, payment: &Payment) -> Standing {
        #[cfg(mutant = "dintero_expired_taken_for_proof")]
        if !has_transaction && payment.doubted.is_some() {
            return Standing::NotTaken { how: NotTaken::Expired, reason: None };
        }
        #[cfg(not(mutant = "dintero_expired_taken_for_proof"))]
        let _ = payment;
        if !has_transaction && self.is_cancelled() {
            return Standing::NotTaken { how: NotTaken::Cancelled, reason: None };
        }
        Standing::Pending
    }

    fn is_cancelled(&self) -> bool {
        let events = self.events.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut names = events.iter().filter_map(|event| event.get("name")?.as_str());
        self.cancelled_at.is_some() || names.any(|name| mark(name) == Mark::Cancelled)
    }
}

/// What a word means, in any case.
fn mark(word: &str) -> Mark {
    let row = MARKS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map_or(Mark::Nothing, |(_, mark)| *mark)
}
