//! What the short run begins with: the bodies of every provider's vectors.

use serde_json::Value;
use tillkit_model::provider::registry;

use super::cast::cases;
use super::{KINDS, STATUSES};

/// The bodies in a provider's vectors, each as an answer of its own status and as a success, to one
/// mode after the other.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn bodies(provider: &str) -> Vec<Vec<u8>> {
    let seeds = cases(provider).into_iter().enumerate().filter_map(|(place, case)| {
        let mode = place % registry().iter().map(|row| row.offers.len()).max()?;
        let exchange = &case["exchange"];
        let own = exchange["status"].as_u64();
        let status = STATUSES.iter().position(|status| Some(u64::from(*status)) == own);
        let body = written(exchange)?;
        Some([status.unwrap_or(0), 0, 2].map(|status| {
            let head = [status, mode * KINDS.len()].map(|byte| u8::try_from(byte).unwrap());
            head.into_iter().chain(body.bytes()).collect()
        }))
    });
    seeds.flatten().collect()
}

/// The bodies and the queries of the notifications in a provider's vectors.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn notices(provider: &str) -> Vec<Vec<u8>> {
    let notices = cases(provider).into_iter().filter(|case| case["exchange"].is_null());
    let seeds = notices.flat_map(|case| {
        let query = case["url"].as_str().and_then(|url| url.split_once('?'));
        [written(&case), query.map(|(_, query)| query.to_owned())]
    });
    seeds.flatten().map(String::into_bytes).collect()
}

fn written(of: &Value) -> Option<String> {
    match (&of["body"], &of["text"]) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => Some(text.clone()),
        (Value::Null, _) => None,
        (body, _) => Some(body.to_string()),
    }
}
