//! What a provider cannot do of a payment, refused before anything is recorded, by the names of
//! provider and operation.

use super::Member;
use crate::engine::errors;
use crate::error::{Code, Error};
use crate::payment::command::Command;
use crate::payment::decide::Decision;
use crate::payment::event::Event;
use crate::payment::{OperationKind, Payment, view};

/// The decision, unless it captures or gives back a part where only the whole can be.
///
/// # Errors
/// `unsupported`.
pub(super) fn allowed(
    decision: Decision,
    payment: &Payment,
    member: Option<&Member>,
) -> Result<Decision, Error> {
    let Some(member) = member else { return Ok(decision) };
    let can = member.connection.adapter.capabilities();
    let amounts = view::amounts(payment);
    let beyond = decision.events.iter().find_map(|event| match event {
        Event::OperationWished { kind: OperationKind::Capture, amount, .. } => {
            let whole = can.partial_capture || *amount == amounts.authorized;
            (!whole).then_some(OperationKind::Capture)
        }
        Event::OperationWished { kind: OperationKind::Refund, amount, .. } => {
            let whole = can.partial_refund || *amount == amounts.captured;
            (!whole).then_some(OperationKind::Refund)
        }
        _ => None,
    });
    match beyond {
        Some(kind) => Err(errors::unable(&payment.sale.account.provider, kind, true)),
        None => Ok(decision),
    }
}

/// The same error, with names where it is of something that the provider cannot do.
pub(super) fn named(error: Error, payment: &Payment, asked: Option<&Command>) -> Error {
    let kind = match asked {
        Some(Command::WishMoney { kind, .. }) => *kind,
        Some(Command::WishAnswer { .. }) => OperationKind::Answer,
        _ => return error,
    };
    if error.code == Code::Unsupported && error.field.is_none() {
        errors::unable(&payment.sale.account.provider, kind, false)
    } else {
        error
    }
}
