//! One life: a seed in, a report out.
//!
//! Faults for a while, then quiet: processes up, disk fine, network fine, until nothing is left to
//! do or several days have passed. Everything happens in one loop over one queue; nothing else
//! moves.

mod report;

use std::collections::BTreeMap;
use std::sync::Arc;

use tillkit_model::engine::port::{Token, Told};
use tillkit_model::ids::{OperationId, PaymentId};
use tillkit_model::provider::Adapter;
use tillkit_model::wire::{Exchange, Sending};

use super::auditor::Auditor;
use super::clock::Machine;
use super::coverage::Coverage;
use super::disk::Disk;
use super::exhaustive::Deed;
use super::faults::{Fault, Faults};
use super::network::Parcel;
use super::process::{Process, Who};
use super::providers::{Cast, Casting, Kind, Listener};
use super::queue::Queue;
use super::tokens::House;
use super::workload::{Task, Visit};
use crate::fakes::{Notice, Provider};
use crate::judge::Judged;
use crate::rng::Rng;

pub use report::Report;

/// The world's time at which a life begins: the machine has been up for a while.
const DAWN_MS: u64 = 1_000_000;
/// How long after the quiet a life may go on.
const LONGEST_MS: u64 = 76 * 3_600_000;
/// When the shop begins to open only now and then.
const DUSK_MS: u64 = 80 * 60_000;

/// What kind of life to live.
#[derive(Debug, Clone)]
pub struct Options {
    /// Everything else follows from it.
    pub seed: u64,
    /// Where faults come from.
    pub faults: Faults,
    /// This provider, or one by the seed.
    pub provider: Option<Kind>,
    /// One short sale by one till, rather than a workload by the seed.
    pub short: bool,
    /// What a till does once more at a given record.
    pub deed: Option<Deed>,
    /// Tills also allow part payments and answer conditions, where the provider knows such.
    pub extras: bool,
    /// An account may live on tokens, which may be missing.
    pub tokens: bool,
    /// Write the story down.
    pub tell: bool,
    /// Whether the provider's published schema judges what is asked and answered.
    pub judging: Judging,
}

/// Whether published schemas judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judging {
    /// They do not.
    Off,
    /// They do.
    On,
    /// They are shown bodies with everything taken out, and have to notice.
    Planted,
}

impl Options {
    /// The life that a seed means.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let faults = Faults::drawn(seed);
        Self {
            seed,
            faults,
            provider: None,
            short: false,
            deed: None,
            extras: true,
            tokens: true,
            tell: false,
            judging: Judging::Off,
        }
    }
}

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Event {
    /// A process starts.
    Start(usize),
    /// A process asked to be woken.
    Wake(Who),
    /// An asking reaches the disk.
    Ask { who: Who, token: Token, ask: tillkit_model::engine::port::Ask },
    /// The disk's answer reaches the process.
    Told { who: Who, token: Token, told: Box<Told> },
    /// A request is to be handed over.
    Leave { who: Who, token: Token, sending: Box<Sending> },
    /// It reaches the provider.
    Arrive(Box<Parcel>),
    /// What came of it reaches the process.
    Back { who: Who, token: Token, exchange: Box<Exchange> },
    /// The process looks for others' changes.
    Changed(Who),
    /// A caller may stop waiting.
    GiveUp { who: Who, ticket: u64 },
    /// A process looks at its tokens.
    Tokens(Who),
    /// A till does something.
    Do(Task),
    /// Something happens at the provider by itself.
    Provider,
    /// A webhook is delivered.
    Hint { place: usize, tries: u32 },
    /// Faults that need no occasion look for one.
    Gremlin,
    /// A person acknowledges a restored journal.
    Acknowledge,
    /// Faults end.
    Quiet,
    /// Is anything left?
    Check,
    /// The shop opens for a moment, or closes.
    Doors { open: bool },
}

/// A life under way.
pub struct World {
    pub(super) seed: u64,
    pub(super) now_ms: u64,
    pub(super) queue: Queue<Event>,
    pub(super) machine: Machine,
    pub(super) disk: Disk,
    pub(super) processes: Vec<Process>,
    pub(super) kind: Kind,
    pub(super) adapter: Arc<dyn Adapter>,
    pub(super) provider: Box<dyn Provider>,
    pub(super) listener: Option<Listener>,
    readings: Vec<&'static str>,
    pub(super) judging: Judging,
    pub(super) judged: Judged,
    pub(super) provider_due_ms: u64,
    pub(super) faults: Faults,
    pub(super) faultless: bool,
    pub(super) auditor: Auditor,
    pub(super) visits: Vec<Visit>,
    pub(super) open_tasks: u64,
    /// Tasks that wait for any process to be up.
    pub(super) waiting: Vec<Task>,
    pub(super) notices: Vec<Notice>,
    pub(super) open_hints: u64,
    pub(super) numbers: BTreeMap<u64, u64>,
    pub(super) quiet_at_ms: u64,
    pub(super) quiet: bool,
    pub(super) restored: bool,
    pub(super) gremlins: u32,
    /// What was wrong with the terminal of a payment.
    pub(super) bad_devices: BTreeMap<PaymentId, Fault>,
    pub(super) deed: Option<Deed>,
    pub(super) extras: bool,
    pub(super) house: House,
    pub(super) records: u32,
    /// The keys of sends that ran and came to a 5xx.
    pub(super) errors_after: BTreeMap<(OperationId, u32), Box<str>>,
    pub(super) sends: u64,
    pub(super) kills: u64,
    pub(super) coverage: Coverage,
    pub(super) story: Option<Vec<String>>,
}

/// Lives a life.
#[must_use]
pub fn live(options: Options) -> Report {
    let mut world = World::new(options);
    world.open();
    world.run();
    world.report()
}

impl World {
    fn new(options: Options) -> Self {
        let Options { seed, faults, provider, short, deed, extras, tokens, tell, judging } =
            options;
        let mut draws = Rng::of(seed, 0x11, 0);
        let kind = provider.unwrap_or_else(|| draws.pick(Kind::ALL));
        let fails = tokens && faults.is_on(Fault::Withheld);
        let house = House::of(seed, tokens, short, fails);
        let faultless = faults.is_none() && deed.is_none();
        let count = if short { 1 } else { draws.pick(&[1, 1, 1, 2, 2, 3]) };
        // Where one lacks a token, another does not.
        let count = if fails && !short { count.max(3) } else { count };
        let minutes = if short { 3 } else { draws.pick(&[3, 6, 15, 45]) };
        let casting = &mut Casting { faultless, short, draws: &mut draws };
        let Cast { adapter, provider, listener, readings } = (kind.row().cast)(casting);
        let mut world = Self {
            seed,
            now_ms: DAWN_MS,
            queue: Queue::default(),
            machine: Machine::default(),
            disk: Disk::new(&mut draws),
            processes: (0..count).map(|_| Process::default()).collect(),
            kind,
            adapter,
            provider,
            listener,
            readings,
            judging,
            judged: Judged::default(),
            provider_due_ms: u64::MAX,
            faults,
            faultless,
            auditor: Auditor::default(),
            visits: Vec::new(),
            open_tasks: 0,
            waiting: Vec::new(),
            notices: Vec::new(),
            open_hints: 0,
            numbers: BTreeMap::new(),
            quiet_at_ms: DAWN_MS + minutes * 60_000,
            quiet: false,
            restored: false,
            gremlins: 0,
            bad_devices: BTreeMap::new(),
            deed,
            extras,
            house,
            records: 0,
            errors_after: BTreeMap::new(),
            sends: 0,
            kills: 0,
            coverage: Coverage::default(),
            story: tell.then(Vec::new),
        };
        world.plan_visits(short);
        world
    }

    fn open(&mut self) {
        for process in 0..self.processes.len() {
            let at_ms = self.now_ms + process as u64 * 50;
            self.queue.put(at_ms, Event::Start(process));
        }
        self.queue.put(self.quiet_at_ms, Event::Quiet);
        if !self.faultless {
            self.queue.put(self.now_ms + 2_000, Event::Gremlin);
        }
    }

    fn run(&mut self) {
        while let Some((at_ms, event)) = self.queue.take() {
            self.now_ms = at_ms;
            if matches!(event, Event::Check) {
                if self.is_over() {
                    return;
                }
                self.queue.put(self.now_ms + 60_000, Event::Check);
                continue;
            }
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        let Some(event) = self.defer_or_drop(event) else { return };
        match event {
            Event::Start(process) => self.start(process),
            Event::Wake(who) => self.wake(who),
            Event::Ask { who, token, ask } => self.ask(who, token, ask),
            Event::Told { who, token, told } => self.told(who, token, *told),
            Event::Leave { who, token, sending } => self.leave(who, token, *sending),
            Event::Arrive(parcel) => self.arrive(*parcel),
            Event::Back { who, token, exchange } => self.back(who, token, *exchange),
            Event::Changed(who) => self.look_for_changes(who),
            Event::GiveUp { who, ticket } => self.give_up(who, ticket),
            Event::Tokens(who) => self.look_at_tokens(who),
            Event::Do(task) => self.act(task),
            Event::Provider => self.tick_provider(),
            Event::Hint { place, tries } => self.deliver(place, tries),
            Event::Gremlin => self.gremlin(),
            Event::Acknowledge => self.acknowledge(),
            Event::Quiet => self.be_quiet(),
            Event::Doors { open } => self.doors(open),
            Event::Check => {}
        }
    }

    /// Events of a dead process are lost with it; those of a stopped one wait.
    fn defer_or_drop(&mut self, event: Event) -> Option<Event> {
        let who = match &event {
            Event::Wake(who)
            | Event::Ask { who, .. }
            | Event::Told { who, .. }
            | Event::Leave { who, .. }
            | Event::Back { who, .. }
            | Event::Changed(who)
            | Event::Tokens(who)
            | Event::GiveUp { who, .. } => *who,
            _ => return Some(event),
        };
        let process = &self.processes[who.process];
        if process.life != who.life || !process.is_alive() {
            return None;
        }
        if process.frozen_until_ms > self.now_ms {
            self.queue.put(process.frozen_until_ms, event);
            return None;
        }
        Some(event)
    }

    /// The next number of a stream of draws, so that each draw has its own.
    pub(super) fn draws(&mut self, stream: u64) -> Rng {
        let number = self.numbers.entry(stream).or_default();
        *number += 1;
        Rng::of(self.seed, stream, *number)
    }

    /// Whether a fault strikes now; if so, it is counted beside the stages of all payments.
    pub(super) fn strike(&mut self, fault: Fault) -> Option<Rng> {
        let draws = self.faults.strikes(fault)?;
        self.coverage.count(fault, self.disk.stages());
        self.tell(|| format!("fault: {}", fault.name()));
        Some(draws)
    }

    /// Writes a line of the story, where one is wanted.
    pub(super) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let ms = self.now_ms - DAWN_MS;
            let (minutes, seconds) = (ms / 60_000, ms % 60_000);
            story.push(format!(
                "{minutes:>5}:{:02}.{:03}  {}",
                seconds / 1_000,
                ms % 1_000,
                line()
            ));
        }
    }

    fn be_quiet(&mut self) {
        if self.now_ms < self.quiet_at_ms {
            self.queue.put(self.quiet_at_ms, Event::Quiet);
            return;
        }
        self.quiet = true;
        self.faults.be_quiet();
        self.open_house();
        self.tell(|| "from here on nothing goes wrong any more".to_owned());
        for process in 0..self.processes.len() {
            if !self.processes[process].is_alive() {
                self.queue.put(self.now_ms + 100, Event::Start(process));
            }
        }
        let mut draws = self.draws(0x12);
        if self.restored && draws.chance(600) {
            self.queue.put(self.now_ms + draws.between(1_000, 9_000), Event::Acknowledge);
        }
        self.queue.put(self.now_ms + 10_000, Event::Check);
        self.queue.put(self.now_ms + DUSK_MS, Event::Doors { open: false });
    }

    /// Long after the quiet the shop opens once an hour for a minute: all that is left is to look.
    fn doors(&mut self, open: bool) {
        if open {
            self.start(0);
            self.queue.put(self.now_ms + 60_000, Event::Doors { open: false });
        } else {
            for process in 0..self.processes.len() {
                self.close(process);
            }
            self.queue.put(self.now_ms + 59 * 60_000, Event::Doors { open: true });
        }
    }

    fn is_over(&mut self) -> bool {
        self.check_hanging();
        let unsettled = self.disk.store.rows().any(|(_, row)| row.unsettled);
        let waiting =
            self.open_tasks > 0 || self.open_hints > 0 || self.provider.next_ms().is_some();
        !unsettled && !waiting || self.now_ms > self.quiet_at_ms + LONGEST_MS
    }
}
