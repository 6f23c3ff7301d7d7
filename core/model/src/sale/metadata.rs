//! The notes that travel with a sale: the till's own, and the two by which it is found again.

use std::collections::BTreeMap;

use super::{Fault, Sale};
use crate::ids::PaymentId;

/// Under this key our payment id travels to the provider.
pub const PAYMENT_KEY: &str = "tillkit_payment";
/// Under this key the till's reference travels to the provider.
pub const REFERENCE_KEY: &str = "tillkit_reference";
/// Keys that begin so are ours.
const RESERVED: &str = "tillkit_";

/// What a provider is given: the till's notes, our payment id and the reference.
#[must_use]
pub fn carried(sale: &Sale, payment: PaymentId) -> BTreeMap<Box<str>, Box<str>> {
    let ours = [
        (PAYMENT_KEY.into(), payment.to_string().into()),
        (REFERENCE_KEY.into(), sale.reference.as_str().into()),
    ];
    sale.metadata.clone().into_iter().chain(ours).collect()
}

/// Checks the till's notes, and that all of them together fit.
pub(super) fn check(sale: &Sale, bytes_max: usize) -> Result<(), Fault> {
    for (key, value) in &sale.metadata {
        check_key(key)?;
        check_value(value)?;
    }
    if bytes(sale) > bytes_max {
        let sentence = format!(
            "metadata has at most {bytes_max} bytes as compact JSON, \
             with our payment id and the reference inside: shorten or drop notes"
        );
        return Err(Fault::invalid("metadata", "max-bytes", sentence).limit(bytes_max));
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), Fault> {
    let invalid = |rule, sentence: &str| Err(Fault::invalid("metadata", rule, sentence));
    if key.is_empty() {
        return invalid("key-not-empty", "a metadata key is not empty");
    }
    if key.chars().any(char::is_control) {
        return invalid("no-control-characters", "a metadata key holds no control characters");
    }
    if key.starts_with(RESERVED) {
        return invalid("reserved-key", "metadata keys that begin with tillkit_ are Tillkit's own");
    }
    Ok(())
}

fn check_value(value: &str) -> Result<(), Fault> {
    if value.chars().any(char::is_control) {
        let sentence = "a metadata value holds no control characters";
        return Err(Fault::invalid("metadata", "no-control-characters", sentence));
    }
    Ok(())
}

/// Every payment id is as long as any other, so the size is known before there is one.
fn bytes(sale: &Sale) -> usize {
    let any_payment = PaymentId::from_bytes([0; 16]);
    serde_json::to_vec(&carried(sale, any_payment)).map_or(usize::MAX, |json| json.len())
}
