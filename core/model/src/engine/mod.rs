//! The synchronous machine: calls, answers, finished appends, hints and time go in; appends, sends,
//! wake-ups and results come out.

pub mod admit;
pub mod budget;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod errors;
pub mod history;
pub mod lease;
mod machine;
pub mod memory;
pub mod opening;
pub mod port;
pub mod row;
pub mod store;
mod surroundings;
#[cfg(test)]
mod tests;

pub use machine::{Engine, Role, Setup};

/// How long to leave a journal alone that failed so often in a row.
const fn schedule_retry_ms(failures: u32) -> u64 {
    let doublings = if failures > 6 { 6 } else { failures };
    let wait_ms = 125_u64 << doublings;
    if wait_ms > 8_000 { 8_000 } else { wait_ms }
}
