//! A fifth provider, added by the steps of `docs/adding-a-provider.md` and by nothing else: no line
//! of the engine, of payments or of the shell knows its name.

#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod house;
mod marlin;
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod story;
