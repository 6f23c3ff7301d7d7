//! Conditions that a provider puts before a payment, and the till's answers to them.
//!
//! A condition is answered once, while its charge is undecided, no cancel is wished, and the sale
//! has not expired. Declining cancels at the provider, so what comes of it is shown by a read.

use super::details::{Condition, ConditionStatus};
use super::sighting::Charge;
use super::state::{ConditionAnswer, Operation, OperationKind, Payment};
use super::view::{self, Outcome, Progress};
use crate::ids::ChargeId;
use crate::time::Moment;

/// A condition by the provider's id, and the charge that it is of; one that can still be paid comes
/// first.
#[must_use]
pub fn find<'a>(payment: &'a Payment, id: &str) -> Option<(&'a ChargeId, &'a Condition)> {
    let found = payment.charges.iter().filter_map(|(charge, known)| {
        let conditions = known.details.iter().flat_map(|details| &details.conditions);
        let condition = conditions.into_iter().find(|condition| *condition.id == *id)?;
        Some((known.is_undecided(), (charge, condition)))
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(undecided, _)| !undecided);
    found.first().map(|(_, found)| *found)
}

/// The answer that was given to a condition, unless it certainly never arrived.
#[must_use]
pub fn given<'a>(payment: &'a Payment, condition: &str) -> Option<&'a ConditionAnswer> {
    let answers =
        payment.operations.iter().filter(|known| view::progress(known) != Progress::Refused);
    answers.filter_map(|known| known.answer.as_deref()).find(|given| *given.condition == *condition)
}

/// Whether an answer still has to reach the provider.
#[must_use]
pub fn is_open(payment: &Payment, operation: &Operation) -> bool {
    let unsent = matches!(view::progress(operation), Progress::Wished | Progress::Unresolved);
    unsent && payment.cancel.is_none() && !payment.looking_ended && awaits(payment, operation)
}

/// Whether the payment still waits for this answer.
fn awaits(payment: &Payment, operation: &Operation) -> bool {
    let open = matches!(view::outcome(payment), Outcome::Open | Outcome::Unknown);
    let charge = operation.charge.as_ref().and_then(|id| payment.charges.get(id));
    let condition = charge.filter(|charge| charge.is_undecided()).and_then(|charge| {
        operation.answer.as_ref().and_then(|answer| of(charge, &answer.condition))
    });
    open && condition.is_some_and(|known| known.status == ConditionStatus::AwaitingTill)
}

/// Whether the time for answers is over: the provider has been told when the sale expires, or the
/// caller has been told *unknown*.
#[must_use]
pub fn is_late(payment: &Payment, now: &Moment) -> bool {
    let (since, by_ms) = limit(payment);
    payment.doubted.is_some() || now.may_have_passed(&since, by_ms)
}

/// When the permit of an answer lapses at the latest.
#[must_use]
pub fn limit(payment: &Payment) -> (Moment, u64) {
    (payment.created_at, payment.times.expires_ms.unwrap_or(payment.times.settle_by_ms))
}

/// What a charge shows of an answer: whether it is the one that counts.
pub(super) fn shown(operation: &Operation, id: &ChargeId, charge: &Charge) -> Option<bool> {
    if operation.kind != OperationKind::Answer || operation.charge.as_ref() != Some(id) {
        return None;
    }
    let answer = operation.answer.as_ref()?;
    match of(charge, &answer.condition)?.status {
        ConditionStatus::Accepted => Some(answer.accept),
        ConditionStatus::Declined => Some(!answer.accept),
        ConditionStatus::AwaitingCustomer
        | ConditionStatus::AwaitingTill
        | ConditionStatus::Void => None,
    }
}

fn of<'a>(charge: &'a Charge, condition: &str) -> Option<&'a Condition> {
    let conditions = charge.details.iter().flat_map(|details| &details.conditions);
    conditions.into_iter().find(|known| *known.id == *condition)
}
