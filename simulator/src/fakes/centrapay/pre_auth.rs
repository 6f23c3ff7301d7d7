//! Pre-authorizations: drawn on by confirmations, and given up by a release.

use serde_json::{Value, json};
use tillkit_model::wire::Response;

use super::entry::{check_items, value};
use super::{Centrapay, error, ok};
use crate::fakes::ledger::{Release, Standing, Starved};

impl Centrapay {
    pub(super) fn confirm(&mut self, place: usize, body: &Value, now_ms: u64) -> Response {
        let key = body["idempotencyKey"].as_str();
        let invoice = body["invoiceRef"].as_str();
        let (Some(key), Some(invoice), true) = (key, invoice, body["lineItems"].is_array()) else {
            return error(400, "idempotencyKey, invoiceRef and lineItems are required");
        };
        let minor = if body["value"].is_null() {
            self.entries[place].minor
        } else {
            match value(&body["value"]) {
                Ok((minor, _)) => minor,
                Err(response) => return response,
            }
        };
        if let Err(response) = check_items(body, minor) {
            return response;
        }
        match self.entries[place].confirmations.get(key) {
            Some((asked, answer)) if asked == body => return ok(answer),
            Some(_) => return error(403, "IDEMPOTENT_OPERATION_FAILED"),
            None => {}
        }
        if let Some(refusal) = self.confirm_refusal(place, minor) {
            if self.entries[place].released {
                let payment = self.ledger.charges[place].payment;
                self.ledger.starved.push(Starved {
                    payment,
                    reference: invoice.into(),
                    at_ms: now_ms,
                });
            }
            return error(403, refusal);
        }
        self.ledger.charges[place].captured_minor += minor;
        self.moved(place, false, invoice, minor, now_ms);
        let more = json!({ "idempotencyKey": key, "invoiceRef": invoice, "preAuth": true });
        let activity = self.note(place, "confirmation", minor, now_ms, more);
        let confirmations = &mut self.entries[place].confirmations;
        confirmations.insert(key.to_owned(), (body.clone(), activity.clone()));
        ok(&activity)
    }

    fn confirm_refusal(&self, place: usize, minor: i64) -> Option<&'static str> {
        let (charge, entry) = (&self.ledger.charges[place], &self.entries[place]);
        match charge.standing {
            _ if !entry.pre_auth => Some("INVALID_PAYMENT_REQUEST_TYPE"),
            Standing::Pending | Standing::Processing => Some("PRE_AUTH_PENDING"),
            Standing::Cancelled | Standing::Declined => Some("REQUEST_CANCELLED"),
            Standing::Expired | Standing::Reversed => Some("PRE_AUTH_RELEASED"),
            Standing::Taken if entry.released => Some("PRE_AUTH_RELEASED"),
            Standing::Taken if charge.captured_minor + minor > charge.authorized_minor => {
                Some("INVALID_AMOUNT")
            }
            Standing::Taken => None,
        }
    }

    pub(super) fn release(&mut self, place: usize, now_ms: u64) -> Response {
        let (charge, entry) = (&mut self.ledger.charges[place], &mut self.entries[place]);
        if !entry.pre_auth {
            return error(403, "INVALID_PAYMENT_REQUEST_TYPE");
        }
        match charge.standing {
            Standing::Pending | Standing::Processing => {
                ok(&self.close(place, Standing::Cancelled, "CANCELLED_BY_MERCHANT", now_ms))
            }
            Standing::Cancelled | Standing::Declined => error(403, "REQUEST_CANCELLED"),
            Standing::Expired => error(403, "REQUEST_EXPIRED"),
            Standing::Reversed => error(403, "PRE_AUTH_RELEASED"),
            Standing::Taken if entry.released => error(403, "PRE_AUTH_RELEASED"),
            Standing::Taken => {
                entry.released = true;
                self.ledger.releases.push(Release {
                    payment: charge.payment,
                    charge: charge.id.clone(),
                    captured_minor: charge.captured_minor,
                    at_ms: now_ms,
                });
                if charge.captured_minor == 0 {
                    charge.standing = Standing::Reversed;
                    charge.reversed_at_ms = Some(now_ms);
                }
                let rest = charge.authorized_minor - charge.captured_minor;
                ok(&self.note(place, "release", rest, now_ms, json!({ "preAuth": true })))
            }
        }
    }
}
