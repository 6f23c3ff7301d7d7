//! How a transaction is shown, and which are on a list.

use serde_json::{Value, json};
use tillkit_model::time::to_rfc3339;
use tillkit_model::wire::Response;

use super::session::Happened;
use super::{Dintero, Query, answer};
use crate::fakes::WALL_MS;
use crate::fakes::ledger::{Charge, Reader, Standing};

/// The transaction of a session: the same number under another word.
#[must_use]
pub fn transaction_id(session: &str) -> String {
    session.replace(".session", ".payment")
}

impl Dintero {
    /// The place of a transaction that is there.
    pub(super) fn transaction_place(&self, id: &str) -> Option<usize> {
        let place = self.ledger.place(&id.replace(".payment", ".session"))?;
        self.sessions[place].transaction_ms.is_some().then_some(place)
    }

    pub(super) fn status(&self, place: usize) -> &'static str {
        let charge = &self.ledger.charges[place];
        match charge.standing {
            Standing::Pending | Standing::Expired => "INITIATED",
            Standing::Processing => self.sessions[place].undecided,
            Standing::Declined if self.sessions[place].fails => "FAILED",
            Standing::Declined => "DECLINED",
            Standing::Cancelled | Standing::Reversed => "AUTHORIZATION_VOIDED",
            Standing::Taken => taken_status(charge),
        }
    }

    /// A transaction as it is shown, whoever reads it.
    pub(super) fn transaction(&self, place: usize) -> Value {
        let charge = &self.ledger.charges[place];
        let session = &self.sessions[place];
        let approved = charge.taken_at_ms.is_some();
        let amount = if approved { charge.authorized_minor } else { charge.asked_minor };
        let base = charge.asked_minor.to_string();
        let events: Vec<Value> = session
            .events
            .iter()
            .enumerate()
            .map(|(number, event)| shown_event(number, event, &base))
            .collect();
        let entry = match charge.reader {
            Reader::Contactless => "contactless",
            Reader::Chip => "chip",
            Reader::Stripe => "magstripe",
        };
        json!({
            "id": transaction_id(charge.id.as_str()),
            "session_id": charge.id.as_str(),
            "status": self.status(place),
            "amount": amount,
            "currency": charge.currency,
            "merchant_reference": session.order["merchant_reference"],
            "merchant_reference_2": session.order["merchant_reference_2"],
            "payment_product": "seitatech",
            "payment_product_type": "seitatech.in_person",
            "channel": "in_store",
            "payout_destination_id": self.shop.payout_destination,
            "store": session.order["store"],
            "settlement_status": "NOT_SETTLED",
            "card": {
                "brand": "Visa", "masked_pan": "476173******0119", "expiry_date": "2029-12",
                "type": "Debit", "entry_method": entry, "country": "NO",
            },
            "events": events,
            "metadata": session.metadata,
            "created_at": stamp(session.transaction_ms.unwrap_or(session.created_ms)),
            "updated_at": stamp(session.updated_ms),
        })
    }

    /// The newest first, by every documented filter; a bare array.
    pub(super) fn list_transactions(&self, query: &Query) -> Response {
        let limit = query.one("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10);
        let shown = (0..self.sessions.len())
            .rev()
            .filter(|place| self.sessions[*place].transaction_ms.is_some())
            .map(|place| self.transaction(place));
        let after = query.one("starting_after").map(str::to_owned);
        let list: Vec<Value> = shown
            .skip_while(|one| after.as_deref().is_some_and(|id| one["id"] != *id))
            .skip(usize::from(after.is_some()))
            .filter(|one| fits(one, query))
            .take(usize::clamp(limit, 1, 100))
            .collect();
        answer(200, json!(list).to_string())
    }
}

/// The word for an approval, by what was captured and given back.
pub(super) fn taken_status(charge: &Charge) -> &'static str {
    let whole = charge.captured_minor >= charge.authorized_minor;
    match (charge.captured_minor, charge.returned_minor()) {
        (0, _) => "AUTHORIZED",
        (captured, returned) if returned >= captured => "REFUNDED",
        (_, 0) if whole => "CAPTURED",
        (_, _) if whole => "PARTIALLY_REFUNDED",
        (_, 0) => "PARTIALLY_CAPTURED",
        (_, _) => "PARTIALLY_CAPTURED_REFUNDED",
    }
}

fn fits(one: &Value, query: &Query) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is = |name: &str, value: &Value| {
        let mut wanted = query.all(name).peekable();
        wanted.peek().is_none() || wanted.any(|wanted| text(value) == wanted)
    };
    let equal = [
        ("id", &one["id"]),
        ("status", &one["status"]),
        ("merchant_reference", &one["merchant_reference"]),
        ("merchant_reference_2", &one["merchant_reference_2"]),
        ("session_id", &one["session_id"]),
        ("store_id", &one["store"]["id"]),
        ("terminal_id", &one["store"]["terminal_id"]),
        ("channel", &one["channel"]),
        ("payment_product_type", &one["payment_product_type"]),
        ("card_brand", &one["card"]["brand"]),
        ("currency", &one["currency"]),
        ("amount", &one["amount"]),
        ("payout_destination_id", &one["payout_destination_id"]),
    ];
    let when = |name: &str| {
        let events = one["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        let event = events.iter().find(|event| event["event"] == name);
        event.map_or(Value::Null, |event| event["created_at"].clone())
    };
    let spans = [
        ("created_at", one["created_at"].clone()),
        ("captured_at", when("CAPTURE")),
        ("refunded_at", when("REFUND")),
    ];
    let amount = one["amount"].as_i64().unwrap_or_default();
    let minor = |name: &str| query.one(name).and_then(|text| text.parse::<i64>().ok());
    let searched = query.one("search").is_none_or(|search| {
        ["merchant_reference", "merchant_reference_2"]
            .iter()
            .any(|name| one[*name].as_str().is_some_and(|own| own.contains(search)))
    });
    searched
        && equal.iter().all(|(name, value)| is(name, value))
        && minor("amount.gte").is_none_or(|least| amount >= least)
        && minor("amount.lte").is_none_or(|most| amount <= most)
        && spans.iter().all(|(name, value)| within(query, name, value.as_str()))
}

fn within(query: &Query, name: &str, value: Option<&str>) -> bool {
    let from = query.one(&format!("{name}.gte")).map(str::to_owned);
    let until = query.one(&format!("{name}.lte")).map(str::to_owned);
    match value {
        _ if from.is_none() && until.is_none() => true,
        None => false,
        Some(at) => {
            from.is_none_or(|from| at >= from.as_str())
                && until.is_none_or(|until| at <= until.as_str())
        }
    }
}

fn shown_event(number: usize, event: &Happened, base: &str) -> Value {
    let mut shown = json!({
        "id": format!("event-{number}"),
        "event": event.name,
        "success": event.success,
        "amount": event.minor,
        "created_at": stamp(event.at_ms),
    });
    if let Some(reference) = &event.reference {
        shown["event_reference"] = json!(reference);
    }
    if let Some(request) = &event.request {
        shown["request_id"] = json!(request);
    }
    if let Some(request) = &event.finishes {
        shown["correlation_request_id"] = json!(request);
    }
    if let Some(kind) = event.error {
        shown["error"] = json!({ "code": "51", "message": "declined", "type": [kind],
            "retry_policy": { "retry_codes": ["DO_NOT_RETRY"] } });
    }
    if event.name == "AUTHORIZE" {
        shown["metadata"] = json!({
            "seitatech:saleAmount": base,
            "seitatech:receiptNumber": "7",
            "seitatech:customerReceipt": "VISA ****0119\nAPPROVED\n",
            "seitatech:customerReceiptPart2": "KEEP THIS COPY",
            "seitatech:merchantReceipt": "VISA ****0119\nMERCHANT COPY",
        });
    }
    shown
}

/// A moment as Dintero writes it.
pub(super) fn stamp(at_ms: u64) -> String {
    to_rfc3339((WALL_MS + at_ms) as i64)
}
