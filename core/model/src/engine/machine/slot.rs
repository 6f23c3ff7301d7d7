//! One payment in memory: its facts, what is under way for it, and what waits for that to end.

use std::collections::VecDeque;

use super::super::port::{Ticket, Token};
use crate::ids::{AccountName, ChargeId, OperationId};
use crate::payment::Payment;
use crate::payment::command::Command;
use crate::payment::decide::Effect;
use crate::payment::plan::Looks;
use crate::time::Moment;
use crate::wire::PollPermit;

/// One payment in memory.
#[derive(Debug)]
pub(super) struct Slot {
    /// The payment, as far as it is durable.
    pub(super) payment: Box<Payment>,
    /// What this process remembers about looking at it.
    pub(super) looks: Looks,
    /// What it waits for.
    pub(super) busy: Busy,
    /// The request on its way, if any; what it is for is kept beside its token.
    pub(super) flight: Option<Token>,
    /// Commands that came while it was busy.
    pub(super) inbox: VecDeque<Work>,
    /// The right to make reads that may pay.
    pub(super) poll_permit: Option<Box<PollPermit>>,
    /// Callers who watch it.
    pub(super) watchers: Vec<Ticket>,
    /// Others wrote to it while it was busy, so it has to be read once more.
    pub(super) stale: bool,
    /// How often the journal failed in a row.
    pub(super) failures: u32,
}

/// What a payment waits for. Closed.
#[derive(Debug)]
pub(super) enum Busy {
    /// Nothing.
    Idle,
    /// An append; what to do when it is durable, and what to decide again if it is not.
    Appending { effect: Option<Effect>, work: Box<Work> },
    /// Its own rereading, after which this is decided again.
    Reloading { work: Option<Box<Work>> },
    /// A pause after the journal failed, after which it is read again.
    Paused { work: Option<Box<Work>> },
}

/// A command, and whose.
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// What is asked of the payment; nothing where a caller only wants to watch.
    pub(super) command: Option<Command>,
    /// Who waits for what becomes of it.
    pub(super) caller: Option<Ticket>,
    /// At which account it arrived, where that has to be the payment's own.
    pub(super) account: Option<AccountName>,
    /// The payment was read once more for it, so a refusal stands.
    pub(super) is_reread: bool,
}

impl Work {
    /// A command of the engine's own.
    pub(super) const fn own(command: Command) -> Self {
        Self { command: Some(command), caller: None, account: None, is_reread: false }
    }

    /// A caller's command.
    pub(super) const fn of(ticket: Ticket, command: Command) -> Self {
        Self { command: Some(command), caller: Some(ticket), account: None, is_reread: false }
    }

    /// A caller who only watches.
    pub(super) const fn watch(ticket: Ticket) -> Self {
        Self { command: None, caller: Some(ticket), account: None, is_reread: false }
    }

    /// Whether it would allow a send; then it is thought about anew rather than tried again.
    pub(super) const fn is_permit(&self) -> bool {
        matches!(
            self.command,
            Some(
                Command::PermitStart { .. }
                    | Command::PermitOperation { .. }
                    | Command::PermitPolls { .. }
            )
        )
    }

    /// Whether a caller waits for it and the payment was not read anew for its sake.
    pub(super) const fn may_reread(&self) -> bool {
        self.caller.is_some() && !self.is_reread
    }

    /// Whether it is the only copy of something that the provider said.
    pub(super) const fn is_fact(&self) -> bool {
        matches!(self.command, Some(Command::TakeAnswer { .. } | Command::Observe { .. }))
    }
}

/// A request on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flight {
    /// What for.
    pub(super) what: Errand,
    /// When it was asked for.
    pub(super) asked_at: Moment,
}

/// What a request is for. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errand {
    /// A send of an operation.
    Operation {
        /// Which.
        operation: OperationId,
        /// Its how-manieth.
        number: u32,
    },
    /// A read of a charge.
    Read(ChargeId),
    /// A look-up by our reference.
    LookUp,
}

impl Slot {
    /// A payment that was just read or created; in a box, because half of the map's room is empty.
    pub(super) fn new(payment: Box<Payment>) -> Box<Self> {
        // Clocks that were set wrong may have ended the looking too early, so whoever reads such a
        // payment looks once.
        let looks = Looks { due_now: payment.looking_ended, ..Looks::default() };
        Box::new(Self {
            payment,
            looks,
            busy: Busy::Idle,
            flight: None,
            inbox: VecDeque::new(),
            poll_permit: None,
            watchers: Vec::new(),
            stale: false,
            failures: 0,
        })
    }

    /// Whether something that a provider said is on its way to it, or waits in it to become
    /// durable.
    pub(super) fn awaits_fact(&self) -> bool {
        self.flight.is_some() || self.keeps_fact()
    }

    /// Whether something that a provider said waits in it to become durable.
    pub(super) fn keeps_fact(&self) -> bool {
        let kept = match &self.busy {
            Busy::Idle => false,
            Busy::Appending { work, .. } => work.is_fact(),
            Busy::Reloading { work } | Busy::Paused { work } => {
                work.as_ref().is_some_and(|work| work.is_fact())
            }
        };
        kept || self.inbox.iter().any(Work::is_fact)
    }

    /// A caller stopped watching; when nobody is left, nothing is kept for them.
    pub(super) fn lose_watcher(&mut self, ticket: Ticket) {
        self.watchers.retain(|watcher| *watcher != ticket);
        if self.watchers.is_empty() {
            self.watchers = Vec::new();
        }
    }

    /// Everyone who waits for it: watching, or with a command that is not durable yet.
    pub(super) fn callers(&self) -> Vec<Ticket> {
        let busy = match &self.busy {
            Busy::Idle => None,
            Busy::Appending { work, .. } => Some(work),
            Busy::Reloading { work } | Busy::Paused { work } => work.as_ref(),
        };
        let commanding = busy.map(|work| &**work).into_iter().chain(&self.inbox);
        let commanding = commanding.filter_map(|work| work.caller);
        self.watchers.iter().copied().chain(commanding).collect()
    }

    /// Whether it waits for the store.
    pub(super) const fn is_busy(&self) -> bool {
        !matches!(self.busy, Busy::Idle)
    }
}
