//! Tillkit: a card payment on a terminal, exactly once. This crate acts; the [`model`] decides.
//!
//! [`till::Till`] is the whole face: open a journal, connect an account, start or pay a sale, look
//! at it, give it back. Below it stand the [`journal`] (what is on the disk), the [`transport`]
//! (what is on the wire) and the [`shell`] (tokio round the model's machine); beside it what is
//! made of payments: [`webhook`], [`receipt`], [`report`]; above it [`boundary`], the records that
//! other languages see. Nothing here decides about money.

pub mod boundary;
pub mod credentials;
mod errand;
pub mod journal;
pub mod receipt;
pub mod report;
pub mod shell;
pub mod till;
pub mod transport;
pub mod webhook;

/// The crate that decides, for its values: ids, money, sales, summaries.
pub use tillkit_model as model;

/// The README's program, compiled with the documentation's examples.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
