//! What has happened to a payment, past tense, as stored.
//!
//! Closed on purpose: an event that this version cannot read stops its payment and is reported, so
//! forward compatibility is refused rather than guessed. Field names are part of the journal's
//! format; `tests/journals/` holds bytes of every version.

use serde::{Deserialize, Serialize};

use super::manners::Times;
use super::sighting::Sighting;
use super::{Driver, OperationKind};
pub use crate::identity::Fingerprint;
use crate::ids::{ChargeId, OperationId, PaymentId, Reference};
use crate::money::Money;
use crate::sale::Sale;
use crate::time::Moment;
use crate::wire::Request;

/// One thing that has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// A sale was recorded; nothing was sent.
    Created {
        /// The payment's id.
        id: PaymentId,
        /// What was asked for.
        sale: Box<Sale>,
        /// When the till called.
        at: Moment,
        /// Its three times, counted from `at`.
        times: Times,
        /// SHA-256 of every field that shapes the charge.
        fingerprint: Fingerprint,
        /// The start operation's id.
        start: OperationId,
        /// Which process drives it.
        driver: Driver,
        /// Earlier payments whose screen the cashier has looked at.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        screen_clear: Vec<PaymentId>,
    },
    /// One send of one operation was allowed.
    Permitted {
        /// Which operation.
        operation: OperationId,
        /// When.
        at: Moment,
        /// By which process.
        driver: Driver,
        /// Exactly what may be sent; a replay says nothing and repeats the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<Box<Request>>,
    },
    /// The send that permit `number` allowed came to this.
    Answered {
        /// Which operation.
        operation: OperationId,
        /// Which of its permits, from 1.
        number: u32,
        /// What came of it.
        answer: Answer,
        /// When.
        at: Moment,
    },
    /// Reads that may pay were allowed, until `start_by` or a cancel wish.
    PollsPermitted {
        /// When.
        at: Moment,
        /// By which process.
        driver: Driver,
    },
    /// The provider showed us a charge.
    Observed {
        /// How we came to see it.
        source: Source,
        /// What it looked like.
        sighting: Box<Sighting>,
        /// When.
        at: Moment,
    },
    /// A verified notification told of a charge; a read has to confirm it.
    Hinted {
        /// What it told.
        sighting: Box<Sighting>,
        /// When.
        at: Moment,
    },
    /// Someone asked to cancel.
    CancelWished {
        /// When.
        at: Moment,
        /// The operation that will try, where the provider can.
        operation: OperationId,
        /// Whether captures that are on their way are the last, so that what they leave is let go
        /// of.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        rest: bool,
    },
    /// Someone asked to capture or refund.
    OperationWished {
        /// Which of the two.
        kind: OperationKind,
        /// The operation's id.
        operation: OperationId,
        /// The till's own name for it.
        reference: Reference,
        /// How much.
        amount: Money,
        /// Of which charge.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<ChargeId>,
        /// Of which capture a refund is, where there are several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capture: Option<OperationId>,
        /// Whether it is the last capture, so that what it leaves is let go of.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        last: bool,
        /// When.
        at: Moment,
    },
    /// The till answered a condition of the provider's.
    AnswerWished {
        /// The operation's id.
        operation: OperationId,
        /// The charge that the condition is of.
        charge: ChargeId,
        /// The provider's id of the condition.
        condition: Box<str>,
        /// Whether the till accepts it.
        accept: bool,
        /// When.
        at: Moment,
    },
    /// A charge beside the one that is kept still waits for money: it is withdrawn unasked.
    WithdrawalWished {
        /// The operation's id.
        operation: OperationId,
        /// Which charge.
        charge: ChargeId,
        /// When.
        at: Moment,
    },
    /// Nothing more is captured: what is still held is let go of, and what was captured stays.
    ReleaseWished {
        /// The operation's id.
        operation: OperationId,
        /// Of which charge.
        charge: ChargeId,
        /// When.
        at: Moment,
    },
    /// The start was given up, and it is certain that it never ran.
    Abandoned {
        /// Why.
        why: Abandonment,
        /// When.
        at: Moment,
    },
    /// `settle_by` passed without a fact: the caller is told *unknown*.
    Doubted {
        /// When.
        at: Moment,
    },
    /// Nothing was found by our reference when that is proof.
    AbsenceProven {
        /// When.
        at: Moment,
    },
    /// Doubt lasted: a person is asked, and looking goes on.
    Escalated {
        /// When.
        at: Moment,
    },
    /// A person gave their word.
    Resolved {
        /// What they said.
        word: Word,
        /// Why they say so.
        reason: Box<str>,
        /// When.
        at: Moment,
    },
    /// A person gave their word on a capture or refund whose fate is not known.
    OperationResolved {
        /// Which operation.
        operation: OperationId,
        /// Whether it took effect.
        took_effect: bool,
        /// Why they say so.
        reason: Box<str>,
        /// When.
        at: Moment,
    },
    /// Another process drives the payment from here on.
    TakenOver {
        /// Which one.
        driver: Driver,
        /// When.
        at: Moment,
    },
    /// The journal had gone back in time and a person acknowledged it: what it does not show of
    /// this payment may have happened all the same.
    HistoryLost {
        /// When.
        at: Moment,
    },
    /// Scheduled looking ended; hints and people still count.
    LookingEnded {
        /// When.
        at: Moment,
    },
}

impl Event {
    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> &Moment {
        match self {
            Self::Created { at, .. }
            | Self::Permitted { at, .. }
            | Self::Answered { at, .. }
            | Self::PollsPermitted { at, .. }
            | Self::Observed { at, .. }
            | Self::Hinted { at, .. }
            | Self::CancelWished { at, .. }
            | Self::OperationWished { at, .. }
            | Self::AnswerWished { at, .. }
            | Self::WithdrawalWished { at, .. }
            | Self::ReleaseWished { at, .. }
            | Self::Abandoned { at, .. }
            | Self::Doubted { at }
            | Self::AbsenceProven { at }
            | Self::Escalated { at }
            | Self::Resolved { at, .. }
            | Self::OperationResolved { at, .. }
            | Self::TakenOver { at, .. }
            | Self::HistoryLost { at }
            | Self::LookingEnded { at } => at,
        }
    }
}

/// What a send came to, as the adapter reads it. Closed: there is no fourth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// The provider took it, and showed these charges of ours.
    Accepted {
        /// What it showed; for a start at least one.
        sightings: Vec<Sighting>,
    },
    /// Proof that it did not run: no byte left, or a refusal that the adapter lists.
    NotExecuted {
        /// Whether trying again can help.
        again: Again,
        /// The words for it.
        reason: Reason,
    },
    /// It may have run.
    Unknown {
        /// Whether the provider still knows the key, as far as this answer tells.
        replayable: bool,
        /// What was seen.
        reason: Reason,
    },
}

/// Whether an operation that did not run may be tried again. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "kebab-case")]
pub enum Again {
    /// It would be refused again.
    Never,
    /// After so long at the earliest.
    After {
        /// The wait.
        ms: u64,
    },
}

/// Why something is as it is, in the provider's own words where there are any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Reason {
    /// A short machine-readable code: the provider's, or ours in kebab-case.
    pub code: Box<str>,
    /// The provider's sentence, cut to a bounded length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<str>>,
    /// The provider's own id of the exchange, for a support ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Box<str>>,
}

impl Reason {
    /// A reason that is only a code.
    #[must_use]
    pub fn code(code: &str) -> Self {
        Self { code: code.into(), detail: None, trace: None }
    }
}

/// How a charge came to be seen. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A read of the charge.
    Read,
    /// A list, searched by our reference.
    LookUp,
    /// A verified hint, believed because the read could not be had.
    Hint,
}

/// Why a start was given up before it ran. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Abandonment {
    /// `start_by` passed first.
    Late,
    /// A cancel was wished first.
    CancelWished,
}

/// A person's word on a payment. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// The customer paid.
    Paid,
    /// The customer did not pay.
    NotPaid,
}
