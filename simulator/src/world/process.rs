//! Processes: one engine each, on one journal and one machine; they die, are stopped, and start
//! again.

use std::collections::BTreeMap;

use tillkit_model::engine::port::{
    Ask, Call, Connection, Input, Output, Terms, Ticket, Token, Told,
};
use tillkit_model::engine::store::{Append, Refusal, Store as _};
use tillkit_model::engine::{Engine, Role, Setup};
use tillkit_model::ids::{AccountName, MerchantId, PaymentId, ProcessId};
use tillkit_model::payment::event::Event as PaymentEvent;
use tillkit_model::sale::{Account, Environment};
use tillkit_model::time::Moment;

use super::disk::{Instant, broken};
use super::faults::Fault;
use super::life::{Event, World};
use super::story;
use super::tokens::Purse;
use super::workload::{Job, Task};
use crate::rng::Rng;

/// The one account of the world.
pub const ACCOUNT: &str = "shop-1";
/// How long a caller of a living process may have to wait for an answer.
const HANGING_MS: u64 = 400_000;

/// One life of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// Which process.
    pub process: usize,
    /// Which of its lives.
    pub life: u32,
}

/// A process, alive or dead.
#[derive(Default)]
pub struct Process {
    pub(super) engine: Option<Engine>,
    pub(super) life: u32,
    pub(super) frozen_until_ms: u64,
    pub(super) starts_at_ms: u64,
    pub(super) purse: Purse,
    wake_at_ms: u64,
    last_ask_ms: u64,
    cursor: u64,
    watching: bool,
    tickets: BTreeMap<u64, (Task, u64)>,
    next_ticket: u64,
}

impl Process {
    /// Whether it runs, if only it is let.
    pub const fn is_alive(&self) -> bool {
        self.engine.is_some()
    }
}

/// In one life of ten a process may make only so many requests a minute, so that sales are recorded
/// long before they may be sent.
const SCARCE_PER_MINUTE: u32 = 8;

impl World {
    /// Starts a process, unless it runs.
    pub(super) fn start(&mut self, process: usize) {
        if self.processes[process].is_alive() {
            return;
        }
        let mut entropy = self.draws(0x21);
        let role = if self.disk.store.is_restored() { Role::Restored } else { Role::Drives };
        let setup = Setup {
            process: ProcessId::new(&mut entropy),
            role,
            in_flight_max: 16,
            entropy: Box::new(entropy),
        };
        let now = self.moment();
        let cursor = self.disk.store.records();
        let slot = &mut self.processes[process];
        slot.engine = Some(Engine::new(setup, &now));
        slot.life += 1;
        slot.frozen_until_ms = 0;
        slot.wake_at_ms = u64::MAX;
        slot.last_ask_ms = 0;
        slot.cursor = cursor;
        slot.watching = false;
        let who = Who { process, life: slot.life };
        self.tell(|| format!("process {process} starts as {role:?}"));
        self.first_token(who);
        let call = Call::Connect(self.connection());
        self.call(who, call, Task { job: Job::Connect, tries: 0 });
        self.pump(who);
    }

    fn connection(&self) -> Connection {
        let account = Account {
            name: AccountName::parse(ACCOUNT).expect("a name"),
            provider: self.adapter.name().into(),
            merchant: MerchantId::parse("merchant-1").expect("a name"),
            environment: Environment::Sandbox,
        };
        let scarce = (self.seed % 10 == 1).then_some(SCARCE_PER_MINUTE);
        let terms = Terms { requests_per_minute: scarce, ..Terms::default() };
        Connection { account, adapter: self.adapter.clone(), terms }
    }

    pub(super) fn moment(&self) -> Moment {
        self.machine.now(self.now_ms)
    }

    /// A process dies; what it had in hand is lost with it.
    pub(super) fn kill(&mut self, process: usize, down_ms: u64) {
        let slot = &mut self.processes[process];
        if slot.engine.take().is_none() {
            return;
        }
        self.kills += 1;
        slot.starts_at_ms = self.now_ms + down_ms;
        let starts_at_ms = slot.starts_at_ms;
        let orphans: Vec<Task> =
            std::mem::take(&mut slot.tickets).into_values().map(|t| t.0).collect();
        self.tell(|| format!("process {process} dies, and is down for {down_ms} ms"));
        self.queue.put(starts_at_ms, Event::Start(process));
        for task in orphans {
            self.orphaned(task);
        }
    }

    /// A caller lost its process: it asks again, if it is a caller of ours.
    fn orphaned(&mut self, task: Task) {
        match task.job {
            Job::Connect | Job::Close => {}
            Job::Hint { place } => self.redeliver(place, task.tries),
            _ => {
                let wait_ms = self.draws(0x22).between(500, 20_000);
                self.open_tasks -= 1;
                self.later(wait_ms, Task { job: task.job, tries: task.tries + 1 });
            }
        }
    }

    /// A process is stopped: it does nothing until then.
    pub(super) fn freeze(&mut self, process: usize, for_ms: u64) {
        let until_ms = self.now_ms + for_ms;
        let slot = &mut self.processes[process];
        slot.frozen_until_ms = slot.frozen_until_ms.max(until_ms);
        self.tell(|| format!("process {process} is stopped for {for_ms} ms"));
    }

    /// A caller asks a process.
    pub(super) fn call(&mut self, who: Who, call: Call, task: Task) -> u64 {
        let now = self.moment();
        let now_ms = self.now_ms;
        let slot = &mut self.processes[who.process];
        slot.next_ticket += 1;
        let ticket = slot.next_ticket;
        slot.tickets.insert(ticket, (task, now_ms));
        if let Some(engine) = &mut slot.engine {
            engine.handle(Input::Called { ticket: Ticket(ticket), call }, &now);
        }
        ticket
    }

    pub(super) fn feed(&mut self, who: Who, input: Input) {
        let now = self.moment();
        if let Some(engine) = &mut self.processes[who.process].engine {
            engine.handle(input, &now);
        }
        self.pump(who);
    }

    /// Carries out what the engine wants, until it wants nothing more.
    pub(super) fn pump(&mut self, who: Who) {
        loop {
            let slot = &mut self.processes[who.process];
            let Some(engine) = slot.engine.as_mut().filter(|_| slot.life == who.life) else {
                return;
            };
            let outputs = engine.take_outputs();
            if outputs.is_empty() {
                break;
            }
            for output in outputs {
                self.carry_out(who, output);
            }
        }
        self.schedule_wake(who);
    }

    fn schedule_wake(&mut self, who: Who) {
        let now = self.moment();
        let now_ms = self.now_ms;
        let slot = &mut self.processes[who.process];
        let Some(wait_ms) = slot.engine.as_ref().and_then(|engine| engine.next_wake_ms(&now))
        else {
            return;
        };
        let at_ms = now_ms + wait_ms.max(1);
        if slot.wake_at_ms <= now_ms || at_ms < slot.wake_at_ms {
            slot.wake_at_ms = at_ms;
            self.queue.put(at_ms, Event::Wake(who));
        }
    }

    fn carry_out(&mut self, who: Who, output: Output) {
        self.check_permit(who, &output);
        match output {
            Output::Ask { token, ask } => {
                let wait_ms = self.draws(0x23).between(0, 2);
                let slot = &mut self.processes[who.process];
                slot.last_ask_ms = slot.last_ask_ms.max(self.now_ms + wait_ms);
                self.queue.put(slot.last_ask_ms, Event::Ask { who, token, ask });
            }
            Output::Send { token, sending, .. } if self.has_token_for(who, token) => {
                let wait_ms = self.draws(0x24).between(0, 3);
                let sending = Box::new(sending);
                self.queue.put(self.now_ms + wait_ms, Event::Leave { who, token, sending });
            }
            Output::Send { .. } => {}
            Output::Answer { ticket, reply } => {
                if let Some((task, _)) = self.processes[who.process].tickets.remove(&ticket.0) {
                    self.answered(task, *reply);
                }
            }
        }
    }

    pub(super) fn wake(&mut self, who: Who) {
        if self.processes[who.process].wake_at_ms <= self.now_ms {
            self.feed(who, Input::Woken);
        }
    }

    /// An asking reaches the disk.
    pub(super) fn ask(&mut self, who: Who, token: Token, ask: Ask) {
        let told = match ask {
            Ask::Append(append) => match self.append(who, *append) {
                Some(result) => Told::Append(result),
                None => return,
            },
            other => self.look_in_journal(other),
        };
        let wait_ms = self.draws(0x25).between(0, 2);
        let told = Box::new(told);
        self.queue.put(self.now_ms + wait_ms, Event::Told { who, token, told });
    }

    pub(super) fn told(&mut self, who: Who, token: Token, told: Told) {
        self.feed(who, Input::Told { token, told });
    }

    /// One append with all that may go wrong about it; none where the process did not live to hear.
    fn append(
        &mut self,
        who: Who,
        append: Append,
    ) -> Option<Result<tillkit_model::engine::store::Recorded, Refusal>> {
        if let Some(draws) = self.strike(Fault::KillBeforeAppend) {
            self.kill_by(who.process, draws);
            return None;
        }
        if self.strike(Fault::AppendFails).is_some() {
            return Some(Err(Refusal::Failed(broken("no room"))));
        }
        let story = self.story.is_some().then(|| story::append(&append, &self.sale_of(&append)));
        let at = Instant {
            now_ms: self.now_ms,
            machine: &self.machine,
            ledger: self.provider.ledger(),
            auditor: &mut self.auditor,
        };
        let result = self.disk.append(append, at);
        if let Some(line) = story {
            let came =
                result.as_ref().err().map(|why| format!(" - refused: {}", story::refusal(why)));
            self.tell(|| format!("p{} {line}{}", who.process, came.unwrap_or_default()));
        }
        if let Ok(recorded) = &result {
            self.forget_keys(&recorded.events);
            self.count_devices(recorded.payment);
            self.wake_watchers(who);
            self.do_deed();
        }
        if let Some(draws) = self.strike(Fault::KillAfterAppend) {
            self.kill_by(who.process, draws);
            return None;
        }
        if self.strike(Fault::AppendFailsAfter).is_some() {
            return Some(Err(Refusal::Failed(broken("input/output error"))));
        }
        Some(result)
    }

    /// A terminal that is offline, slow or asleep stays so: whatever becomes of a payment meanwhile
    /// is counted beside it.
    fn count_devices(&mut self, changed: PaymentId) {
        let Some(stage) = self.disk.stage(changed) else { return };
        for (payment, fault) in &self.bad_devices {
            if *payment == changed || self.disk.is_undecided(*payment) {
                self.coverage.count(*fault, std::iter::once(stage));
            }
        }
    }

    /// Reference and attempt of the sale that an append is about.
    fn sale_of(&self, append: &Append) -> String {
        let known = self.disk.payments().get(&append.payment).map(|payment| payment.sale.clone());
        let created = append.events.iter().find_map(|event| match event {
            PaymentEvent::Created { sale, .. } => Some(sale.clone()),
            _ => None,
        });
        let sale = known.or(created);
        sale.map_or_else(String::new, |sale| format!("{}/{}", sale.reference, sale.attempt))
    }

    /// A 5xx that the sender has recorded kept no key at a provider that keeps successes alone. One
    /// that nobody learned of keeps it: no sender could tell it from a lost success, which may be
    /// replayed.
    fn forget_keys(&mut self, events: &[PaymentEvent]) {
        for event in events {
            if let PaymentEvent::Answered { operation, number, .. } = event
                && let Some(key) = self.errors_after.remove(&(*operation, *number))
            {
                self.provider.forget(&key);
            }
        }
    }

    fn kill_by(&mut self, process: usize, mut draws: Rng) {
        let longest = draws.pick(&[500, 5_000, 30_000, 180_000]);
        let down_ms = draws.between(100, longest);
        self.kill(process, down_ms);
    }

    fn look_in_journal(&mut self, ask: Ask) -> Told {
        let failed = self.strike(Fault::ReadFails).map(|_| broken("input/output error"));
        let now = self.moment();
        let store = &mut self.disk.store;
        macro_rules! told {
            ($kind:ident, $looked:expr) => {
                Told::$kind(failed.map_or_else(|| $looked, Err))
            };
        }
        match ask {
            Ask::Append(_) => Told::Append(Err(Refusal::Failed(broken("not a read")))),
            Ask::Payment(id) => told!(Payment, store.payment(id)),
            Ask::Surroundings { identity, terminal } => {
                told!(Surroundings, store.surroundings(&identity, terminal.as_ref()))
            }
            Ask::ByCharge { account, charge } => {
                told!(ByCharge, store.by_charge(account.as_str(), &charge))
            }
            Ask::Unsettled { account } => told!(Unsettled, store.unsettled(account.as_str())),
            Ask::IsOver(driver) => told!(IsOver, store.is_over(driver, &now)),
            Ask::Draw(draw) => told!(Draw, store.draw(&draw, &now)),
            Ask::Lease(process) => {
                let lease = failed.map_or_else(|| store.lease(process, &now), Err);
                if let Ok(driver) = &lease {
                    self.auditor.lease_given(self.now_ms, *driver);
                }
                Told::Lease(lease)
            }
            Ask::Heartbeat(driver) => {
                let beat = failed.map_or_else(|| store.heartbeat(driver, &now), Err);
                if beat == Ok(true) {
                    self.auditor.lease_prolonged(self.now_ms, driver);
                }
                Told::Heartbeat(beat)
            }
            Ask::Release(driver) => {
                let released = failed.map_or_else(|| store.release(driver), Err);
                if released.is_ok() {
                    self.auditor.lease_released(driver);
                }
                Told::Release(released)
            }
        }
    }

    /// The other processes notice within a moment that the journal has grown.
    fn wake_watchers(&mut self, writer: Who) {
        for process in 0..self.processes.len() {
            let slot = &self.processes[process];
            if process == writer.process || slot.watching || !slot.is_alive() {
                continue;
            }
            let who = Who { process, life: slot.life };
            self.processes[process].watching = true;
            let wait_ms = self.draws(0x26).between(1, 150);
            self.queue.put(self.now_ms + wait_ms, Event::Changed(who));
        }
    }

    pub(super) fn look_for_changes(&mut self, who: Who) {
        let slot = &mut self.processes[who.process];
        slot.watching = false;
        if let Ok((payments, cursor)) = self.disk.store.changes(slot.cursor) {
            slot.cursor = cursor;
            if !payments.is_empty() {
                self.feed(who, Input::Changed { payments });
            }
        }
    }

    /// A caller stops waiting and calls again elsewhere.
    pub(super) fn give_up(&mut self, who: Who, ticket: u64) {
        let Some((task, _)) = self.processes[who.process].tickets.remove(&ticket) else { return };
        self.tell(|| format!("someone stops waiting for p{}", who.process));
        self.feed(who, Input::Left { ticket: Ticket(ticket) });
        self.orphaned(task);
    }

    /// A process ends in good order.
    pub(super) fn close(&mut self, process: usize) {
        let slot = &self.processes[process];
        if slot.is_alive() {
            let who = Who { process, life: slot.life };
            self.call(who, Call::Close, Task { job: Job::Close, tries: process as u32 });
            self.pump(who);
        }
    }

    /// It has closed: nothing of it is left.
    pub(super) fn closed(&mut self, process: usize) {
        let slot = &mut self.processes[process];
        slot.engine = None;
        let orphans: Vec<Task> =
            std::mem::take(&mut slot.tickets).into_values().map(|t| t.0).collect();
        for task in orphans {
            self.orphaned(task);
        }
    }

    /// A process that is up and not stopped, if there is one.
    pub(super) fn any_process(&mut self) -> Option<Who> {
        let ready = |slot: &Process| slot.is_alive() && slot.frozen_until_ms <= self.now_ms;
        let up: Vec<usize> =
            (0..self.processes.len()).filter(|at| ready(&self.processes[*at])).collect();
        if up.is_empty() {
            return None;
        }
        let process = self.draws(0x27).pick(&up);
        Some(Who { process, life: self.processes[process].life })
    }

    /// When a process that is stopped goes on, if there is one.
    pub(super) fn next_thaw_ms(&self) -> Option<u64> {
        let stopped = self.processes.iter().filter(|slot| slot.is_alive());
        stopped.map(|slot| slot.frozen_until_ms).min()
    }

    /// In the quiet, nobody waits for ever.
    pub(super) fn check_hanging(&mut self) {
        let mut hanging = Vec::new();
        for slot in self.processes.iter_mut().filter(|slot| slot.is_alive()) {
            let late = |(_, asked_ms): &(Task, u64)| {
                (*asked_ms).max(slot.frozen_until_ms) + HANGING_MS < self.now_ms
            };
            hanging.extend(slot.tickets.extract_if(.., |_, entry| late(entry)).map(|(_, e)| e.0));
        }
        for task in hanging {
            self.auditor.left_hanging(self.now_ms, format!("{:?}", task.job));
            self.orphaned(task);
        }
    }
}
