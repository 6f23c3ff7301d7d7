//! The part of Tillkit that decides: plain functions of data, with no I/O anywhere below.
//!
//! Values first (`money`, `ids`, `time`, `secret`, `error`), then what a till asks for (`sale`,
//! `identity`), what became of it (`payment`), how each provider is spoken to (`provider`, over the
//! plain data of `wire`), and the synchronous machine that puts these together (`engine`). The
//! crate `tillkit` gives it a disk, a wire and a clock; the simulated world gives it ones that
//! fail.

pub mod engine;
pub mod error;
pub mod identity;
pub mod ids;
pub mod money;
pub mod payment;
pub mod provider;
pub mod sale;
pub mod secret;
pub mod time;
pub mod wire;
