//! The part of Tillkit that acts.

pub mod journal;
pub mod shell;
pub mod till;
pub mod transport;
