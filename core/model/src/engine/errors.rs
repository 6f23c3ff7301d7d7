//! What goes wrong inside, in the words of the catalogue: one exhaustive match for each source.

use super::store::{Failure, FailureKind};
use crate::error::{Charged, Code, Error};
use crate::payment::OperationKind;
use crate::payment::decide::Refused;
use crate::payment::permission::Never;

/// A journal's failure as a caller sees it.
#[must_use]
pub fn of_journal(failure: &Failure) -> Error {
    let code = match failure.kind {
        FailureKind::Full => Code::JournalFull,
        FailureKind::ReadOnly => Code::JournalReadOnly,
        FailureKind::Corrupt => Code::JournalCorrupt,
        FailureKind::Newer => Code::JournalNewer,
        FailureKind::Missing => Code::JournalMissing,
        FailureKind::Locked => Code::JournalLocked,
        FailureKind::Forked => Code::ForkDetected,
        FailureKind::Other => Code::JournalFailed,
    };
    let error = Error::new(code);
    if failure.detail.is_empty() { error } else { error.message(failure.detail.clone()) }
}

/// The same, where it is certain that nothing was sent for the sale.
#[must_use]
pub fn before_anything_left(failure: &Failure) -> Error {
    of_journal(failure).charged(Charged::No)
}

/// A refused command as a caller sees it.
#[must_use]
pub fn of_refusal(refused: &Refused) -> Error {
    match refused {
        Refused::NotPermitted(Some(Never::Unsupported)) => Error::new(Code::Unsupported),
        Refused::NotPermitted(_) | Refused::TooEarly => Error::new(Code::NotOpen),
        Refused::NoSuchOperation => Error::new(Code::InvalidField)
            .field("reference")
            .rule("known")
            .message("no capture or refund of this payment has that reference"),
        Refused::NoSuchCondition => {
            Error::new(Code::InvalidField).field("condition").rule("known").message(
                "no condition of this payment has that id: take it from the payment's details",
            )
        }
        Refused::Unresolved { reference } => {
            let error = Error::new(Code::OperationUnresolved);
            match reference {
                Some(reference) => error.field("reference").limit(reference),
                None => error,
            }
        }
        Refused::Conflict { field } => Error::new(Code::OperationConflict).field(*field),
        Refused::NothingToCapture => Error::new(Code::NothingToCapture),
        Refused::NoRelease => Error::new(Code::Unsupported).field("last").message(
            "the provider lets nothing go beside what was captured: capture without calling it the last",
        ),
        Refused::NothingToRefund => Error::new(Code::NothingToRefund),
        Refused::Exceeds { remaining } => {
            Error::new(Code::AmountExceedsRemaining).field("amount").limit(remaining)
        }
        Refused::NotResolvable => Error::new(Code::NotYetResolvable),
    }
}

/// What a provider cannot do, by name.
#[must_use]
pub fn unable(provider: &str, kind: OperationKind, of_a_part: bool) -> Error {
    let operation = match kind {
        OperationKind::Start => "start",
        OperationKind::Capture if of_a_part => "partial_capture",
        OperationKind::Capture => "capture",
        OperationKind::Refund if of_a_part => "partial_refund",
        OperationKind::Refund => "refund",
        OperationKind::Cancel | OperationKind::Withdraw => "cancel",
        OperationKind::Answer => "answer",
        OperationKind::Release => "release",
    };
    Error::new(Code::Unsupported).field("operation").limit(operation).message(format!(
        "{provider} has no {operation}: read the account's capabilities before asking"
    ))
}
