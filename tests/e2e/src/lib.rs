//! A till on a real journal, the real wire, and every provider's API on loopback sockets.
//!
//! The tests under `tests/` tell one story each and run it at every provider that can show it.
//! Clocks go twenty times as fast on both sides, so that a minute takes three seconds.

pub mod child;
pub mod hooks;
pub mod provider;
pub mod raw;
pub mod renewal;
pub mod shop;
pub mod stories;

pub use provider::{At, PROVIDERS};
pub use shop::Shop;

/// How many times faster than the wall's both clocks go.
pub const PACE: u32 = 20;

/// The host's name for the only account.
pub const ACCOUNT: &str = "shop-1";
