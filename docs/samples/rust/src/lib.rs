//! What a shop's program does with Tillkit, a page of the book each.
//!
//! The book shows pieces of these files and nothing else; the tests run them against the simulator.

pub mod backend;
pub mod care;
pub mod consent;
pub mod day;
pub mod doubt;
pub mod money;
