//! The part of Tillkit that acts.

pub mod shell;
pub mod transport;
