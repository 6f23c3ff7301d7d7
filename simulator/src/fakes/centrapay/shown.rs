//! How Centrapay writes payment requests and their activities.

use serde_json::{Value, json};
use tillkit_model::wire::Response;

use super::entry::{ConditionState, Entry, short_code};
use super::{ACCOUNT, Centrapay, MERCHANT, error, forbidden, ok, value_of, written};
use crate::fakes::ledger::{Charge, Standing};

/// How many activities a page of the merchant's list has.
const PAGE: usize = 20;
const NAME: &str = "Made-up Café";

impl Centrapay {
    /// A payment request in full.
    pub(super) fn shown(&self, place: usize) -> Value {
        let entry = &self.entries[place];
        let charge = &self.ledger.charges[place];
        let mut shown = self.abridged(place);
        let more = json!({
            "shortCode": short_code(place), "merchantId": MERCHANT,
            "configId": super::CONFIG, "updatedAt": written(entry.created_ms),
            "expirySeconds": (entry.expires_ms - entry.created_ms) / 1_000,
            "merchantConditions": conditions(entry), "externalRef": entry.external_ref,
            "remainingAmount": self.amount(entry.minor - charge.authorized_minor),
        });
        extend(&mut shown, more);
        for field in ECHOED {
            if !entry.asked[*field].is_null() {
                shown[*field] = entry.asked[*field].clone();
            }
        }
        if let Some(reason) = entry.cancellation {
            shown["cancellationReason"] = reason.into();
        }
        if charge.taken_at_ms.is_some() {
            shown["paidBy"] = self.paid_by(place);
        }
        if let Some(status) = pre_auth_status(entry, charge) {
            shown["preAuthStatus"] = status.into();
        }
        shown
    }

    /// A payment request as a list shows it.
    pub(super) fn abridged(&self, place: usize) -> Value {
        let entry = &self.entries[place];
        let charge = &self.ledger.charges[place];
        json!({
            "id": charge.id, "url": format!("https://app.centrapay.com/pay/{}", charge.id),
            "merchantName": NAME, "value": self.value(place, entry.minor),
            "createdAt": written(entry.created_ms), "expiresAt": written(entry.expires_ms),
            "paymentOptions": [{ "assetType": entry.asset, "amount": self.amount(entry.minor) }],
            "status": self.status(place), "liveness": "test",
        })
    }

    fn status(&self, place: usize) -> &'static str {
        let (entry, charge) = (&self.entries[place], &self.ledger.charges[place]);
        match charge.standing {
            Standing::Pending | Standing::Processing => "new",
            Standing::Taken => "paid",
            Standing::Declined | Standing::Cancelled => "cancelled",
            Standing::Expired => "expired",
            // A released pre-authorization was paid all the same.
            Standing::Reversed if entry.released || self.readings.voided_reads_paid => "paid",
            Standing::Reversed => "cancelled",
        }
    }

    fn amount(&self, minor: i64) -> Value {
        if self.readings.numbers { minor.into() } else { minor.to_string().into() }
    }

    fn value(&self, place: usize, minor: i64) -> Value {
        json!({ "amount": self.amount(minor), "currency": self.entries[place].currency })
    }

    fn paid_by(&self, place: usize) -> Value {
        let (entry, charge) = (&self.entries[place], &self.ledger.charges[place]);
        json!({ "assetTotals": [{
            "type": entry.asset, "description": "Centrapay NZD Test",
            "settlementDate": written(entry.created_ms + 86_400_000),
            "total": self.value(place, charge.authorized_minor),
        }]})
    }

    /// Records what was done, and shows it.
    pub(super) fn note(
        &mut self,
        place: usize,
        kind: &str,
        minor: i64,
        at_ms: u64,
        more: Value,
    ) -> Value {
        let number = self.entries[place].activities.len() + 1;
        // One example writes its word with a capital.
        let kind = if kind == "authorization" { "Authorization" } else { kind };
        let mut activity = json!({
            "type": kind, "value": self.value(place, minor),
            "paymentRequestId": self.ledger.charges[place].id,
            "shortCode": format!("{}-{number:03}", short_code(place)),
            "merchantName": NAME, "merchantId": MERCHANT, "merchantAccountId": ACCOUNT,
            "merchantConfigId": super::CONFIG, "createdAt": written(at_ms),
            "createdBy": "crn::user:0af834c8-1110-11ec-9072-3e22fb52e878",
            "activityNumber": number.to_string(),
        });
        extend(&mut activity, more);
        self.entries[place].activities.push(activity.clone());
        activity
    }

    /// All activities of one request, the newest first.
    pub(super) fn activities(&self, place: usize) -> Value {
        let items: Vec<&Value> = self.entries[place].activities.iter().rev().collect();
        json!({ "items": items })
    }

    /// All activities of the merchant, the newest first.
    pub(super) fn merchant_activities(&self, query: &str) -> Response {
        match value_of(query, "merchantId").as_deref() {
            Some(MERCHANT) => {}
            Some(_) => return forbidden(),
            None => return error(400, "merchantId is required"),
        }
        let mut all: Vec<&Value> =
            self.entries.iter().flat_map(|entry| entry.activities.iter()).collect();
        all.sort_by_key(|activity| activity["createdAt"].as_str());
        let first = value_of(query, "pageKey").and_then(|key| key.parse().ok()).unwrap_or(0);
        let items: Vec<&Value> = all.iter().rev().skip(first).take(PAGE).copied().collect();
        let mut page = json!({ "items": items });
        if first + PAGE < all.len() {
            page["nextPageKey"] = (first + PAGE).to_string().into();
        }
        ok(&page)
    }
}

/// What was asked and is shown as it was asked.
const ECHOED: &[&str] = &[
    "barcode",
    "lineItems",
    "purchaseOrderRef",
    "invoiceRef",
    "terminalId",
    "deviceId",
    "operatorId",
    "conditionsEnabled",
    "patronNotPresent",
    "preAuth",
    "partialAllowed",
    "basketAmount",
];

fn pre_auth_status(entry: &Entry, charge: &Charge) -> Option<&'static str> {
    let approved = entry.pre_auth && charge.taken_at_ms.is_some();
    approved.then_some(if entry.released { "released" } else { "authorized" })
}

fn conditions(entry: &Entry) -> Value {
    let status = match entry.condition {
        None => return json!([]),
        Some(ConditionState::Awaiting) => "awaiting-merchant",
        Some(ConditionState::Accepted) => "accepted",
        Some(ConditionState::Declined) => "declined",
    };
    json!([{
        "id": "1", "name": "photo-id-check", "message": "Please check ID", "status": status,
    }])
}

/// Adds what is not null.
fn extend(object: &mut Value, more: Value) {
    let (Value::Object(fields), Value::Object(more)) = (object, more) else { return };
    fields.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
}
