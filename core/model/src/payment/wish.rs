//! What callers wish for a payment, and what is withdrawn unasked: judged, and recorded before
//! anything is sent.

use super::conditions;
use super::decide::{Decision, Refused, one};
use super::details::ConditionStatus;
use super::event::Event;
use super::manners::Manners;
use super::permission::Never;
use super::sighting::Charge;
use super::state::{ConditionAnswer, Operation, OperationKind, Payment};
use super::surplus;
use super::view::{self, Outcome, Progress};
use crate::ids::{ChargeId, OperationId, Reference};
use crate::money::Money;
use crate::sale::Capture;
use crate::time::Moment;

pub(super) fn cancel(
    payment: &Payment,
    id: OperationId,
    manners: &Manners,
    at: Moment,
) -> Decision {
    let useful = match view::outcome(payment) {
        Outcome::Open | Outcome::Unknown => true,
        Outcome::Held => manners.cancel.is_some(),
        Outcome::Paid | Outcome::PartPaid | Outcome::NotPaid | Outcome::Returned => false,
    };
    if !useful || !view::may_wish_cancel(payment) {
        return Decision::default();
    }
    Decision { events: vec![Event::CancelWished { at, operation: id }], effect: None }
}

/// A capture or refund as it is asked for.
pub(super) struct Wish {
    pub(super) kind: OperationKind,
    pub(super) operation: OperationId,
    pub(super) reference: Reference,
    pub(super) amount: Option<Money>,
}

pub(super) fn money(
    payment: &Payment,
    wish: Wish,
    manners: &Manners,
    at: Moment,
) -> Result<Decision, Refused> {
    let Wish { kind, operation, reference, amount } = wish;
    if manners.of(kind).is_none() {
        return Err(Refused::NotPermitted(Some(Never::Unsupported)));
    }
    let same = payment.operations.iter().find(|known| known.reference.as_ref() == Some(&reference));
    if let Some(same) = same {
        return repeated(same, kind, amount);
    }
    if amount.is_some_and(|amount| differs_from_shown(payment, &reference, amount)) {
        return Err(Refused::Conflict { field: "amount" });
    }
    let blocking = view::all_operations(payment)
        .find(|known| view::blocks_others(payment, known) && manners.of(known.kind).is_some());
    if let Some(blocking) = blocking {
        return Err(Refused::Unresolved { reference: blocking.reference.clone() });
    }
    let (charge, available) = match kind {
        OperationKind::Capture => capturable(payment, manners)?,
        OperationKind::Refund => refundable(payment, amount)?,
        OperationKind::Start
        | OperationKind::Cancel
        | OperationKind::Answer
        | OperationKind::Withdraw => return Err(Refused::NoSuchOperation),
    };
    let amount = amount.unwrap_or(available);
    let fits = available.checked_sub(amount).is_ok() && !amount.is_zero();
    if !fits {
        return Err(Refused::Exceeds { remaining: available });
    }
    let charge = Some(charge.clone());
    one(Event::OperationWished { kind, operation, reference, amount, charge, at })
}

/// Whether the provider shows an operation of this name and of another amount, which a part of the
/// journal that is lost told of.
fn differs_from_shown(payment: &Payment, reference: &Reference, amount: Money) -> bool {
    let mut shown = payment.charges.values().flat_map(|charge| &charge.operations);
    shown.any(|seen| seen.reference == *reference && seen.amount.is_some_and(|had| had != amount))
}

/// The same reference never acts twice.
fn repeated(
    known: &Operation,
    kind: OperationKind,
    amount: Option<Money>,
) -> Result<Decision, Refused> {
    if known.kind != kind {
        return Err(Refused::Conflict { field: "operation" });
    }
    if amount.is_some() && known.amount != amount {
        return Err(Refused::Conflict { field: "amount" });
    }
    Ok(Decision::default())
}

fn capturable<'a>(
    payment: &'a Payment,
    manners: &Manners,
) -> Result<(&'a ChargeId, Money), Refused> {
    let held = payment.sale.capture == Capture::Manual && view::outcome(payment) == Outcome::Held;
    let approval = surplus::approvals(payment).find(|(_, taken)| taken.captured.is_zero());
    let captured_before = payment.operations.iter().any(|known| {
        known.kind == OperationKind::Capture && view::progress(known) != Progress::Refused
    });
    match approval {
        Some((charge, approval))
            if held && !captured_before && !view::cancel_stands(payment, manners) =>
        {
            Ok((charge, approval.authorized))
        }
        Some(_) | None => Err(Refused::NothingToCapture),
    }
}

/// The first approval that has enough left; the one that has most where none has.
fn refundable(payment: &Payment, amount: Option<Money>) -> Result<(&ChargeId, Money), Refused> {
    let paid = match view::outcome(payment) {
        Outcome::Paid | Outcome::PartPaid => true,
        Outcome::Open | Outcome::Held | Outcome::NotPaid | Outcome::Returned | Outcome::Unknown => {
            false
        }
    };
    let left = || surplus::returnable(payment).filter(|(_, left)| paid && !left.is_zero());
    let enough = |left: &Money| amount.is_none_or(|amount| left.checked_sub(amount).is_ok());
    let fitting = left().find(|(_, left)| enough(left));
    let most = || left().max_by_key(|(_, left)| left.minor());
    fitting.or_else(most).ok_or(Refused::NothingToRefund)
}

/// The same answer twice is one; another answer after it is refused.
pub(super) fn answer(
    payment: &Payment,
    operation: OperationId,
    answer: ConditionAnswer,
    manners: &Manners,
    at: Moment,
) -> Result<Decision, Refused> {
    let ConditionAnswer { condition, accept } = answer;
    let same = |given: bool| {
        let conflict = Refused::Conflict { field: "accept" };
        if given == accept { Ok(Decision::default()) } else { Err(conflict) }
    };
    if manners.answer.is_none() {
        return Err(Refused::NotPermitted(Some(Never::Unsupported)));
    }
    if let Some(given) = conditions::given(payment, &condition) {
        return same(given.accept);
    }
    let (charge, known) = conditions::find(payment, &condition).ok_or(Refused::NoSuchCondition)?;
    let undecided = payment.charges.get(charge).is_some_and(Charge::is_undecided);
    let never = |why| Err(Refused::NotPermitted(Some(why)));
    match known.status {
        ConditionStatus::Accepted => same(true),
        ConditionStatus::Declined => same(false),
        ConditionStatus::AwaitingTill if payment.cancel.is_some() => never(Never::CancelWished),
        ConditionStatus::AwaitingTill if conditions::is_late(payment, &at) => never(Never::Late),
        ConditionStatus::AwaitingTill if undecided && !view::is_settled(payment) => {
            let charge = charge.clone();
            one(Event::AnswerWished { operation, charge, condition, accept, at })
        }
        ConditionStatus::AwaitingTill
        | ConditionStatus::AwaitingCustomer
        | ConditionStatus::Void => never(Never::NothingToDo),
    }
}

pub(super) fn withdrawal(
    payment: &Payment,
    operation: OperationId,
    charge: ChargeId,
    manners: &Manners,
    at: Moment,
) -> Result<Decision, Refused> {
    if surplus::to_withdraw(payment, manners) == Some(&charge) {
        one(Event::WithdrawalWished { operation, charge, at })
    } else {
        Err(Refused::NotPermitted(Some(Never::NothingToDo)))
    }
}
