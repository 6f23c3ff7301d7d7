//! What proves who asks: a key, in a header that the wire adds and nothing records.

use tillkit_model::provider::Secret;

pub(super) fn headers(key: &Secret) -> Vec<(&'static str, Secret)> {
    vec![("Marlin-Access", key.clone())]
}
