//! New sales: recognized, judged, recorded together with the permit of their first send, and only
//! then sent. Equal calls go through one at a time.

use std::collections::VecDeque;

use super::day_edge;
use super::drive::start_request;
use super::judging::{Judged, unknown_account};
use super::queue::Urgency;
#[cfg(mutant = "send_before_record")]
use super::slot::Flight;
use super::slot::{Errand, Slot, Work};
use super::tickets::{Question, Waiting};
use super::{Engine, Purpose, closed};
use crate::engine::errors;
use crate::engine::port::{Ask, Call, Purse, Ticket};
use crate::engine::row::row;
use crate::engine::store::{Append, Failure, IdentityKey, Recorded, Refusal, Stored, Surroundings};
use crate::error::{Charged, Code, Error, Retry};
use crate::identity::{self, Fingerprint};
use crate::ids::{OperationId, PaymentId};
use crate::payment::command::Command;
use crate::payment::decide::{Effect, decide};
use crate::payment::event::Event;
use crate::payment::{Driver, Payment, apply};
use crate::sale::{self, Sale, SaleRequest, Times};
use crate::time::Moment;
#[cfg(mutant = "send_before_record")]
use crate::wire::{Clearance, Sending};

/// All calls of one identity that are not payments yet.
#[derive(Debug, Default)]
pub(super) struct Starting {
    pub(super) asks: VecDeque<Asking>,
    appending: Option<Created>,
    tries: u32,
    /// The budget from which a token is being drawn before anything else.
    pub(super) awaits: Option<Purse>,
}

/// One call.
#[derive(Debug)]
pub(super) struct Asking {
    ticket: Ticket,
    pub(super) request: Box<SaleRequest>,
    pub(super) sale: Sale,
    pub(super) fingerprint: Fingerprint,
    question: Question,
    pub(super) since: Moment,
    /// The same reference on the days next to it, where those are close; looked at first.
    pub(super) neighbours: Vec<IdentityKey>,
}

/// A payment whose first append is under way.
#[derive(Debug)]
struct Created {
    payment: Box<Payment>,
    effect: Option<Effect>,
}

/// How often a sale that lost a race is judged again before its caller hears of it.
const TRIES_MAX: u32 = 8;

impl Engine {
    pub(super) fn call_start(
        &mut self,
        ticket: Ticket,
        request: Box<SaleRequest>,
        pay: bool,
        since: Moment,
        now: &Moment,
    ) {
        match self.ready_to_sell(now) {
            Err(error) => return self.refuse(ticket, error),
            Ok(false) => {
                let call = if pay { Call::Pay(request) } else { Call::Start(request) };
                self.early.push_back((ticket, call, since));
                return;
            }
            Ok(true) => {}
        }
        let Some(connection) = self.connection(&request.account) else {
            return self.refuse(ticket, unknown_account());
        };
        let references = connection.terms.references;
        match sale::parse(&request, &connection.account, &references, &since) {
            Err(fault) => self.refuse(ticket, fault.into()),
            Ok(sale) => {
                let question = if pay { Question::Outcome } else { Question::FirstAnswer };
                let fingerprint = identity::fingerprint(&sale);
                let neighbours = day_edge::neighbours(&sale, &connection.terms, &since);
                let asking =
                    Asking { ticket, request, sale, fingerprint, question, since, neighbours };
                self.asked(asking, now);
            }
        }
    }

    fn asked(&mut self, asking: Asking, now: &Moment) {
        let key = identity::key(&asking.sale);
        let account = asking.sale.account.name.clone();
        let starting = self.starting.entry(key.clone()).or_default();
        starting.asks.push_back(asking);
        if starting.asks.len() == 1 && !self.draws_first(&key, &account, now) {
            self.look_round(&key);
        }
    }

    /// Looks round again for whoever is next under this identity.
    pub(super) fn look_round(&mut self, key: &IdentityKey) {
        let Some(starting) = self.starting.get_mut(key) else { return };
        let Some(next) = starting.asks.front() else {
            self.starting.remove(key);
            return;
        };
        let terminal = identity::terminal_key(&next.sale);
        if let Some(identity) = next.neighbours.last().cloned() {
            let ask = Ask::Surroundings { identity, terminal: None };
            return self.ask(ask, Purpose::Neighbour(key.clone()));
        }
        let ask = Ask::Surroundings { identity: key.clone(), terminal };
        self.ask(ask, Purpose::Surroundings(key.clone()));
    }

    pub(super) fn surroundings_told(
        &mut self,
        key: &IdentityKey,
        told: Result<Surroundings, Failure>,
        now: &Moment,
    ) {
        if self.closing.is_some() {
            return self.refuse_all(key, &closed());
        }
        let surroundings = match told {
            Ok(surroundings) => surroundings,
            // A failed read is never taken for an absent payment.
            Err(failure) => {
                return self.refuse_all(key, &errors::of_journal(&failure));
            }
        };
        #[cfg(mutant = "identity_lost_at_restart")]
        let surroundings = self.forgetting(surroundings);
        let Some(asking) = self.starting.get_mut(key).and_then(|it| it.asks.pop_front()) else {
            return;
        };
        match self.judge(&asking, &surroundings, now) {
            Judged::New { times, releases } => {
                self.create(key, asking, times, releases, now);
                return;
            }
            Judged::Known { payment, replayed } => {
                let known = surroundings.attempts.into_iter().find_map(|stored| match stored {
                    Stored::Live(live) if live.id == payment => Some(live),
                    Stored::Live(_) | Stored::Tombstone(_) => None,
                });
                self.join(asking, payment, known, replayed, now);
            }
            Judged::Refused(error) => self.refuse(asking.ticket, error),
        }
        self.look_round(key);
    }

    /// The caller observes the payment that its reference stands for.
    pub(super) fn join(
        &mut self,
        asking: Asking,
        payment: PaymentId,
        known: Option<Box<Payment>>,
        replayed: bool,
        now: &Moment,
    ) {
        self.disowned.remove(&payment);
        let patience = Self::patience(&asking.question);
        let waiting = Waiting { payment, question: asking.question, recorded: false, replayed };
        self.wait(asking.ticket, waiting, patience, now);
        if let (false, Some(known)) = (self.slots.contains_key(&payment), known) {
            self.slots.insert(payment, Slot::new(known));
            self.wonder_about_driver(payment, now);
        }
        if let Some(slot) = self.slots.get(&payment) {
            self.codes.keep_again(&slot.payment, asking.request.code);
        }
        self.deliver(payment, Work::watch(asking.ticket), now);
    }

    fn create(
        &mut self,
        key: &IdentityKey,
        asking: Asking,
        times: Times,
        releases: Vec<PaymentId>,
        now: &Moment,
    ) {
        let made = self.keeper.driver(now).and_then(|driver| {
            let payment = self.first_event(&asking, times, driver, now)?;
            self.first_append(payment, driver, releases, now)
        });
        let Some((created, append)) = made else {
            self.refuse(asking.ticket, Error::new(Code::LeaseLost).charged(Charged::No));
            return self.look_round(key);
        };
        self.note_permit(created.effect.as_ref());
        if let Some(starting) = self.starting.get_mut(key) {
            starting.asks.push_front(asking);
            starting.appending = Some(created);
        }
        #[cfg(mutant = "send_before_record")]
        self.send_first_before_record(key);
        self.ask(Ask::Append(Box::new(append)), Purpose::AppendNew(key.clone()));
    }

    /// What the mutant does, which lets the first request leave while its permit is being written.
    #[cfg(mutant = "send_before_record")]
    fn send_first_before_record(&mut self, key: &IdentityKey) {
        use crate::engine::port::Output;
        let created = self.starting.get(key).and_then(|starting| starting.appending.as_ref());
        let Some(Created { payment, effect: Some(effect) }) = created else { return };
        let Effect::Send { operation, number, request, window } = effect else { return };
        let permit = crate::wire::Permit::new(payment.id, *operation, *number, window.clone());
        let sending =
            Sending { request: (**request).clone(), clearance: Clearance::Permit(permit) };
        let account = payment.sale.account.name.clone();
        let what = Errand::Operation { operation: *operation, number: *number };
        let flight = Box::new(Flight { what, asked_at: payment.created_at });
        let payment = payment.id;
        let token = self.token(Purpose::Send { payment, flight });
        self.outputs.push(Output::Send { token, account, sending });
    }

    fn first_event(
        &mut self,
        asking: &Asking,
        times: Times,
        driver: Driver,
        now: &Moment,
    ) -> Option<(Payment, Event)> {
        let created = Event::Created {
            id: PaymentId::new(now.wall_ms, self.entropy.as_mut()),
            sale: Box::new(asking.sale.clone()),
            at: asking.since,
            times,
            fingerprint: asking.fingerprint.clone(),
            start: OperationId::new(self.entropy.as_mut()),
            driver,
            screen_clear: asking.request.screen_clear.clone(),
        };
        let payment = apply::apply(None, &created).ok()?;
        Some((payment, created))
    }

    /// Creation and first permit in one append: one sync for each sale.
    fn first_append(
        &mut self,
        (payment, created): (Payment, Event),
        driver: Driver,
        releases: Vec<PaymentId>,
        now: &Moment,
    ) -> Option<(Created, Append)> {
        let member = self.accounts.get(&payment.sale.account.name)?;
        let adapter = member.connection.adapter.clone();
        let account = &payment.sale.account.name;
        let terms = &member.connection.terms;
        let entered = self.pool.enter(payment.id, account, terms, Urgency::Money, now).is_ok();
        let mut events = vec![created];
        let mut after = payment.clone();
        let mut effect = None;
        let decision = if entered {
            let request = start_request(&payment, adapter.as_ref(), now);
            let command = Command::PermitStart { request, driver };
            decide(&payment, command, adapter.manners(), now).ok()
        } else {
            None
        };
        if entered && decision.is_none() {
            self.free_place(now);
        }
        if !entered {
            self.draw(account, now);
        }
        if let Some(decision) = decision {
            for event in &decision.events {
                after = apply::apply(Some(after), event).ok()?;
            }
            events.extend(decision.events);
            effect = decision.effect;
        }
        let append = Append {
            payment: payment.id,
            expected: 0,
            events,
            row: row(&after),
            releases,
            fence: Some(driver),
            at: *now,
            permit: effect.as_ref().map(|effect| self.permit_draft(effect)),
        };
        Some((Created { payment: Box::new(after), effect }, append))
    }

    pub(super) fn append_new_told(
        &mut self,
        key: &IdentityKey,
        told: Result<Recorded, Refusal>,
        now: &Moment,
    ) {
        let Some(starting) = self.starting.get_mut(key) else { return };
        let Some(created) = starting.appending.take() else { return };
        match told {
            Ok(recorded) => {
                self.created(key, created, recorded, now);
                self.look_round(key);
            }
            Err(refusal) => {
                self.forget_permit(created.effect.as_ref(), now);
                self.creation_refused(key, created, &refusal, now);
            }
        }
    }

    fn created(&mut self, key: &IdentityKey, created: Created, recorded: Recorded, now: &Moment) {
        let id = created.payment.id;
        self.slots.entry(id).or_insert_with(|| Slot::new(created.payment));
        self.keep_code(key, id);
        if let (Some(Effect::Send { operation, number, request, .. }), Some(permit)) =
            (created.effect, recorded.send)
        {
            let what = Errand::Operation { operation, number };
            let sending = self.permitted(id, &what, *request, permit);
            self.fly(id, what, sending, now);
        }
        self.watch_first(key, id, now);
        self.drive(id, now);
    }

    /// The code that the first caller under this identity scanned is its payment's.
    fn keep_code(&mut self, key: &IdentityKey, payment: PaymentId) {
        let first = self.starting.get_mut(key).and_then(|starting| starting.asks.front_mut());
        self.codes.keep(payment, first.and_then(|asking| asking.request.code.take()));
    }

    /// The first caller under this identity watches its payment.
    fn watch_first(&mut self, key: &IdentityKey, payment: PaymentId, now: &Moment) {
        let first = self.starting.get_mut(key).and_then(|starting| starting.asks.pop_front());
        let Some(Asking { ticket, question, .. }) = first else { return };
        let patience = Self::patience(&question);
        let waiting = Waiting { payment, question, recorded: false, replayed: false };
        self.wait(ticket, waiting, patience, now);
        self.deliver(payment, Work::watch(ticket), now);
    }

    fn creation_refused(
        &mut self,
        key: &IdentityKey,
        created: Created,
        refusal: &Refusal,
        now: &Moment,
    ) {
        match refusal {
            Refusal::Moved { .. }
            | Refusal::IdentityTaken { .. }
            | Refusal::TerminalTaken { .. } => self.judge_again(key),
            Refusal::Fenced => {
                self.doubt_lease(now);
                self.postpone(key);
            }
            Refusal::Restored => {
                self.refuse_all(key, &Error::new(Code::JournalRestored).charged(Charged::No));
            }
            Refusal::Failed(_) => {
                let id = created.payment.id;
                if let Some(starting) = self.starting.get_mut(key) {
                    starting.appending = Some(created);
                }
                self.ask(Ask::Payment(id), Purpose::CheckNew(key.clone()));
            }
        }
    }

    /// The lease was lost: all callers under this identity wait for the next one.
    fn postpone(&mut self, key: &IdentityKey) {
        let Some(starting) = self.starting.remove(key) else { return };
        for Asking { ticket, request, question, since, .. } in starting.asks {
            let call = match question {
                Question::Outcome => Call::Pay(request),
                Question::FirstAnswer
                | Question::Cancel
                | Question::Money(_)
                | Question::Answer(_)
                | Question::Recorded
                | Question::Hint => Call::Start(request),
            };
            self.early.push_back((ticket, call, since));
        }
    }

    /// Someone was faster: what is true now?
    fn judge_again(&mut self, key: &IdentityKey) {
        let Some(starting) = self.starting.get_mut(key) else { return };
        starting.tries = starting.tries.saturating_add(1);
        if starting.tries > TRIES_MAX {
            self.refuse_all(key, &Error::new(Code::LeaseLost).charged(Charged::No));
        } else {
            self.look_round(key);
        }
    }

    /// The journal failed at a creation: did it become durable? If so, nothing of it has left,
    /// which the next step records; if not, the caller may repeat the call.
    pub(super) fn new_checked(
        &mut self,
        key: &IdentityKey,
        told: Result<Option<Stored>, Failure>,
        now: &Moment,
    ) {
        let Some(starting) = self.starting.get_mut(key) else { return };
        let Some(created) = starting.appending.take() else { return };
        let id = created.payment.id;
        match told {
            Ok(Some(Stored::Live(payment))) => {
                self.slots.entry(id).or_insert_with(|| Slot::new(payment));
                self.keep_code(key, id);
                self.watch_first(key, id, now);
                self.drive(id, now);
            }
            Ok(Some(Stored::Tombstone(_)) | None) => {
                let error = Error::new(Code::JournalFailed).charged(Charged::No);
                return self.refuse_all(key, &error);
            }
            Err(failure) => {
                // It may be durable: if it is, it is found later and cancelled, unless it is asked
                // for again.
                self.disowned.insert(id);
                let error = errors::of_journal(&failure).charged(Charged::Unknown);
                return self.refuse_all(key, &error.retry(Retry::Same).payment(id));
            }
        }
        self.look_round(key);
    }

    pub(super) fn refuse_all(&mut self, key: &IdentityKey, error: &Error) {
        let Some(starting) = self.starting.remove(key) else { return };
        for asking in starting.asks {
            self.refuse(asking.ticket, error.clone());
        }
    }

    /// Calls that came before there was a lease.
    pub(super) fn call_early(&mut self, now: &Moment) {
        for (ticket, call, since) in std::mem::take(&mut self.early) {
            match call {
                Call::Start(request) => self.call_start(ticket, request, false, since, now),
                Call::Pay(request) => self.call_start(ticket, request, true, since, now),
                other => self.called(ticket, other, now),
            }
        }
    }

    /// The journal gives out no lease: nothing can be sold, and nothing was sent.
    pub(super) fn refuse_early(&mut self, failure: &Failure) {
        for (ticket, ..) in std::mem::take(&mut self.early) {
            self.refuse(ticket, errors::before_anything_left(failure));
        }
    }

    /// What the mutant sees, which keeps identities only as long as a process lives.
    #[cfg(mutant = "identity_lost_at_restart")]
    fn forgetting(&self, around: Surroundings) -> Surroundings {
        let me = self.keeper.last_driver().map(|driver| driver.process);
        let mine = |stored: &Stored| match stored {
            Stored::Live(payment) => Some(payment.driver.process) == me,
            Stored::Tombstone(_) => false,
        };
        let Surroundings { attempts, holders } = around;
        let attempts = attempts.into_iter().filter(mine).collect();
        Surroundings { attempts, holders }
    }
}
