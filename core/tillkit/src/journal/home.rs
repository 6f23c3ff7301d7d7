//! The process that opened a journal: SQLite's handles must never be used after a `fork`.

use std::sync::atomic::{AtomicU32, Ordering};

use tillkit_model::engine::store::{Failure, FailureKind};

use super::failure::failure;

/// Remembers which process opened the journal.
#[derive(Debug)]
pub(super) struct Home {
    process: AtomicU32,
}

impl Home {
    /// This process.
    pub(super) fn here() -> Self {
        Self { process: AtomicU32::new(std::process::id()) }
    }

    pub(super) fn is_here(&self) -> bool {
        self.process.load(Ordering::Relaxed) == std::process::id()
    }

    /// Refuses in a child that inherited the handle.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.is_here() {
            Ok(())
        } else {
            let text =
                "the process has forked since the journal was opened: open it again in the child";
            Err(failure(FailureKind::Forked, text))
        }
    }

    /// Makes every later check see what a forked child would see.
    #[cfg(test)]
    pub(super) fn pretend_forked(&self) {
        self.process.store(std::process::id().wrapping_add(1), Ordering::Relaxed);
    }

    /// The same the other way round.
    #[cfg(test)]
    pub(super) fn pretend_at_home(&self) {
        self.process.store(std::process::id(), Ordering::Relaxed);
    }
}
