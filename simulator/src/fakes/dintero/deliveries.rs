//! What Dintero sends of its own accord: callbacks for one session, webhooks for the account.

use serde_json::{Value, json};
use tillkit_model::provider::{Secret, dintero};

use super::shown::{stamp, taken_status, transaction_id};
use crate::fakes::ledger::{Charge, Standing};

/// One request from Dintero to the merchant.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The method.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// Headers, signature among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A callback of a charge as it stands; nothing while nothing is decided.
///
/// # Panics
/// Never for an address and a secret that a signature can be made of.
#[must_use]
pub fn callback(
    charge: &Charge,
    address: &str,
    account: &str,
    secret: &Secret,
    at_ms: u64,
) -> Option<Delivered> {
    let error = match charge.standing {
        Standing::Pending | Standing::Processing | Standing::Expired => return None,
        Standing::Taken => None,
        Standing::Declined => Some("authorization"),
        Standing::Cancelled => Some("cancelled"),
        Standing::Reversed => None,
    };
    let mut url = format!("{address}?session_id={}&time={}", charge.id, encoded(&stamp(at_ms)));
    if charge.standing != Standing::Cancelled {
        url.push_str(&format!("&transaction_id={}", transaction_id(charge.id.as_str())));
    }
    if let Some(payment) = charge.payment {
        url.push_str(&format!("&merchant_reference={payment}"));
    }
    if charge.standing == Standing::Reversed {
        url.push_str("&event=VOID");
    }
    if let Some(error) = error {
        url.push_str(&format!("&error={error}"));
    }
    let signature = dintero::sign_callback(secret, account, (at_ms / 1_000) as i64, "GET", &url)
        .expect("an address can be signed");
    let headers = vec![
        ("Dintero-Signature", signature),
        ("event-delivery", format!("callback-{}-{at_ms}", charge.id)),
    ];
    Some(Delivered { method: "GET", url, headers, body: Vec::new() })
}

/// A webhook of a charge as it stands; without a transaction inside where there never was one.
///
/// # Panics
/// Never for a secret that a signature can be made of.
#[must_use]
pub fn webhook(
    charge: &Charge,
    url: &str,
    account: &str,
    secret: &Secret,
    at_ms: u64,
) -> Delivered {
    let status = match charge.standing {
        Standing::Pending | Standing::Processing | Standing::Expired => "INITIATED",
        Standing::Taken => taken_status(charge),
        Standing::Declined => "DECLINED",
        Standing::Cancelled | Standing::Reversed => "AUTHORIZATION_VOIDED",
    };
    let event = if charge.standing == Standing::Taken {
        "checkout_transaction"
    } else {
        "checkout_authorization"
    };
    let delivery = format!("webhook-{}-{at_ms}", charge.id);
    let amount =
        if charge.taken_at_ms.is_some() { charge.authorized_minor } else { charge.asked_minor };
    let mut body = json!({ "account_id": account, "event": event, "event_delivery": delivery });
    if charge.standing != Standing::Cancelled {
        body["transaction"] = json!({
            "id": transaction_id(charge.id.as_str()),
            "session_id": charge.id.as_str(),
            "merchant_reference": charge.payment.map_or(Value::Null, |id| json!(id.to_string())),
            "status": status, "amount": amount, "currency": charge.currency,
            "events": events(charge),
            "created_at": stamp(at_ms), "updated_at": stamp(at_ms),
        });
    }
    let body = body.to_string().into_bytes();
    let signature = dintero::sign_webhook(secret, &body).expect("a body can be signed");
    let headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("event", event.to_owned()),
        ("event-delivery", delivery),
        ("event-signature", signature),
    ];
    Delivered { method: "POST", url: url.to_owned(), headers, body }
}

/// What was done to it so far, as far as a webhook tells.
fn events(charge: &Charge) -> Vec<Value> {
    let mut events = Vec::new();
    if charge.taken_at_ms.is_some() {
        events.push(json!({
            "event": "AUTHORIZE", "success": true, "amount": charge.authorized_minor,
            "metadata": { "seitatech:saleAmount": charge.asked_minor.to_string() },
        }));
    }
    if !charge.manual && charge.captured_minor > 0 {
        let minor = charge.captured_minor;
        events.push(json!({ "event": "CAPTURE", "success": true, "amount": minor }));
    }
    events.extend(charge.moves.iter().map(|step| {
        let event = if step.refund { "REFUND" } else { "CAPTURE" };
        json!({ "event": event, "success": true, "amount": step.minor,
            "event_reference": step.reference })
    }));
    events
}

fn encoded(text: &str) -> String {
    text.replace(':', "%3A")
}
