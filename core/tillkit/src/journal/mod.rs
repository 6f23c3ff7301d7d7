//! The journal: the durable store of what has happened, in one SQLite file.
//!
//! It promises that whoever is answered is answered from the disk: appends are judged inside the
//! transaction that writes them, all that wait are committed together, the mark beside the journal
//! is synced, and only then the replies are called and permits exist. Several processes may share
//! the file. A journal that went back in time is noticed and starts nothing; a damaged record stops
//! its payment and no other. It knows nothing of providers, and decides nothing: the judge is
//! [`tillkit_model::engine::admit`].

mod answers;
mod failure;
mod fault;
mod file;
mod forking;
mod home;
mod keeping;
mod looking;
mod mark;
mod opening;
mod place;
mod readers;
mod ready;
pub mod record;
mod shelf;
mod sqlite;
mod store;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, ThreadId};

use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::{Append, Failure, FailureKind, Recorded, Refusal};
use tillkit_model::time::{Clock, Entropy, Moment};

use failure::{failure, of_file};
#[cfg(any(test, feature = "testing"))]
pub use fault::Fault;
pub use fault::Point;
pub use forking::{Forking, before_fork};
pub use keeping::Pruned;
pub use opening::OpenError;
#[cfg(any(test, feature = "testing"))]
pub(crate) use shelf::hint_text;
pub use shelf::{Claim, HINTS_MAX, KeptHint, SHELF_LIFE_MS, Sealed, Shelf};
pub use sqlite::check::Report;
pub use sqlite::list::{Listed, Page, Query};

use answers::Answers;
use fault::Faults;
use home::Home;
use mark::MarkFile;
use place::Place;
use readers::Readers;
use ready::Ready;
use sqlite::known::Known;
use writer::{Appends, Counters, Job, Replying, Writer};

/// How a journal is opened.
pub struct Options {
    /// Whether a new journal may be made where there is neither journal nor mark.
    pub create: bool,
    /// Where the mark lives; beside the journal, as `<name>.mark`, unless said. It belongs where
    /// backups of the journal do not reach.
    pub mark: Option<PathBuf>,
    /// What the writer judges leases by.
    pub clock: Arc<dyn Clock>,
    /// How many appends may wait; one more is refused at once.
    pub queue: usize,
    /// How many connections read.
    pub readers: usize,
    /// How long to wait for another process that writes.
    pub busy_timeout_ms: u64,
    /// Lets the writer fail where a test wants it to.
    #[cfg(any(test, feature = "testing"))]
    pub fault: Option<Fault>,
}

impl Options {
    /// The usual ones: an existing journal, its mark beside it.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            create: false,
            mark: None,
            clock,
            queue: 65_536,
            readers: 4,
            busy_timeout_ms: 5_000,
            #[cfg(any(test, feature = "testing"))]
            fault: None,
        }
    }

    fn faults(&self) -> Faults {
        Faults {
            #[cfg(any(test, feature = "testing"))]
            fault: self.fault.clone(),
        }
    }
}

/// A journal that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// New, agreed or restored: a restored one reads and looks things up, and starts nothing.
    pub opening: Opening,
}

/// A handle of an open journal. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

/// How much the writer has done since the journal was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Appends that were judged.
    pub appends: u64,
    /// Commits that were synced.
    pub commits: u64,
    /// Syncs of the mark.
    pub marks: u64,
}

struct Shared {
    place: Place,
    home: Home,
    /// Its files are closed, for the process forks.
    rests: AtomicBool,
    readers: Readers,
    counters: Arc<Counters>,
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The thread that calls replies, which the writer waits for at its end.
    answering: Option<ThreadId>,
}

impl Journal {
    /// Opens the journal at a path, or makes a new one. What it costs does not depend on how much
    /// is stored.
    ///
    /// # Errors
    /// [`OpenError::Absent`] where there is none and none may be made; a failure where the mark is
    /// there and the journal is not, or the file is damaged, newer, locked or cannot be written.
    pub fn open(
        path: impl AsRef<Path>,
        options: &Options,
        entropy: &mut dyn Entropy,
    ) -> Result<Opened, OpenError> {
        let resolved = |path: &Path| {
            std::path::absolute(path).map_err(|error| of_file("the journal's path", &error))
        };
        let path = resolved(path.as_ref())?;
        let beside = || file::beside(&path, ".mark");
        let mark = MarkFile::new(resolved(&options.mark.clone().unwrap_or_else(beside))?);
        if mark.path() == path {
            let text = "mark: must not be the journal's own file: give it a path of its own";
            return Err(failure(FailureKind::Other, text).into());
        }
        let busy_ms = options.busy_timeout_ms;
        let _gate = forking::pass();
        forking::refuse_inherited(&path)?;
        let (connection, opening) = opening::open(&path, &mark, options.create, busy_ms, entropy)?;
        let place = Place::of(&path, busy_ms)?;
        let readers = Readers::open(&place, options.readers)?;
        let counters = Arc::new(Counters::default());
        let no_thread =
            |error: std::io::Error| of_file("the journal's threads cannot start", &error);
        let answers = Answers::start().map_err(no_thread)?;
        let answering = answers.id();
        let writer = Writer {
            connection,
            place: place.clone(),
            asleep: false,
            mark,
            clock: Arc::clone(&options.clock),
            counters: Arc::clone(&counters),
            faults: options.faults(),
            known: Known::default(),
            answers,
        };
        let (jobs, waiting) = sync_channel(options.queue);
        let thread = std::thread::Builder::new()
            .name("tillkit-journal".into())
            .spawn(move || writer.run(&waiting))
            .map_err(no_thread)?;
        let shared = Arc::new(Shared {
            place,
            home: Home::here(),
            rests: AtomicBool::new(false),
            readers,
            counters,
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
            answering,
        });
        forking::register(&shared);
        Ok(Opened { journal: Self { shared }, opening })
    }

    /// Hands an append to the writer and returns at once. The reply is called once, from a
    /// thread of the journal's, when the append is durable or refused; it must not wait for this
    /// journal.
    pub fn append(
        &self,
        append: Append,
        reply: impl FnOnce(Result<Recorded, Refusal>) + Send + 'static,
    ) {
        let reply = Box::new(move |mut answers: Vec<writer::Answer>| {
            let unanswered = || Err(Refusal::Failed(closed()));
            reply(answers.pop().unwrap_or_else(unanswered));
        });
        self.hand_in(vec![append], None, reply);
    }

    /// Where the journal is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.shared.place.path()
    }

    /// How much the writer has done.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Counters { appends, commits, marks } = &*self.shared.counters;
        Counts {
            appends: appends.load(Ordering::Relaxed),
            commits: commits.load(Ordering::Relaxed),
            marks: marks.load(Ordering::Relaxed),
        }
    }

    /// Finishes what was handed in, then closes the file. Later calls fail.
    ///
    /// # Errors
    /// In a forked child, where nothing is closed.
    pub fn close(&self) -> Result<(), Failure> {
        self.shared.home.check()?;
        self.shared.end();
        Ok(())
    }

    /// Hands appends to the writer, or answers them at once where it cannot take them.
    fn hand_in(&self, appends: Vec<Append>, now: Option<Moment>, reply: Replying) {
        let count = appends.len();
        let refuse = |reply: Replying, failure: Failure| {
            reply((0..count).map(|_| Err(Refusal::Failed(failure.clone()))).collect());
        };
        let ready = self.shared.sender().and_then(|jobs| {
            let appends = appends.into_iter().map(Ready::of).collect::<Result<_, _>>()?;
            Ok((jobs, appends))
        });
        let (jobs, appends) = match ready {
            Ok(ready) => ready,
            Err(failure) => return refuse(reply, failure),
        };
        match jobs.try_send(Job::Append(Appends { appends, now, reply })) {
            Err(TrySendError::Full(Job::Append(job))) => refuse(job.reply, queue_full()),
            Err(TrySendError::Disconnected(Job::Append(job))) => refuse(job.reply, closed()),
            Ok(())
            | Err(TrySendError::Full(Job::Task(_)) | TrySendError::Disconnected(Job::Task(_))) => {}
        }
    }

    /// Lets the writer do something in its turn, and waits for the result.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = sync_channel(1);
        let task = Job::Task(Box::new(move |writer: &mut Writer| {
            // Whoever asked may have gone: then nobody needs the answer.
            drop(answer.send(work(writer)));
        }));
        self.shared.sender()?.send(task).map_err(|_| closed())?;
        answered.recv().map_err(|_| closed())?
    }

    fn read<T>(
        &self,
        look: impl FnOnce(&rusqlite::Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.shared.sender()?;
        self.shared.readers.read(look)
    }
}

impl Shared {
    /// Whether nothing of SQLite's is open for it.
    fn rests(&self) -> bool {
        self.rests.load(Ordering::Relaxed)
    }

    fn rest(&self, rests: bool) {
        self.rests.store(rests, Ordering::Relaxed);
    }

    /// The way to the writer, while there is one and it is this process's.
    fn sender(&self) -> Result<SyncSender<Job>, Failure> {
        self.home.check()?;
        self.jobs().clone().ok_or_else(closed)
    }

    fn jobs(&self) -> MutexGuard<'_, Option<SyncSender<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the writer finish and waits for it, unless it is one of the journal's own threads that
    /// asks.
    fn end(&self) {
        drop(self.jobs().take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let here = std::thread::current().id();
        let waits =
            |thread: &JoinHandle<()>| thread.thread().id() != here && self.answering != Some(here);
        if let Some(thread) = thread.filter(waits) {
            drop(thread.join());
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.home.is_here() {
            self.end();
        } else {
            forking::inherit(self);
            self.readers.forget();
            std::mem::forget(self.jobs().take());
            let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(thread.take());
        }
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("path", &self.shared.place.path()).finish_non_exhaustive()
    }
}

fn closed() -> Failure {
    failure(FailureKind::Other, "the journal is closed")
}

fn queue_full() -> Failure {
    failure(FailureKind::Locked, "too many appends wait for the journal's disk")
}

#[cfg(test)]
mod tests;
