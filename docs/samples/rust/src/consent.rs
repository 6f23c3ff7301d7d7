//! A merchant's consent: asked for once, and kept sealed in the journal.

use std::path::Path;

use tillkit::till::{Consent, Error, Key, Open, Till};

/// Opens a till that can keep tokens. The key is 64 hexadecimal digits, from wherever the host
/// keeps its secrets, and never beside the journal.
///
/// # Errors
/// When the key is none, or the journal cannot be opened.
// ANCHOR: key
pub fn open(path: &Path, key: &str) -> Result<Till, Error> {
    let key = Some(Key::parse(key)?);
    Till::open(path, Open { create: true, key, ..Open::default() })
}
// ANCHOR_END: key

/// Where to send the merchant. Keep what comes back with their session.
///
/// # Errors
/// `unsupported` where no consent is needed.
// ANCHOR: ask
pub fn ask(till: &Till) -> Result<Consent, Error> {
    till.authorize("shop-1", "https://shop.example/back")
}
// ANCHOR_END: ask

/// The merchant came back with a state and a code.
///
/// # Errors
/// Where the state is another consent's, or the code brought no tokens.
// ANCHOR: back
pub async fn came_back(
    till: &Till,
    consent: &Consent,
    state: &str,
    code: &str,
) -> Result<(), Error> {
    till.authorized("shop-1", consent, state, code).await
}
// ANCHOR_END: back
