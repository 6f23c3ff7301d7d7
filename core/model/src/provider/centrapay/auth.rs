//! The header that proves who asks.
//!
//! It is never part of a recorded request: the wire adds it when it leaves.

use super::config::Config;
use crate::provider::Secret;

/// Each header that the wire adds, and its secret.
pub(super) fn headers(config: &Config) -> Vec<(&'static str, Secret)> {
    vec![("X-Api-Key", config.api_key.clone())]
}
