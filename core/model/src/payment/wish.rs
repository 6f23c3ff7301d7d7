//! What callers wish for a payment, and what is withdrawn unasked: judged, and recorded before
//! anything is sent.

use super::decide::{Decision, Refused, one};
use super::details::ConditionStatus;
use super::event::Event;
use super::hold::Pot;
use super::manners::Manners;
use super::permission::Never;
use super::sighting::Charge;
use super::state::{ConditionAnswer, Operation, OperationKind, Payment};
use super::view::{self, Outcome, Progress};
use super::{conditions, hold, surplus};
use crate::ids::{ChargeId, OperationId, Reference};
use crate::money::Money;
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
        Outcome::Paid | Outcome::PartPaid | Outcome::Returned => {
            return let_go(payment, id, manners, at);
        }
        Outcome::NotPaid => false,
    };
    if !useful || !view::may_wish_cancel(payment) {
        return Decision::default();
    }
    let mut operations = payment.operations.iter();
    let rest = manners.release.is_some()
        && operations.any(|known| {
            known.kind == OperationKind::Capture && view::is_under_way(payment, known)
        });
    Decision { events: vec![Event::CancelWished { at, operation: id, rest }], effect: None }
}

/// What was captured stays, and what is still held beside it is let go of.
fn let_go(payment: &Payment, operation: OperationId, manners: &Manners, at: Moment) -> Decision {
    let known = |charge: &ChargeId| {
        let mut releases = payment.operations.iter().filter(|known| {
            known.kind == OperationKind::Release && known.charge.as_ref() == Some(charge)
        });
        releases.any(|known| view::is_under_way(payment, known))
    };
    let rest = hold::rests(payment).find(|(charge, _)| !known(charge));
    let rest = rest.filter(|_| manners.release.is_some());
    let wished = |(charge, _): (&ChargeId, Money)| {
        let charge = charge.clone();
        Event::ReleaseWished { operation, charge, at }
    };
    Decision { events: rest.map(wished).into_iter().collect(), effect: None }
}

/// A capture or refund as it is asked for.
pub(super) struct Wish {
    pub(super) kind: OperationKind,
    pub(super) operation: OperationId,
    pub(super) reference: Reference,
    pub(super) amount: Option<Money>,
    pub(super) last: bool,
}

pub(super) fn money(
    payment: &Payment,
    wish: Wish,
    manners: &Manners,
    at: Moment,
) -> Result<Decision, Refused> {
    let Wish { kind, operation, reference, amount, last } = wish;
    if manners.of(kind).is_none() {
        return Err(Refused::NotPermitted(Some(Never::Unsupported)));
    }
    if last && manners.release.is_none() {
        return Err(Refused::NoRelease);
    }
    let same = payment.operations.iter().find(|known| known.reference.as_ref() == Some(&reference));
    if let Some(same) = same {
        return repeated(same, kind, amount, last);
    }
    if amount.is_some_and(|amount| differs_from_shown(payment, &reference, amount)) {
        return Err(Refused::Conflict { field: "amount" });
    }
    let blocking = view::all_operations(payment)
        .find(|known| view::blocks_others(payment, known) && manners.of(known.kind).is_some());
    if let Some(blocking) = blocking {
        return Err(Refused::Unresolved { reference: blocking.reference.clone() });
    }
    let Pot { charge, capture, left: available } = match kind {
        OperationKind::Capture => capturable(payment, manners)?,
        OperationKind::Refund => refundable(payment, amount)?,
        OperationKind::Start
        | OperationKind::Cancel
        | OperationKind::Answer
        | OperationKind::Withdraw
        | OperationKind::Release => return Err(Refused::NoSuchOperation),
    };
    let amount = amount.unwrap_or(available);
    let fits = available.checked_sub(amount).is_ok() && !amount.is_zero();
    if !fits {
        return Err(Refused::Exceeds { remaining: available });
    }
    let charge = Some(charge.clone());
    one(Event::OperationWished { kind, operation, reference, amount, charge, capture, last, at })
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
    last: bool,
) -> Result<Decision, Refused> {
    if known.kind != kind {
        return Err(Refused::Conflict { field: "operation" });
    }
    if amount.is_some() && known.amount != amount {
        return Err(Refused::Conflict { field: "amount" });
    }
    // A cancel makes a capture the last, so a repeat may well not say so.
    if last && !known.last {
        return Err(Refused::Conflict { field: "last" });
    }
    Ok(Decision::default())
}

/// The first approval that holds anything, unless a cancel or a release was wished.
fn capturable<'a>(payment: &'a Payment, manners: &Manners) -> Result<Pot<'a>, Refused> {
    let known = |known: &Operation| {
        known.kind == OperationKind::Capture && view::progress(known) != Progress::Refused
    };
    let open = match view::outcome(payment) {
        Outcome::Held => manners.several_captures || !payment.operations.iter().any(known),
        Outcome::Paid | Outcome::PartPaid => manners.several_captures,
        Outcome::Open | Outcome::NotPaid | Outcome::Returned | Outcome::Unknown => false,
    };
    let mut held =
        hold::held(payment).filter(|(id, left)| !left.is_zero() && !hold::is_let_go(payment, id));
    match held.next() {
        Some((charge, left)) if open && !view::cancel_stands(payment, manners) => {
            Ok(Pot { charge, capture: None, left })
        }
        Some(_) | None => Err(Refused::NothingToCapture),
    }
}

/// The first pot that has enough left; the one that has most where none has.
fn refundable(payment: &Payment, amount: Option<Money>) -> Result<Pot<'_>, Refused> {
    let paid = match view::outcome(payment) {
        Outcome::Paid | Outcome::PartPaid => true,
        Outcome::Open | Outcome::Held | Outcome::NotPaid | Outcome::Returned | Outcome::Unknown => {
            false
        }
    };
    let left = || {
        let pots = hold::pots(payment).into_iter();
        pots.filter(|pot| paid && !pot.left.is_zero())
    };
    let enough = |left: &Money| amount.is_none_or(|amount| left.checked_sub(amount).is_ok());
    let fitting = left().find(|pot| enough(&pot.left));
    let most = || left().max_by_key(|pot| pot.left.minor());
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

/// What the last capture left is let go of, once it was seen.
pub(super) fn release(
    payment: &Payment,
    operation: OperationId,
    charge: ChargeId,
    manners: &Manners,
    at: Moment,
) -> Result<Decision, Refused> {
    let due = hold::to_release(payment).is_some_and(|(id, _)| *id == charge);
    if due && manners.release.is_some() {
        one(Event::ReleaseWished { operation, charge, at })
    } else {
        Err(Refused::NotPermitted(Some(Never::NothingToDo)))
    }
}
