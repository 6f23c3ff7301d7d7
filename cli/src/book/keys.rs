//! The key that seals accounts and stored tokens: from the environment, or from a file.

use std::path::Path;

use tillkit::shell::entropy::OsEntropy;
use tillkit::till::Key;
use tillkit_model::time::Entropy as _;
use zeroize::Zeroizing;

use super::private_file;
use crate::failure::Failure;
use crate::places::Places;

const VARIABLE: &str = "TILL_KEY";

/// The key, where there is one.
pub fn known(places: &Places) -> Result<Option<Key>, Failure> {
    let said = std::env::var(VARIABLE).map(Zeroizing::new);
    // One that was emptied says no more than one that is not there.
    if let Some(text) = said.ok().filter(|text| !text.trim().is_empty()) {
        return parsed(&text, VARIABLE).map(Some);
    }
    let path = places.key_file()?;
    match std::fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(text) => parsed(&text, &path.display().to_string()).map(Some),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(Failure::of_file(&path, &fault)),
    }
}

/// Makes a key, and keeps it in its file.
pub fn make(places: &Places) -> Result<Key, Failure> {
    let path = places.key_file()?;
    let mut bytes = Zeroizing::new([0; 32]);
    OsEntropy::new()?.fill(bytes.as_mut_slice());
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    let text = Zeroizing::new(digits.collect::<String>());
    write(&path, &text)?;
    Ok(Key::new(*bytes))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if path.exists() {
        let sentence = format!("{} is there already and holds no key", path.display());
        return Err(Failure::said("key-unreadable", sentence));
    }
    private_file(path, text)
}

fn parsed(text: &str, place: &str) -> Result<Key, Failure> {
    Key::parse(text.trim()).map_err(|error| {
        Failure::said("key-unreadable", format!("{place} holds no key: {}", error.message))
    })
}

/// The accounts were sealed, and what sealed them is not here.
pub fn missing() -> Failure {
    Failure::said(
        "no-key",
        "the key that sealed the accounts is not here: put it into TILL_KEY, or say --key-file",
    )
}
