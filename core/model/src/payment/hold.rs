//! What is left of a hold once a part of it was captured: how much, who asked to let go of it, and
//! how much each capture has left to be given back.
//!
//! A hold is drawn on by captures, by several where the provider knows several. What they leave
//! stays held until the till says that nothing more comes: with its last capture, or by a cancel,
//! which gives nothing back. Letting go waits until every capture is known, and leaves what was
//! captured as it is.

use super::state::{Operation, OperationKind, Payment};
use super::surplus;
use super::view::{self, Progress};
use crate::ids::{ChargeId, OperationId};
use crate::money::Money;
use crate::sale::Capture;

/// How much of each approval a capture may still take, as far as is seen: what a provider lets go
/// by itself it may not show.
pub fn held(payment: &Payment) -> impl Iterator<Item = (&ChargeId, Money)> {
    let manual = payment.sale.capture == Capture::Manual;
    let stands = move |id: &ChargeId| manual && !is_released(payment, id);
    let approvals = surplus::approvals(payment).filter(move |(id, _)| stands(id));
    approvals.map(|(id, taken)| {
        let zero = Money::zero(taken.authorized.currency());
        let told = sum(captures_of(payment, id).filter(|known| is_done(known)), zero);
        let drawn = if told.minor() > taken.captured.minor() { told } else { taken.captured };
        (id, taken.authorized.checked_sub(drawn).unwrap_or(zero))
    })
}

/// What is still held of approvals of which the provider shows that a part was captured.
pub fn rests(payment: &Payment) -> impl Iterator<Item = (&ChargeId, Money)> {
    let drawn_on = |id: &ChargeId| {
        let charge = payment.charges.get(id);
        charge
            .and_then(|charge| charge.standing_approval())
            .is_some_and(|taken| !taken.captured.is_zero())
    };
    held(payment).filter(move |(id, left)| drawn_on(id) && !left.is_zero())
}

/// The charge whose rest is to be let go because its last capture was seen, with that capture; once
/// for each such capture.
#[must_use]
pub fn to_release(payment: &Payment) -> Option<(&ChargeId, &Operation)> {
    let unanswered = |place: usize| {
        !payment.operations.iter().skip(place).any(|known| known.kind == OperationKind::Release)
    };
    let mut seen = payment
        .operations
        .iter()
        .enumerate()
        .filter(|(place, known)| known.last && known.seen == Some(true) && unanswered(*place));
    seen.find_map(|(_, capture)| {
        let of_it = |id: &ChargeId| capture.charge.as_ref().is_none_or(|charge| charge == id);
        rests(payment).find(|(id, _)| of_it(id)).map(|(id, _)| (id, capture))
    })
}

/// Whether letting go of a charge's rest is due, or was wished and may still happen or did.
#[must_use]
pub fn is_let_go(payment: &Payment, charge: &ChargeId) -> bool {
    let wished = payment.operations.iter().any(|known| {
        known.kind == OperationKind::Release
            && known.charge.as_ref() == Some(charge)
            && view::progress(known) != Progress::Refused
    });
    let due = to_release(payment).is_some_and(|(id, _)| id == charge);
    wished || due || is_released(payment, charge)
}

/// Whether a release still has something to do.
#[must_use]
pub fn is_open(payment: &Payment, release: &Operation) -> bool {
    let left = rests(payment).any(|(id, _)| release.charge.as_ref() == Some(id));
    let waits = match view::progress(release) {
        Progress::Wished | Progress::Unresolved | Progress::Accepted => true,
        Progress::Done | Progress::Refused => false,
    };
    left && waits
}

/// The captures that may yet draw on this charge: letting go could make them fail.
pub fn open_captures<'a>(
    payment: &'a Payment,
    charge: &'a ChargeId,
) -> impl Iterator<Item = &'a Operation> {
    captures_of(payment, charge).filter(|known| view::is_under_way(payment, known))
}

/// Whether more is captured than before, and than the other captures explain: this one certainly
/// ran, or what it was wished for is captured already.
#[must_use]
pub fn is_covered(payment: &Payment, capture: &Operation) -> bool {
    let of_it = |id: &ChargeId| capture.charge.as_ref().is_none_or(|charge| charge == id);
    surplus::approvals(payment).filter(|(id, _)| of_it(id)).any(|(id, taken)| {
        let others = captures_of(payment, id).filter(|known| known.id != capture.id);
        let ran = others
            .filter(|known| matches!(view::progress(known), Progress::Accepted | Progress::Done));
        let told = sum(ran, Money::zero(taken.captured.currency()));
        taken.captured.minor() > told.minor().max(capture.captured_before_minor)
    })
}

/// How much is seen captured of a charge.
pub(super) fn captured_minor(payment: &Payment, charge: Option<&ChargeId>) -> i64 {
    let charge = charge.and_then(|id| payment.charges.get(id));
    let taken = charge.and_then(|charge| charge.standing_approval());
    taken.map_or(0, |taken| taken.captured.minor())
}

/// How much is captured of a charge once this capture is done, beside all that are done before.
#[must_use]
pub fn captured_with(payment: &Payment, charge: &ChargeId, capture: &Operation) -> Option<Money> {
    let others = captures_of(payment, charge).filter(|known| known.id != capture.id);
    Some(sum(others.filter(|known| is_done(known)), capture.amount?))
}

/// Something of which money can be given back in one go: a charge, and where it was captured in
/// parts one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pot<'a> {
    /// The charge.
    pub charge: &'a ChargeId,
    /// The capture; none where there is at most one.
    pub capture: Option<OperationId>,
    /// How much is left there.
    pub left: Money,
}

/// All of which money can be given back.
#[must_use]
pub fn pots(payment: &Payment) -> Vec<Pot<'_>> {
    let mut pots = Vec::new();
    for (charge, left) in surplus::returnable(payment) {
        let captures: Vec<&Operation> =
            captures_of(payment, charge).filter(|known| is_done(known)).collect();
        if captures.len() < 2 {
            pots.push(Pot { charge, capture: None, left });
            continue;
        }
        let first = captures.first().map(|known| known.id);
        let parts = captures.into_iter().filter_map(|capture| {
            let back = given_back(payment, charge, capture.id, first, Money::zero(left.currency()));
            let part = capture.amount?.checked_sub(back).ok()?;
            let left = if part.minor() < left.minor() { part } else { left };
            Some(Pot { charge, capture: Some(capture.id), left })
        });
        pots.extend(parts);
    }
    pots
}

/// What goes or went back of one capture. A refund that names none is of the first.
fn given_back(
    payment: &Payment,
    charge: &ChargeId,
    capture: OperationId,
    first: Option<OperationId>,
    zero: Money,
) -> Money {
    let refunds = payment.operations.iter().filter(|known| {
        known.kind == OperationKind::Refund
            && known.charge.as_ref().is_none_or(|id| id == charge)
            && known.capture.as_deref().copied().or(first) == Some(capture)
            && view::progress(known) != Progress::Refused
    });
    sum(refunds, zero)
}

/// What is seen of releases and captures in the charge itself: where nothing is held any more a
/// release has its effect, and a capture that was never sent is not sent any more, as where more
/// was captured than it reckoned with.
pub(super) fn shown(payment: &Payment, operation: &Operation, id: &ChargeId) -> Option<bool> {
    if operation.charge.as_ref() != Some(id) {
        return None;
    }
    let released = is_released(payment, id);
    match operation.kind {
        OperationKind::Release => released.then_some(true),
        OperationKind::Capture => {
            let sent = view::may_have_left(operation);
            (!sent && (released || is_covered(payment, operation))).then_some(false)
        }
        OperationKind::Start
        | OperationKind::Refund
        | OperationKind::Cancel
        | OperationKind::Answer
        | OperationKind::Withdraw => None,
    }
}

/// Whether the provider showed that it holds nothing more than was captured.
#[must_use]
pub fn is_released(payment: &Payment, charge: &ChargeId) -> bool {
    let charge = payment.charges.get(charge);
    charge.and_then(|charge| charge.details.as_ref()).is_some_and(|details| details.released)
}

fn captures_of<'a>(
    payment: &'a Payment,
    charge: &'a ChargeId,
) -> impl Iterator<Item = &'a Operation> {
    payment.operations.iter().filter(move |known| {
        known.kind == OperationKind::Capture && known.charge.as_ref().is_none_or(|id| id == charge)
    })
}

fn is_done(operation: &Operation) -> bool {
    view::progress(operation) == Progress::Done
}

fn sum<'a>(operations: impl Iterator<Item = &'a Operation>, first: Money) -> Money {
    let amounts = operations.filter_map(|known| known.amount);
    amounts.fold(first, |sum, amount| sum.checked_add(amount).unwrap_or(sum))
}
