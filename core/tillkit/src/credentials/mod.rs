//! Access tokens: asked for, renewed in time, and kept where a crash cannot lose them.
//!
//! What to ask for and what an answer means is the provider's
//! ([`tillkit_model::provider::Tokens`]). Here it is done: one renewal at a time for a journal,
//! however many processes share it; a new pair durable before the old one is forgotten; whichever
//! pair was asked for later counts, and the others are kept in case it turns out to be dead. Tokens
//! are kept by the host, or sealed in the journal under a key that the host gives; a refresh token
//! that is spent by its use is never kept in memory alone. While an account has no token nothing
//! that needs a permit is asked to be sent.

mod access;
mod hosts;
mod key;
mod purse;
mod renewal;
mod vault;

#[cfg(test)]
mod tests;

pub use access::Standing;
pub(crate) use access::{Parts, TokenAccess};
pub(crate) use hosts::Hosts;
pub use key::Key;
pub(crate) use vault::Vault;
pub use vault::{NotKept, TokenKeeper};
