//! What an exchange shows of secrets: that they were there.
//!
//! Whatever leaves the server to be looked at has passed here.

use serde_json::Value;

/// In the place of a secret.
const MASK: &str = "••••••";
/// Headers that hold credentials.
const HEADERS: [&str; 6] = [
    "authorization",
    "x-api-key",
    "x-device-certificate",
    "x-qonto-staging-token",
    "cookie",
    "set-cookie",
];
/// Fields that hold credentials, or a scanned code whose money can be spent: in lower case and
/// without what stands between words, for some write `apiKey` and others `api_key`.
const FIELDS: [&str; 9] = [
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientsecret",
    "secret",
    "apikey",
    "code",
    "barcode",
    "password",
];
/// What stands beside a code that names an error.
const BESIDE_ERRORS: [&str; 3] = ["message", "detail", "title"];

/// Headers by name; those that hold credentials keep their names alone.
pub(super) fn headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    let shown = |(name, value): &(String, String)| {
        let lower = name.to_ascii_lowercase();
        let secret = HEADERS.contains(&lower.as_str());
        let value = match lower.as_str() {
            _ if secret => MASK.to_owned(),
            "location" => target(value),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    headers.iter().map(shown).collect()
}

/// An address, with the values of secret fields in its query masked.
pub(super) fn target(target: &str) -> String {
    match target.split_once('?') {
        Some((path, query)) => format!("{path}?{}", form(query)),
        None => target.to_owned(),
    }
}

/// A body of JSON or of a form, as it was but for its secrets.
pub(super) fn body(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => json(&text, value),
        Err(_) if text.trim_start().starts_with('<') => text.into_owned(),
        Err(_) => form(&text),
    }
}

/// Untouched where it holds no secret.
fn json(text: &str, mut value: Value) -> String {
    if mask(&mut value, false) { value.to_string() } else { text.to_owned() }
}

/// Whether something was masked; `of_error` where the value is an error's own record.
fn mask(value: &mut Value, of_error: bool) -> bool {
    match value {
        Value::Object(fields) => {
            // An error names itself by a code too; a secret one stands in no such record.
            let of_error =
                of_error || BESIDE_ERRORS.iter().any(|beside| fields.contains_key(*beside));
            let mut masked = false;
            for (name, value) in fields {
                let secret = is_secret(name) && !(of_error && name == "code" && is_word(value));
                masked |= if secret && (value.is_string() || value.is_number()) {
                    *value = MASK.into();
                    true
                } else {
                    mask(value, ["error", "errors"].contains(&name.as_str()))
                };
            }
            masked
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |masked, item| mask(item, of_error) | masked)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_secret(name: &str) -> bool {
    let plain = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
    FIELDS.contains(&plain.flat_map(char::to_lowercase).collect::<String>().as_str())
}

/// Letters and underscores alone, as names of errors are, or a number.
fn is_word(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.chars().all(|letter| letter.is_ascii_alphabetic() || "_ -".contains(letter))
}

fn form(text: &str) -> String {
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests;
