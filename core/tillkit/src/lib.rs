//! The part of Tillkit that acts.

pub mod credentials;
mod errand;
pub mod journal;
pub mod receipt;
pub mod report;
pub mod shell;
pub mod till;
pub mod transport;
pub mod webhook;

/// The README's program, compiled with the documentation's examples.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
