//! What a caller sees of a payment: outcome, amounts, alarms, computed from its facts.
//!
//! Nothing here is stored, so nothing here can drift from what happened.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::event::{Again, Word};
use super::manners::Manners;
use super::sighting::{Charge, Sighting, Standing, Taken};
use super::stage::{self, Stage, approvals, is_refused, never_ran, stage};
use super::state::{Answered, Operation, OperationKind, Payment};
use super::{conditions, hold, loss, surplus};
use crate::money::Money;
use crate::sale::Capture;

/// What a till reads. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not decided yet.
    Open,
    /// Approved and captured, or approved with automatic capture.
    Paid,
    /// Approved; the till decides when to capture.
    Held,
    /// Less than asked was taken.
    PartPaid,
    /// No money was taken.
    NotPaid,
    /// All of it was given back.
    Returned,
    /// Not known: do not charge again, Tillkit goes on looking.
    Unknown,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Paid,
        Self::Held,
        Self::PartPaid,
        Self::NotPaid,
        Self::Returned,
        Self::Unknown,
    ];

    /// The word for it, as in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Held => "held",
            Self::PartPaid => "part_paid",
            Self::NotPaid => "not_paid",
            Self::Returned => "returned",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that a person should know. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// Two of the provider's payments took money for this one.
    DuplicateCharge,
    /// Two sources, or a source and a person, say opposite things.
    Contradiction,
    /// Ours, but not the amount, currency or terminal that was asked for.
    WrongAmount,
    /// Less than asked was taken, and that was not allowed.
    PartPaidUnasked,
    /// Approved with automatic capture, and the provider says that the capture failed, or it never
    /// came.
    CaptureFailed,
}

/// The amounts of a payment, all in the currency of its sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// What the till asked for.
    pub asked: Money,
    /// What was approved, tip included.
    pub authorized: Money,
    /// Of it, captured.
    pub captured: Money,
    /// Of it, the tip.
    pub tip: Money,
    /// What a capture may still take, as far as is seen; it may have lapsed.
    pub held: Money,
    /// Captured or held, and not given back.
    pub remaining: Money,
    /// On its way back.
    pub returning: Money,
    /// Given back.
    pub returned: Money,
}

/// What became of an operation. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Wished; nothing was sent.
    Wished,
    /// Sent, and nothing is known of it.
    Unresolved,
    /// The provider took it; whether it took effect is still to be seen.
    Accepted,
    /// It took effect.
    Done,
    /// It never took effect.
    Refused,
}

/// What a till reads.
#[must_use]
pub fn outcome(payment: &Payment) -> Outcome {
    match stage(payment) {
        Stage::Created | Stage::Sent | Stage::Pending | Stage::Processing => Outcome::Open,
        Stage::InDoubt | Stage::NeedsPerson => Outcome::Unknown,
        Stage::Declined | Stage::Failed | Stage::Cancelled | Stage::Expired => Outcome::NotPaid,
        Stage::Authorized => Outcome::Held,
        Stage::Completed => paid(payment),
    }
}

fn paid(payment: &Payment) -> Outcome {
    if approvals(payment).next().is_none() {
        return Outcome::Paid;
    }
    let amounts = amounts(payment);
    let kept = amounts.captured.minor().max(auto_captured(payment, &amounts));
    if kept > 0 && amounts.returned.minor() >= kept {
        Outcome::Returned
    } else if is_part(payment) {
        Outcome::PartPaid
    } else {
        Outcome::Paid
    }
}

fn auto_captured(payment: &Payment, amounts: &Amounts) -> i64 {
    match payment.sale.capture {
        Capture::Automatic => amounts.authorized.minor(),
        Capture::Manual => 0,
    }
}

/// Whether the approval, tip apart, is less than what was asked for.
fn is_part(payment: &Payment) -> bool {
    let amounts = amounts(payment);
    let goods = amounts.authorized.minor().saturating_sub(amounts.tip.minor());
    goods < payment.sale.amount.minor()
}

/// Whether the outcome is one that a repeat is answered with.
#[must_use]
pub fn is_settled(payment: &Payment) -> bool {
    match outcome(payment) {
        Outcome::Open | Outcome::Unknown => false,
        Outcome::Paid
        | Outcome::Held
        | Outcome::PartPaid
        | Outcome::NotPaid
        | Outcome::Returned => true,
    }
}

/// Whether the terminal's screen may still show this sale.
#[must_use]
pub fn holds_terminal(payment: &Payment) -> bool {
    payment.sale.terminal.is_some() && !is_settled(payment)
}

/// Whether a cashier who has looked at the screen may go on past this sale, and a person may give
/// their word on it: once a cancel was wished, or once it is past `settle_by` in doubt.
#[must_use]
pub const fn gives_way(payment: &Payment) -> bool {
    payment.cancel.is_some() || payment.doubted.is_some()
}

/// Whether anything is left to do or to find out.
#[must_use]
pub fn is_unsettled(payment: &Payment) -> bool {
    let undecided = payment.charges.values().any(Charge::is_undecided);
    !is_settled(payment)
        || !payment.looking_ended
            && (undecided
                || awaits_capture(payment)
                || !payment.hints.is_empty()
                || loss::unseen_since(payment).is_some())
        || all_operations(payment).any(|operation| is_under_way(payment, operation))
        || hold::to_release(payment).is_some()
}

/// Whether an automatic capture is still to be seen.
#[must_use]
pub fn awaits_capture(payment: &Payment) -> bool {
    payment.sale.capture == Capture::Automatic
        && approvals(payment).any(|taken| taken.captured.minor() < taken.authorized.minor())
}

/// Everything after the start, in the order of the wishes, the cancel last.
pub fn all_operations(payment: &Payment) -> impl Iterator<Item = &Operation> {
    payment.operations.iter().chain(payment.cancel.as_deref())
}

/// Whether an operation after the start still needs the engine.
#[must_use]
pub fn is_under_way(payment: &Payment, operation: &Operation) -> bool {
    match operation.kind {
        // A cancel is a means: once the sale is decided it has nothing left to do.
        OperationKind::Start => false,
        OperationKind::Cancel => match outcome(payment) {
            _ if payment.looking_ended => false,
            Outcome::Held => {
                progress(operation) != Progress::Refused || cancel_may_yet_undo(payment, operation)
            }
            Outcome::Open | Outcome::Unknown => true,
            Outcome::Paid | Outcome::PartPaid => cancel_may_yet_undo(payment, operation),
            // A person's word does not clear the screen: what still waits for a card is withdrawn.
            Outcome::NotPaid => payment.charges.values().any(Charge::is_undecided),
            Outcome::Returned => false,
        },
        // What is captured needs no capture, and what was undone whole is neither captured nor
        // given back.
        OperationKind::Answer => conditions::is_open(payment, operation),
        OperationKind::Withdraw => {
            let open = surplus::is_open(payment, operation);
            !payment.looking_ended && (open || cancel_may_yet_undo(payment, operation))
        }
        OperationKind::Release => !payment.looking_ended && hold::is_open(payment, operation),
        OperationKind::Capture if hold::is_covered(payment, operation) => false,
        OperationKind::Capture | OperationKind::Refund => {
            !payment.looking_ended
                && approvals(payment).next().is_some()
                && matches!(
                    progress(operation),
                    Progress::Wished | Progress::Unresolved | Progress::Accepted
                )
        }
    }
}

/// Whether a cancel or withdrawal that was sent may still undo what was approved: a look tells,
/// once no send can arrive. Where the approval is only held, that is a question once the cancel is
/// not sent any more.
#[must_use]
pub fn cancel_may_yet_undo(payment: &Payment, cancel: &Operation) -> bool {
    let sent_for_the_last_time = match cancel.kind {
        OperationKind::Cancel => match outcome(payment) {
            Outcome::Paid | Outcome::PartPaid => true,
            Outcome::Held => progress(cancel) == Progress::Refused,
            Outcome::Open | Outcome::NotPaid | Outcome::Returned | Outcome::Unknown => false,
        },
        OperationKind::Withdraw => {
            let charge = cancel.charge.as_ref().and_then(|id| payment.charges.get(id));
            charge.is_some_and(|charge| charge.standing_approval().is_some())
        }
        OperationKind::Start
        | OperationKind::Capture
        | OperationKind::Refund
        | OperationKind::Answer
        | OperationKind::Release => false,
    };
    let undecided = cancel.seen.is_none() && cancel.word.is_none();
    sent_for_the_last_time && undecided && !never_ran(cancel)
}

/// What became of an operation, facts before words.
#[must_use]
pub fn progress(operation: &Operation) -> Progress {
    let by_fact_or_word = operation.seen.or(operation.word);
    match by_fact_or_word {
        Some(true) => Progress::Done,
        Some(false) => Progress::Refused,
        None if !may_have_left(operation) => Progress::Wished,
        None if is_refused(operation) || is_last_refused(operation) => Progress::Refused,
        None if was_accepted(operation) => Progress::Accepted,
        None if never_ran(operation) => Progress::Wished,
        None => Progress::Unresolved,
    }
}

/// Whether any send of it was permitted, or may have been without our knowing.
#[must_use]
pub const fn may_have_left(operation: &Operation) -> bool {
    !operation.sends.is_empty() || operation.untold_until.is_some()
}

/// The last word on a cancel or on the like of it counts, since running twice is running once;
/// whether an earlier, lost one had its effect is seen in the charge.
fn is_last_refused(operation: &Operation) -> bool {
    let last = operation.sends.last().and_then(|send| send.answer.as_ref());
    let refused = matches!(last, Some((Answered::NotExecuted { again: Again::Never, .. }, _)));
    match operation.kind {
        OperationKind::Cancel
        | OperationKind::Answer
        | OperationKind::Withdraw
        | OperationKind::Release => refused,
        OperationKind::Start | OperationKind::Capture | OperationKind::Refund => false,
    }
}

/// Whether the provider took one of its sends.
#[must_use]
pub fn was_accepted(operation: &Operation) -> bool {
    operation.sends.iter().any(|send| matches!(send.answer, Some((Answered::Accepted, _))))
}

/// Whether another capture or refund must wait for this one: as long as it may yet be sent, and,
/// once it may have run, until that is known.
#[must_use]
pub fn blocks_others(payment: &Payment, operation: &Operation) -> bool {
    match (operation.kind, progress(operation)) {
        (OperationKind::Capture, Progress::Unresolved) => !hold::is_covered(payment, operation),
        (OperationKind::Refund, Progress::Unresolved) => true,
        // None moves what a capture or refund would; what is let go of is not captured again.
        (OperationKind::Answer | OperationKind::Withdraw | OperationKind::Release, _) => false,
        (_, Progress::Wished | Progress::Unresolved) => is_under_way(payment, operation),
        (_, Progress::Accepted | Progress::Done | Progress::Refused) => false,
    }
}

/// Whether a wish to cancel is new: there was none, or its operation was refused.
#[must_use]
pub fn may_wish_cancel(payment: &Payment) -> bool {
    payment.cancel.as_ref().is_none_or(|cancel| progress(cancel) == Progress::Refused)
}

/// Whether a cancel was wished that the provider can still carry out.
#[must_use]
pub fn cancel_stands(payment: &Payment, manners: &Manners) -> bool {
    manners.cancel.is_some() && !may_wish_cancel(payment)
}

/// The amounts of a payment.
#[must_use]
pub fn amounts(payment: &Payment) -> Amounts {
    let zero = Money::zero(payment.sale.amount.currency());
    let sum = |part: &dyn Fn(&Taken) -> Option<Money>| {
        approvals(payment).fold(zero, |sum, taken| {
            part(taken).and_then(|amount| sum.checked_add(amount).ok()).unwrap_or(sum)
        })
    };
    let authorized = sum(&|taken| Some(taken.authorized));
    let captured = sum(&|taken| Some(taken.captured));
    let seen_returned = sum(&|taken| taken.returned);
    let told_returned = refunds(payment, |progress| progress == Progress::Done);
    let returned =
        if seen_returned.minor() >= told_returned.minor() { seen_returned } else { told_returned };
    let gross = if captured.is_zero() { authorized } else { captured };
    let held =
        hold::held(payment).fold(zero, |sum, (_, left)| sum.checked_add(left).unwrap_or(sum));
    Amounts {
        asked: payment.sale.amount,
        authorized,
        captured,
        tip: sum(&|taken| taken.tip),
        held,
        remaining: gross.checked_sub(returned).unwrap_or(zero),
        returning: refunds(payment, |progress| match progress {
            Progress::Wished | Progress::Unresolved | Progress::Accepted => true,
            Progress::Done | Progress::Refused => false,
        }),
        returned,
    }
}

/// Whether the provider shows more given back than the refunds that we know may have.
#[must_use]
pub fn returns_unexplained(payment: &Payment) -> bool {
    let sent = refunds(payment, |progress| progress != Progress::Wished);
    amounts(payment).returned.minor() > sent.minor()
}

fn refunds(payment: &Payment, counts: impl Fn(Progress) -> bool) -> Money {
    let zero = Money::zero(payment.sale.amount.currency());
    payment
        .operations
        .iter()
        .filter(|operation| operation.kind == OperationKind::Refund && counts(progress(operation)))
        .filter_map(|operation| operation.amount)
        .fold(zero, |sum, amount| sum.checked_add(amount).unwrap_or(sum))
}

/// What a person should know.
#[must_use]
pub fn alarms(payment: &Payment) -> BTreeSet<Alarm> {
    let mut alarms = BTreeSet::new();
    let taken = payment.charges.values().filter(|charge| charge.taken.is_some()).count();
    if taken > 1 {
        alarms.insert(Alarm::DuplicateCharge);
    }
    if contradicts(payment) {
        alarms.insert(Alarm::Contradiction);
    }
    if payment.charges.values().any(|charge| charge.disagrees) {
        alarms.insert(Alarm::WrongAmount);
    }
    let approved = approvals(payment).next().is_some();
    if approved && is_part(payment) && !payment.sale.allow_part {
        alarms.insert(Alarm::PartPaidUnasked);
    }
    if awaits_capture(payment) && (payment.looking_ended || is_told_capture_failed(payment)) {
        alarms.insert(Alarm::CaptureFailed);
    }
    alarms
}

fn is_told_capture_failed(payment: &Payment) -> bool {
    let mut standing =
        payment.charges.values().filter(|charge| charge.standing_approval().is_some());
    standing.any(|charge| charge.details.as_ref().is_some_and(|it| it.capture_failed))
}

fn contradicts(payment: &Payment) -> bool {
    let taken = payment.charges.values().any(|charge| charge.taken.is_some());
    let both = payment
        .charges
        .values()
        .any(|charge| charge.taken.is_some() && charge.not_taken.is_some() && !charge.reversed);
    let certain_no =
        payment.abandoned.is_some() || payment.absence_proven || is_refused(&payment.start);
    let words = match (payment.word, stage::stage(payment)) {
        (None, _) => false,
        (Some(Word::Paid), stage) => !matches!(stage, Stage::Completed | Stage::Authorized),
        (Some(Word::NotPaid), stage) => {
            matches!(stage, Stage::Completed | Stage::Authorized)
        }
    };
    let operations = payment.operations.iter().any(|operation| {
        operation.word.is_some() && operation.seen.is_some() && operation.word != operation.seen
    });
    both || payment.words_differ || words || operations || taken && certain_no
}

/// Whether the approval may yet be reversed: the device gave it alone, or our own cancel may still
/// arrive.
#[must_use]
pub fn is_provisional(payment: &Payment) -> bool {
    let approved = approvals(payment).next().is_some();
    let strays = all_operations(payment).any(|known| cancel_may_yet_undo(payment, known));
    approvals(payment).any(|taken| taken.provisional) || approved && strays
}

/// Whether a sighting says that money was taken.
#[must_use]
pub const fn tells_of_money(sighting: &Sighting) -> bool {
    matches!(sighting.standing, Standing::Taken { .. })
}

/// Whether another attempt may be made under the same reference.
#[must_use]
pub fn allows_next_attempt(payment: &Payment) -> bool {
    matches!(outcome(payment), Outcome::NotPaid | Outcome::Returned)
}

/// The last refusal of the start that can be tried again, and when it came.
#[must_use]
pub fn last_refusal(operation: &Operation) -> Option<(u64, crate::time::Moment)> {
    match operation.sends.last().and_then(|send| send.answer.as_ref()) {
        Some((Answered::NotExecuted { again: Again::After { ms }, .. }, at)) => Some((*ms, *at)),
        Some(_) | None => None,
    }
}

/// What the mutant looks at, which takes a tip for a stranger's payment.
#[cfg(mutant = "tip_taken_for_a_stranger")]
#[must_use]
pub fn shows_another_amount(sighting: &Sighting, payment: &Payment) -> bool {
    let asked = payment.sale.amount;
    matches!(&sighting.standing, Standing::Taken { authorized, .. } if *authorized != asked)
}
