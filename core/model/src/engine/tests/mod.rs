//! The machine against the simulated disk and a scripted provider: each rule of sequencing once.
//! What no one thought of is the simulated world's to find.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::needless_pass_by_value,
    reason = "a test that overflows fails, which is what it is for"
)]

mod adversity;
mod answers;
mod budgets;
mod calls;
mod codes;
mod harness;
mod leases;
mod money;
mod pages;
mod sizes;
mod starts;
mod surplus;
mod words;
