//! Where a payment stands, derived from its facts: the lifecycle of the documents.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::{Abandonment, Again, Word};
use super::sighting::{Charge, NotTaken, Taken};
use super::state::{Answered, Operation, Payment, Send};
use super::view;
use crate::sale::Capture;

/// What a screen shows. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Recorded; nothing may have left.
    Created,
    /// A send was permitted, and nothing is known of it.
    Sent,
    /// The provider has it; no card yet.
    Pending,
    /// A card is at the reader.
    Processing,
    /// Approved, and the till decides when to capture.
    Authorized,
    /// Approved and captured, or captured without asking.
    Completed,
    /// The card or its holder said no.
    Declined,
    /// It never ran, or something broke before money moved.
    Failed,
    /// Cancelled before money moved, or undone whole.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// Not known; being resolved.
    InDoubt,
    /// Not known for long; a person is asked, and looking goes on.
    NeedsPerson,
}

impl Stage {
    /// Every stage, in the order of a payment's life.
    pub const ALL: [Self; 12] = [
        Self::Created,
        Self::Sent,
        Self::Pending,
        Self::Processing,
        Self::Authorized,
        Self::Completed,
        Self::Declined,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
        Self::InDoubt,
        Self::NeedsPerson,
    ];

    /// The word for it, as in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sent => "sent",
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::InDoubt => "in_doubt",
            Self::NeedsPerson => "needs_person",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where the payment stands: the provider's facts first, then a person's word, then what is certain
/// without either, then doubt, then how far it has come.
#[must_use]
pub fn stage(payment: &Payment) -> Stage {
    by_fact(payment)
        .or_else(|| by_word(payment))
        .or_else(|| by_certainty(payment))
        .or_else(|| by_doubt(payment))
        .unwrap_or_else(|| by_progress(payment))
}

/// The approvals that stand, whatever else is said of their charges.
pub fn approvals(payment: &Payment) -> impl Iterator<Item = &Taken> {
    payment.charges.values().filter_map(Charge::standing_approval)
}

fn by_fact(payment: &Payment) -> Option<Stage> {
    if approvals(payment).next().is_some() {
        return Some(approved(payment));
    }
    let charges = payment.charges.values();
    if payment.charges.is_empty() || charges.clone().any(Charge::is_undecided) {
        return None;
    }
    let ends = charges.map(|charge| match &charge.not_taken {
        Some((how, _)) if !charge.reversed => *how,
        Some(_) | None => NotTaken::Cancelled,
    });
    ends.min().map(ended)
}

fn approved(payment: &Payment) -> Stage {
    let captured = match payment.sale.capture {
        Capture::Automatic => true,
        Capture::Manual => approvals(payment).any(|taken| !taken.captured.is_zero()),
    };
    if captured { Stage::Completed } else { Stage::Authorized }
}

const fn ended(how: NotTaken) -> Stage {
    match how {
        NotTaken::Declined => Stage::Declined,
        NotTaken::Cancelled => Stage::Cancelled,
        NotTaken::Expired => Stage::Expired,
        NotTaken::Failed => Stage::Failed,
    }
}

fn by_word(payment: &Payment) -> Option<Stage> {
    payment.word.map(|word| match word {
        Word::Paid => Stage::Completed,
        Word::NotPaid => Stage::Cancelled,
    })
}

/// A charge that nobody expected takes the certainty away.
fn by_certainty(payment: &Payment) -> Option<Stage> {
    if !payment.charges.is_empty() {
        return None;
    }
    match payment.abandoned {
        Some(Abandonment::CancelWished) => return Some(Stage::Cancelled),
        Some(Abandonment::Late) if !view::may_have_left(&payment.start) => {
            return Some(Stage::Expired);
        }
        Some(Abandonment::Late) => return Some(Stage::Failed),
        None => {}
    }
    if is_refused(&payment.start) {
        return Some(Stage::Failed);
    }
    payment.absence_proven.then_some(Stage::Expired)
}

fn by_doubt(payment: &Payment) -> Option<Stage> {
    if payment.escalated {
        return Some(Stage::NeedsPerson);
    }
    payment.doubted.map(|_| Stage::InDoubt)
}

fn by_progress(payment: &Payment) -> Stage {
    if payment.charges.values().any(|charge| charge.processing) {
        Stage::Processing
    } else if !payment.charges.is_empty() {
        Stage::Pending
    } else if view::may_have_left(&payment.start) {
        Stage::Sent
    } else {
        Stage::Created
    }
}

/// Whether it is certain that no send of the operation ran.
#[must_use]
pub fn never_ran(operation: &Operation) -> bool {
    let refused = |send: &Send| matches!(send.answer, Some((Answered::NotExecuted { .. }, _)));
    let proven = operation.untold_until.is_none() && operation.sends.iter().all(refused);
    #[cfg(mutant = "unknown_taken_for_no")]
    let proven = proven
        || operation.sends.iter().all(|send| {
            matches!(
                send.answer,
                Some((Answered::NotExecuted { .. } | Answered::Unknown { .. }, _))
            )
        });
    proven
}

/// Whether every send was refused, the last one for good.
#[must_use]
pub fn is_refused(operation: &Operation) -> bool {
    let last = operation.sends.last().and_then(|send| send.answer.as_ref());
    let for_good = matches!(last, Some((Answered::NotExecuted { again: Again::Never, .. }, _)));
    #[cfg(mutant = "unknown_taken_for_no")]
    let for_good = for_good || matches!(last, Some((Answered::Unknown { .. }, _)));
    for_good && never_ran(operation)
}
