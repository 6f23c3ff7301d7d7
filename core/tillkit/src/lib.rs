//! The part of Tillkit that acts.

pub mod transport;
