//! Who a sale is: its keys, its fingerprint, and the verdict on asking for it.
//!
//! One reference, one charge. A repeat is recognized here before anything else is said of it, and
//! never starts anything; another try is explicit. This module knows nothing of journals or of how
//! a payment came to stand as it does: it is handed plain facts.

mod fingerprint;
mod key;
mod refusal;
mod verdict;

pub use fingerprint::{Fingerprint, fingerprint, first_difference};
pub use key::{IdentityKey, TerminalKey, key, key_of, terminal_key};
pub use verdict::{Asked, Attempt, Fate, Holder, Known, Limits, Verdict, verdict};

#[cfg(test)]
mod tests;
