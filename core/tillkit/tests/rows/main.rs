//! What holds for every row of the registry, in each of its modes, as a till meets it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod addresses;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "../../../model/tests/rows/cast.rs"]
mod cast;
mod refusals;
