//! The one thread that writes: all waiting appends in one transaction, one commit, then the mark,
//! then the answers.
//!
//! Nobody is answered before the disk has both the journal and its mark, so a permit is never given
//! for something that could be forgotten. It knows nothing of callers but their replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use rusqlite::Connection;
use tillkit_model::engine::store::{Failure, FailureKind, Recorded, Refusal};
use tillkit_model::time::{Clock, Moment};

use super::answers::{Answers, Reply, contain};
use super::failure::of_sqlite;
use super::fault::{Faults, Point};
use super::mark::MarkFile;
use super::place::Place;
use super::ready::Ready;
use super::sqlite::known::Known;
use super::sqlite::schema;
use super::sqlite::write::Batch;

/// The most appends of one transaction.
const GROUP_MAX: usize = 512;
/// How long a caller takes to hand in the next append after an answer; little beside a flush.
const COMING_BACK: Duration = Duration::from_micros(50);

/// What the writer is handed.
pub(super) enum Job {
    /// Appends, which share their transaction with others that wait.
    Append(Appends),
    /// Anything else that writes, alone and in its turn.
    Task(Box<dyn FnOnce(&mut Writer) + Send>),
}

/// Appends of one caller.
pub(super) struct Appends {
    pub(super) appends: Vec<Ready>,
    /// When they are judged; by the writer's own clock unless said.
    pub(super) now: Option<Moment>,
    pub(super) reply: Replying,
}

/// How a caller is told of all its appends.
pub(super) type Replying = Box<dyn FnOnce(Vec<Answer>) + Send>;

/// What a caller is told of one append.
pub(super) type Answer = Result<Recorded, Refusal>;

type Verdict = Result<(), Refusal>;

/// How much work the writer has done since the journal was opened.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) appends: AtomicU64,
    pub(super) commits: AtomicU64,
    pub(super) marks: AtomicU64,
}

/// The connection that writes, and what belongs to it.
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) place: Place,
    /// The file is closed, and opened again before it is written to.
    pub(super) asleep: bool,
    pub(super) mark: MarkFile,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) counters: Arc<Counters>,
    pub(super) faults: Faults,
    pub(super) known: Known,
    pub(super) answers: Answers,
}

impl Writer {
    /// Works until nobody can hand in a job any more; whatever was handed in is done first.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let (mut next, mut callers) = (None, 0);
        while let Some(job) = next.take().or_else(|| jobs.recv().ok()) {
            match job {
                Job::Task(task) => {
                    contain(|| task(&mut self));
                    // It may have written rows by itself.
                    self.known = Known::default();
                }
                Job::Append(first) => {
                    let (group, other) = gather(first, jobs, callers);
                    (next, callers) = (other, group.len());
                    self.commit(group);
                }
            }
        }
    }

    /// Closes the file, until the next time that something is written.
    pub(super) fn sleep(&mut self) -> Result<(), Failure> {
        let nowhere = Connection::open_in_memory().map_err(of_sqlite)?;
        let file = std::mem::replace(&mut self.connection, nowhere);
        self.asleep = true;
        file.close().map_err(|(_, error)| of_sqlite(error))
    }

    /// Opens the file again where it was closed.
    pub(super) fn awake(&mut self) -> Result<(), Failure> {
        if self.asleep {
            let connection = self.place.connect()?;
            schema::prepare(&connection)?;
            self.connection = connection;
            self.asleep = false;
        }
        Ok(())
    }

    /// Writes through a batch and makes it durable, mark included.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // What is not put back at the end is forgotten: a transaction that failed taught nothing.
        let known = std::mem::take(&mut self.known);
        self.awake()?;
        let transaction = schema::begin(&mut self.connection)?;
        let mut batch = Batch::begin(&transaction, known.current(&transaction)?)?;
        let done = work(&mut batch)?;
        let restored = batch.state().restored;
        let Some((mark, known)) = batch.end()? else { return Ok(done) };
        self.faults.reach(Point::BeforeCommit)?;
        transaction.commit().map_err(of_sqlite)?;
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        self.faults.reach(Point::AfterCommit)?;
        // A restored journal leaves the mark where it is: it belongs to the one that is missing.
        if !restored {
            self.mark.advance(&mark)?;
            self.counters.marks.fetch_add(1, Ordering::Relaxed);
        }
        self.faults.reach(Point::AfterMark)?;
        self.known = known;
        Ok(done)
    }

    /// Changes rows that are no records, such as leases.
    pub(super) fn change<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.awake()?;
        let transaction = schema::begin(&mut self.connection)?;
        let done = work(&transaction)?;
        self.faults.reach(Point::BeforeCommit)?;
        transaction.commit().map_err(of_sqlite)?;
        self.faults.reach(Point::AfterCommit)?;
        Ok(done)
    }

    fn commit(&mut self, group: Vec<Appends>) {
        let now = self.clock.now();
        let waiting: Vec<(&Ready, Moment)> = group
            .iter()
            .flat_map(|job| job.appends.iter().map(|ready| (ready, job.now.unwrap_or(now))))
            .collect();
        let mut verdicts = self.judge(&waiting).into_iter();
        let replies = group.into_iter().map(|job| -> Reply {
            let verdicts: Vec<Verdict> = verdicts.by_ref().take(job.appends.len()).collect();
            Box::new(move || answer(job, verdicts))
        });
        let replies = replies.collect();
        self.answers.give(replies);
    }

    /// One verdict for each append, in order. What is damaged stops its own payment only: then each
    /// append gets a transaction of its own.
    fn judge(&mut self, waiting: &[(&Ready, Moment)]) -> Vec<Verdict> {
        match self.attempt(waiting) {
            Ok(verdicts) => verdicts,
            Err(failure) if failure.kind == FailureKind::Corrupt && waiting.len() > 1 => {
                waiting.iter().flat_map(|one| self.judge(std::slice::from_ref(one))).collect()
            }
            Err(failure) => waiting.iter().map(|_| Err(Refusal::Failed(failure.clone()))).collect(),
        }
    }

    fn attempt(&mut self, waiting: &[(&Ready, Moment)]) -> Result<Vec<Verdict>, Failure> {
        let count = u64::try_from(waiting.len()).unwrap_or(u64::MAX);
        self.counters.appends.fetch_add(count, Ordering::Relaxed);
        self.write(|batch| waiting.iter().map(|(ready, now)| batch.append(ready, now)).collect())
    }
}

/// Tells a caller what became of each append.
fn answer(job: Appends, verdicts: Vec<Verdict>) {
    let recorded = |(ready, verdict): (Ready, Verdict)| verdict.map(|()| ready.append.recorded());
    (job.reply)(job.appends.into_iter().zip(verdicts).map(recorded).collect());
}

/// All appends that wait behind the first, and the other job that ends the group.
///
/// Those who were answered a moment ago are about to come back, and a group that they all share
/// costs one flush instead of two; so as long as there are fewer, each is given a moment.
fn gather(
    first: Appends,
    jobs: &Receiver<Job>,
    callers_before: usize,
) -> (Vec<Appends>, Option<Job>) {
    let mut size = first.appends.len();
    let mut group = vec![first];
    while size < GROUP_MAX {
        let next = match jobs.try_recv() {
            Err(TryRecvError::Empty) if group.len() < callers_before => {
                jobs.recv_timeout(COMING_BACK).ok()
            }
            next => next.ok(),
        };
        match next {
            Some(Job::Append(job)) => {
                size = size.saturating_add(job.appends.len());
                group.push(job);
            }
            Some(task @ Job::Task(_)) => return (group, Some(task)),
            None => break,
        }
    }
    (group, None)
}
