//! The headers that prove who asks.
//!
//! They are never part of a recorded request: the wire adds them when it leaves, so a replay
//! carries the token of its own hour.

use super::config::Config;
use crate::provider::Secret;

/// Each header that the wire adds, and its secret.
pub(super) fn headers(config: &Config) -> Vec<(&'static str, Secret)> {
    let bearer = Secret::new(&format!("Bearer {}", config.access_token.expose()));
    let staging = config.staging_token.clone().map(|token| ("X-Qonto-Staging-Token", token));
    std::iter::once(("Authorization", bearer)).chain(staging).collect()
}
