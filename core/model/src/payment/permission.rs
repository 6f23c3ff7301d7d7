//! Whether an operation may be sent now, later or never: the one home of every rule about
//! repeating.
//!
//! [`super::plan`] asks when, [`super::decide`] asks whether; both ask here.

use super::event::{Abandonment, Again};
use super::manners::{Manner, Manners};
use super::sighting::Charge;
use super::stage::never_ran;
use super::state::{Answered, Operation, OperationKind, Payment, Send};
use super::{conditions, hold, loss, surplus, view};
use crate::ids::ChargeId;
use crate::time::{Moment, SECOND_MS};
use crate::wire::Window;

/// How long a request that was handed over may still be on its way; a process that did not send it
/// replays only after that.
pub const SEND_HORIZON_MS: u64 = 90 * SECOND_MS;
/// How long after it was recorded a permit may still be handed over.
pub const HAND_OVER_MS: u64 = 5 * SECOND_MS;
/// How long after its hand-over a request may still arrive, whatever its sender was told.
const ARRIVAL_MS: u64 = 55 * SECOND_MS;
/// How long after its permit a send that was lost has surely arrived, been answered and been shown
/// by a look, or never will.
pub const LOST_SEND_MS: u64 = 80 * SECOND_MS;
/// The first and the longest wait between two tries of a repeatable operation after the start.
const TRY_GAP_MS: (u64, u64) = (5 * SECOND_MS, 300 * SECOND_MS);

/// The answer to *may this be sent?*
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Now, within this window.
    Now(Window),
    /// Not before so many milliseconds have passed.
    In(u64),
    /// The start will not be sent again and never ran: give it up for this reason.
    GiveUp(Abandonment),
    /// Not again.
    Never(Never),
}

/// Why something may not be sent again. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Never {
    /// It is decided, accepted, refused for good, or overtaken.
    NothingToDo,
    /// A cancel was wished.
    CancelWished,
    /// `start_by` has passed, or may have.
    Late,
    /// The provider may have forgotten the key.
    KeyForgotten,
    /// Its manner allows no repeat, or no more of them.
    NotRepeatable,
    /// The provider cannot do it.
    Unsupported,
    /// No charge is known to do it to.
    NoCharge,
    /// The journal lacks what may have been done to the charge, and no look has shown it yet.
    Unseen,
}

/// Whether the start may be sent.
#[must_use]
pub fn start(payment: &Payment, manners: &Manners, now: &Moment) -> Permission {
    if is_overtaken(payment) {
        return Permission::Never(Never::NothingToDo);
    }
    if never_ran(&payment.start) { first_send(payment, now) } else { replay(payment, manners, now) }
}

/// Something is known that makes a send of the start pointless or wrong.
fn is_overtaken(payment: &Payment) -> bool {
    !payment.charges.is_empty() || payment.abandoned.is_some() || view::is_settled(payment)
}

/// Nothing of the start ever ran, for certain.
fn first_send(payment: &Payment, now: &Moment) -> Permission {
    if payment.cancel.is_some() {
        return Permission::GiveUp(Abandonment::CancelWished);
    }
    if is_late(payment, now) {
        return Permission::GiveUp(Abandonment::Late);
    }
    match refusal_wait_ms(&payment.start, now) {
        0 => Permission::Now(sending(start_window(payment, None), now)),
        wait => Permission::In(wait.min(until_late_ms(payment, now))),
    }
}

/// How long to leave a provider alone that did not run the last send: as long as it said, and
/// longer each time.
fn refusal_wait_ms(operation: &Operation, now: &Moment) -> u64 {
    let doublings = u32::try_from(operation.sends.len().min(6)).unwrap_or(6);
    view::last_refusal(operation).map_or(0, |(ms, at)| {
        now.until_surely_passed_ms(&at, ms.max(250_u64.saturating_mul(1 << doublings)))
    })
}

/// Some send of the start may have run.
fn replay(payment: &Payment, manners: &Manners, now: &Moment) -> Permission {
    if view::was_accepted(&payment.start) {
        return Permission::Never(Never::NothingToDo);
    }
    let life_ms = match manners.start.manner {
        Manner::Keyed { life_ms } => Some(life_ms),
        Manner::SameEffect | Manner::Once => None,
    };
    #[cfg(mutant = "resend_without_a_key")]
    let life_ms = life_ms.or(Some(u64::MAX));
    let Some(life_ms) = life_ms else { return Permission::Never(Never::NotRepeatable) };
    let may_have_run = payment.start.sends.iter().filter(|send| !is_proven_not_run(send));
    let replays_left =
        u32::try_from(may_have_run.count()).is_ok_and(|count| count <= manners.start.replays_max);
    #[cfg(mutant = "resend_without_a_key")]
    let replays_left = true | replays_left;
    let refused_for_good = payment.start.sends.iter().any(is_refusal_for_good);
    let untold = payment.start.untold_until.is_some();
    if untold || !replays_left || refused_for_good || payment.start.sends.iter().any(key_is_gone) {
        return Permission::Never(Never::NotRepeatable);
    }
    if payment.cancel.is_some() {
        return Permission::Never(Never::CancelWished);
    }
    let first = payment.start.sends.first().map_or(payment.created_at, |send| send.at);
    let late = is_late(payment, now);
    let forgotten = now.may_have_passed(&first, life_ms);
    #[cfg(mutant = "replay_after_expiry")]
    let (late, forgotten) = (false & late, false & forgotten);
    if late {
        return Permission::Never(Never::Late);
    }
    if forgotten {
        return Permission::Never(Never::KeyForgotten);
    }
    let gap_ms = manners.start.quiet_gap_ms;
    let quiet_ms = quiet_ms(&payment.start, gap_ms, SEND_HORIZON_MS, now);
    let quiet_ms = quiet_ms.max(refusal_wait_ms(&payment.start, now));
    let meeting_ms = meeting_ms(&payment.start, gap_ms, now);
    // Sent again as soon as a careless caller would, before a look can find the first.
    #[cfg(mutant = "resend_without_a_key")]
    let meeting_ms = 0 & meeting_ms;
    #[cfg(mutant = "replay_beside_the_first")]
    let (quiet_ms, meeting_ms) = (0 & quiet_ms, 0 & meeting_ms);
    match quiet_ms.max(meeting_ms) {
        0 => {
            let window = start_window(payment, Some((first, life_ms)));
            Permission::Now(sending(window, now))
        }
        wait => Permission::In(wait),
    }
}

/// A permit of one send is handed over at once or not at all, so that what it allows cannot arrive
/// long after everyone has stopped to reckon with it.
fn sending(mut window: Window, now: &Moment) -> Window {
    window.limits.push((*now, HAND_OVER_MS));
    window
}

/// How long until no earlier send can still arrive and run beside a replay: an answer may be lost
/// long before its request arrives.
fn meeting_ms(operation: &Operation, gap_ms: u64, now: &Moment) -> u64 {
    let horizon_ms = HAND_OVER_MS.saturating_add(ARRIVAL_MS).saturating_add(gap_ms);
    let lost = operation
        .sends
        .iter()
        .filter(|send| matches!(send.answer, Some((Answered::Unknown { .. }, _))));
    lost.map(|send| now.until_surely_passed_ms(&send.at, horizon_ms)).max().unwrap_or(0)
}

fn is_proven_not_run(send: &Send) -> bool {
    matches!(send.answer, Some((Answered::NotExecuted { .. }, _)))
}

/// It did not run and would be refused again, so a replay cannot tell what became of the send
/// before it.
fn is_refusal_for_good(send: &Send) -> bool {
    matches!(send.answer, Some((Answered::NotExecuted { again: Again::Never, .. }, _)))
}

fn key_is_gone(send: &Send) -> bool {
    matches!(send.answer, Some((Answered::Unknown { replayable: false, .. }, _)))
}

/// How long until no earlier send can still meet a new one: the quiet gap after a lost answer, the
/// send horizon after a send of which not even that is known.
fn quiet_ms(operation: &Operation, gap_ms: u64, horizon_ms: u64, now: &Moment) -> u64 {
    let waits = operation.sends.iter().map(|send| match &send.answer {
        None => now.until_surely_passed_ms(&send.at, horizon_ms),
        Some((Answered::Unknown { .. }, at)) => now.until_surely_passed_ms(at, gap_ms),
        Some((Answered::NotExecuted { again, .. }, at)) => match again {
            Again::After { ms } => now.until_surely_passed_ms(at, *ms),
            Again::Never => 0,
        },
        Some((Answered::Accepted, _)) => 0,
    });
    waits.max().unwrap_or(0)
}

/// Whether `start_by` must be taken as passed: also when a clock that was since set back said so,
/// for the caller was told, and the terminal may have been given to another sale.
#[must_use]
pub fn is_late(payment: &Payment, now: &Moment) -> bool {
    let late = payment.doubted.is_some()
        || now.may_have_passed(&payment.created_at, payment.times.start_by_ms);
    #[cfg(mutant = "send_after_start_by")]
    let late = false & late;
    late
}

/// How long until [`is_late`] says so.
#[must_use]
pub fn until_late_ms(payment: &Payment, now: &Moment) -> u64 {
    now.until_may_have_passed_ms(&payment.created_at, payment.times.start_by_ms)
}

/// When a permit of the start lapses: at `start_by`, and with the key's life.
fn start_window(payment: &Payment, key: Option<(Moment, u64)>) -> Window {
    let start_by = (payment.created_at, payment.times.start_by_ms);
    let limits = std::iter::once(start_by).chain(key).collect();
    #[cfg(mutant = "replay_after_expiry")]
    let limits = if payment.start.sends.is_empty() { limits } else { Vec::new() };
    Window { limits }
}

/// Whether reads that may pay can be permitted, and until when.
#[must_use]
pub fn polls(payment: &Payment, now: &Moment) -> Permission {
    #[cfg(mutant = "read_after_giving_up")]
    if !view::is_settled(payment) {
        return Permission::Now(Window { limits: Vec::new() });
    }
    if payment.cancel.is_some() {
        Permission::Never(Never::CancelWished)
    } else if is_late(payment, now) || payment.history_lost.is_some() {
        Permission::Never(Never::Late)
    } else if view::is_settled(payment) {
        Permission::Never(Never::NothingToDo)
    } else {
        Permission::Now(start_window(payment, None))
    }
}

/// Whether an operation after the start may be sent.
#[must_use]
pub fn operation(
    payment: &Payment,
    operation: &Operation,
    manners: &Manners,
    now: &Moment,
) -> Permission {
    let Some(manner) = manners.of(operation.kind) else {
        return Permission::Never(Never::Unsupported);
    };
    let Some(charge) = target(payment, operation) else {
        return Permission::Never(Never::NoCharge);
    };
    // What is paid is given back by a refund, never by a cancel that came too late.
    let too_late = view::cancel_may_yet_undo(payment, operation);
    if too_late || !view::is_under_way(payment, operation) {
        return Permission::Never(Never::NothingToDo);
    }
    let captures = operation.kind == OperationKind::Capture;
    if captures && never_ran(operation) && view::cancel_stands(payment, manners) {
        return Permission::Never(Never::CancelWished);
    }
    if operation.kind == OperationKind::Cancel
        && let Some(wait_ms) = capture_in_doubt_ms(payment, manners, now)
    {
        return Permission::In(wait_ms);
    }
    if operation.kind == OperationKind::Release
        && let Some(wait_ms) = captures_open_ms(payment, charge, manners, now)
    {
        return Permission::In(wait_ms);
    }
    if operation.kind != OperationKind::Cancel
        && operation.untold_until.is_none()
        && loss::is_unseen(payment, charge)
    {
        return Permission::Never(Never::Unseen);
    }
    if operation.kind == OperationKind::Answer && conditions::is_late(payment, now) {
        return Permission::Never(Never::Late);
    }
    let permission = match view::progress(operation) {
        view::Progress::Done | view::Progress::Refused => Permission::Never(Never::NothingToDo),
        view::Progress::Accepted => after_acceptance(operation, manner, now),
        view::Progress::Wished => again(operation, SEND_HORIZON_MS, now),
        view::Progress::Unresolved => repeat(operation, manner, now),
    };
    match permission {
        Permission::Now(mut window) if operation.kind == OperationKind::Answer => {
            window.limits.push(conditions::limit(payment));
            Permission::Now(window)
        }
        Permission::Now(_) | Permission::In(_) | Permission::GiveUp(_) | Permission::Never(_) => {
            permission
        }
    }
}

/// How long a cancel leaves a capture alone that may have run and can still be repeated until that
/// is known: what it drew could not be told from what the cancel gives up.
fn capture_in_doubt_ms(payment: &Payment, manners: &Manners, now: &Moment) -> Option<u64> {
    let Some(manner @ Manner::Keyed { .. }) = manners.capture else { return None };
    let in_doubt = payment.operations.iter().filter(|known| {
        known.kind == OperationKind::Capture && view::progress(known) == view::Progress::Unresolved
    });
    let waits = in_doubt.filter_map(|capture| match repeat(capture, manner, now) {
        Permission::Now(_) => Some(SECOND_MS),
        Permission::In(wait_ms) => Some(wait_ms),
        Permission::GiveUp(_) | Permission::Never(_) => None,
    });
    let wait_ms = waits.min();
    #[cfg(mutant = "release_before_confirm")]
    let wait_ms = wait_ms.filter(|_| false);
    wait_ms
}

/// How long a release leaves captures alone that may yet be sent or arrive.
fn captures_open_ms(
    payment: &Payment,
    charge: &ChargeId,
    manners: &Manners,
    now: &Moment,
) -> Option<u64> {
    let waits = hold::open_captures(payment, charge).filter_map(|capture| {
        let accepted = view::progress(capture) == view::Progress::Accepted;
        match self::operation(payment, capture, manners, now) {
            _ if accepted => Some(TRY_GAP_MS.0),
            Permission::Now(_) | Permission::Never(Never::Unseen) => Some(TRY_GAP_MS.0),
            Permission::In(wait_ms) => Some(wait_ms),
            Permission::GiveUp(_) | Permission::Never(_) => {
                let sent = capture.sends.iter().map(|send| &send.at);
                let sent = sent.chain(capture.untold_until.as_deref());
                sent.map(|at| now.until_surely_passed_ms(at, LOST_SEND_MS)).max()
            }
        }
    });
    let wait_ms = waits.filter(|ms| *ms > 0).min();
    #[cfg(mutant = "release_before_confirm")]
    let wait_ms = wait_ms.filter(|_| false);
    wait_ms
}

/// The charge that an operation is done to.
#[must_use]
pub fn target<'a>(payment: &'a Payment, operation: &'a Operation) -> Option<&'a ChargeId> {
    let chosen = operation.charge.as_ref();
    let charge = match operation.kind {
        OperationKind::Start => None,
        OperationKind::Capture | OperationKind::Refund => {
            chosen.or_else(|| surplus::approvals(payment).next().map(|(id, _)| id))
        }
        OperationKind::Cancel => surplus::kept(payment),
        OperationKind::Answer | OperationKind::Withdraw | OperationKind::Release => chosen,
    };
    let fits = |charge: &Charge| match operation.kind {
        OperationKind::Start => false,
        OperationKind::Capture | OperationKind::Refund => charge.standing_approval().is_some(),
        OperationKind::Release => {
            charge.standing_approval().is_some_and(|taken| !taken.captured.is_zero())
        }
        OperationKind::Cancel => {
            charge.is_undecided()
                || charge.standing_approval().is_some_and(|taken| taken.captured.is_zero())
        }
        OperationKind::Answer | OperationKind::Withdraw => charge.is_undecided(),
    };
    charge.filter(|id| payment.charges.get(id).is_some_and(fits))
}

/// An accepted cancel that shows no effect is sent again after a while, since it has the same
/// effect.
fn after_acceptance(operation: &Operation, manner: Manner, now: &Moment) -> Permission {
    match (operation.kind, manner) {
        (
            OperationKind::Cancel | OperationKind::Withdraw | OperationKind::Release,
            Manner::SameEffect,
        ) => again(operation, 0, now),
        (
            OperationKind::Cancel | OperationKind::Withdraw | OperationKind::Release,
            Manner::Keyed { .. } | Manner::Once,
        )
        | (
            OperationKind::Start
            | OperationKind::Capture
            | OperationKind::Refund
            | OperationKind::Answer,
            _,
        ) => Permission::Never(Never::NothingToDo),
    }
}

/// Nothing of it ran, or running twice is running once: try with growing gaps, and not before
/// `horizon_ms` have passed since a send of which nothing is known.
fn again(operation: &Operation, horizon_ms: u64, now: &Moment) -> Permission {
    let tries = operation.sends.len();
    let gap = if tries == 0 { 0 } else { growing_gap_ms(tries) };
    let quiet_ms = quiet_ms(operation, gap, horizon_ms, now);
    match quiet_ms.max(since_last_ms(operation, gap, now)) {
        0 => Permission::Now(sending(operation_window(operation, None), now)),
        wait => Permission::In(wait),
    }
}

fn since_last_ms(operation: &Operation, gap_ms: u64, now: &Moment) -> u64 {
    operation.sends.last().map_or(0, |send| now.until_surely_passed_ms(&send.at, gap_ms))
}

fn growing_gap_ms(tries: usize) -> u64 {
    let (first, longest) = TRY_GAP_MS;
    let doublings = u32::try_from(tries.saturating_sub(1).min(8)).unwrap_or(8);
    first.saturating_mul(1 << doublings).min(longest)
}

/// Some send of it may have run.
fn repeat(operation: &Operation, manner: Manner, now: &Moment) -> Permission {
    #[cfg(mutant = "resend_without_a_key")]
    let manner = if manner == Manner::Once { Manner::SameEffect } else { manner };
    match manner {
        // Two that meet have the effect of one, so a crash need not hold the next one up.
        Manner::SameEffect => again(operation, 0, now),
        Manner::Keyed { life_ms } => {
            // The provider first met the key with the first send that may have run.
            let mut may_have_run = operation.sends.iter().filter(|send| !is_proven_not_run(send));
            let first = may_have_run.next().map_or(operation.wished_at, |send| send.at);
            if now.may_have_passed(&first, life_ms) {
                Permission::Never(Never::KeyForgotten)
            } else if operation.untold_until.is_some()
                || operation.sends.iter().any(|send| key_is_gone(send) || is_refusal_for_good(send))
            {
                Permission::Never(Never::NotRepeatable)
            } else {
                let key = Some((first, life_ms));
                let meeting_ms = meeting_ms(operation, TRY_GAP_MS.0, now);
                match again(operation, SEND_HORIZON_MS, now) {
                    Permission::Now(_) if meeting_ms > 0 => Permission::In(meeting_ms),
                    Permission::Now(_) => {
                        Permission::Now(sending(operation_window(operation, key), now))
                    }
                    other => other,
                }
            }
        }
        Manner::Once => Permission::Never(Never::NotRepeatable),
    }
}

/// An operation's permit lapses with its key.
fn operation_window(_operation: &Operation, key: Option<(Moment, u64)>) -> Window {
    Window { limits: key.into_iter().collect() }
}
