//! Qonto as a host meets it: settings, tokens, errands, notifications and limits, by vectors and by
//! tables.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tillkit_model::ids::{OperationId, PaymentId};
use tillkit_model::sale::Sale;
use tillkit_model::wire::{Exchange, Response, SendFailure};

macro_rules! vectors {
    ($file:literal) => {
        serde_json::from_str(include_str!(concat!(
            "../../../../tests/vectors/providers/qonto/",
            $file,
            ".json"
        )))
        .unwrap()
    };
}

mod desk;
mod limits;
mod settings;
mod signature;
mod tokens;

/// What every vector of a payment is about.
#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    sale: Sale,
}

fn fixture() -> Fixture {
    vectors!("payment")
}

/// An exchange as the vectors write it.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    NotSent {
        not_sent: String,
    },
    MaybeSent {
        maybe_sent: String,
    },
    Body {
        status: u16,
        headers: BTreeMap<String, String>,
        body: Value,
    },
    Text {
        status: u16,
        headers: BTreeMap<String, String>,
        text: String,
        #[serde(default)]
        truncated: bool,
    },
}

fn exchange(written: Written) -> Exchange {
    let (status, headers, text, truncated) = match written {
        Written::NotSent { not_sent } => {
            return Err(SendFailure::NotSent { why: not_sent.into() });
        }
        Written::MaybeSent { maybe_sent } => {
            return Err(SendFailure::MaybeSent { why: maybe_sent.into() });
        }
        Written::Body { status, headers, body } => (status, headers, body.to_string(), false),
        Written::Text { status, headers, text, truncated } => (status, headers, text, truncated),
    };
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    Ok(Response { status, headers, body: text.into_bytes(), truncated })
}

#[test]
fn each_vector_has_a_name_of_its_own_a_reason_and_a_source() {
    let desk: BTreeMap<String, Vec<Value>> = vectors!("desk");
    let files: [Vec<Value>; 6] = [
        vectors!("push"),
        vectors!("read"),
        vectors!("request"),
        vectors!("notification"),
        vectors!("token"),
        vectors!("signature"),
    ];
    for file in files.into_iter().chain(desk.into_values()) {
        let mut names = std::collections::BTreeSet::new();
        for vector in file {
            let told = |key: &str| vector[key].as_str().is_some_and(|text| !text.is_empty());
            assert!(told("name") && told("why") && told("source"), "{vector}");
            assert!(names.insert(vector["name"].to_string()), "{} comes twice", vector["name"]);
        }
    }
}
