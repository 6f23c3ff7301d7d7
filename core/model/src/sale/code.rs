//! Scanned codes: what a customer's device shows can be spent once, so it is never stored.
//!
//! A recorded request holds [`CODE_PLACEHOLDER`] in its place; the code itself stays in memory and
//! is filled in when the request is handed over.

use super::{Fault, Sale};
use crate::secret::Secret;

/// What a recorded request says where the code belongs.
pub const CODE_PLACEHOLDER: &str = "{tillkit:code}";

const LENGTH_MAX: usize = 128;

/// Checks that a code can stand in a JSON text as it is.
pub(super) fn check(code: &Secret) -> Result<(), Fault> {
    let text = code.expose();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/+=".contains(&byte);
    if (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    let sentence =
        "a scanned code has 1 to 128 letters, digits and -._:/+= : hand it in as it was read";
    Err(Fault::invalid("code", "code-characters", sentence).limit(LENGTH_MAX))
}

/// Checks that nothing else of a sale reads like the place of a code.
pub(super) fn check_absent(sale: &Sale) -> Result<(), Fault> {
    let notes = sale.metadata.iter().flat_map(|(key, value)| [key, value]);
    let names = sale.items.iter().flat_map(|item| std::iter::once(&item.name).chain(&item.sku));
    let texts = std::iter::once(("reference", sale.reference.as_str()))
        .chain(notes.map(|text| ("metadata", &**text)))
        .chain(names.map(|text| ("items", &**text)));
    match texts.into_iter().find(|(_, text)| text.contains(CODE_PLACEHOLDER)) {
        None => Ok(()),
        Some((field, _)) => {
            let sentence = "this text stands for a scanned code inside: hand codes in as code";
            Err(Fault::invalid(field, "code-placeholder", sentence).limit(CODE_PLACEHOLDER))
        }
    }
}
