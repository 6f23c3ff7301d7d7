//! Who calls the replies: a thread of its own, so that the writer goes on while callers wake up.
//!
//! It promises that replies are called one after the other, in the order in which they were given,
//! each after what it tells was durable. It knows nothing of what they tell.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{JoinHandle, ThreadId};

/// A reply with what it tells.
pub(super) type Reply = Box<dyn FnOnce() + Send>;

/// So few are called at once where nobody waits before them: handing them on would take longer.
const FEW: usize = 4;

/// The thread that calls replies, from the writer's side. Dropping it waits until all are called.
pub(super) struct Answers {
    given: Option<Sender<Vec<Reply>>>,
    /// Groups that were given and are not called to their end.
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Answers {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start() -> std::io::Result<Self> {
        let (given, taken) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let thread = std::thread::Builder::new().name("tillkit-answers".into()).spawn({
            let waiting = Arc::clone(&waiting);
            move || call_all(&taken, &waiting)
        })?;
        Ok(Self { given: Some(given), waiting, thread: Some(thread) })
    }

    /// Which thread it is, if it runs: whoever is on it must not wait for it.
    pub(super) fn id(&self) -> Option<ThreadId> {
        self.thread.as_ref().map(|thread| thread.thread().id())
    }

    /// Calls replies, here and now if they are few and none wait.
    pub(super) fn give(&self, replies: Vec<Reply>) {
        let nobody_waits = self.waiting.load(Ordering::Acquire) == 0;
        let Some(given) = self.given.as_ref().filter(|_| !nobody_waits || replies.len() > FEW)
        else {
            return replies.into_iter().for_each(contain);
        };
        self.waiting.fetch_add(1, Ordering::AcqRel);
        if let Err(unsent) = given.send(replies) {
            unsent.0.into_iter().for_each(contain);
        }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        drop(self.given.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn call_all(taken: &Receiver<Vec<Reply>>, waiting: &AtomicUsize) {
    while let Ok(replies) = taken.recv() {
        replies.into_iter().for_each(contain);
        waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A caller's own panic ends that caller's work, and not the journal's.
pub(super) fn contain(work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        // The panic hook has told of it; its caller learns from the dropped answer.
    }
}
