//! Refunds: what one came to, and what the list of a charge's refunds shows of ours.

use serde::Deserialize;
use serde_json::Value;

use super::outcome::envelope_items;
use super::record::is_online;
use crate::ids::{ChargeId, Reference};
use crate::money::{Currency, Money};
use crate::payment::sighting::{Charge, Ours, SeenOperation, Sighting, Standing};
use crate::payment::view::{self, Progress};
use crate::payment::{Operation, OperationKind, Payment, loss};
use crate::sale::metadata::PAYMENT_KEY;

/// Under this key the refund's reference travels in its metadata.
pub(super) const OPERATION_KEY: &str = "tillkit_operation";

/// A refund, as VINR writes it.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    /// Whether it says whose it is decides nothing: both of a payment's ids are seen there.
    #[serde(default, alias = "payment_id", alias = "paymentId")]
    payment: Option<String>,
    amount: i64,
    #[serde(default)]
    currency: Option<String>,
    status: String,
    #[serde(default)]
    metadata: Value,
}

/// What a word for a refund's status means: whether it took effect, once that is decided.
pub(super) const STATUSES: &[(&str, Option<bool>)] = &[
    ("pending", None),
    ("succeeded", Some(true)),
    ("completed", Some(true)),
    ("failed", Some(false)),
    ("cancelled", Some(false)),
    ("canceled", Some(false)),
];

/// The id by which a charge's refunds go: the online payment's where one was shown.
pub(super) fn refunded<'a>(payment: &'a Payment, charge: &'a ChargeId) -> &'a str {
    let details = payment.charges.get(charge).and_then(|charge| charge.details.as_deref());
    let transaction = details.and_then(|details| details.transaction.as_deref());
    transaction.filter(|id| is_online(id)).unwrap_or(charge.as_str())
}

/// Whether the next look at a charge is one at its refunds: nothing else of it is awaited.
pub(super) fn are_awaited(payment: &Payment, charge: &ChargeId) -> bool {
    let sent = |operation: &&Operation| {
        let awaited =
            matches!(view::progress(operation), Progress::Unresolved | Progress::Accepted);
        awaited && view::is_under_way(payment, operation)
    };
    let mut awaited = payment.operations.iter().filter(sent).peekable();
    let only_refunds = awaited.peek().is_some()
        && awaited.all(|operation| operation.kind == OperationKind::Refund);
    let cancel = payment.cancel.as_deref();
    let undoing = cancel.is_some_and(|cancel| view::cancel_may_yet_undo(payment, cancel));
    let approval = payment.charges.get(charge).and_then(|charge| charge.standing_approval());
    // What a restored journal forgot of a captured payment can only be a refund.
    let forgotten = loss::is_unseen(payment, charge)
        && approval.is_some_and(|approval| !approval.captured.is_zero());
    (only_refunds || forgotten)
        && approval.is_some()
        && !undoing
        && !view::awaits_capture(payment)
        && !payment.hints.contains_key(charge)
}

impl Refund {
    /// How much, in the payment's currency unless it names its own.
    fn amount(&self, payment: &Payment) -> Option<Money> {
        let currency = match &self.currency {
            Some(code) => Currency::parse(&code.to_ascii_uppercase()).ok()?,
            None => payment.sale.amount.currency(),
        };
        Money::from_minor(self.amount, currency).ok()
    }

    fn took_effect(&self) -> Option<Option<bool>> {
        let row = STATUSES.iter().find(|(word, _)| word.eq_ignore_ascii_case(&self.status));
        row.map(|(_, took_effect)| *took_effect)
    }

    /// The reference of ours that it carries.
    fn reference(&self, payment: &Payment) -> Option<Reference> {
        let note = |key: &str| self.metadata.get(key).and_then(Value::as_str);
        let ours = note(PAYMENT_KEY) == Some(payment.id.to_string().as_str());
        note(OPERATION_KEY).filter(|_| ours).and_then(|text| Reference::parse(text).ok())
    }

    /// Whether it names this charge by one of its ids.
    fn names(&self, payment: &Payment, charge: &ChargeId) -> bool {
        let ids = [charge.as_str(), refunded(payment, charge)];
        self.payment.as_deref().is_some_and(|id| ids.contains(&id))
    }

    /// Whether it can be the refund that was asked for: nothing in it says otherwise.
    fn answers(&self, payment: &Payment, operation: &Operation, charge: &ChargeId) -> bool {
        let online = self.payment.as_deref().is_none_or(is_online);
        let whose = online || self.names(payment, charge);
        let reference = self.reference(payment);
        let same = reference.is_none() || reference == operation.reference;
        whose && same && self.amount(payment) == operation.amount
    }
}

/// What the answer to a refund shows; none where it cannot be the answer to it.
pub(super) fn answered(
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
    body: &[u8],
) -> Option<Sighting> {
    let refund: Refund = serde_json::from_slice(body).ok()?;
    if !refund.answers(payment, operation, charge) {
        return None;
    }
    let took_effect = refund.took_effect().flatten();
    let reference = operation.reference.clone()?;
    let seen = SeenOperation { reference, amount: operation.amount, took_effect };
    sighting(payment, charge, None, vec![seen])
}

/// What the list of a charge's refunds shows; none where it is no such list, or holds an item that
/// may be ours and cannot be read.
pub(super) fn listed(payment: &Payment, charge: &ChargeId, body: &[u8]) -> Option<Sighting> {
    let items = envelope_items(body)?;
    let refunds: Vec<Refund> =
        items.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().ok()?;
    let mut returned = Money::zero(payment.sale.amount.currency());
    let mut operations = Vec::new();
    for refund in &refunds {
        let reference = refund.reference(payment);
        // A filter that was passed over would show other payments' refunds too.
        if reference.is_none() && !refund.names(payment, charge) {
            continue;
        }
        let (amount, took_effect) = match (refund.amount(payment), refund.took_effect()) {
            (Some(amount), Some(took_effect)) => (amount, took_effect),
            // Another's, in words that are not known: it says nothing of ours.
            _ if reference.is_none() => continue,
            _ => return None,
        };
        if took_effect == Some(true) {
            returned = returned.checked_add(amount).ok()?;
        }
        let seen = |reference| SeenOperation { reference, amount: Some(amount), took_effect };
        operations.extend(reference.map(seen));
    }
    sighting(payment, charge, Some(returned), operations)
}

/// The charge as it is known, with what was seen of its refunds.
fn sighting(
    payment: &Payment,
    charge: &ChargeId,
    seen_returned: Option<Money>,
    operations: Vec<SeenOperation>,
) -> Option<Sighting> {
    let mut standing = approval(payment.charges.get(charge)?)?;
    if let Standing::Taken { returned, .. } = &mut standing {
        *returned = seen_returned.filter(|returned| !returned.is_zero()).or(*returned);
    }
    Some(Sighting { operations, ..Sighting::bare(charge.clone(), Ours::Yes, standing) })
}

fn approval(charge: &Charge) -> Option<Standing> {
    charge.standing_approval().map(|taken| Standing::Taken {
        authorized: taken.authorized,
        captured: taken.captured,
        tip: taken.tip,
        returned: taken.returned,
        provisional: taken.provisional,
    })
}
