//! A payment: the fold of its events, holding facts and deriving everything else.
//!
//! Facts only accumulate. What a screen shows ([`super::stage`]) and what a till reads
//! ([`super::view`]) are computed from them, so no order of arrival can paint over what is known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::charges::Charges;
use super::event::{Abandonment, Again, Answer, Fingerprint, Reason, Word};
use super::manners::Times;
use super::sighting::Sighting;
use crate::ids::{ChargeId, OperationId, PaymentId, ProcessId, Reference};
use crate::money::Money;
use crate::sale::Sale;
use crate::time::Moment;
use crate::wire::Request;

/// The process that drives a payment, and which of its leases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Driver {
    /// Which process.
    pub process: ProcessId,
    /// Which lease of the journal: each is given out once.
    pub epoch: u64,
}

/// The record of one sale, from before anything is sent until forever. What few open payments have
/// stands in a box: a shop's backend may hold a hundred thousand of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id, which travels to the provider.
    pub id: PaymentId,
    /// What was asked for.
    pub sale: Box<Sale>,
    /// When the till called.
    pub created_at: Moment,
    /// Its three times, counted from then.
    pub times: Times,
    /// What a repeat is compared with.
    pub fingerprint: Fingerprint,
    /// Which process drives it.
    pub driver: Driver,
    /// How many of its events are durable.
    pub sequence: u64,
    /// The start.
    pub start: Operation,
    /// The cancel, if one was wished.
    pub cancel: Option<Box<Operation>>,
    /// Captures and refunds, in the order of their wishes.
    pub operations: Vec<Operation>,
    /// What the provider holds for us; two that took money are an alarm.
    pub charges: Charges,
    /// The charge that answered our own start.
    pub own: Option<ChargeId>,
    /// What verified hints told and no read has confirmed.
    pub hints: BTreeMap<ChargeId, Sighting>,
    /// When the last of those was heard: looking goes on for a while after it.
    pub heard_at: Option<Box<Moment>>,
    /// Since when reads that may pay are allowed.
    pub polls_permitted: Option<Moment>,
    /// The start was given up and never ran.
    pub abandoned: Option<Abandonment>,
    /// Nothing was found when that is proof.
    pub absence_proven: bool,
    /// The caller was told *unknown*.
    pub doubted: Option<Moment>,
    /// A person was asked.
    pub escalated: bool,
    /// The journal had gone back in time, and what it then lacked may have happened all the same.
    pub history_lost: Option<Box<Loss>>,
    /// Scheduled looking ended.
    pub looking_ended: bool,
    /// When it first became settled; a repeat is replayed for a while after.
    pub settled_at: Option<Box<Moment>>,
    /// A person's last word.
    pub word: Option<Word>,
    /// People contradicted one another.
    pub words_differ: bool,
    /// Earlier payments whose screen the cashier looked at for this one.
    pub screen_clear: Vec<PaymentId>,
}

/// What a journal that had gone back in time leaves to be found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// When a person acknowledged it; whatever the lost part allowed had been permitted by then.
    pub at: Moment,
    /// Charges that were approved by then, and that no look has shown since the last send of the
    /// lost part has arrived: they may have been captured, given back or undone.
    pub unseen: Vec<ChargeId>,
}

/// Which operation. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// Starts the sale.
    Start,
    /// Takes what was approved.
    Capture,
    /// Gives it back.
    Refund,
    /// Cancels, voids or releases: the provider's way.
    Cancel,
    /// Accepts or declines a condition of the provider's.
    Answer,
    /// Cancels a charge beside the one that is kept.
    Withdraw,
    /// Lets go of what is held beyond what was captured, and leaves that.
    Release,
}

/// One thing that may start a prompt or move money, with its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its random id: the provider's key, where it takes one.
    pub id: OperationId,
    /// Which kind.
    pub kind: OperationKind,
    /// The till's own name for it; captures and refunds have one.
    pub reference: Option<Reference>,
    /// How much; captures and refunds say so.
    pub amount: Option<Money>,
    /// The charge that it is for, chosen as it was wished; a cancel is for whichever is kept.
    pub charge: Option<ChargeId>,
    /// The capture that a refund is of, where there are several.
    pub capture: Option<Box<OperationId>>,
    /// A capture after which nothing more is taken: what it leaves is let go of.
    pub last: bool,
    /// What was seen captured of its charge before this capture was wished.
    pub captured_before_minor: i64,
    /// Which condition it answers, and how.
    pub answer: Option<Box<ConditionAnswer>>,
    /// When it was wished.
    pub wished_at: Moment,
    /// Exactly what was first sent, kept while a replay may have to repeat it.
    pub request: Option<Box<Request>>,
    /// Each permitted send and what came of it.
    pub sends: Vec<Send>,
    /// Until when it may have been sent without a permit here to tell of it: in a part of the
    /// journal that is lost, or under an earlier wish for the same.
    pub untold_until: Option<Box<Moment>>,
    /// A person's word on whether it took effect.
    pub word: Option<bool>,
    /// A read showed whether it took effect.
    pub seen: Option<bool>,
}

/// A till's answer to a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionAnswer {
    /// The provider's id of the condition.
    pub condition: Box<str>,
    /// Whether the till accepts it.
    pub accept: bool,
}

/// One permitted send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// When it was permitted.
    pub at: Moment,
    /// By which process.
    pub driver: Driver,
    /// What came of it, and when; none while that is not known.
    pub answer: Option<(Answered, Moment)>,
}

/// What a send came to, without the charges that it showed. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The provider took it.
    Accepted,
    /// It did not run.
    NotExecuted {
        /// Whether trying again can help.
        again: Again,
        /// The words for it.
        reason: Box<Reason>,
    },
    /// It may have run.
    Unknown {
        /// Whether the provider still knows the key.
        replayable: bool,
        /// What was seen.
        reason: Box<Reason>,
    },
}

impl Answered {
    /// The part of an answer that its operation keeps.
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Accepted { .. } => Self::Accepted,
            Answer::NotExecuted { again, reason } => {
                Self::NotExecuted { again: *again, reason: Box::new(reason.clone()) }
            }
            Answer::Unknown { replayable, reason } => {
                Self::Unknown { replayable: *replayable, reason: Box::new(reason.clone()) }
            }
        }
    }
}
