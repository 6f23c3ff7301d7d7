//! What a notification tells, as a hint.
//!
//! For bodies whose signature was already checked against their exact bytes; that check is not made
//! here. A hint only says where to look and, where no look can be had, that money was taken.

use serde::Deserialize;

use super::record::{Named, Record, status};
use crate::payment::sighting::{Ours, Standing};
use crate::provider::Hint;

/// The topic of terminal payments.
pub const TOPIC: &str = "v1/terminal-payments";

/// A notification that is not what Qonto documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong with it.
    pub why: &'static str,
}

/// The hint in a verified notification; none where its topic is another one.
///
/// An event that cannot be placed still names a terminal payment that is worth a look.
///
/// # Errors
/// [`Malformed`] for anything but a notification.
pub fn hint(body: &[u8]) -> Result<Option<Hint>, Malformed> {
    let Notification { topic, data } = serde_json::from_slice(body)
        .map_err(|_| Malformed { why: "a notification is JSON with a type and data" })?;
    if topic != TOPIC {
        return Ok(None);
    }
    let Data { event, record } = serde_json::from_value(data)
        .map_err(|_| Malformed { why: "a terminal payment has an id, a terminal and an amount" })?;
    let standing = status(&event).and_then(|status| record.standing(status));
    let (payment, ours) = match record.payment() {
        Named::Payment(payment) => (Some(payment), Ours::Yes),
        Named::Nobody => (None, Ours::Unsaid),
        Named::Stranger => (None, Ours::No),
    };
    let sighting = record.charge(standing.unwrap_or(Standing::Pending), ours);
    let unreadable = Malformed { why: "a terminal payment's ids and amount can be read" };
    sighting.map(|sighting| Some(Hint { payment, sighting })).ok_or(unreadable)
}

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "type")]
    topic: String,
    #[serde(default)]
    data: serde_json::Value,
}

#[derive(Deserialize)]
struct Data {
    event: String,
    #[serde(flatten)]
    record: Record,
}
