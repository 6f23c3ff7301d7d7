//! The synchronous machine: calls, answers, finished appends, hints and time go in; appends, sends,
//! wake-ups and results come out.

pub mod admit;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod lease;
pub mod memory;
pub mod opening;
pub mod store;
mod surroundings;
