//! The kill test: a till in a process of its own, on a real SQLite file, against a real HTTP server
//! on loopback, dies by SIGKILL before and after every append and every send; whoever comes after
//! it must find out what became of every sale, and nobody may be charged twice.
//!
//! - [`till`] is the child process: the real [`tillkit::till::Till`], with a journal and a wire
//!   that name each step they pass and can die there;
//! - [`qonto`] is the server, with a ledger of what really happened;
//! - [`shop`] is everything round one life: the clock, the server, the processes, the judgement.
//!
//! Nothing here waits for a length of time: the parent waits for lines and for exits. The shop's
//! clock runs faster than the wall's, and leaps over the hours in which nothing happens.

pub mod clock;
pub mod halt;
pub mod qonto;
pub mod shop;
pub mod till;
pub mod word;

/// A lock whose holder panicked is of no more use than any other: the test has failed already.
fn hold<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
