//! The header that proves who asks; never part of a recorded request.

use super::config::Entrance;
use crate::provider::Secret;

/// The header that the wire adds, and its secret.
pub(super) fn headers(entrance: &Entrance) -> Vec<(&'static str, Secret)> {
    match entrance {
        Entrance::Key(key) => vec![("X-Api-Key", key.clone())],
        Entrance::Certificate(certificate) => vec![("X-Device-Certificate", certificate.clone())],
    }
}
