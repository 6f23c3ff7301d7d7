//! Commands become events, events become durable, and only then do their effects happen.

use super::slot::{Busy, Errand, Flight, Slot, Work};
use super::{Engine, Purpose, parts};
use crate::engine::errors;
use crate::engine::port::{Ask, Output};
use crate::engine::row::row;
use crate::engine::schedule_retry_ms;
use crate::engine::store::{Append, Failure, FailureKind, PermitDraft, Recorded, Refusal, Stored};
use crate::error::{Code, Error};
use crate::ids::{AccountName, OperationId, PaymentId};
use crate::payment::command::Command;
use crate::payment::decide::{Decision, Effect, decide, tells_nothing};
use crate::payment::event::Event;
use crate::payment::manners::Manners;
use crate::payment::{Payment, apply, view};
use crate::time::{Moment, SECOND_MS};
#[cfg(mutant = "send_before_record")]
use crate::wire::{Clearance, Permit};
use crate::wire::{Sending, Window};

use super::schedule::Timer;

impl Engine {
    /// Decides a command, or queues it while the payment is busy. Tells whether an append is under
    /// way for it now.
    pub(super) fn submit(&mut self, id: PaymentId, work: Work, now: &Moment) -> bool {
        let Some(slot) = self.slots.get_mut(&id) else { return false };
        if slot.is_busy() {
            slot.inbox.push_back(work);
            return false;
        }
        if work.account.as_ref().is_some_and(|at| *at != slot.payment.sale.account.name) {
            self.refused(&work, Error::new(Code::UnknownPayment).payment(id));
            return false;
        }
        if let Some(Command::TakeAnswer { operation, number, .. }) = &work.command
            && is_answered(&slot.payment, *operation, *number)
        {
            self.live_permits.remove(&(*operation, *number));
        }
        let member = self.accounts.get(&slot.payment.sale.account.name);
        let manners =
            member.map_or(&Manners::UNKNOWN, |member| member.connection.adapter.manners());
        let news = work
            .command
            .as_ref()
            .filter(|command| !tells_nothing(&slot.payment, command, manners, now));
        let Some(command) = news.cloned() else {
            self.recorded_for(&work, now);
            return false;
        };
        let decided = decide(&slot.payment, command, manners, now)
            .map_err(|refused| errors::of_refusal(&refused))
            .and_then(|decision| parts::allowed(decision, &slot.payment, member))
            .map_err(|error| parts::named(error, &slot.payment, work.command.as_ref()));
        match decided {
            // What another process drives may have gone on since it was read here, and a caller is
            // not refused for what is over already.
            Err(_) if work.may_reread() && self.is_driven_elsewhere(id) => {
                self.reload(id, Some(Work { is_reread: true, ..work }));
                false
            }
            Err(error) => {
                self.refused(&work, error.payment(id));
                self.schedule.set(Timer::Payment(id), now.boot_ms.saturating_add(SECOND_MS));
                false
            }
            Ok(decision) if decision.events.is_empty() => {
                self.recorded_for(&work, now);
                false
            }
            Ok(decision) => self.append(id, decision, work, now),
        }
    }

    fn is_driven_elsewhere(&self, id: PaymentId) -> bool {
        let driver = self.slots.get(&id).map(|slot| slot.payment.driver);
        driver.is_some() && driver != self.keeper.last_driver()
    }

    fn append(&mut self, id: PaymentId, decision: Decision, work: Work, now: &Moment) -> bool {
        let Decision { events, effect } = decision;
        let slot = self.slots.get(&id);
        let draft = slot.and_then(|slot| self.draft(&slot.payment, events, effect.as_ref(), now));
        let Some(append) = draft else {
            self.refused(&work, Error::new(Code::JournalCorrupt).payment(id));
            return false;
        };
        self.note_permit(effect.as_ref());
        #[cfg(mutant = "send_before_record")]
        self.send_before_record(id, effect.as_ref(), now);
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.busy = Busy::Appending { effect, work: Box::new(work) };
        }
        self.ask(Ask::Append(Box::new(append)), Purpose::Append(id));
        true
    }

    /// From here on a permit may come into being: whoever reads it before its append is told must
    /// not take it for one that was never used.
    pub(super) fn note_permit(&mut self, effect: Option<&Effect>) {
        if let Some(Effect::Send { operation, number, .. }) = effect {
            self.live_permits.insert((*operation, *number));
        }
    }

    /// The permit will not be used, whether or not it became durable.
    pub(super) fn forget_permit(&mut self, effect: Option<&Effect>, now: &Moment) {
        if let Some(Effect::Send { operation, number, .. }) = effect {
            self.live_permits.remove(&(*operation, *number));
            self.free_place(now);
        }
    }

    /// The append that makes these events durable; none if they do not fit, which no decision
    /// makes.
    pub(super) fn draft(
        &self,
        payment: &Payment,
        events: Vec<Event>,
        effect: Option<&Effect>,
        now: &Moment,
    ) -> Option<Append> {
        let mut after = payment.clone();
        for event in &events {
            after = apply::apply(Some(after), event).ok()?;
        }
        let takes_over = events.iter().any(|event| matches!(event, Event::TakenOver { .. }));
        let fenced = effect.is_some() || takes_over;
        Some(Append {
            payment: payment.id,
            expected: payment.sequence,
            row: row(&after),
            releases: Vec::new(),
            fence: if fenced { self.keeper.last_driver() } else { None },
            at: *now,
            permit: effect.map(|effect| self.permit_draft(effect)),
            events,
        })
    }

    /// A permit lapses with its own window and with the lease under which it was written.
    pub(super) fn permit_draft(&self, effect: &Effect) -> PermitDraft {
        let leased = |window: &Window| {
            let own = window.limits.iter().copied();
            Window { limits: own.chain(self.keeper.window()).collect() }
        };
        match effect {
            Effect::Send { operation, number, window, .. } => {
                PermitDraft::Send { operation: *operation, number: *number, window: leased(window) }
            }
            Effect::Polls { window } => PermitDraft::Polls { window: window.clone() },
        }
    }

    pub(super) fn append_told(
        &mut self,
        id: PaymentId,
        told: Result<Recorded, Refusal>,
        now: &Moment,
    ) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        let Busy::Appending { effect, work } = std::mem::replace(&mut slot.busy, Busy::Idle) else {
            return;
        };
        match told {
            Ok(recorded) => self.append_done(id, recorded, effect, &work, now),
            Err(refusal) => {
                self.forget_permit(effect.as_ref(), now);
                self.append_refused(id, &refusal, *work, now);
            }
        }
    }

    fn append_done(
        &mut self,
        id: PaymentId,
        recorded: Recorded,
        effect: Option<Effect>,
        work: &Work,
        now: &Moment,
    ) {
        let Recorded { events, send, polls, .. } = recorded;
        let Some(slot) = self.slots.get_mut(&id) else { return };
        slot.failures = 0;
        if !happen(slot, &events) {
            self.forget_permit(effect.as_ref(), now);
            self.refused(work, Error::new(Code::JournalCorrupt).payment(id));
            self.reload(id, None);
            return;
        }
        for event in &events {
            if let Event::Answered { operation, number, .. } = event {
                self.live_permits.remove(&(*operation, *number));
            }
        }
        if let Some(polls) = polls {
            slot.poll_permit = Some(Box::new(polls));
            slot.looks.may_poll = true;
        }
        match (effect, send) {
            (Some(Effect::Send { operation, number, request, .. }), Some(permit)) => {
                let what = Errand::Operation { operation, number };
                let sending = self.permitted(id, &what, *request, permit);
                self.fly(id, what, sending, now);
            }
            (effect, _) => self.forget_permit(effect.as_ref(), now),
        }
        self.recorded_for(work, now);
        let stale = self.slots.get_mut(&id).is_some_and(|slot| std::mem::take(&mut slot.stale));
        if stale {
            self.reload(id, None);
        } else {
            self.after_change(id, now);
        }
    }

    /// Lets a request leave; its place in the pool is taken already.
    pub(super) fn fly(&mut self, id: PaymentId, what: Errand, sending: Sending, now: &Moment) {
        let flight = Box::new(Flight { what, asked_at: *now });
        let token = self.token(Purpose::Send { payment: id, flight });
        let Some(slot) = self.slots.get_mut(&id) else {
            self.pending.remove(&token);
            return;
        };
        slot.flight = Some(token);
        let account = slot.payment.sale.account.name.clone();
        self.outputs.push(Output::Send { token, account, sending });
    }

    fn append_refused(&mut self, id: PaymentId, refusal: &Refusal, work: Work, now: &Moment) {
        // Whatever a provider said is kept until it is durable; what may be sent is thought about
        // anew.
        let kept = work.is_fact().then(|| work.clone());
        match refusal {
            Refusal::Moved { .. } => self.reload(id, (!work.is_permit()).then_some(work)),
            Refusal::Fenced => {
                if let Some(slot) = self.slots.get(&id) {
                    self.over.remove(&slot.payment.driver);
                }
                self.doubt_lease(now);
                self.reload(id, kept);
            }
            Refusal::IdentityTaken { .. } | Refusal::TerminalTaken { .. } => self.reload(id, kept),
            Refusal::Restored => {
                self.refused(&work, Error::new(Code::JournalRestored).payment(id));
                self.schedule.set(Timer::Payment(id), now.boot_ms.saturating_add(SECOND_MS));
            }
            Refusal::Failed(failure) => self.append_failed(id, failure, &work, now),
        }
    }

    /// It may or may not be durable: read again after a while, and only then go on.
    fn append_failed(&mut self, id: PaymentId, failure: &Failure, work: &Work, now: &Moment) {
        let kept = work.is_fact().then(|| Box::new(work.clone()));
        if kept.is_none() {
            self.refused(work, errors::of_journal(failure).payment(id));
        }
        self.pause(id, kept, now);
    }

    fn pause(&mut self, id: PaymentId, work: Option<Box<Work>>, now: &Moment) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        slot.failures = slot.failures.saturating_add(1);
        slot.busy = Busy::Paused { work };
        let wait_ms = schedule_retry_ms(slot.failures);
        let (created_at, settle_by_ms) = (slot.payment.created_at, slot.payment.times.settle_by_ms);
        self.schedule.set(Timer::Retry(id), now.boot_ms.saturating_add(wait_ms));
        if now.may_have_passed(&created_at, settle_by_ms) {
            // What cannot be written down cannot be told as *unknown* either, and nobody waits
            // longer than until then.
            self.fail_all(id, &Error::new(Code::JournalFailed).payment(id));
        }
    }

    pub(super) fn retry(&mut self, id: PaymentId, _now: &Moment) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        if let Busy::Paused { work } = std::mem::replace(&mut slot.busy, Busy::Idle) {
            slot.busy = Busy::Reloading { work };
            self.ask(Ask::Payment(id), Purpose::Reload(id));
        }
    }

    pub(super) fn reload(&mut self, id: PaymentId, work: Option<Work>) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.busy = Busy::Reloading { work: work.map(Box::new) };
            self.ask(Ask::Payment(id), Purpose::Reload(id));
        }
    }

    pub(super) fn reload_told(
        &mut self,
        id: PaymentId,
        told: Result<Option<Stored>, Failure>,
        now: &Moment,
    ) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        let Busy::Reloading { work } = std::mem::replace(&mut slot.busy, Busy::Idle) else {
            return;
        };
        match told {
            Ok(Some(Stored::Live(_))) if std::mem::take(&mut slot.stale) => {
                self.reload(id, work.map(|work| *work));
            }
            Ok(Some(Stored::Live(payment))) => {
                slot.payment = payment;
                if let Some(work) = work {
                    let _ = self.submit(id, *work, now);
                }
                self.after_change(id, now);
            }
            Ok(Some(Stored::Tombstone(_)) | None) => {
                let error = Error::new(Code::UnknownPayment).payment(id);
                if let Some(work) = &work {
                    self.refused(work, error.clone());
                }
                self.stop(id, &error);
            }
            Err(failure) if is_unreadable(failure.kind) => {
                let error = errors::of_journal(&failure).payment(id);
                self.unreadable(id, work, &error, now);
            }
            Err(_) => self.pause(id, work, now),
        }
    }

    /// A payment that cannot be read is stopped and reported, never skipped or rewritten. What a
    /// provider said of it is kept, should it be readable again.
    fn unreadable(&mut self, id: PaymentId, work: Option<Box<Work>>, error: &Error, now: &Moment) {
        if let Some(work) = &work {
            self.refused(work, error.clone());
        }
        let kept = work.filter(|work| work.is_fact());
        let awaits_fact = self.slots.get(&id).is_some_and(|slot| slot.awaits_fact());
        if kept.is_some() || awaits_fact {
            self.fail_all(id, error);
            self.pause(id, kept, now);
        } else {
            self.stop(id, error);
        }
    }

    fn stop(&mut self, id: PaymentId, error: &Error) {
        self.fail_all(id, error);
        self.slots.remove(&id);
        self.codes.forget(id);
        self.schedule.clear(Timer::Payment(id));
        self.schedule.clear(Timer::Retry(id));
    }

    /// After anything changed: whoever waited for it is answered, then comes what waited in the
    /// inbox, then the next step.
    pub(super) fn after_change(&mut self, id: PaymentId, now: &Moment) {
        self.notify(id, now);
        loop {
            let Some(slot) = self.slots.get_mut(&id) else { return };
            if slot.is_busy() {
                return;
            }
            let Some(work) = slot.inbox.pop_front() else { break };
            let _ = self.submit(id, work, now);
        }
        self.drive(id, now);
    }

    pub(super) fn refused(&mut self, work: &Work, error: Error) {
        if let Some(ticket) = work.caller {
            self.fail_ticket(ticket, error);
        }
    }

    pub(super) fn adapter_of(
        &self,
        account: &AccountName,
    ) -> Option<std::sync::Arc<dyn crate::provider::Adapter>> {
        self.accounts.get(account).map(|member| member.connection.adapter.clone())
    }

    /// The fact that an answer or a look brought.
    pub(super) fn take_fact(&mut self, id: PaymentId, command: Command, now: &Moment) {
        let appending = self.submit(id, Work::own(command), now);
        if !appending {
            self.after_change(id, now);
        }
    }

    #[cfg(mutant = "send_before_record")]
    fn send_before_record(&mut self, id: PaymentId, effect: Option<&Effect>, now: &Moment) {
        let Some(Effect::Send { operation, number, request, window }) = effect else { return };
        let permit = Permit::new(id, *operation, *number, window.clone());
        let sending =
            Sending { request: (**request).clone(), clearance: Clearance::Permit(permit) };
        let errand = Errand::Operation { operation: *operation, number: *number };
        self.fly(id, errand, sending, now);
    }
}

fn happen(slot: &mut Slot, events: &[Event]) -> bool {
    let mut payment = (*slot.payment).clone();
    for event in events {
        match apply::apply(Some(payment), event) {
            Ok(next) => payment = next,
            Err(_) => return false,
        }
    }
    *slot.payment = payment;
    true
}

fn is_answered(payment: &Payment, id: OperationId, number: u32) -> bool {
    let mut operations = std::iter::once(&payment.start).chain(view::all_operations(payment));
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    operations.find(|operation| operation.id == id).is_some_and(|operation| {
        place.and_then(|place| operation.sends.get(place)).is_some_and(|send| send.answer.is_some())
    })
}

const fn is_unreadable(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Corrupt | FailureKind::Newer => true,
        FailureKind::Full
        | FailureKind::ReadOnly
        | FailureKind::Missing
        | FailureKind::Locked
        | FailureKind::Forked
        | FailureKind::Other => false,
    }
}
