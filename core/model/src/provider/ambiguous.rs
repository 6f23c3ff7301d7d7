//! Bodies that two readers may read in two ways: what one of them calls *not paid* may be *paid*
//! to the other, so neither is believed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

/// What a body says, if it is JSON that says one thing only.
#[must_use]
pub fn read_plainly<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    if is_ambiguous(body) { None } else { serde_json::from_slice(body).ok() }
}

/// Whether a body is no UTF-8, or says one thing twice.
#[must_use]
pub fn is_ambiguous(body: &[u8]) -> bool {
    std::str::from_utf8(body).map_or(true, has_a_name_twice)
}

/// Whether an object has two fields of one name. A body that is no JSON is for others to refuse.
fn has_a_name_twice(text: &str) -> bool {
    let mut open: Vec<BTreeSet<Cow<'_, str>>> = Vec::new();
    let mut rest = text;
    while let Some((_, from)) = rest.find(['{', '}', '"']).and_then(|at| rest.split_at_checked(at))
    {
        let mut letters = from.chars();
        let first = letters.next();
        rest = letters.as_str();
        match first {
            Some('{') => open.push(BTreeSet::new()),
            Some('}') => {
                open.pop();
            }
            _ => {
                let Some((string, after)) = split_string(rest) else { return false };
                rest = after;
                let names = after.trim_start().starts_with(':');
                if names && open.last_mut().is_some_and(|known| !known.insert(unescaped(string))) {
                    return true;
                }
            }
        }
    }
    false
}

/// What stands before the closing quotation mark, and what after it.
fn split_string(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let (string, from) = text.split_at_checked(end)?;
    Some((string, from.strip_prefix('"')?))
}

/// One name may be written in several ways.
fn unescaped(string: &str) -> Cow<'_, str> {
    if !string.contains('\\') {
        return Cow::Borrowed(string);
    }
    let plain = serde_json::from_str(&format!("\"{string}\""));
    plain.map_or(Cow::Borrowed(string), Cow::Owned)
}

#[cfg(test)]
mod tests;
