//! What every provider's files read and write in the same way: settings, credentials, parts of
//! addresses, and a provider's own words.

use std::fmt::Write as _;

use super::{Fault, Secret, Settings};

/// The most characters of a provider's own words.
const WORDS_MAX: usize = 200;

/// Refuses a setting that the provider does not know: a misspelled one would be lost in silence.
///
/// # Errors
/// The first unknown setting; never with its value.
pub fn only_known(provider: &str, settings: &Settings, known: &[&str]) -> Result<(), Fault> {
    match settings.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let known = known.join(", ");
            let sentence = format!("{provider} has no setting {key:?}: it takes {known}");
            Err(Fault::configuration("settings", "known-settings", sentence).limit(known))
        }
    }
}

/// A setting without which the provider cannot be reached.
///
/// # Errors
/// When it is not there.
pub fn required_setting<'a>(
    provider: &str,
    settings: &'a Settings,
    key: &'static str,
) -> Result<&'a str, Fault> {
    let missing = || {
        let sentence = format!("{provider} needs the setting {key}");
        Fault::configuration(key, "required", sentence)
    };
    settings.get(key).map(String::as_str).ok_or_else(missing)
}

/// A credential: what travels in a header must fit into one.
///
/// # Errors
/// When it does not; never with its value.
pub fn credential(field: &'static str, text: &str) -> Result<Secret, Fault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let sentence = format!("{field} is visible ASCII without spaces: take it as it was issued");
        return Err(Fault::configuration(field, "visible-ascii", sentence));
    }
    Ok(Secret::new(text))
}

/// A text as one segment of a path or one value of a query, whatever is in it.
#[must_use]
pub fn path_segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _infallible = write!(path, "%{byte:02X}");
        }
        path
    })
}

/// A provider's words, of bounded length and without control characters.
#[must_use]
pub fn words_of(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_control()).take(WORDS_MAX).collect()
}
