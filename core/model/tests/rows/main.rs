//! What holds for every row of the registry, in each of its modes: a new provider is held to it by
//! its row, `settings.json` and `payment.json`, and by nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

mod broken;
mod cast;
mod notices;
mod offers;
mod paths;
#[path = "../fuzz/signing.rs"]
mod signing;
