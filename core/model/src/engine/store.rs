//! What the engine asks of a journal, and what a journal may answer.
//!
//! A [`Store`] keeps payments' events and a small row for each, and judges every [`Append`] against
//! what it holds at that instant: sequence, identity, terminal, lease. Found, absent and failed are
//! three answers everywhere. The contract is the same for a file, a server and the simulated disk,
//! and the conformance suite beside it is its test.

use serde::{Deserialize, Serialize};

use super::budget::{Draw, Drawn};
pub use crate::identity::{IdentityKey, TerminalKey};
use crate::ids::{ChargeId, PaymentId};
use crate::payment::event::Event;
use crate::payment::{Driver, Payment};
use crate::time::Moment;
use crate::wire::{Permit, PollPermit, Window};

/// What a journal keeps beside a payment's events, so that it can be found without reading them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its identity; unique in the journal.
    pub identity: IdentityKey,
    /// The account's name.
    pub account: Box<str>,
    /// The terminal that it holds; one payment at a time holds a terminal.
    pub holds: Option<TerminalKey>,
    /// Whether anything is left to do or to find out.
    pub unsettled: bool,
    /// Who drives it.
    pub driver: Driver,
    /// The provider's ids of its charges.
    pub charges: Vec<ChargeId>,
    /// What a till reads, for lists.
    pub outcome: Box<str>,
    /// When the till called, by the wall clock.
    pub created_wall_ms: i64,
}

/// What to append, and on which conditions. All of it becomes durable, or none.
#[derive(Debug, PartialEq, Eq)]
pub struct Append {
    /// Which payment.
    pub payment: PaymentId,
    /// How many events it must have; 0 for a new one.
    pub expected: u64,
    /// What has happened.
    pub events: Vec<Event>,
    /// Its row afterwards.
    pub row: Row,
    /// Earlier payments that give up their hold on this terminal, because the cashier has looked.
    pub releases: Vec<PaymentId>,
    /// The lease without which this may not be written; permits need one, facts and wishes do not.
    pub fence: Option<Driver>,
    /// When the engine asked.
    pub at: Moment,
    /// The send that becomes allowed, if any.
    pub(crate) permit: Option<PermitDraft>,
}

/// What a permit will allow, once its append is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PermitDraft {
    /// One send.
    Send {
        /// Of which operation.
        operation: crate::ids::OperationId,
        /// Which of its sends.
        number: u32,
        /// Until when.
        window: Window,
    },
    /// The polls of one sale.
    Polls {
        /// Until when.
        window: Window,
    },
}

impl Append {
    /// Called by a journal, after the append is durable and never before: the only source of
    /// permits.
    #[must_use]
    pub fn recorded(self) -> Recorded {
        let Self { payment, expected, events, permit, .. } = self;
        let (mut send, mut polls) = (None, None);
        match permit {
            Some(PermitDraft::Send { operation, number, window }) => {
                send = Some(Permit::new(payment, operation, number, window));
            }
            Some(PermitDraft::Polls { window }) => polls = Some(PollPermit::new(payment, window)),
            None => {}
        }
        let added = u64::try_from(events.len()).unwrap_or(u64::MAX);
        Recorded { payment, sequence: expected.saturating_add(added), events, send, polls }
    }
}

/// Proof that an append is durable.
#[derive(Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Which payment.
    pub payment: PaymentId,
    /// How many events it has now.
    pub sequence: u64,
    /// What was appended.
    pub events: Vec<Event>,
    /// The send that it allows.
    pub send: Option<Permit>,
    /// The polls that it allows.
    pub polls: Option<PollPermit>,
}

/// Why an append was not made. Nothing of it is durable, except after [`Refusal::Failed`], when
/// that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The payment has another number of events: someone else wrote first.
    Moved {
        /// How many it has.
        sequence: u64,
    },
    /// Another payment has this identity.
    IdentityTaken {
        /// Which one.
        by: PaymentId,
    },
    /// Another payment holds the terminal.
    TerminalTaken {
        /// Which one.
        by: PaymentId,
    },
    /// The lease is over, or the payment has another driver.
    Fenced,
    /// The journal is in restored mode: it starts nothing.
    Restored,
    /// The journal could not do it: full, read-only, broken. It may or may not be durable.
    Failed(Failure),
}

/// What went wrong with a journal. Each is one error of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which kind.
    pub kind: FailureKind,
    /// What the store said, without secrets.
    pub detail: String,
}

/// Which kind of failure. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureKind {
    /// No room left.
    Full,
    /// The file or its directory cannot be written.
    ReadOnly,
    /// A record, a page or the chain does not add up.
    Corrupt,
    /// A record was written by a newer version.
    Newer,
    /// The mark is there and the journal is not.
    Missing,
    /// Someone holds it, or held it too long.
    Locked,
    /// Used after a fork.
    Forked,
    /// Anything else that the disk or the server said.
    Other,
}

/// A payment as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// With its events.
    Live(Box<Payment>),
    /// Pruned: identity, ids and final amounts remain.
    Tombstone(Box<Tombstone>),
}

/// What is kept of a pruned payment, forever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Its id.
    pub id: PaymentId,
    /// Its row, with identity and charges.
    pub row: Row,
    /// What a repeat is compared with.
    pub sale: crate::sale::Sale,
    /// Its summary when it was pruned, as JSON of the boundary's view.
    pub summary: Box<str>,
}

/// Found, absent and failed are three answers; failed is the error.
pub type Look<T> = Result<Option<T>, Failure>;

/// Everything that a new sale is judged against, read in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// All attempts under the same account, day and reference, by attempt.
    pub attempts: Vec<Stored>,
    /// Whoever holds the terminal.
    pub holders: Vec<Payment>,
}

/// A journal, as the engine needs one. Calls block; the shell keeps them off its own thread.
pub trait Store {
    /// Judges and makes each append, all that are good in one durable step; answers in order.
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>>;

    /// One payment.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn payment(&mut self, id: PaymentId) -> Look<Stored>;

    /// What a new sale is judged against.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn surroundings(
        &mut self,
        identity: &IdentityKey,
        terminal: Option<&TerminalKey>,
    ) -> Result<Surroundings, Failure>;

    /// The payment of an account that has this charge.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn by_charge(&mut self, account: &str, charge: &ChargeId) -> Look<PaymentId>;

    /// The unsettled payments of an account.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn unsettled(&mut self, account: &str) -> Result<Vec<PaymentId>, Failure>;

    /// Gives out a lease with an epoch of its own.
    ///
    /// # Errors
    /// When the journal cannot record it.
    fn lease(&mut self, process: crate::ids::ProcessId, now: &Moment) -> Result<Driver, Failure>;

    /// Prolongs a lease that has not lapsed; false when it has, and a new one is needed.
    ///
    /// # Errors
    /// When the journal cannot record it.
    fn heartbeat(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure>;

    /// Ends a lease at once, so that others need not wait for it to lapse.
    ///
    /// # Errors
    /// When the journal cannot record it.
    fn release(&mut self, driver: Driver) -> Result<(), Failure>;

    /// Whether that driver's lease is over for certain, so that its payments may be taken over.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure>;

    /// Takes tokens out of a budget, as [`super::budget::draw`] gives them, of which every process
    /// with a living lease may want some. What was given is gone, however the process ends.
    ///
    /// # Errors
    /// When the journal cannot record it: then nothing was given.
    fn draw(&mut self, draw: &Draw, now: &Moment) -> Result<Drawn, Failure>;

    /// Payments that changed after this point of the journal, by anyone, and the new point.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure>;
}
