//! The fingerprint of a sale: SHA-256 over every field that shapes the charge.
//!
//! Its encoding is part of the journal's format and never changes: each text is preceded by its
//! length, each optional or repeated part by its count, and all of it by a name with a version.
//! Stored vectors hold it in place.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::sale::{Account, Capture, Environment, Item, Sale};

/// SHA-256 over the canonical encoding of a sale, as lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(pub Box<str>);

/// What precedes every encoding.
const NAME: &str = "tillkit sale 1";

/// The fingerprint of a sale.
#[must_use]
pub fn fingerprint(sale: &Sale) -> Fingerprint {
    Fingerprint(hex::encode(Sha256::digest(encoded(sale))).into())
}

/// The first field in which two sales of one identity differ, as a till writes it.
#[must_use]
pub fn first_difference(one: &Sale, other: &Sale) -> Option<&'static str> {
    let differs = [
        ("amount", one.amount.minor() != other.amount.minor()),
        ("currency", one.amount.currency() != other.amount.currency()),
        ("terminal", one.terminal != other.terminal),
        ("capture", one.capture != other.capture),
        ("allow_part", one.allow_part != other.allow_part),
        ("metadata", one.metadata != other.metadata),
        ("items", one.items != other.items),
        ("customer_absent", one.customer_absent != other.customer_absent),
        ("account", one.account != other.account),
    ];
    differs.into_iter().find_map(|(field, differs)| differs.then_some(field))
}

/// Every field that shapes the charge, unambiguously. Reference, attempt and day are the identity
/// under which sales are compared, so they are not in it.
fn encoded(sale: &Sale) -> Vec<u8> {
    // In full, so that a new field cannot be forgotten.
    let Sale {
        account,
        terminal,
        amount,
        reference: _,
        attempt: _,
        business_day: _,
        capture,
        allow_part,
        metadata,
        items,
        customer_absent,
        // A code is compared by nothing, and so is whether there was one.
        scanned: _,
    } = sale;
    let mut bytes = Vec::new();
    text(&mut bytes, NAME);
    encode_account(&mut bytes, account);
    count(&mut bytes, terminal.iter().len());
    terminal.iter().for_each(|terminal| text(&mut bytes, terminal.as_str()));
    text(&mut bytes, &amount.minor().to_string());
    text(&mut bytes, amount.currency().code());
    text(&mut bytes, capture_name(*capture));
    text(&mut bytes, if *allow_part { "part" } else { "whole" });
    count(&mut bytes, metadata.len());
    for (key, value) in metadata {
        text(&mut bytes, key);
        text(&mut bytes, value);
    }
    // What came later is told only where it is there, so that earlier fingerprints stay.
    if !items.is_empty() {
        text(&mut bytes, "items");
        count(&mut bytes, items.len());
        items.iter().for_each(|item| encode_item(&mut bytes, item));
    }
    if *customer_absent {
        text(&mut bytes, "customer absent");
    }
    bytes
}

fn encode_item(bytes: &mut Vec<u8>, item: &Item) {
    let Item { name, sku, quantity, amount, tax_percent, discount } = item;
    text(bytes, name);
    text(bytes, quantity);
    text(bytes, &amount.minor().to_string());
    let discount = discount.map(|discount| discount.minor().to_string());
    for optional in [sku.as_deref(), tax_percent.as_deref(), discount.as_deref()] {
        count(bytes, optional.iter().len());
        optional.iter().for_each(|part| text(bytes, part));
    }
}

fn encode_account(bytes: &mut Vec<u8>, account: &Account) {
    let Account { name, provider, merchant, environment } = account;
    text(bytes, name.as_str());
    text(bytes, provider);
    text(bytes, merchant.as_str());
    text(bytes, environment_name(*environment));
}

const fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Sandbox => "sandbox",
    }
}

const fn capture_name(capture: Capture) -> &'static str {
    match capture {
        Capture::Automatic => "automatic",
        Capture::Manual => "manual",
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    count(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn count(bytes: &mut Vec<u8>, count: usize) {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    bytes.extend_from_slice(&count.to_be_bytes());
}
