//! More than one charge of ours: which one is kept, which are withdrawn, and of which one money is
//! captured or given back.
//!
//! What was taken is kept; else the charge that answered our own start; else the first that still
//! waits. Whatever else still waits is withdrawn unasked where the provider can cancel, unless a
//! person called the payment paid. Two that took money stay an alarm.

use super::event::Word;
use super::manners::Manners;
use super::sighting::{Charge, Taken};
use super::state::{Operation, OperationKind, Payment};
use super::view::{self, Progress};
use crate::ids::ChargeId;
use crate::money::Money;

/// The charge that is kept, as far as one can still be taken.
#[must_use]
pub fn kept(payment: &Payment) -> Option<&ChargeId> {
    let waits = |id: &&ChargeId| payment.charges.get(id).is_some_and(Charge::is_undecided);
    let approved = approvals(payment).next().map(|(id, _)| id);
    let own = || payment.own.as_ref().filter(waits);
    approved.or_else(own).or_else(|| payment.charges.keys().find(waits))
}

/// Whether a charge still waits beside the one that is kept.
#[must_use]
pub fn is_surplus(payment: &Payment, charge: &ChargeId) -> bool {
    let waits = payment.charges.get(charge).is_some_and(Charge::is_undecided);
    payment.charges.len() > 1 && waits && kept(payment) != Some(charge)
}

/// The next charge to withdraw, once for each.
#[must_use]
pub fn to_withdraw<'a>(payment: &'a Payment, manners: &Manners) -> Option<&'a ChargeId> {
    let possible = manners.cancel.is_some() && payment.charges.len() > 1;
    if !possible || payment.looking_ended || payment.word == Some(Word::Paid) {
        return None;
    }
    payment.charges.keys().find(|id| is_surplus(payment, id) && is_untouched(payment, id))
}

/// Whether it was not withdrawn before, and no notification tells that money was taken there, which
/// a read has to confirm first.
fn is_untouched(payment: &Payment, charge: &ChargeId) -> bool {
    let told = payment.hints.get(charge).is_some_and(view::tells_of_money);
    let withdrawn = payment.operations.iter().any(|known| {
        known.kind == OperationKind::Withdraw && known.charge.as_ref() == Some(charge)
    });
    !told && !withdrawn
}

/// Whether a withdrawal still has something to do.
#[must_use]
pub fn is_open(payment: &Payment, withdrawal: &Operation) -> bool {
    let waits = withdrawal.charge.as_ref().is_some_and(|id| is_surplus(payment, id));
    waits && payment.word != Some(Word::Paid) && view::progress(withdrawal) != Progress::Refused
}

/// The approvals that stand, with their charges.
pub fn approvals(payment: &Payment) -> impl Iterator<Item = (&ChargeId, &Taken)> {
    let charges = payment.charges.iter();
    charges.filter_map(|(id, charge)| charge.standing_approval().map(|taken| (id, taken)))
}

/// How much each approval has left to be given back.
pub fn returnable(payment: &Payment) -> impl Iterator<Item = (&ChargeId, Money)> {
    approvals(payment).map(|(id, taken)| {
        let gross = if taken.captured.is_zero() { taken.authorized } else { taken.captured };
        let zero = Money::zero(gross.currency());
        let told = refunds_of(payment, id, zero, |progress| progress == Progress::Done);
        let seen = taken.returned.unwrap_or(zero);
        let returned = if seen.minor() >= told.minor() { seen } else { told };
        let returning = refunds_of(payment, id, zero, |progress| match progress {
            Progress::Wished | Progress::Unresolved | Progress::Accepted => true,
            Progress::Done | Progress::Refused => false,
        });
        let left = gross.checked_sub(returned).and_then(|left| left.checked_sub(returning));
        (id, left.unwrap_or(zero))
    })
}

fn refunds_of(
    payment: &Payment,
    charge: &ChargeId,
    zero: Money,
    counts: impl Fn(Progress) -> bool,
) -> Money {
    let of_it = |known: &&Operation| {
        known.kind == OperationKind::Refund
            && known.charge.as_ref().is_none_or(|id| id == charge)
            && counts(view::progress(known))
    };
    let refunds = payment.operations.iter().filter(of_it).filter_map(|known| known.amount);
    refunds.fold(zero, |sum, amount| sum.checked_add(amount).unwrap_or(sum))
}
