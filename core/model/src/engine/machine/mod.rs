//! The machine: one schedule for all open payments, and the only place that sequences decide,
//! append, send, decide.
//!
//! It owns no thread, reads no clock and never waits. Between two inputs every payment is either
//! idle, with its next step on the schedule, or waits for exactly one answer of the store; a
//! request may be on its way beside that. Commands for a busy payment queue in its slot.

mod appends;
mod budgets;
mod calls;
mod codes;
mod day_edge;
mod drawing;
mod drive;
mod judging;
mod lease_keeper;
mod parts;
mod pool;
mod queue;
mod schedule;
mod slot;
mod starts;
mod tickets;
mod told;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::codes::Codes;
use self::lease_keeper::LeaseKeeper;
use self::pool::Pool;
use self::schedule::{Schedule, Timer};
use self::slot::{Flight, Slot};
use self::starts::Starting;
use self::tickets::Waiting;
use super::port::{Ask, Call, Connection, Input, Output, Purse, Reply, Ticket, Token};
use super::store::IdentityKey;
use crate::error::{Code, Error};
use crate::ids::{AccountName, OperationId, PaymentId, ProcessId};
use crate::payment::Driver;
use crate::time::{Entropy, Moment, SECOND_MS};

/// How a machine is set up.
pub struct Setup {
    /// The process that it is.
    pub process: ProcessId,
    /// What it may do.
    pub role: Role,
    /// How many requests may be on their way at once.
    pub in_flight_max: usize,
    /// Where jitter and operation ids come from.
    pub entropy: Box<dyn Entropy>,
}

/// What a machine may do. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Take payments and drive them, under a lease.
    Drives,
    /// Watch, record wishes, facts and words; send nothing and hold nothing.
    Observes,
    /// The journal went back in time: look things up, start nothing.
    Restored,
}

/// The synchronous machine.
pub struct Engine {
    role: Role,
    keeper: LeaseKeeper,
    entropy: Box<dyn Entropy>,
    accounts: BTreeMap<AccountName, Member>,
    disowned: BTreeSet<PaymentId>,
    /// Other drivers whose lease was asked about since the last sweep.
    asked_over: BTreeSet<Driver>,
    /// Other drivers whose lease is over: none is ever given out twice.
    over: BTreeSet<Driver>,
    /// Payments that others wrote to while they were being read.
    reread: BTreeSet<PaymentId>,
    /// Permits of this machine's own that may be used or were: from the asking for each until its
    /// answer is durable.
    live_permits: BTreeSet<(OperationId, u32)>,
    slots: BTreeMap<PaymentId, Box<Slot>>,
    codes: Codes,
    starting: BTreeMap<IdentityKey, Starting>,
    loading: BTreeMap<PaymentId, Vec<slot::Work>>,
    tickets: BTreeMap<Ticket, Waiting>,
    early: VecDeque<(Ticket, Call, Moment)>,
    pending: BTreeMap<Token, Purpose>,
    schedule: Schedule,
    pool: Pool,
    closing: Option<Ticket>,
    closed: bool,
    clock_offset_ms: Option<i64>,
    next_token: u64,
    outputs: Vec<Output>,
}

/// An account that is or was connected: what is on its way outlives the connection.
struct Member {
    connection: Connection,
    connected: bool,
}

/// What an answer of the store or the wire is for.
#[derive(Debug)]
enum Purpose {
    Append(PaymentId),
    AppendNew(IdentityKey),
    Surroundings(IdentityKey),
    Neighbour(IdentityKey),
    CheckNew(IdentityKey),
    Reload(PaymentId),
    Load(PaymentId),
    ByCharge { ticket: Ticket, account: AccountName, hint: Box<crate::provider::Hint> },
    Unsettled,
    IsOver(Driver),
    Lease { asked_at: Moment },
    Heartbeat { asked_at: Moment },
    Draw { purse: Purse, asked_at: Moment },
    Release,
    Send { payment: PaymentId, flight: Box<Flight> },
}

impl Purpose {
    /// The caller whose hint waits for this answer.
    const fn hinting(&self) -> Option<Ticket> {
        match self {
            Self::ByCharge { ticket, .. } => Some(*ticket),
            _ => None,
        }
    }
}

/// How long `start`, `cancel`, `capture` and `refund` wait before they tell what is known by then.
const PATIENCE_MS: u64 = 10 * SECOND_MS;
/// How long `close` waits for answers under way.
const CLOSE_PATIENCE_MS: u64 = 5 * SECOND_MS;
/// How far the two clocks may part before everything is planned again.
const CLOCK_JUMP_MS: u64 = SECOND_MS;

impl Engine {
    /// A machine that knows nothing yet; a driving one asks for its lease at once.
    #[must_use]
    pub fn new(setup: Setup, now: &Moment) -> Self {
        let mut engine = Self {
            role: setup.role,
            keeper: LeaseKeeper::new(setup.process),
            entropy: setup.entropy,
            accounts: BTreeMap::new(),
            disowned: BTreeSet::new(),
            asked_over: BTreeSet::new(),
            over: BTreeSet::new(),
            reread: BTreeSet::new(),
            live_permits: BTreeSet::new(),
            slots: BTreeMap::new(),
            codes: Codes::default(),
            starting: BTreeMap::new(),
            loading: BTreeMap::new(),
            tickets: BTreeMap::new(),
            early: VecDeque::new(),
            pending: BTreeMap::new(),
            schedule: Schedule::default(),
            pool: Pool::new(setup.in_flight_max),
            closing: None,
            closed: false,
            clock_offset_ms: None,
            next_token: 0,
            outputs: Vec::new(),
        };
        if engine.role == Role::Drives {
            engine.ask_lease(now);
        }
        engine
    }

    /// Takes one input in. Whatever it leads to is in [`Self::take_outputs`] afterwards.
    pub fn handle(&mut self, input: Input, now: &Moment) {
        self.notice_clock_jump(now);
        match input {
            Input::Called { ticket, call } => self.called(ticket, call, now),
            Input::Left { ticket } => self.left(ticket),
            Input::Told { token, told } => self.told(token, told, now),
            Input::Exchanged { token, exchange } => self.exchanged(token, &exchange, now),
            Input::Changed { payments } => self.changed(&payments),
            Input::Withheld { account, withheld } => self.withhold(account, withheld, now),
            Input::Woken => {}
        }
        self.run_timers(now);
        self.finish_closing();
    }

    /// What the machine wants done, in order.
    pub fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// How long the machine may be left alone.
    #[must_use]
    pub fn next_wake_ms(&self, now: &Moment) -> Option<u64> {
        self.schedule.next().map(|due| due.saturating_sub(now.boot_ms))
    }

    /// How many payments are in memory.
    #[must_use]
    pub fn payments_held(&self) -> usize {
        self.slots.len()
    }

    /// How many scanned codes are in memory.
    #[must_use]
    pub fn codes_held(&self) -> usize {
        self.codes.len()
    }

    /// How many askings and sendings have not been answered.
    #[must_use]
    pub fn answers_awaited(&self) -> usize {
        self.pending.len()
    }

    fn ask(&mut self, ask: Ask, purpose: Purpose) {
        let token = self.token(purpose);
        self.outputs.push(Output::Ask { token, ask });
    }

    fn token(&mut self, purpose: Purpose) -> Token {
        self.next_token = self.next_token.saturating_add(1);
        let token = Token(self.next_token);
        self.pending.insert(token, purpose);
        token
    }

    fn answer(&mut self, ticket: Ticket, reply: Result<Reply, Error>) {
        self.outputs.push(Output::Answer { ticket, reply: Box::new(reply) });
    }

    fn refuse(&mut self, ticket: Ticket, error: Error) {
        self.answer(ticket, Err(error));
    }

    /// A wall clock that jumped may have passed deadlines: think about everything again.
    fn notice_clock_jump(&mut self, now: &Moment) {
        let boot_ms = i64::try_from(now.boot_ms).unwrap_or(i64::MAX);
        let offset = now.wall_ms.saturating_sub(boot_ms);
        let jumped =
            self.clock_offset_ms.is_some_and(|known| known.abs_diff(offset) > CLOCK_JUMP_MS);
        if jumped || self.clock_offset_ms.is_none() {
            self.clock_offset_ms = Some(offset);
        }
        if jumped {
            // The lease may have lapsed by the new time.
            if self.role == Role::Drives {
                self.schedule.set(Timer::Heartbeat, now.boot_ms);
            }
            let ids: Vec<PaymentId> = self.slots.keys().copied().collect();
            for id in ids {
                self.schedule.set(Timer::Payment(id), now.boot_ms);
            }
        }
    }

    fn run_timers(&mut self, now: &Moment) {
        while let Some(timer) = self.schedule.pop_due(now.boot_ms) {
            match timer {
                Timer::Payment(id) => self.drive(id, now),
                Timer::Ticket(ticket) => self.patience_ended(ticket, now),
                Timer::Retry(id) => self.retry(id, now),
                Timer::Heartbeat => self.beat(now),
                Timer::Sweep => self.sweep(now),
                Timer::Close => self.close_now(),
            }
        }
    }

    fn finish_closing(&mut self) {
        if self.closing.is_some() && !self.closed && self.nothing_under_way() {
            self.close_now();
        }
    }

    fn nothing_under_way(&self) -> bool {
        !self.slots.values().any(|slot| slot.keeps_fact())
            && !self.pending.values().any(|purpose| match purpose {
                Purpose::Append(_)
                | Purpose::AppendNew(_)
                | Purpose::CheckNew(_)
                | Purpose::Send { .. } => true,
                Purpose::Surroundings(_)
                | Purpose::Neighbour(_)
                | Purpose::Reload(_)
                | Purpose::Load(_)
                | Purpose::ByCharge { .. }
                | Purpose::Unsettled
                | Purpose::IsOver(_)
                | Purpose::Lease { .. }
                | Purpose::Heartbeat { .. }
                | Purpose::Draw { .. }
                | Purpose::Release => false,
            })
    }
}

/// The error for a call after `close`.
fn closed() -> Error {
    Error::new(Code::Closed)
}

/// What one payment's place in the machine takes, its facts apart.
#[cfg(test)]
pub(super) const SLOT_BYTES: usize = std::mem::size_of::<Slot>();
