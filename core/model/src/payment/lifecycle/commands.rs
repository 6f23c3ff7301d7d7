//! One or more commands of each kind, in words, as they would be asked of a payment.

use super::representatives::{CONDITION, answer, driver, operation_id, request, sighting};
use crate::ids::{ChargeId, OperationId, Reference};
use crate::payment::command::{Command, CommandKind};
use crate::payment::event::{Abandonment, Source, Word};
use crate::payment::view;
use crate::payment::{OperationKind, Payment};
use crate::time::Moment;

/// The words for every command that is asked here, each with its kind.
pub const ASKED: &[(&str, CommandKind)] = &[
    ("permit-start", CommandKind::PermitStart),
    ("permit-operation", CommandKind::PermitOperation),
    ("permit-polls", CommandKind::PermitPolls),
    ("take-answer accepted", CommandKind::TakeAnswer),
    ("take-answer unknown", CommandKind::TakeAnswer),
    ("take-answer refused", CommandKind::TakeAnswer),
    ("take-answer not-yet", CommandKind::TakeAnswer),
    ("observe pending", CommandKind::Observe),
    ("observe processing", CommandKind::Observe),
    ("observe held", CommandKind::Observe),
    ("observe taken", CommandKind::Observe),
    ("observe declined", CommandKind::Observe),
    ("observe cancelled", CommandKind::Observe),
    ("observe expired", CommandKind::Observe),
    ("observe failed", CommandKind::Observe),
    ("observe reversed", CommandKind::Observe),
    ("observe refund-seen", CommandKind::Observe),
    ("observe part-seen", CommandKind::Observe),
    ("observe rest-released", CommandKind::Observe),
    ("observe nothing", CommandKind::Observe),
    ("observe second", CommandKind::Observe),
    ("observe condition", CommandKind::Observe),
    ("observe condition-accepted", CommandKind::Observe),
    ("observe condition-declined", CommandKind::Observe),
    ("hear taken", CommandKind::Hear),
    ("hear declined", CommandKind::Hear),
    ("believe-hint", CommandKind::BelieveHint),
    ("wish-cancel", CommandKind::WishCancel),
    ("wish-money capture", CommandKind::WishMoney),
    ("wish-money last", CommandKind::WishMoney),
    ("wish-money refund", CommandKind::WishMoney),
    ("wish-answer accept", CommandKind::WishAnswer),
    ("wish-answer decline", CommandKind::WishAnswer),
    ("wish-answer elsewhere", CommandKind::WishAnswer),
    ("wish-withdrawal", CommandKind::WishWithdrawal),
    ("wish-release", CommandKind::WishRelease),
    ("abandon late", CommandKind::Abandon),
    ("abandon cancel-wished", CommandKind::Abandon),
    ("doubt", CommandKind::Doubt),
    ("escalate", CommandKind::Escalate),
    ("end-looking", CommandKind::EndLooking),
    ("resolve paid", CommandKind::Resolve),
    ("resolve not-paid", CommandKind::Resolve),
    ("resolve-operation done", CommandKind::ResolveOperation),
    ("resolve-operation undone", CommandKind::ResolveOperation),
    ("take-over", CommandKind::TakeOver),
];

/// The command that the words stand for, asked of this payment; none for other words.
#[must_use]
pub fn command(words: &str, payment: &Payment, now: &Moment) -> Option<Command> {
    let (verb, object) = words.split_once(' ').unwrap_or((words, ""));
    Some(match verb {
        "permit-start" => Command::PermitStart { request: request(), driver: driver(1) },
        "permit-operation" => {
            let known = view::all_operations(payment).last();
            let operation = known.map_or(operation_id(9), |known| known.id);
            Command::PermitOperation { operation, request: request(), driver: driver(1) }
        }
        "permit-polls" => Command::PermitPolls { driver: driver(1) },
        "take-answer" => {
            let operations = view::all_operations(payment).filter(|known| !known.sends.is_empty());
            let known = operations.last().unwrap_or(&payment.start);
            let number = u32::try_from(known.sends.len().max(1)).ok()?;
            Command::TakeAnswer { operation: known.id, number, answer: answer(object)? }
        }
        "observe" if object == "nothing" => {
            Command::Observe { source: Source::LookUp, sightings: Vec::new(), asked_at: *now }
        }
        "observe" => {
            let sightings = vec![sighting(object)?];
            Command::Observe { source: Source::Read, sightings, asked_at: *now }
        }
        "hear" => Command::Hear { sighting: sighting(object)? },
        "believe-hint" => Command::BelieveHint { charge: sighting("taken")?.charge },
        "wish-cancel" => Command::WishCancel { operation: operation_id(4) },
        "wish-money" => Command::WishMoney {
            kind: if object == "refund" { OperationKind::Refund } else { OperationKind::Capture },
            operation: operation_id(5),
            reference: Reference::parse("M-2").ok()?,
            amount: None,
            last: object == "last",
        },
        "wish-answer" => Command::WishAnswer {
            operation: fresh(payment)?,
            condition: if object == "elsewhere" { "condition-9" } else { CONDITION }.into(),
            accept: object != "decline",
        },
        "wish-withdrawal" => Command::WishWithdrawal {
            operation: fresh(payment)?,
            charge: ChargeId::parse("charge-2").ok()?,
        },
        "wish-release" => Command::WishRelease {
            operation: fresh(payment)?,
            charge: ChargeId::parse("charge-1").ok()?,
        },
        "abandon" if object == "late" => Command::Abandon { why: Abandonment::Late },
        "abandon" => Command::Abandon { why: Abandonment::CancelWished },
        "doubt" => Command::Doubt,
        "escalate" => Command::Escalate,
        "end-looking" => Command::EndLooking,
        "resolve" => {
            let word = if object == "paid" { Word::Paid } else { Word::NotPaid };
            Command::Resolve { word, reason: "the slip in the drawer".into() }
        }
        "resolve-operation" => Command::ResolveOperation {
            reference: Reference::parse("M-1").ok()?,
            took_effect: object == "done",
            reason: "the terminal's own list".into(),
        },
        "take-over" => Command::TakeOver { driver: driver(2) },
        _ => return None,
    })
}

/// An id that no operation of this payment has.
fn fresh(payment: &Payment) -> Option<OperationId> {
    let known = u8::try_from(payment.operations.len()).ok()?;
    Some(operation_id(known.checked_add(10)?))
}
