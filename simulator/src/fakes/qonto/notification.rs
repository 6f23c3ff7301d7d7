//! What Qonto writes to a subscriber, before it is signed.

use std::fmt::Write as _;

use serde_json::json;
use tillkit_model::sale::metadata::PAYMENT_KEY;

use super::euros;
use crate::fakes::ledger::{Charge, Standing};

/// The notification of a charge that was decided; none while there is nothing to tell.
///
/// Its metadata is text with JSON in it, as the documented example shows, or the object that every
/// other page shows.
#[must_use]
pub fn notification(charge: &Charge, metadata_as_text: bool) -> Option<String> {
    let event = match charge.standing {
        Standing::Taken => "authorized",
        Standing::Declined => "refused",
        Standing::Pending
        | Standing::Processing
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Reversed => return None,
    };
    let mut data = format!(
        "\"event\":\"{event}\",\"id\":\"{}\",\"terminal_id\":\"{}\",\"poi_id\":\"S1F2-1\",\
         \"amount\":{},\"created_at\":\"2026-11-20T09:00:00Z\"",
        charge.id,
        charge.terminal.as_deref().unwrap_or_default(),
        euros(charge.asked_minor)
    );
    if charge.standing == Standing::Taken {
        let _ = write!(
            data,
            ",\"authorized_amount\":{},\"payment_method\":\"visa\",\"card_summary\":\"4242\",\
             \"authorized_at\":\"2026-11-20T09:00:30Z\"",
            euros(charge.authorized_minor)
        );
        if charge.tip_minor > 0 {
            let _ = write!(data, ",\"tip_amount\":{}", euros(charge.tip_minor));
        }
    } else {
        data.push_str(",\"failure_reason\":\"insufficient_funds\"");
    }
    if let Some(payment) = charge.payment {
        let object = json!({ PAYMENT_KEY: payment });
        let metadata = if metadata_as_text { json!(object.to_string()) } else { object };
        let _ = write!(data, ",\"metadata\":{metadata}");
    }
    // The event is named by what it tells, so that a repeat of it is told by its id.
    let id = format!("{event}-{}", charge.id);
    Some(format!(
        "{{\"id\":\"{id}\",\"type\":\"v1/terminal-payments\",\
         \"created_at\":\"2026-11-20T09:00:31Z\",\"data\":{{{data}}}}}"
    ))
}
