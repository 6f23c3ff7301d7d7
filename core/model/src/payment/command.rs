//! What may be asked of a payment: by a caller, by a provider's answer, by time, by another
//! process.

use serde::Serialize;

use super::event::{Abandonment, Answer, Source, Word};
use super::sighting::Sighting;
use super::state::{Driver, OperationKind};
use crate::ids::{ChargeId, OperationId, Reference};
use crate::money::Money;
use crate::time::Moment;
use crate::wire::Request;

/// One thing that is asked. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Allow a send of the start; `request` is used for a first send, a replay repeats the recorded
    /// one.
    PermitStart {
        /// What would be sent.
        request: Request,
        /// By whom.
        driver: Driver,
    },
    /// Allow a send of a capture, refund or cancel.
    PermitOperation {
        /// Which.
        operation: OperationId,
        /// What would be sent.
        request: Request,
        /// By whom.
        driver: Driver,
    },
    /// Allow the reads of a sale where a read may pay.
    PermitPolls {
        /// By whom.
        driver: Driver,
    },
    /// Take in what a permitted send came to.
    TakeAnswer {
        /// Of which operation.
        operation: OperationId,
        /// Of which of its sends.
        number: u32,
        /// What.
        answer: Answer,
    },
    /// Take in what a read or a look-up showed.
    Observe {
        /// Which of the two.
        source: Source,
        /// What it showed.
        sightings: Vec<Sighting>,
        /// When it was asked.
        asked_at: Moment,
    },
    /// Take in a verified hint.
    Hear {
        /// What it told.
        sighting: Sighting,
    },
    /// Believe a hint alone.
    BelieveHint {
        /// Of which charge.
        charge: ChargeId,
    },
    /// Record a wish to cancel.
    WishCancel {
        /// The id of the operation that will try.
        operation: OperationId,
    },
    /// Record a wish to capture or refund.
    WishMoney {
        /// Which of the two.
        kind: OperationKind,
        /// The operation's id.
        operation: OperationId,
        /// The till's own name for it.
        reference: Reference,
        /// How much; all that is left unless said.
        amount: Option<Money>,
        /// Whether it is the last capture, so that what it leaves is let go of.
        last: bool,
    },
    /// Record a till's answer to a condition.
    WishAnswer {
        /// The operation's id.
        operation: OperationId,
        /// The provider's id of the condition.
        condition: Box<str>,
        /// Whether the till accepts it.
        accept: bool,
    },
    /// Record that a charge beside the one that is kept is withdrawn.
    WishWithdrawal {
        /// The operation's id.
        operation: OperationId,
        /// Which charge.
        charge: ChargeId,
    },
    /// Record that what the last capture left is let go of.
    WishRelease {
        /// The operation's id.
        operation: OperationId,
        /// Of which charge.
        charge: ChargeId,
    },
    /// Give the start up.
    Abandon {
        /// Why.
        why: Abandonment,
    },
    /// Tell the caller *unknown*.
    Doubt,
    /// Ask a person.
    Escalate,
    /// Stop looking on a schedule.
    EndLooking,
    /// Record a person's word.
    Resolve {
        /// What they say.
        word: Word,
        /// Why.
        reason: Box<str>,
    },
    /// Record a person's word on a capture or refund.
    ResolveOperation {
        /// Which, by its reference.
        reference: Reference,
        /// Whether it took effect.
        took_effect: bool,
        /// Why they say so.
        reason: Box<str>,
    },
    /// Drive it from here on.
    TakeOver {
        /// Who.
        driver: Driver,
    },
}

/// The kinds of commands, for the table of all pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandKind {
    /// See [`Command::PermitStart`].
    PermitStart,
    /// See [`Command::PermitOperation`].
    PermitOperation,
    /// See [`Command::PermitPolls`].
    PermitPolls,
    /// See [`Command::TakeAnswer`].
    TakeAnswer,
    /// See [`Command::Observe`].
    Observe,
    /// See [`Command::Hear`].
    Hear,
    /// See [`Command::BelieveHint`].
    BelieveHint,
    /// See [`Command::WishCancel`].
    WishCancel,
    /// See [`Command::WishMoney`].
    WishMoney,
    /// See [`Command::WishAnswer`].
    WishAnswer,
    /// See [`Command::WishWithdrawal`].
    WishWithdrawal,
    /// See [`Command::WishRelease`].
    WishRelease,
    /// See [`Command::Abandon`].
    Abandon,
    /// See [`Command::Doubt`].
    Doubt,
    /// See [`Command::Escalate`].
    Escalate,
    /// See [`Command::EndLooking`].
    EndLooking,
    /// See [`Command::Resolve`].
    Resolve,
    /// See [`Command::ResolveOperation`].
    ResolveOperation,
    /// See [`Command::TakeOver`].
    TakeOver,
}

impl CommandKind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::PermitStart,
        Self::PermitOperation,
        Self::PermitPolls,
        Self::TakeAnswer,
        Self::Observe,
        Self::Hear,
        Self::BelieveHint,
        Self::WishCancel,
        Self::WishMoney,
        Self::WishAnswer,
        Self::WishWithdrawal,
        Self::WishRelease,
        Self::Abandon,
        Self::Doubt,
        Self::Escalate,
        Self::EndLooking,
        Self::Resolve,
        Self::ResolveOperation,
        Self::TakeOver,
    ];
}

impl Command {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::PermitStart { .. } => CommandKind::PermitStart,
            Self::PermitOperation { .. } => CommandKind::PermitOperation,
            Self::PermitPolls { .. } => CommandKind::PermitPolls,
            Self::TakeAnswer { .. } => CommandKind::TakeAnswer,
            Self::Observe { .. } => CommandKind::Observe,
            Self::Hear { .. } => CommandKind::Hear,
            Self::BelieveHint { .. } => CommandKind::BelieveHint,
            Self::WishCancel { .. } => CommandKind::WishCancel,
            Self::WishMoney { .. } => CommandKind::WishMoney,
            Self::WishAnswer { .. } => CommandKind::WishAnswer,
            Self::WishWithdrawal { .. } => CommandKind::WishWithdrawal,
            Self::WishRelease { .. } => CommandKind::WishRelease,
            Self::Abandon { .. } => CommandKind::Abandon,
            Self::Doubt => CommandKind::Doubt,
            Self::Escalate => CommandKind::Escalate,
            Self::EndLooking => CommandKind::EndLooking,
            Self::Resolve { .. } => CommandKind::Resolve,
            Self::ResolveOperation { .. } => CommandKind::ResolveOperation,
            Self::TakeOver { .. } => CommandKind::TakeOver,
        }
    }
}
