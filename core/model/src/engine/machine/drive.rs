//! Carrying out a payment's next step.

use super::pool::Full;
use super::queue::Urgency;
use super::schedule::Timer;
use super::slot::{Errand, Flight, Slot, Work};
use super::{Engine, Role};
use crate::engine::lease::LEASE_MS;
use crate::engine::port::{Terms, Token};
use crate::ids::{ChargeId, OperationId, PaymentId};
use crate::payment::command::Command;
use crate::payment::event::{Again, Answer, Reason, Source};
use crate::payment::permission::HAND_OVER_MS;
use crate::payment::plan::{self, Further, PAGES_MAX, Plan, Step};
use crate::payment::{Operation, Payment, permission, view};
use crate::provider::{Adapter, Reading};
use crate::time::{Moment, SECOND_MS};
use crate::wire::{Clearance, Exchange, Request, Sending};

impl Engine {
    /// Does what is due for a payment, or puts it on the schedule.
    pub(super) fn drive(&mut self, id: PaymentId, now: &Moment) {
        let Some(slot) = self.slots.get(&id) else { return };
        if slot.is_busy() {
            return;
        }
        let account = &slot.payment.sale.account;
        let connected = self.is_connected(account);
        let Some(adapter) = self.adapter_of(&account.name).filter(|_| connected) else {
            return self.doubt_alone(id, now);
        };
        match self.standing_of(&slot.payment, now) {
            Standing::Mine => {}
            Standing::MyFormer(driver) => {
                let _ = self.submit(id, Work::own(Command::TakeOver { driver }), now);
                return;
            }
            Standing::Others => {
                self.wonder_about_driver(id, now);
                return self.doubt_alone(id, now);
            }
        }
        if let Some(unsent) = self.never_handed_over(&slot.payment) {
            let _ = self.submit(id, Work::own(unsent), now);
            return;
        }
        self.forget_spent_code(id, adapter.manners(), now);
        if let Some(slot) = self.slots.get(&id) {
            let plan = self.plan(slot, adapter.as_ref(), now);
            self.carry_out(id, plan, adapter.as_ref(), now);
        }
    }

    fn plan(&self, slot: &Slot, adapter: &dyn Adapter, now: &Moment) -> Plan {
        plan::plan(plan::View {
            payment: &slot.payment,
            looks: &slot.looks,
            manners: adapter.manners(),
            read_may_pay: adapter.read_may_pay(&slot.payment.sale),
            list_may_pay: adapter.look_up_may_pay(&slot.payment),
            in_flight: slot.flight.is_some(),
            code_lost: self.codes.lacks(&slot.payment),
            may_permit: self.role == Role::Drives && self.closing.is_none(),
            now,
        })
    }

    fn carry_out(&mut self, id: PaymentId, plan: Plan, adapter: &dyn Adapter, now: &Moment) {
        match plan {
            // What is under way is finished, nothing more is begun; whoever opens next goes on.
            Plan::Act(Step::Read(_) | Step::LookUp) if self.closing.is_some() => {}
            Plan::Act(step) => self.act(id, step, adapter, now),
            Plan::Wait(ms) => {
                // Spread looks a little, so that a thousand payments do not move in step.
                let jitter = self.entropy.below(ms.checked_div(16).unwrap_or(0).min(JITTER_MAX_MS));
                let due = now.boot_ms.saturating_add(ms).saturating_add(jitter);
                let due = self.on_tick(due, ms);
                self.schedule.set(Timer::Payment(id), due);
            }
            Plan::Rest => self.rest(id),
        }
    }

    /// Without an adapter or the payment nothing can be sent or looked at; but callers are told
    /// *unknown* in its time all the same. Whose payment it is goes first.
    fn doubt_alone(&mut self, id: PaymentId, now: &Moment) {
        let Some(slot) = self.slots.get(&id) else { return };
        let payment = &slot.payment;
        let decided = payment.doubted.is_some() || view::is_settled(payment);
        if slot.is_busy() || decided || slot.watchers.is_empty() {
            return self.rest(id);
        }
        let (since, by_ms) = (&payment.created_at, payment.times.settle_by_ms);
        let wait_ms = if Some(payment.driver) == self.keeper.last_driver() {
            now.until_may_have_passed_ms(since, by_ms)
        } else {
            now.until_surely_passed_ms(since, by_ms.saturating_add(LEASE_MS))
        };
        match wait_ms {
            0 => {
                let _ = self.submit(id, Work::own(Command::Doubt), now);
            }
            wait => {
                let due = now.boot_ms.saturating_add(wait);
                self.schedule.set(Timer::Payment(id), due);
            }
        }
    }

    fn standing_of(&self, payment: &Payment, now: &Moment) -> Standing {
        let driver = payment.driver;
        match (self.role, self.keeper.driver(now)) {
            (Role::Restored, _) => Standing::Mine,
            (Role::Drives, Some(me)) if me == driver => Standing::Mine,
            (Role::Drives, Some(me)) if me.process == driver.process => Standing::MyFormer(me),
            (Role::Drives | Role::Observes, _) => Standing::Others,
        }
    }

    /// A send that this very lease permitted and that is not on its way was never handed over: the
    /// journal said that it failed although the permit had become durable, and without its word
    /// there was none.
    fn never_handed_over(&self, payment: &Payment) -> Option<Command> {
        let me = self.keeper.last_driver()?;
        let operations = std::iter::once(&payment.start);
        operations.chain(view::all_operations(payment)).find_map(|operation| {
            let number = u32::try_from(operation.sends.len()).ok()?;
            let last = operation.sends.last()?;
            let live = self.live_permits.contains(&(operation.id, number));
            if last.answer.is_some() || last.driver != me || live {
                return None;
            }
            let reason = Reason::code("never-handed-over");
            let answer = Answer::NotExecuted { again: Again::After { ms: 0 }, reason };
            Some(Command::TakeAnswer { operation: operation.id, number, answer })
        })
    }

    fn act(&mut self, id: PaymentId, step: Step, adapter: &dyn Adapter, now: &Moment) {
        let own = match step {
            Step::Start => return self.start(id, adapter, now),
            Step::Operate(operation) => return self.operate(id, operation, adapter, now),
            Step::Read(charge) => return self.read(id, charge, adapter, now),
            Step::LookUp => return self.look_up(id, adapter, now),
            Step::PermitPolls => match self.keeper.driver(now) {
                Some(driver) => Command::PermitPolls { driver },
                None => return,
            },
            Step::WishCancel => {
                Command::WishCancel { operation: OperationId::new(self.entropy.as_mut()) }
            }
            Step::Withdraw(charge) => {
                let operation = OperationId::new(self.entropy.as_mut());
                Command::WishWithdrawal { operation, charge }
            }
            Step::Release(charge) => {
                let operation = OperationId::new(self.entropy.as_mut());
                Command::WishRelease { operation, charge }
            }
            Step::Abandon(why) => Command::Abandon { why },
            Step::Doubt => Command::Doubt,
            Step::Escalate => Command::Escalate,
            Step::EndLooking => Command::EndLooking,
            Step::BelieveHint(charge) => Command::BelieveHint { charge },
        };
        let _ = self.submit(id, Work::own(own), now);
    }

    fn start(&mut self, id: PaymentId, adapter: &dyn Adapter, now: &Moment) {
        let Some(driver) = self.keeper.driver(now) else { return };
        if !self.enter(id, Urgency::Money, now) {
            return;
        }
        let Some(slot) = self.slots.get(&id) else { return };
        let request = start_request(&slot.payment, adapter, now);
        self.submit_or_leave(id, Command::PermitStart { request, driver }, now);
    }

    fn operate(
        &mut self,
        id: PaymentId,
        operation: OperationId,
        adapter: &dyn Adapter,
        now: &Moment,
    ) {
        let Some(driver) = self.keeper.driver(now) else { return };
        let Some(slot) = self.slots.get(&id) else { return };
        let Some(request) = operation_request(&slot.payment, operation, adapter) else {
            return self.think_again(id, now);
        };
        if self.enter(id, Urgency::Money, now) {
            let command = Command::PermitOperation { operation, request, driver };
            self.submit_or_leave(id, command, now);
        }
    }

    fn submit_or_leave(&mut self, id: PaymentId, command: Command, now: &Moment) {
        if !self.submit(id, Work::own(command), now) {
            self.free_place(now);
        }
    }

    fn read(&mut self, id: PaymentId, charge: ChargeId, adapter: &dyn Adapter, now: &Moment) {
        // A place comes first: while the pool is full, most reads that are due find none.
        if !self.enter(id, self.urgency_of_look(id), now) {
            return;
        }
        let Some(slot) = self.slots.get(&id) else { return };
        let mut request = adapter.read(&slot.payment, &charge);
        let over = plan::until_over_ms(&slot.payment, adapter.manners(), now) == Some(0);
        request.may_move_money &= !over;
        let sending = self.poll(slot, request, now);
        self.fly(id, Errand::Read(charge), sending, now);
        self.await_look(id, adapter, now);
    }

    /// A look, under the sale's poll permit where it may pay.
    fn poll(&self, slot: &Slot, request: Request, now: &Moment) -> Sending {
        let clearance = match &slot.poll_permit {
            Some(permit) if request.may_move_money => {
                let mut limits = self.keeper.window();
                limits.push((*now, HAND_OVER_MS));
                Clearance::Poll(permit.within(limits))
            }
            Some(_) | None => Clearance::Harmless,
        };
        Sending { request, clearance }
    }

    fn look_up(&mut self, id: PaymentId, adapter: &dyn Adapter, now: &Moment) {
        let Some(slot) = self.slots.get(&id) else { return };
        let further = slot.looks.further.as_ref().map(|further| further.page.clone());
        let first = || adapter.look_up_again(&slot.payment, slot.looks.count);
        let Some(mut request) = further.or_else(first) else {
            return self.think_again(id, now);
        };
        let manners = adapter.manners();
        request.may_move_money &=
            !plan::lists_nothing_new(&slot.payment, &slot.looks, manners, now);
        let sending = self.poll(slot, request, now);
        if self.enter(id, self.urgency_of_look(id), now) {
            self.fly(id, Errand::LookUp, sending, now);
            self.await_look(id, adapter, now);
        }
    }

    /// A look has just left: whose payment it is and what may be sent is settled, so only what time
    /// alone may do is left to plan.
    fn await_look(&mut self, id: PaymentId, adapter: &dyn Adapter, now: &Moment) {
        if let Some(slot) = self.slots.get(&id) {
            let plan = self.plan(slot, adapter, now);
            self.carry_out(id, plan, adapter, now);
        }
    }

    /// Whether anybody waits for what a look will show.
    fn urgency_of_look(&self, id: PaymentId) -> Urgency {
        let Some(slot) = self.slots.get(&id) else { return Urgency::Search };
        let unsent = |cancel: &Operation| cancel.sends.is_empty();
        match view::outcome(&slot.payment) {
            // A cancel may wait for this look.
            view::Outcome::Open if slot.payment.cancel.as_deref().is_some_and(unsent) => {
                Urgency::Money
            }
            view::Outcome::Open => Urgency::Look,
            _ => Urgency::Search,
        }
    }

    /// Long waits end on a common tick, so that polls leave together and wake a process a hundred
    /// times a second rather than ten thousand. The more payments, the shorter the tick: of those
    /// that come due together, each should find a place.
    fn on_tick(&self, due_boot_ms: u64, wait_ms: u64) -> u64 {
        if wait_ms < LONG_WAIT_MS {
            return due_boot_ms;
        }
        let held = u64::try_from(self.slots.len()).unwrap_or(u64::MAX).max(1);
        let places_ms = self.pool.places_for_looks().saturating_mul(SECOND_MS);
        let tick_ms = places_ms.checked_div(held).unwrap_or(0).clamp(1, TICK_MS_MAX);
        due_boot_ms.checked_next_multiple_of(tick_ms).unwrap_or(due_boot_ms)
    }

    /// An adapter that makes no request although its manners promise one must not stall the
    /// payment.
    fn think_again(&mut self, id: PaymentId, now: &Moment) {
        let due = now.boot_ms.saturating_add(BUDGET_WAIT_MAX_MS);
        self.schedule.set(Timer::Payment(id), due);
    }

    /// Takes a place in the pool, or arranges to be woken when there may be one.
    fn enter(&mut self, id: PaymentId, urgency: Urgency, now: &Moment) -> bool {
        let Some(slot) = self.slots.get(&id) else { return false };
        let account = &slot.payment.sale.account.name;
        let unlimited = Terms::default();
        let member = self.accounts.get(account);
        let terms = member.map_or(&unlimited, |member| &member.connection.terms);
        match self.pool.enter(id, account, terms, urgency, now) {
            Ok(()) => true,
            Err(Full::Pool(ms)) => {
                // A place may only come free after a deadline of this payment.
                self.schedule.set(Timer::Payment(id), now.boot_ms.saturating_add(ms));
                false
            }
            Err(Full::Budget(ms)) => {
                let due = now.boot_ms.saturating_add(ms.clamp(1, BUDGET_WAIT_MAX_MS));
                self.schedule.set(Timer::Payment(id), due);
                let account = account.clone();
                self.draw(&account, now);
                false
            }
        }
    }

    /// Gives a place back and lets whoever waited for it try.
    pub(super) fn free_place(&mut self, now: &Moment) {
        if let Some(next) = self.pool.leave() {
            self.schedule.set(Timer::Payment(next), now.boot_ms);
        }
    }

    /// Nothing to do for now; what nobody needs leaves the memory.
    fn rest(&mut self, id: PaymentId) {
        self.schedule.clear(Timer::Payment(id));
        let idle = self.slots.get(&id).is_some_and(|slot| {
            slot.watchers.is_empty()
                && slot.inbox.is_empty()
                && slot.flight.is_none()
                && !slot.is_busy()
                && (!view::is_unsettled(&slot.payment)
                    || !self.is_connected(&slot.payment.sale.account))
        });
        if idle {
            self.slots.remove(&id);
            self.codes.forget(id);
        }
    }

    /// Takes in what a request came to.
    pub(super) fn landed(
        &mut self,
        id: PaymentId,
        token: Token,
        flight: Flight,
        exchange: &Exchange,
        now: &Moment,
    ) {
        self.free_place(now);
        let Some(slot) = self.slots.get_mut(&id) else { return };
        // An account's adapter is kept as long as the machine lives, for exactly this moment.
        let Some(member) = self.accounts.get(&slot.payment.sale.account.name) else { return };
        let adapter = member.connection.adapter.as_ref();
        slot.flight = slot.flight.filter(|under_way| *under_way != token);
        let payment = &slot.payment;
        // A cancel that is tried again and again must not put off the look that tells of it.
        let started = |operation: &OperationId| *operation == payment.start.id;
        match &flight.what {
            Errand::Operation { operation, .. } if !started(operation) => {}
            Errand::Operation { .. } | Errand::Read(_) | Errand::LookUp => {
                slot.looks.last = Some(*now);
            }
        }
        let command = match flight.what {
            Errand::Operation { operation, number } if operation == payment.start.id => {
                let mut answer = adapter.started(payment, exchange, number > 1);
                self.codes.hide(id, &mut answer);
                Command::TakeAnswer { operation, number, answer }
            }
            Errand::Operation { operation, number } => {
                let Some(known) = find(payment, operation) else { return };
                let answer = adapter.operated(payment, known, exchange);
                Command::TakeAnswer { operation, number, answer }
            }
            Errand::Read(charge) => {
                let reading = adapter.seen(payment, &charge, exchange);
                return self.looked(id, Source::Read, reading, flight.asked_at, now);
            }
            Errand::LookUp => {
                let reading = adapter.found(payment, exchange);
                // A page that could not be had is asked for again, so that what stands behind it is
                // not lost sight of.
                if matches!(reading, Reading::Clear(_)) || payment.charges.is_empty() {
                    let page = adapter.look_further(payment, exchange);
                    slot.looks.further = further(slot.looks.further.as_deref(), page);
                }
                return self.looked(id, Source::LookUp, reading, flight.asked_at, now);
            }
        };
        self.take_fact(id, command, now);
    }

    fn looked(
        &mut self,
        id: PaymentId,
        source: Source,
        reading: Reading,
        asked_at: Moment,
        now: &Moment,
    ) {
        let Some(slot) = self.slots.get_mut(&id) else { return };
        slot.looks.due_now = false;
        slot.looks.count = slot.looks.count.wrapping_add(1);
        match reading {
            Reading::Clear(sightings) => {
                slot.looks.was_read |= source == Source::Read;
                slot.looks.failing_since = None;
                slot.looks.leave_alone = None;
                self.take_fact(id, Command::Observe { source, sightings, asked_at }, now);
            }
            Reading::Unclear { retry_after_ms, .. } => {
                slot.looks.failing_since.get_or_insert(*now);
                slot.looks.leave_alone = retry_after_ms.map(|ms| (*now, ms));
                let account = slot.payment.sale.account.name.clone();
                if let Some(ms) = retry_after_ms {
                    let unlimited = Terms::default();
                    let member = self.accounts.get(&account);
                    let terms = member.map_or(&unlimited, |member| &member.connection.terms);
                    self.pool.leave_alone(&account, terms, ms, now);
                }
                self.after_change(id, now);
            }
        }
    }
}

/// The rest of a list after one more of its pages was seen.
fn further(before: Option<&Further>, page: Option<Request>) -> Option<Box<Further>> {
    let seen = before.map_or(0, |before| before.seen).saturating_add(1);
    page.filter(|_| seen < PAGES_MAX).map(|page| Box::new(Further { page, seen }))
}

/// How far apart the ticks are at the most.
const TICK_MS_MAX: u64 = 10;
/// From here on a wait is long enough not to miss a tick.
const LONG_WAIT_MS: u64 = 500;
/// The most that a step may come late on purpose.
const JITTER_MAX_MS: u64 = 500;
/// The longest sleep for want of budget.
const BUDGET_WAIT_MAX_MS: u64 = 60_000;

/// Whose payment it is.
enum Standing {
    Mine,
    /// Driven by this process under a lease that it has lost; the new one may take it.
    MyFormer(crate::payment::Driver),
    Others,
}

/// The request that starts a sale, its expiry computed from what is left.
pub(super) fn start_request(payment: &Payment, adapter: &dyn Adapter, now: &Moment) -> Request {
    let left_ms = payment
        .times
        .expires_ms
        .map(|expires_ms| now.until_may_have_passed_ms(&payment.created_at, expires_ms));
    adapter.start(payment, left_ms)
}

fn operation_request(payment: &Payment, id: OperationId, adapter: &dyn Adapter) -> Option<Request> {
    let operation = find(payment, id)?;
    let charge = permission::target(payment, operation)?;
    adapter.operate(payment, operation, charge)
}

fn find(payment: &Payment, id: OperationId) -> Option<&Operation> {
    view::all_operations(payment).find(|operation| operation.id == id)
}
