//! One or more machines on one simulated disk, a wire that the test answers, and a clock that it
//! turns.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::engine::memory::MemoryStore;
use crate::engine::port::{
    Ask, Call, Connection, Input, Output, Reply, Terms, Ticket, Token, Told,
};
use crate::engine::store::{Failure, FailureKind, Refusal, Store};
use crate::engine::{Engine, Role, Setup};
use crate::error::Error;
use crate::ids::{AccountName, InstallationId, MerchantId, PaymentId, ProcessId};
use crate::money::{Currency, Money};
use crate::payment::Payment;
use crate::payment::manners::{Absence, Looking, Manner, Manners, StartManner};
use crate::sale::{Account, Environment, SaleRequest, Times};
use crate::secret::Secret;
use crate::time::{BootId, Entropy, Moment};
use crate::wire::{Request, Response, SendFailure};

use super::words::Words;

/// A request that was handed over, waiting for the test to answer it.
#[derive(Debug)]
pub struct Handed {
    pub machine: usize,
    pub token: Token,
    pub request: Request,
}

/// What the simulated disk does with the next append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    Works,
    FailsBefore,
    FailsAfter,
}

pub struct Harness {
    pub now: Moment,
    pub store: MemoryStore,
    pub machines: Vec<Engine>,
    pub wire: VecDeque<Handed>,
    pub replies: BTreeMap<(usize, Ticket), Result<Reply, Error>>,
    pub disk: VecDeque<Disk>,
    pub unsent: Vec<SendFailure>,
    /// Whether reads of the next machine's provider may pay.
    pub paying_reads: bool,
    /// What the disk says and a busy queue keeps back.
    pub hold: fn(&Told) -> bool,
    pub held: VecDeque<(usize, Token, Told)>,
    /// The disk prolongs no lease and gives out none.
    pub deaf: bool,
    /// Records cannot be read.
    pub unreadable: bool,
    /// Nothing can be written.
    pub broken: bool,
    /// Nothing can be drawn from a budget.
    pub dry: bool,
    tickets: u64,
    processes: u8,
}

impl Harness {
    /// One driving machine, connected.
    pub fn new(manners: Manners) -> Self {
        let mut harness = Self {
            now: Moment { wall_ms: 1_800_000_000_000, boot_ms: 5_000_000, boot: BootId(1) },
            store: MemoryStore::new(InstallationId::from_bytes([1; 16])),
            machines: Vec::new(),
            wire: VecDeque::new(),
            replies: BTreeMap::new(),
            disk: VecDeque::new(),
            unsent: Vec::new(),
            paying_reads: false,
            hold: |_| false,
            deaf: false,
            unreadable: false,
            broken: false,
            dry: false,
            held: VecDeque::new(),
            tickets: 0,
            processes: 0,
        };
        harness.open(Role::Drives, manners, Terms::default());
        harness
    }

    /// Another machine on the same disk, connected; tells which.
    pub fn open(&mut self, role: Role, manners: Manners, terms: Terms) -> usize {
        let which = self.machines.len();
        // A process that starts again is another process.
        self.processes += 1;
        let setup = Setup {
            process: ProcessId::from_bytes([self.processes; 16]),
            role,
            in_flight_max: 8,
            entropy: Box::new(Draws(u64::from(self.processes))),
        };
        self.machines.push(Engine::new(setup, &self.now));
        let words = Words { manners, paying_reads: self.paying_reads };
        let connection = Connection { account: account(), adapter: Arc::new(words), terms };
        self.call_at(which, Call::Connect(connection));
        self.settle();
        which
    }

    pub fn call(&mut self, call: Call) -> Ticket {
        self.call_at(0, call)
    }

    pub fn call_at(&mut self, machine: usize, call: Call) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.machines[machine].handle(Input::Called { ticket, call }, &self.now);
        self.settle();
        ticket
    }

    /// The first machine's account has no credentials, or has them again.
    pub fn withhold(&mut self, withheld: bool) {
        let account = account().name;
        self.machines[0].handle(Input::Withheld { account, withheld }, &self.now);
        self.settle();
    }

    pub fn start(&mut self, reference: &str) -> Ticket {
        self.call(Call::Start(Box::new(request(reference))))
    }

    /// Answers the oldest request on the wire with one of the provider's words.
    pub fn answer(&mut self, word: &str) {
        let handed = self.wire.pop_front().expect("a request is on the wire");
        self.exchange(handed, word);
    }

    pub fn exchange(&mut self, handed: Handed, word: &str) {
        let exchange = match word {
            "lost" => Err(SendFailure::MaybeSent { why: "lost".into() }),
            "unsent" => Err(SendFailure::NotSent { why: "refused".into() }),
            word => Ok(Response {
                status: 200,
                headers: Vec::new(),
                body: word.as_bytes().to_vec(),
                truncated: false,
            }),
        };
        let input = Input::Exchanged { token: handed.token, exchange };
        self.machines[handed.machine].handle(input, &self.now);
        self.settle();
    }

    /// Tells what was kept back.
    pub fn tell_held(&mut self) {
        self.hold = |_| false;
        while let Some((machine, token, told)) = self.held.pop_front() {
            self.machines[machine].handle(Input::Told { token, told }, &self.now);
            self.settle();
        }
    }

    /// Lets time pass in small steps, waking whoever wants to be woken.
    pub fn pass(&mut self, ms: u64) {
        let end = self.now.boot_ms + ms;
        while self.now.boot_ms < end {
            let wake = self.machines.iter().filter_map(|machine| machine.next_wake_ms(&self.now));
            let step = wake.min().unwrap_or(u64::MAX).clamp(1, end - self.now.boot_ms);
            self.now.boot_ms += step;
            self.now.wall_ms += i64::try_from(step).unwrap();
            for machine in &mut self.machines {
                machine.handle(Input::Woken, &self.now);
            }
            self.settle();
        }
    }

    /// Carries out everything that the machines want, until they want nothing more.
    pub fn settle(&mut self) {
        loop {
            let mut outputs = Vec::new();
            for (which, machine) in self.machines.iter_mut().enumerate() {
                outputs.extend(machine.take_outputs().into_iter().map(|output| (which, output)));
            }
            if outputs.is_empty() {
                return;
            }
            for (which, output) in outputs {
                self.carry_out(which, output);
            }
        }
    }

    fn carry_out(&mut self, which: usize, output: Output) {
        match output {
            Output::Answer { ticket, reply } => {
                let before = self.replies.insert((which, ticket), *reply);
                assert!(before.is_none(), "a ticket is answered once");
            }
            Output::Send { token, sending, .. } => match sending.depart(&self.now) {
                Ok(departure) => {
                    let body = departure.body().map(Into::into);
                    let request = Request { body, ..departure.request().clone() };
                    self.wire.push_back(Handed { machine: which, token, request });
                }
                Err(failure) => {
                    self.unsent.push(failure.clone());
                    let input = Input::Exchanged { token, exchange: Err(failure) };
                    self.machines[which].handle(input, &self.now);
                }
            },
            Output::Ask { token, ask } => {
                let told = self.ask(ask);
                if (self.hold)(&told) {
                    self.held.push_back((which, token, told));
                    return;
                }
                self.machines[which].handle(Input::Told { token, told }, &self.now);
            }
        }
    }

    fn ask(&mut self, ask: Ask) -> Told {
        let now = self.now;
        let store = &mut self.store;
        let broken = || Failure { kind: FailureKind::Full, detail: "no room".into() };
        match ask {
            Ask::Heartbeat(_) if self.deaf => Told::Heartbeat(Err(broken())),
            Ask::Lease(_) if self.deaf => Told::Lease(Err(broken())),
            Ask::Payment(_) if self.unreadable => {
                let detail = "the record does not add up".into();
                Told::Payment(Err(Failure { kind: FailureKind::Corrupt, detail }))
            }
            Ask::Append(_) if self.broken => Told::Append(Err(Refusal::Failed(broken()))),
            Ask::Append(append) => match self.disk.pop_front().unwrap_or(Disk::Works) {
                Disk::FailsBefore => Told::Append(Err(Refusal::Failed(broken()))),
                Disk::FailsAfter => {
                    store.append(vec![*append], &now);
                    Told::Append(Err(Refusal::Failed(broken())))
                }
                Disk::Works => Told::Append(store.append(vec![*append], &now).remove(0)),
            },
            Ask::Payment(id) => Told::Payment(store.payment(id)),
            Ask::Surroundings { identity, terminal } => {
                Told::Surroundings(store.surroundings(&identity, terminal.as_ref()))
            }
            Ask::ByCharge { account, charge } => {
                Told::ByCharge(store.by_charge(account.as_str(), &charge))
            }
            Ask::Unsettled { account } => Told::Unsettled(store.unsettled(account.as_str())),
            Ask::Lease(process) => Told::Lease(store.lease(process, &now)),
            Ask::Heartbeat(driver) => Told::Heartbeat(store.heartbeat(driver, &now)),
            Ask::Release(driver) => Told::Release(store.release(driver)),
            Ask::IsOver(driver) => Told::IsOver(store.is_over(driver, &now)),
            Ask::Draw(_) if self.dry => Told::Draw(Err(broken())),
            Ask::Draw(draw) => Told::Draw(store.draw(&draw, &now)),
        }
    }

    /// What a caller of the first machine was told.
    pub fn told(&self, ticket: Ticket) -> Option<&Result<Reply, Error>> {
        self.replies.get(&(0, ticket))
    }

    /// The payment that a caller was told of.
    pub fn payment(&self, ticket: Ticket) -> &Payment {
        match self.told(ticket) {
            Some(Ok(Reply::Payment { payment, .. } | Reply::Cancel { payment, .. })) => payment,
            other => panic!("no payment was told: {other:?}"),
        }
    }

    /// The payment as the disk has it.
    pub fn stored(&mut self, id: PaymentId) -> Payment {
        match self.store.payment(id) {
            Ok(Some(crate::engine::store::Stored::Live(payment))) => *payment,
            other => panic!("no payment is stored: {other:?}"),
        }
    }

    /// The only payment on the disk.
    pub fn only(&mut self) -> Payment {
        let ids: Vec<PaymentId> = self.store.rows().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), 1, "one payment is stored");
        self.stored(ids[0])
    }
}

/// A keyed provider with every operation.
pub fn keyed() -> Manners {
    let keyed = Manner::Keyed { life_ms: 1_500_000 };
    Manners {
        start: StartManner {
            manner: keyed,
            timeout_ms: 60_000,
            quiet_gap_ms: 5_000,
            replays_max: 1,
        },
        capture: Some(keyed),
        refund: Some(keyed),
        cancel: Some(Manner::SameEffect),
        release: None,
        several_captures: false,
        answer: Some(Manner::SameEffect),
        look_up: false,
        absence: Absence::NeverProof,
        void_after_expiry_ms: None,
        times: Times { start_by_ms: 90_000, expires_ms: None, settle_by_ms: 120_000 },
        looking: Looking::DEFAULT,
    }
}

/// A provider without keys, looked up by reference, whose absence is proof.
pub fn once() -> Manners {
    Manners {
        start: StartManner { manner: Manner::Once, ..keyed().start },
        capture: Some(Manner::Once),
        refund: Some(Manner::Once),
        look_up: true,
        absence: Absence::ProofAfterExpiry { margin_ms: 10_000 },
        times: Times { expires_ms: Some(120_000), settle_by_ms: 130_000, ..keyed().times },
        ..keyed()
    }
}

pub fn request(reference: &str) -> SaleRequest {
    SaleRequest::new("shop-1", Some("T1"), "13.30", "EUR", reference)
}

/// What a customer's device shows.
pub const CODE: &str = "9504041600000012";

/// A sale whose customer's code was scanned.
pub fn scanned(reference: &str) -> SaleRequest {
    SaleRequest { code: Some(Secret::new(CODE)), ..request(reference) }
}

pub fn account() -> Account {
    Account {
        name: AccountName::parse("shop-1").unwrap(),
        provider: "words".into(),
        merchant: MerchantId::parse("m-1").unwrap(),
        environment: Environment::Sandbox,
    }
}

pub fn euros(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

struct Draws(u64);

impl Entropy for Draws {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (self.0 >> 56) as u8;
        }
    }
}
