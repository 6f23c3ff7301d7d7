//! Forks: while the process forks, no file of SQLite's is open in it, and none of its locks held.
//!
//! SQLite keeps a table of its locks in memory. A child that inherited one would believe that locks
//! are its own which are the parent's: what it wrote could be lost as soon as the parent closes.
//! So a host that forks says so before and after; meanwhile every journal of the process rests,
//! with its files closed. Where a process forked without saying so, a journal that was open then
//! is not opened again in the child.

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};

use tillkit_model::engine::store::{Failure, FailureKind};

#[cfg(test)]
use super::Journal;
use super::Shared;
use super::failure::failure;
use super::place::Identity;
use super::writer::{Job, Writer};

/// Whoever opens a file of SQLite's beside an open journal passes here; whoever forks closes it.
static GATE: RwLock<()> = RwLock::new(());
/// The journals of this process, and those that it inherited.
static OPEN: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());
/// Files that were open when this process was forked off without a word, and whose handles are
/// gone.
static INHERITED: Mutex<Vec<Identity>> = Mutex::new(Vec::new());

/// A process that is about to fork: its journals rest until it has. To be used up in the thread
/// that forks.
#[must_use = "the journals rest until the parent or the child goes on"]
pub struct Forking {
    rested: Vec<Rested>,
    _gate: RwLockWriteGuard<'static, ()>,
}

/// A journal that rests.
struct Rested {
    shared: Arc<Shared>,
    /// Its writer waits for this to be gone.
    wake: Option<SyncSender<()>>,
}

/// Lets every journal of this process finish what it is at, and close its files.
pub fn before_fork() -> Forking {
    let gate = GATE.write().unwrap_or_else(PoisonError::into_inner);
    let open: Vec<Arc<Shared>> = hold(&OPEN).iter().filter_map(Weak::upgrade).collect();
    let here = open.into_iter().filter(|shared| shared.home.is_here());
    Forking { rested: here.map(rest).collect(), _gate: gate }
}

impl Forking {
    /// In the parent the journals go on.
    pub fn in_parent(self) {
        for Rested { shared, wake } in self.rested {
            shared.rest(false);
            shared.readers.wake();
            drop(wake);
        }
    }

    /// In the child they are the parent's: nothing of them is touched.
    pub fn in_child(self) {
        std::mem::forget(self.rested);
    }
}

/// Passes where nobody is about to fork.
pub(super) fn pass() -> RwLockReadGuard<'static, ()> {
    GATE.read().unwrap_or_else(PoisonError::into_inner)
}

/// From here on the journal rests when the process forks.
pub(super) fn register(shared: &Arc<Shared>) {
    let mut open = hold(&OPEN);
    open.retain(|other| other.strong_count() > 0);
    open.push(Arc::downgrade(shared));
}

/// Keeps in mind what is in SQLite's memory although its handle goes.
pub(super) fn inherit(shared: &Shared) {
    if !shared.rests() {
        hold(&INHERITED).push(shared.place.identity());
    }
}

/// Refuses a file that the parent had open when it forked without a word.
pub(super) fn refuse_inherited(path: &Path) -> Result<(), Failure> {
    let Some(identity) = Identity::of(path) else { return Ok(()) };
    let open: Vec<Arc<Shared>> = hold(&OPEN).iter().filter_map(Weak::upgrade).collect();
    let foreign = |shared: &&Arc<Shared>| !shared.home.is_here() && !shared.rests();
    let inherited = open.iter().filter(foreign).any(|shared| shared.place.identity() == identity);
    if !inherited && !hold(&INHERITED).contains(&identity) {
        return Ok(());
    }
    let text = "the process was forked while this journal was open, and SQLite's locks were copied \
                with it: open the journal only after the fork, or in a process of its own";
    Err(failure(FailureKind::Forked, text))
}

/// Readers first: nobody waits for the writer then but those who write.
fn rest(shared: Arc<Shared>) -> Rested {
    shared.readers.rest();
    let wake = sleep(&shared);
    shared.rest(wake.is_some());
    Rested { shared, wake }
}

/// Lets the writer close its file in its turn, and wait. None where it cannot, or is at its end.
fn sleep(shared: &Arc<Shared>) -> Option<SyncSender<()>> {
    let (wake, woken) = sync_channel::<()>(1);
    let (sleeps, asleep) = sync_channel(1);
    let task = Job::Task(Box::new(move |writer: &mut Writer| {
        let closed = writer.sleep().is_ok();
        // Whoever forks waits for this, and holds the other end of what is waited for.
        if sleeps.send(closed).is_ok() {
            woken.recv().ok();
        }
    }));
    match shared.sender() {
        Ok(jobs) => {
            jobs.send(task).ok()?;
            asleep.recv().ok().filter(|closed| *closed).map(|_| wake)
        }
        // It was closed: there is no file to close.
        Err(_) => Some(wake),
    }
}

#[cfg(test)]
impl Journal {
    /// As [`before_fork`], for this journal alone.
    pub(super) fn before_fork(&self) -> Forking {
        let gate = GATE.write().unwrap_or_else(PoisonError::into_inner);
        Forking { rested: vec![rest(Arc::clone(&self.shared))], _gate: gate }
    }

    /// From here on this is a forked child, where the parent's journal is found.
    pub(super) fn pretend_forked(&self) {
        let forking = self.before_fork();
        self.shared.home.pretend_forked();
        forking.in_child();
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
