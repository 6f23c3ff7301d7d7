//! What a journal that had gone back in time does to a payment's certainties, and how fresh looks
//! bring them back.
//!
//! Whatever was open may have gone on in the part that is lost, and whatever was approved may have
//! been captured, given back or undone there. One look at each approval settles that, once no
//! send of the lost part can still arrive; until then nothing more is captured or given back.

use super::apply::shown;
use super::permission::LOST_SEND_MS;
use super::sighting::{Sighting, Standing};
use super::state::{Loss, Operation, OperationKind, Payment};
use super::view::{self, Outcome, Progress};
use crate::ids::ChargeId;
use crate::time::Moment;

/// Takes away the certainty that nothing but what is recorded was sent. A cancel runs twice as it
/// runs once, and what it did is seen in the charge.
pub(super) fn lose_history(payment: &mut Payment, at: Moment) {
    let started = !payment.charges.is_empty();
    let approved =
        payment.charges.iter().filter(|(_, charge)| charge.standing_approval().is_some());
    let more = view::outcome(payment) != Outcome::Returned;
    let unseen: Vec<ChargeId> = approved.filter(|_| more).map(|(id, _)| id.clone()).collect();
    if !unseen.is_empty() {
        payment.looking_ended = false;
    }
    payment.history_lost = Some(Box::new(Loss { at, unseen }));
    let Payment { start, operations, .. } = payment;
    let start = std::iter::once(start).filter(|_| !started);
    for operation in start.chain(operations) {
        match view::progress(operation) {
            Progress::Wished | Progress::Unresolved => operation.untold_until = Some(Box::new(at)),
            Progress::Accepted | Progress::Done | Progress::Refused => {}
        }
    }
}

/// What is known already of an operation as it is wished: it may have run in the lost part, and a
/// look may have shown that since.
pub(super) fn recall(payment: &Payment, wished: &mut Operation) {
    let charges = payment.charges.values();
    wished.seen = charges.filter_map(|charge| shown(wished, &charge.operations)).max();
    if is_nameless(payment, wished) {
        wished.untold_until = payment.history_lost.as_ref().map(|loss| Box::new(loss.at));
    }
}

/// Takes in that a look shows an approval: one that is early, or leads on to more, leaves it to be
/// shown once more.
pub(super) fn look(payment: &mut Payment, sighting: &Sighting, at: &Moment, leads_on: bool) {
    let settled = settles(payment, sighting, at) && !leads_on;
    let Some(loss) = &mut payment.history_lost else { return };
    let early = !at.has_surely_passed(&loss.at, LOST_SEND_MS);
    if settled {
        loss.unseen.retain(|known| *known != sighting.charge);
    } else if early && view::tells_of_money(sighting) && !loss.unseen.contains(&sighting.charge) {
        loss.unseen.push(sighting.charge.clone());
    }
    let at = loss.at;
    let nameless = |known: &Operation| is_nameless(payment, known);
    let left: Vec<bool> = payment.operations.iter().map(nameless).collect();
    let operations = payment.operations.iter_mut().zip(left);
    for (operation, _) in operations.filter(|(_, left)| *left) {
        operation.untold_until = Some(Box::new(at));
    }
}

/// Whether a look that shows this ends what a loss leaves to be found out of the charge.
pub(super) fn settles(payment: &Payment, sighting: &Sighting, at: &Moment) -> bool {
    let waits = matches!(sighting.standing, Standing::Pending | Standing::Processing);
    !waits && is_due(payment, &sighting.charge, at)
}

/// Whether a look at this charge now can end what a loss leaves to be found out of it.
pub(super) fn is_due(payment: &Payment, charge: &ChargeId, at: &Moment) -> bool {
    payment.history_lost.as_ref().is_some_and(|loss| {
        loss.unseen.contains(charge) && at.has_surely_passed(&loss.at, LOST_SEND_MS)
    })
}

/// Whether something may still have been done to a charge that no look has shown since.
#[must_use]
pub fn is_unseen(payment: &Payment, charge: &ChargeId) -> bool {
    payment.history_lost.as_ref().is_some_and(|loss| loss.unseen.contains(charge))
}

/// When history was lost, as long as a look has to show what came of it.
#[must_use]
pub fn unseen_since(payment: &Payment) -> Option<&Moment> {
    let loss = payment.history_lost.as_ref().filter(|loss| !loss.unseen.is_empty());
    loss.map(|loss| &loss.at)
}

/// Whether a refund that was not sent may be the one by which more was given back than our refunds
/// explain, where the provider shows no names: then a person has to say.
fn is_nameless(payment: &Payment, refund: &Operation) -> bool {
    let fresh = refund.sends.is_empty() && refund.untold_until.is_none() && refund.seen.is_none();
    let names = payment.charges.values().any(|charge| !charge.operations.is_empty());
    let candidate = refund.kind == OperationKind::Refund && fresh && !names;
    candidate && payment.history_lost.is_some() && view::returns_unexplained(payment)
}
