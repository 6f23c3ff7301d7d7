//! Whether the shell still works, told to callers whose answer will never come.

use std::sync::atomic::{AtomicU8, Ordering};

use tillkit_model::error::{Code, Error};

/// Shared by the engine's thread and all callers.
#[derive(Debug, Default)]
pub(super) struct Life(AtomicU8);

const RUNNING: u8 = 0;
const CLOSED: u8 = 1;
const BROKEN: u8 = 2;

impl Life {
    pub(super) fn close(&self) {
        self.end(CLOSED);
    }

    pub(super) fn break_down(&self) {
        self.end(BROKEN);
    }

    /// The first end is the one that is told.
    fn end(&self, how: u8) {
        // Someone else's end stands: nothing to do.
        self.0.compare_exchange(RUNNING, how, Ordering::SeqCst, Ordering::SeqCst).ok();
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.load(Ordering::SeqCst) != RUNNING
    }

    /// What a caller is told whose answer will not come.
    pub(super) fn error(&self) -> Error {
        match self.0.load(Ordering::SeqCst) {
            CLOSED => Error::new(Code::Closed),
            _ => Error::new(Code::Internal),
        }
    }
}
