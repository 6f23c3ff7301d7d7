//! Callers who come and go: each waits for one answer about one payment, and for no longer than it
//! likes. Dropping one changes nothing else.

use super::schedule::Timer;
use super::slot::Work;
use super::{Engine, PATIENCE_MS};
use crate::engine::port::{CancelTruth, Reply, Ticket};
use crate::error::{Code, Error};
use crate::ids::{PaymentId, Reference};
use crate::payment::manners::Manners;
use crate::payment::stage::{Stage, never_ran, stage};
use crate::payment::state::{Operation, Payment};
use crate::payment::view::{self, Outcome, Progress};
use crate::time::Moment;

/// What a caller waits for.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Which payment.
    pub(super) payment: PaymentId,
    /// What about it.
    pub(super) question: Question,
    /// Whether what was asked is durable; only then is there anything to tell.
    pub(super) recorded: bool,
    /// The payment existed before the call.
    pub(super) replayed: bool,
}

/// What about a payment. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// The provider's first answer.
    FirstAnswer,
    /// An outcome that is not open.
    Outcome,
    /// What becomes of a wish to cancel.
    Cancel,
    /// What becomes of a capture or refund.
    Money(Reference),
    /// What becomes of the answer to a condition.
    Answer(Box<str>),
    /// Only that it is durable.
    Recorded,
    /// Only that a hint is durable.
    Hint,
}

impl Engine {
    /// Notes a caller; `patience_ms` later it is told what is known by then.
    pub(super) fn wait(
        &mut self,
        ticket: Ticket,
        waiting: Waiting,
        patience_ms: Option<u64>,
        now: &Moment,
    ) {
        self.tickets.insert(ticket, waiting);
        if let Some(ms) = patience_ms {
            self.schedule.set(Timer::Ticket(ticket), now.boot_ms.saturating_add(ms));
        }
    }

    /// The usual patience of a question.
    pub(super) const fn patience(question: &Question) -> Option<u64> {
        match question {
            Question::FirstAnswer
            | Question::Cancel
            | Question::Money(_)
            | Question::Answer(_)
            | Question::Recorded
            | Question::Hint => Some(PATIENCE_MS),
            Question::Outcome => None,
        }
    }

    pub(super) fn left(&mut self, ticket: Ticket) {
        if let Some(waiting) = self.forget(ticket)
            && let Some(slot) = self.slots.get_mut(&waiting.payment)
        {
            slot.lose_watcher(ticket);
        }
        self.early.retain(|(waiting, ..)| *waiting != ticket);
    }

    /// What a command asked for is durable, or there was nothing to write: its caller watches from
    /// here.
    pub(super) fn recorded_for(&mut self, work: &Work, now: &Moment) {
        let Some(ticket) = work.caller else { return };
        let Some(waiting) = self.tickets.get_mut(&ticket) else { return };
        waiting.recorded = true;
        let id = waiting.payment;
        if let Some(slot) = self.slots.get_mut(&id)
            && !slot.watchers.contains(&ticket)
        {
            slot.watchers.push(ticket);
        }
        self.notify(id, now);
    }

    /// Answers every caller whose question has its answer.
    pub(super) fn notify(&mut self, id: PaymentId, now: &Moment) {
        let Some(slot) = self.slots.get(&id) else { return };
        for ticket in slot.watchers.clone() {
            if self.is_answered(ticket) {
                self.reply(ticket, now);
            }
        }
    }

    fn is_answered(&self, ticket: Ticket) -> bool {
        let Some(waiting) = self.tickets.get(&ticket) else { return false };
        let Some(slot) = self.slots.get(&waiting.payment) else { return false };
        let payment = &slot.payment;
        waiting.recorded
            && match &waiting.question {
                Question::FirstAnswer => has_first_answer(payment),
                Question::Outcome => view::outcome(payment) != Outcome::Open,
                Question::Cancel => self.cancel_is_told(payment),
                Question::Money(reference) => is_told(payment, reference),
                Question::Answer(condition) => is_answer_told(payment, condition),
                Question::Recorded | Question::Hint => true,
            }
    }

    /// A caller's patience is over: it is told what is known.
    pub(super) fn patience_ended(&mut self, ticket: Ticket, now: &Moment) {
        let Some(waiting) = self.tickets.get(&ticket) else { return };
        let only_watches = match waiting.question {
            Question::FirstAnswer | Question::Outcome => true,
            Question::Cancel
            | Question::Money(_)
            | Question::Answer(_)
            | Question::Recorded
            | Question::Hint => false,
        };
        // What was asked for and is not durable yet may still be lost: that is no answer.
        let tellable = waiting.recorded || only_watches;
        if tellable && self.slots.contains_key(&waiting.payment) {
            self.reply(ticket, now);
        } else {
            let error = Error::new(Code::JournalFailed).payment(waiting.payment);
            self.fail_ticket(ticket, error);
        }
    }

    fn reply(&mut self, ticket: Ticket, now: &Moment) {
        let Some(waiting) = self.forget(ticket) else { return };
        let Some(slot) = self.slots.get_mut(&waiting.payment) else { return };
        slot.lose_watcher(ticket);
        let payment = slot.payment.clone();
        let replayed = waiting.replayed;
        let reply = match waiting.question {
            Question::Cancel => Reply::Cancel { truth: self.cancel_truth(&payment), payment },
            Question::Hint => Reply::HintTaken,
            Question::FirstAnswer
            | Question::Outcome
            | Question::Money(_)
            | Question::Answer(_)
            | Question::Recorded => Reply::Payment { payment, replayed },
        };
        self.answer(ticket, Ok(reply));
        // Whatever was kept in memory for this caller alone may go.
        self.schedule.set(Timer::Payment(waiting.payment), now.boot_ms);
    }

    pub(super) fn fail_ticket(&mut self, ticket: Ticket, error: Error) {
        if let Some(waiting) = self.forget(ticket) {
            if let Some(slot) = self.slots.get_mut(&waiting.payment) {
                slot.lose_watcher(ticket);
            }
            self.refuse(ticket, error);
        }
    }

    /// Tells everyone who waits for this payment that they wait in vain.
    pub(super) fn fail_all(&mut self, payment: PaymentId, error: &Error) {
        let waiting = self.slots.get(&payment).map(|slot| slot.callers()).unwrap_or_default();
        for ticket in waiting {
            self.fail_ticket(ticket, error.clone());
        }
    }

    fn forget(&mut self, ticket: Ticket) -> Option<Waiting> {
        self.schedule.clear(Timer::Ticket(ticket));
        self.tickets.remove(&ticket)
    }

    fn cancel_is_told(&self, payment: &Payment) -> bool {
        match self.cancel_truth(payment) {
            CancelTruth::Unknown => false,
            CancelTruth::Cancelled
            | CancelTruth::AlreadyPaid
            | CancelTruth::AlreadyNotPaid
            | CancelTruth::NotSupported => true,
            // The customer may yet walk away: tell it only when patience ends or the cancel is
            // refused.
            CancelTruth::TooLate => {
                payment.cancel.as_ref().is_some_and(|it| view::progress(it) == Progress::Refused)
            }
        }
    }

    /// The one truth about a wish to cancel, as far as it is known.
    fn cancel_truth(&self, payment: &Payment) -> CancelTruth {
        let adapter = self.adapter_of(&payment.sale.account.name);
        let manners = adapter.as_ref().map_or(&Manners::UNKNOWN, |adapter| adapter.manners());
        match view::outcome(payment) {
            Outcome::NotPaid if stage(payment) == Stage::Cancelled => CancelTruth::Cancelled,
            Outcome::NotPaid => CancelTruth::AlreadyNotPaid,
            Outcome::Paid | Outcome::PartPaid | Outcome::Returned => CancelTruth::AlreadyPaid,
            Outcome::Open | Outcome::Unknown | Outcome::Held if manners.cancel.is_none() => {
                // As long as nothing has run, the wish alone is enough everywhere.
                if never_ran(&payment.start) && payment.charges.is_empty() {
                    CancelTruth::Unknown
                } else {
                    CancelTruth::NotSupported
                }
            }
            Outcome::Held => {
                let progress = payment.cancel.as_deref().map(view::progress);
                let releases = adapter.is_none_or(|adapter| adapter.capabilities().release);
                match progress {
                    Some(Progress::Refused) if releases => CancelTruth::AlreadyPaid,
                    Some(Progress::Refused) => CancelTruth::NotSupported,
                    _ => CancelTruth::Unknown,
                }
            }
            Outcome::Open | Outcome::Unknown if stage(payment) == Stage::Processing => {
                CancelTruth::TooLate
            }
            Outcome::Open | Outcome::Unknown => CancelTruth::Unknown,
        }
    }
}

fn has_first_answer(payment: &Payment) -> bool {
    let answered = payment.start.sends.iter().any(|send| send.answer.is_some());
    let untold = payment.start.untold_until.is_some();
    answered || untold || !payment.charges.is_empty() || view::outcome(payment) != Outcome::Open
}

/// Whether there is anything to tell of a capture or refund: it was taken, refused, or asked once
/// and answered unclearly.
fn is_told(payment: &Payment, reference: &Reference) -> bool {
    let known = |known: &&Operation| known.reference.as_ref() == Some(reference);
    payment.operations.iter().find(known).is_some_and(has_word)
}

/// The same of the last answer to a condition, or that it is of no use any more.
fn is_answer_told(payment: &Payment, condition: &str) -> bool {
    let about = |operation: &&Operation| {
        operation.answer.as_ref().is_some_and(|answer| *answer.condition == *condition)
    };
    let last = payment.operations.iter().rev().find(about);
    last.is_none_or(|answer| has_word(answer) || !view::is_under_way(payment, answer))
}

fn has_word(operation: &Operation) -> bool {
    match view::progress(operation) {
        Progress::Wished => false,
        Progress::Unresolved => operation.sends.last().is_none_or(|send| send.answer.is_some()),
        Progress::Accepted | Progress::Done | Progress::Refused => true,
    }
}
