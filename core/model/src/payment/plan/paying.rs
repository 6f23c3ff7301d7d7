//! Looks that may themselves take the money: under the sale's poll permit in its time, and after
//! that only once there is nothing left that they could start.

use super::{Looks, Plan, Step, View, due};
use crate::ids::ChargeId;
use crate::payment::manners::Manners;
use crate::payment::permission::{self, Never, Permission, SEND_HORIZON_MS};
use crate::payment::state::Payment;
use crate::payment::surplus;
use crate::time::Moment;

/// A read that may pay needs the sale's poll permit, in its time; and what is withdrawn is never
/// read so.
pub(super) fn read(view: View<'_>, charge: ChargeId) -> Plan {
    let surplus = surplus::is_surplus(view.payment, &charge);
    let permission = permission::polls(view.payment, view.now);
    let permission = if surplus { Permission::Never(Never::NothingToDo) } else { permission };
    match permission {
        Permission::Now(_) if view.looks.may_poll => due(view, Step::Read(charge)),
        Permission::Now(_) if !view.may_permit => Plan::Rest,
        Permission::Now(_) => Plan::Act(Step::PermitPolls),
        // What is over cannot be paid any more, by a read or by anybody.
        Permission::In(_) | Permission::GiveUp(_) | Permission::Never(_)
            if until_over_ms(view.payment, view.manners, view.now) == Some(0) =>
        {
            due(view, Step::Read(charge))
        }
        // A list that moves nothing may be looked at when a read no longer may.
        Permission::In(_) | Permission::GiveUp(_) | Permission::Never(_)
            if view.manners.look_up && is_list_harmless(view) =>
        {
            due(view, Step::LookUp)
        }
        Permission::In(_) | Permission::GiveUp(_) | Permission::Never(_) => {
            until_over_ms(view.payment, view.manners, view.now).map_or(Plan::Rest, Plan::Wait)
        }
    }
}

/// A list that may pay what it shows needs the sale's poll permit, in its time; after that it waits
/// until there is nothing left that it could start.
pub(super) fn list(view: View<'_>) -> Plan {
    if is_list_harmless(view) {
        return due(view, Step::LookUp);
    }
    match permission::polls(view.payment, view.now) {
        Permission::Now(_) if view.looks.may_poll => due(view, Step::LookUp),
        Permission::Now(_) if !view.may_permit => until_list(view),
        Permission::Now(_) => Plan::Act(Step::PermitPolls),
        Permission::In(_) | Permission::GiveUp(_) | Permission::Never(_) => until_list(view),
    }
}

/// Whether a list starts nothing: it never does, or what it shows was read in its time, or is over.
fn is_list_harmless(view: View<'_>) -> bool {
    let View { payment, looks, manners, now, .. } = view;
    !view.list_may_pay || lists_nothing_new(payment, looks, manners, now)
}

/// Whether everything that a list can show was read before, by which whatever a first read starts
/// was started, or is over, so that nothing can start it any more. A charge whose id was found, and
/// not told by the answer of our start, may have a second beside it that a list shows later.
#[must_use]
pub fn lists_nothing_new(
    payment: &Payment,
    looks: &Looks,
    manners: &Manners,
    now: &Moment,
) -> bool {
    let own = payment.own.as_ref().is_some_and(|own| payment.charges.get(own).is_some());
    let own = own || cfg!(mutant = "found_list_is_harmless");
    own && looks.was_read && payment.charges.len() == 1
        || until_over_ms(payment, manners, now) == Some(0)
}

fn until_list(view: View<'_>) -> Plan {
    until_over_ms(view.payment, view.manners, view.now).map_or(Plan::Rest, Plan::Wait)
}

/// How long until nothing that this sale ever started can be paid any more: all of it has arrived
/// and is past its expiry, where that is final. None where it never is. What a lost part of the
/// journal sent was sent in its time, too; and where no send is known, it may be all of that time.
#[must_use]
pub fn until_over_ms(payment: &Payment, manners: &Manners, now: &Moment) -> Option<u64> {
    let wait_ms = over_after_ms(payment, manners)?;
    let told = payment.start.sends.iter().map(|send| &send.at);
    let known = told.chain(payment.start.untold_until.as_deref());
    let known_ms = known.map(|at| now.until_surely_passed_ms(at, wait_ms)).max();
    let latest_ms = wait_ms.saturating_add(payment.times.start_by_ms);
    let latest = || now.until_surely_passed_ms(&payment.created_at, latest_ms);
    Some(known_ms.unwrap_or_else(latest))
}

/// How long after its permit what a send started has surely arrived and is past its expiry.
fn over_after_ms(payment: &Payment, manners: &Manners) -> Option<u64> {
    let (margin_ms, expires_ms) = (manners.void_after_expiry_ms?, payment.times.expires_ms?);
    Some(SEND_HORIZON_MS.saturating_add(expires_ms).saturating_add(margin_ms))
}
