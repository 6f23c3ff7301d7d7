//! The deterministic world: the product's own engine, fake providers, and everything between them
//! that can go wrong, from one seed.
//!
//! No thread, no socket, no clock of its own: one queue of events ([`life`]), faults that each life
//! switches on by whole classes ([`faults`]), and an [`auditor`] whose books come from the fakes.

pub mod auditor;
pub mod clock;
pub mod coverage;
pub mod disk;
pub mod exhaustive;
pub mod faults;
mod gremlin;
mod hints;
pub mod life;
pub mod mutants;
pub mod network;
pub mod process;
pub mod providers;
pub mod queue;
pub mod shrink;
pub mod story;
pub mod tokens;
pub mod totals;
pub mod verdict;
pub mod workload;
