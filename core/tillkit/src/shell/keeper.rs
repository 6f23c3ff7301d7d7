//! The disk's threads: one writes, all waiting appends together; others read.
//!
//! Every asking is told exactly once. A store that panics is not asked again: what it holds in
//! memory may be half done, and what it holds on disk is found by the next opening.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SendError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tillkit_model::engine::port::{Ask, Input, Token, Told};
use tillkit_model::engine::store::{Append, Failure, FailureKind, Recorded, Refusal, Store};
use tillkit_model::time::{Clock, Moment};

use super::caller::Message;
use super::ledger::Ledger;
use crate::transport::{Level, LogSink};

/// The most that one durable step takes, so that the first to wait is not held up by the last.
const BATCH_MAX: usize = 1_024;

/// A look into the journal on a reader's thread.
pub(super) type Look = Box<dyn FnOnce(&mut dyn Ledger) + Send>;

/// Connections to one journal: one that writes, and any number that only read.
pub struct Stores {
    /// Writes, and watches what others write.
    pub writer: Box<dyn Ledger>,
    /// Read beside it; with none, the writer reads too.
    pub readers: Vec<Box<dyn Ledger>>,
}

impl Stores {
    /// One connection that writes and so many that read.
    #[must_use]
    pub fn of(ledger: &dyn Ledger, readers: usize) -> Self {
        Self { writer: ledger.another(), readers: (0..readers).map(|_| ledger.another()).collect() }
    }
}

/// Hands work to the threads.
#[derive(Clone)]
pub(super) struct Keeper {
    writer: Sender<Work>,
    readers: Sender<Work>,
    queue: Sender<Message>,
}

/// What is asked, and what its answer is for.
pub(super) type Asking = (Token, Ask);

pub(super) enum Work {
    Asks(Vec<Asking>),
    Look(Look),
}

/// What the threads need.
pub(super) struct Office {
    pub(super) queue: Sender<Message>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) log: Arc<dyn LogSink>,
    pub(super) watch_ms: u64,
}

impl Keeper {
    /// Remembers how far the journal has come, then starts the threads: whatever others append
    /// after this is told.
    pub(super) fn start(stores: Stores, office: Office) -> io::Result<Self> {
        let (writer, writing) = mpsc::channel();
        let readers = match start_readers(stores.readers, &office)? {
            Some(readers) => readers,
            None => writer.clone(),
        };
        let keeper = Self { writer, readers, queue: office.queue.clone() };
        let mut desk = StoreDesk::new(stores.writer, &office);
        let watch = Watch::start(&mut desk, office.watch_ms);
        let writer = Writer { work: writing, desk, watch, log: office.log };
        spawn("tillkit-writer", move || writer.run())?;
        Ok(keeper)
    }

    /// Asks; each answer comes as an input. What is written leaves as one piece of work, so that
    /// the writer finds all of it when it wakes.
    pub(super) fn ask_all(&self, askings: Vec<Asking>) {
        let (reads, writes): (Vec<Asking>, Vec<Asking>) =
            askings.into_iter().partition(|(_, ask)| is_read(ask));
        for read in reads {
            self.hand_over(&self.readers, vec![read]);
        }
        if !writes.is_empty() {
            self.hand_over(&self.writer, writes);
        }
    }

    fn hand_over(&self, thread: &Sender<Work>, askings: Vec<Asking>) {
        let Err(SendError(Work::Asks(askings))) = thread.send(Work::Asks(askings)) else { return };
        for (token, ask) in askings {
            let told = failed(&ask)(gone());
            self.queue.send(Message::Input(Input::Told { token, told })).ok();
        }
    }

    /// Looks; a look that is dropped unseen takes its answer's sender with it.
    pub(super) fn look(&self, look: Look) {
        self.readers.send(Work::Look(look)).ok();
    }
}

/// Where readers take their work from, if there are any.
fn start_readers(
    stores: Vec<Box<dyn Ledger>>,
    office: &Office,
) -> io::Result<Option<Sender<Work>>> {
    if stores.is_empty() {
        return Ok(None);
    }
    let (asking, reading) = mpsc::channel();
    let reading = Arc::new(Mutex::new(reading));
    for store in stores {
        let reader = Reader { work: Arc::clone(&reading), desk: StoreDesk::new(store, office) };
        spawn("tillkit-reader", move || reader.run())?;
    }
    Ok(Some(asking))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map(|_| ())
}

fn is_read(ask: &Ask) -> bool {
    match ask {
        Ask::Payment(_)
        | Ask::Surroundings { .. }
        | Ask::ByCharge { .. }
        | Ask::Unsettled { .. }
        | Ask::IsOver(_) => true,
        Ask::Append(_) | Ask::Lease(_) | Ask::Heartbeat(_) | Ask::Release(_) | Ask::Draw(_) => {
            false
        }
    }
}

/// What is told when the store could not even be asked.
fn failed(ask: &Ask) -> fn(Failure) -> Told {
    match ask {
        Ask::Append(_) => |failure| Told::Append(Err(Refusal::Failed(failure))),
        Ask::Payment(_) => |failure| Told::Payment(Err(failure)),
        Ask::Surroundings { .. } => |failure| Told::Surroundings(Err(failure)),
        Ask::ByCharge { .. } => |failure| Told::ByCharge(Err(failure)),
        Ask::Unsettled { .. } => |failure| Told::Unsettled(Err(failure)),
        Ask::Lease(_) => |failure| Told::Lease(Err(failure)),
        Ask::Heartbeat(_) => |failure| Told::Heartbeat(Err(failure)),
        Ask::Release(_) => |failure| Told::Release(Err(failure)),
        Ask::IsOver(_) => |failure| Told::IsOver(Err(failure)),
        Ask::Draw(_) => |failure| Told::Draw(Err(failure)),
    }
}

fn gone() -> Failure {
    let detail = "the journal broke down earlier: open it again".to_owned();
    Failure { kind: FailureKind::Other, detail }
}

/// One store on its own thread.
struct StoreDesk {
    store: Box<dyn Ledger>,
    broken: bool,
    queue: Sender<Message>,
    clock: Arc<dyn Clock>,
}

impl StoreDesk {
    fn new(store: Box<dyn Ledger>, office: &Office) -> Self {
        let (queue, clock) = (office.queue.clone(), Arc::clone(&office.clock));
        Self { store, broken: false, queue, clock }
    }

    /// Uses the store, unless it broke.
    fn with<T>(&mut self, work: impl FnOnce(&mut dyn Ledger, &Moment) -> T) -> Result<T, Failure> {
        if self.broken {
            return Err(gone());
        }
        let now = self.clock.now();
        let store = self.store.as_mut();
        let worked = catch_unwind(AssertUnwindSafe(|| work(store, &now)));
        self.broken = worked.is_err();
        worked.map_err(|_| gone())
    }

    fn tell(&self, inputs: Vec<Input>) {
        // An engine that is gone has no use for it.
        self.queue.send(Message::Inputs(inputs)).ok();
    }

    fn ask(&mut self, token: Token, ask: Ask) {
        let failed = failed(&ask);
        let told = self.with(|store, now| answer(store, ask, now)).unwrap_or_else(failed);
        self.tell(vec![Input::Told { token, told }]);
    }

    fn work_off(&mut self, work: Work) {
        match work {
            Work::Asks(askings) => {
                for (token, ask) in askings {
                    self.ask(token, ask);
                }
            }
            // A look's answer is dropped with it, which tells its caller.
            Work::Look(look) => drop(self.with(|store, _| look(store))),
        }
    }
}

fn answer(store: &mut dyn Store, ask: Ask, now: &Moment) -> Told {
    match ask {
        Ask::Append(append) => {
            let told = store.append(vec![*append], now).pop();
            Told::Append(told.unwrap_or_else(|| Err(Refusal::Failed(gone()))))
        }
        Ask::Payment(payment) => Told::Payment(store.payment(payment)),
        Ask::Surroundings { identity, terminal } => {
            Told::Surroundings(store.surroundings(&identity, terminal.as_ref()))
        }
        Ask::ByCharge { account, charge } => {
            Told::ByCharge(store.by_charge(account.as_str(), &charge))
        }
        Ask::Unsettled { account } => Told::Unsettled(store.unsettled(account.as_str())),
        Ask::Lease(process) => Told::Lease(store.lease(process, now)),
        Ask::Heartbeat(driver) => Told::Heartbeat(store.heartbeat(driver, now)),
        Ask::Release(driver) => Told::Release(store.release(driver)),
        Ask::IsOver(driver) => Told::IsOver(store.is_over(driver, now)),
        Ask::Draw(draw) => Told::Draw(store.draw(&draw, now)),
    }
}

/// A thread that reads.
struct Reader {
    work: Arc<Mutex<Receiver<Work>>>,
    desk: StoreDesk,
}

impl Reader {
    fn run(mut self) {
        while let Some(work) = self.next() {
            self.desk.work_off(work);
        }
    }

    fn next(&self) -> Option<Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }
}

/// The thread that writes.
struct Writer {
    work: Receiver<Work>,
    desk: StoreDesk,
    watch: Watch,
    log: Arc<dyn LogSink>,
}

impl Writer {
    fn run(mut self) {
        loop {
            let idle = match self.work.recv_timeout(Duration::from_millis(self.watch.every_ms)) {
                Ok(first) => {
                    self.work_off(first);
                    false
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if idle || self.watch.is_due(&self.desk.clock.now()) {
                self.watch.look(&mut self.desk, self.log.as_ref());
            }
        }
    }

    /// Everything that waits, in order: appends that follow one another become durable together.
    fn work_off(&mut self, first: Work) {
        let waiting: Vec<Work> = self.work.try_iter().take(BATCH_MAX).collect();
        let mut batch = Vec::new();
        for work in std::iter::once(first).chain(waiting) {
            match work {
                Work::Asks(askings) => self.take_in(askings, &mut batch),
                look @ Work::Look(_) => {
                    self.commit(std::mem::take(&mut batch));
                    self.desk.work_off(look);
                }
            }
        }
        self.commit(batch);
    }

    fn take_in(&mut self, askings: Vec<Asking>, batch: &mut Vec<(Token, Append)>) {
        for (token, ask) in askings {
            match ask {
                Ask::Append(append) => batch.push((token, *append)),
                other => {
                    self.commit(std::mem::take(batch));
                    self.desk.ask(token, other);
                }
            }
        }
    }

    fn commit(&mut self, batch: Vec<(Token, Append)>) {
        if batch.is_empty() {
            return;
        }
        let (tokens, appends): (Vec<Token>, Vec<Append>) = batch.into_iter().unzip();
        let told = self.desk.with(|store, now| store.append(appends, now));
        let (told, failure) = match told {
            Ok(told) => (told, gone()),
            Err(failure) => (Vec::new(), failure),
        };
        let mut told = told.into_iter();
        let mut inputs = Vec::new();
        for token in tokens {
            let one = told.next().unwrap_or_else(|| Err(Refusal::Failed(failure.clone())));
            self.watch.count(&one);
            inputs.push(Input::Told { token, told: Told::Append(one) });
        }
        self.desk.tell(inputs);
    }
}

/// Looks for what other processes appended.
///
/// The writer's thread looks, and no append of ours runs beside it: so when the journal has grown
/// by just what we appended since the last look, nobody else did.
struct Watch {
    every_ms: u64,
    point: Option<u64>,
    own: u64,
    looked_at: Moment,
    failing: bool,
}

/// Beyond every point that a store counts to: nothing has changed after it, and the answer tells
/// the present one.
const BEYOND: u64 = i64::MAX.cast_unsigned();

impl Watch {
    fn start(desk: &mut StoreDesk, every_ms: u64) -> Self {
        let point = desk.with(|store, _| store.changes(BEYOND)).and_then(|looked| looked);
        let point = point.ok().map(|(_, point)| point);
        Self { every_ms, point, own: 0, looked_at: desk.clock.now(), failing: false }
    }

    fn count(&mut self, told: &Result<Recorded, Refusal>) {
        let records = told.as_ref().map_or(0, |recorded| recorded.events.len());
        self.own = self.own.saturating_add(u64::try_from(records).unwrap_or(u64::MAX));
    }

    fn is_due(&self, now: &Moment) -> bool {
        now.has_surely_passed(&self.looked_at, self.every_ms)
    }

    fn look(&mut self, desk: &mut StoreDesk, log: &dyn LogSink) {
        self.looked_at = desk.clock.now();
        let after = self.point.unwrap_or(0);
        match desk.with(|store, _| store.changes(after)).and_then(|looked| looked) {
            Ok((payments, point)) => {
                let ours = point.saturating_sub(after) == self.own;
                (self.point, self.own, self.failing) = (Some(point), 0, false);
                if !ours && !payments.is_empty() {
                    desk.queue.send(Message::Input(Input::Changed { payments })).ok();
                }
            }
            Err(failure) if !self.failing => {
                self.failing = true;
                let detail = failure.detail;
                log.line(Level::Warn, &format!("other processes cannot be watched: {detail}"));
            }
            Err(_) => {}
        }
    }
}
