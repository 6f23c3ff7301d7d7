//! The payment: what may happen to it, what has happened, and what that means.
//!
//! `decide(state, command, now) → events and at most one effect`; `apply(state, event) → state`,
//! live and in replay. Facts ([`event`]) only accumulate in the [`state::Payment`]; stage, outcome,
//! alarms and the next step are derived from them. Nothing here knows that HTTP exists or what a
//! provider is called.

pub mod apply;
pub mod charges;
pub mod command;
pub mod conditions;
pub mod decide;
pub mod details;
pub mod event;
pub mod hold;
pub mod lifecycle;
pub mod loss;
pub mod manners;
pub mod permission;
pub mod plan;
pub mod sighting;
pub mod stage;
pub mod state;
pub mod summary;
pub mod surplus;
pub mod timeline;
pub mod view;
mod wish;

pub use state::{ConditionAnswer, Driver, Operation, OperationKind, Payment};

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may overflow: that is a failed test")]
mod tests;
