//! Errands: whatever is asked of a provider beside payments.
//!
//! They move no money, so they need no permit and nothing of them is recorded. An errand is sent
//! once; where its fate is not known, whoever asked is told so and asks again. Errands have a small
//! budget of their own, taken off the account's, so that a long list never holds up a payment.

mod allowance;
mod line;
mod probe;

#[cfg(test)]
mod tests;

pub(crate) use allowance::{Allowance, share};
pub(crate) use line::{Carried, Line, LineEnd};
pub use probe::Missing;
