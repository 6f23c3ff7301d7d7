//! What callers ask, one function for each call.

use super::schedule::Timer;
use super::slot::{Slot, Work};
use super::tickets::{Question, Waiting};
use super::{CLOSE_PATIENCE_MS, Engine, Member, Purpose, Role, closed};
use crate::engine::port::{Ask, Call, Connection, MoneyCall, Reply, Ticket};
use crate::error::{Code, Error};
use crate::ids::{AccountName, OperationId, PaymentId};
use crate::payment::OperationKind;
use crate::payment::command::Command;
use crate::provider::Hint;
use crate::sale::Account;
use crate::time::Moment;

impl Engine {
    pub(super) fn called(&mut self, ticket: Ticket, call: Call, now: &Moment) {
        if self.closed {
            return self.refuse(ticket, closed());
        }
        match call {
            Call::Connect(connection) => self.connect(ticket, connection, now),
            Call::Disconnect(name) => self.disconnect(ticket, &name),
            Call::Start(request) => self.call_start(ticket, request, false, *now, now),
            Call::Pay(request) => self.call_start(ticket, request, true, *now, now),
            Call::Wait { payment, for_ms } => {
                let waiting = about(payment, Question::Outcome);
                self.wait(ticket, waiting, for_ms, now);
                self.deliver(payment, Work::watch(ticket), now);
            }
            Call::Cancel(payment) => {
                let operation = OperationId::new(self.entropy.as_mut());
                let command = Command::WishCancel { operation };
                self.command(ticket, payment, Question::Cancel, command, now);
            }
            Call::Capture(call) => self.money(ticket, OperationKind::Capture, call, now),
            Call::Refund(call) => self.money(ticket, OperationKind::Refund, call, now),
            Call::Answer { payment, condition, accept } => {
                if let Err(error) = self.ready_for_wishes() {
                    return self.refuse(ticket, error.payment(payment));
                }
                let operation = OperationId::new(self.entropy.as_mut());
                let question = Question::Answer(condition.as_str().into());
                let condition = condition.into();
                let command = Command::WishAnswer { operation, condition, accept };
                self.command(ticket, payment, question, command, now);
            }
            Call::Resolve { payment, word, reason } => {
                let command = Command::Resolve { word, reason: reason.into() };
                self.command(ticket, payment, Question::Recorded, command, now);
            }
            Call::ResolveOperation { payment, reference, took_effect, reason } => {
                let reason = reason.into();
                let command = Command::ResolveOperation { reference, took_effect, reason };
                self.command(ticket, payment, Question::Recorded, command, now);
            }
            Call::Hint { account, hint } => self.hint(ticket, account, hint, now),
            Call::Close => self.close(ticket, now),
        }
    }

    fn connect(&mut self, ticket: Ticket, connection: Connection, now: &Moment) {
        let name = connection.account.name.clone();
        let other = self
            .accounts
            .get(&name)
            .is_some_and(|member| member.connection.account != connection.account);
        if other {
            let error = Error::new(Code::AccountIdentityChanged).field("account").limit(&name);
            return self.refuse(ticket, error);
        }
        self.accounts.insert(name.clone(), Member { connection, connected: true });
        self.answer(ticket, Ok(Reply::Done));
        if self.role != Role::Observes {
            self.ask(Ask::Unsettled { account: name }, Purpose::Unsettled);
        }
        self.wake_everything(now);
    }

    /// Whether just this account is connected.
    pub(super) fn is_connected(&self, account: &Account) -> bool {
        self.accounts
            .get(&account.name)
            .is_some_and(|member| member.connected && member.connection.account == *account)
    }

    fn disconnect(&mut self, ticket: Ticket, name: &AccountName) {
        let Some(member) = self.accounts.get_mut(name) else {
            return self.refuse(ticket, Error::new(Code::UnknownAccount).field("account"));
        };
        member.connected = false;
        self.answer(ticket, Ok(Reply::Done));
    }

    fn command(
        &mut self,
        ticket: Ticket,
        payment: PaymentId,
        question: Question,
        command: Command,
        now: &Moment,
    ) {
        let patience = Self::patience(&question);
        self.wait(ticket, about(payment, question), patience, now);
        self.deliver(payment, Work::of(ticket, command), now);
    }

    fn money(&mut self, ticket: Ticket, kind: OperationKind, call: MoneyCall, now: &Moment) {
        let MoneyCall { payment, reference, amount, last } = call;
        if let Err(error) = self.ready_for_wishes() {
            return self.refuse(ticket, error.payment(payment));
        }
        let operation = OperationId::new(self.entropy.as_mut());
        let question = Question::Money(reference.clone());
        let command = Command::WishMoney { kind, operation, reference, amount, last };
        self.command(ticket, payment, question, command, now);
    }

    /// Whether a wish that may move money can be recorded.
    fn ready_for_wishes(&self) -> Result<(), Error> {
        match self.role {
            Role::Restored => Err(Error::new(Code::JournalRestored)),
            Role::Drives | Role::Observes if self.closing.is_some() => Err(closed()),
            Role::Drives | Role::Observes => Ok(()),
        }
    }

    fn hint(&mut self, ticket: Ticket, account: AccountName, hint: Box<Hint>, now: &Moment) {
        if self.connection(account.as_str()).is_none() {
            return self.refuse(ticket, Error::new(Code::UnknownAccount).field("account"));
        }
        match hint.payment {
            Some(payment) => self.hear(ticket, account, payment, hint, now),
            None => {
                let charge = hint.sighting.charge.clone();
                let purpose = Purpose::ByCharge { ticket, account: account.clone(), hint };
                self.ask(Ask::ByCharge { account, charge }, purpose);
            }
        }
    }

    /// A hint for a payment of ours: durable first, then due at once.
    pub(super) fn hear(
        &mut self,
        ticket: Ticket,
        account: AccountName,
        payment: PaymentId,
        hint: Box<Hint>,
        now: &Moment,
    ) {
        let patience = Self::patience(&Question::Hint);
        self.wait(ticket, about(payment, Question::Hint), patience, now);
        let command = Command::Hear { sighting: hint.sighting };
        if let Some(slot) = self.slots.get_mut(&payment) {
            slot.looks.due_now |= slot.payment.sale.account.name == account;
        }
        let work = Work { account: Some(account), ..Work::of(ticket, command) };
        self.deliver(payment, work, now);
    }

    /// Brings work to a payment, reading it first where it is not in memory.
    pub(super) fn deliver(&mut self, id: PaymentId, work: Work, now: &Moment) {
        if self.slots.contains_key(&id) {
            if !self.submit(id, work, now) {
                self.after_change(id, now);
            }
        } else if let Some(queue) = self.loading.get_mut(&id) {
            queue.push(work);
        } else {
            self.loading.insert(id, vec![work]);
            self.ask(Ask::Payment(id), Purpose::Load(id));
        }
    }

    /// Others wrote to these payments.
    pub(super) fn changed(&mut self, payments: &[PaymentId]) {
        for id in payments {
            if let Some(slot) = self.slots.get_mut(id) {
                slot.looks.due_now |= !slot.payment.charges.is_empty();
                if slot.is_busy() {
                    // What is being read or written may be older than what others wrote.
                    slot.stale = true;
                } else {
                    self.reload(*id, None);
                }
            } else if self.loading.contains_key(id) {
                self.reread.insert(*id);
            } else if self.role == Role::Drives && self.keeper.last_driver().is_some() {
                // A hint or a wish may be for a payment that is ours and rests on the disk.
                self.loading.insert(*id, Vec::new());
                self.ask(Ask::Payment(*id), Purpose::Load(*id));
            }
        }
    }

    fn close(&mut self, ticket: Ticket, now: &Moment) {
        if self.closing.is_some() {
            return self.refuse(ticket, closed());
        }
        self.closing = Some(ticket);
        for (early, ..) in std::mem::take(&mut self.early) {
            self.refuse(early, closed());
        }
        self.schedule.set(Timer::Close, now.boot_ms.saturating_add(CLOSE_PATIENCE_MS));
    }

    /// Gives the lease back and tells everyone who still waits.
    pub(super) fn close_now(&mut self) {
        let Some(ticket) = self.closing else { return };
        if self.closed {
            return;
        }
        self.closed = true;
        self.codes.forget_all();
        self.schedule.clear(Timer::Close);
        let waiting: Vec<(Ticket, PaymentId)> =
            self.tickets.iter().map(|(ticket, waiting)| (*ticket, waiting.payment)).collect();
        for (waiting, payment) in waiting {
            self.fail_ticket(waiting, closed().payment(payment));
        }
        for (early, ..) in std::mem::take(&mut self.early) {
            self.refuse(early, closed());
        }
        let hinted: Vec<Ticket> = self.pending.values().filter_map(Purpose::hinting).collect();
        self.pending.retain(|_, purpose| purpose.hinting().is_none());
        for ticket in hinted {
            self.refuse(ticket, closed());
        }
        for key in self.starting.keys().cloned().collect::<Vec<_>>() {
            self.refuse_all(&key, &closed());
        }
        match self.keeper.last_driver() {
            Some(driver) if self.role == Role::Drives => {
                self.ask(Ask::Release(driver), Purpose::Release);
            }
            Some(_) | None => self.answer(ticket, Ok(Reply::Closed)),
        }
    }

    /// A payment that was read: whoever waited for it is served.
    pub(super) fn loaded(
        &mut self,
        id: PaymentId,
        payment: Box<crate::payment::Payment>,
        now: &Moment,
    ) {
        let queue = self.loading.remove(&id).unwrap_or_default();
        self.slots.entry(id).or_insert_with(|| Slot::new(payment));
        if self.disowned.remove(&id) && queue.is_empty() {
            let operation = OperationId::new(self.entropy.as_mut());
            let _ = self.submit(id, Work::own(Command::WishCancel { operation }), now);
        }
        for work in queue {
            let hears = matches!(work.command, Some(Command::Hear { .. }));
            let _ = self.submit(id, work, now);
            if let Some(slot) = self.slots.get_mut(&id) {
                slot.looks.due_now |= hears;
            }
        }
        self.wonder_about_driver(id, now);
        self.after_change(id, now);
    }
}

/// A caller's question about a payment that existed before the call.
const fn about(payment: PaymentId, question: Question) -> Waiting {
    Waiting { payment, question, recorded: false, replayed: true }
}
