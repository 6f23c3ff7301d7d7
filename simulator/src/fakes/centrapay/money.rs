//! What moves money at Centrapay: payments, voids and refunds, and the condition before them.

use serde_json::{Value, json};
use tillkit_model::wire::Response;

use super::entry::{ConditionState, check_items, value};
use super::{Centrapay, VOID_WINDOW_MS, error, ok};
use crate::fakes::ledger::{ConditionAnswer, Move, Standing};

impl Centrapay {
    /// The request is paid, or what it asks for is held.
    pub(super) fn take(&mut self, place: usize, minor: i64, at_ms: u64) {
        let charge = &mut self.ledger.charges[place];
        charge.standing = Standing::Taken;
        charge.authorized_minor = minor;
        charge.captured_minor = if charge.manual { 0 } else { minor };
        charge.taken_at_ms = Some(at_ms);
        let kind = if charge.manual { "authorization" } else { "payment" };
        let asset = self.entries[place].asset;
        self.note(place, kind, minor, at_ms, json!({ "assetType": asset }));
    }

    /// One of several assets pays, and the others never will.
    pub(super) fn take_part(&mut self, place: usize, at_ms: u64) {
        let part = (self.entries[place].minor / 3).max(1);
        let charge = &mut self.ledger.charges[place];
        charge.authorized_minor = part;
        charge.captured_minor = part;
        charge.taken_at_ms = Some(at_ms);
        let asset = self.entries[place].asset;
        self.note(place, "payment", part, at_ms, json!({ "assetType": asset }));
    }

    /// What was paid of a request that is over goes back.
    pub(super) fn give_part_back(&mut self, place: usize, at_ms: u64) {
        let charge = &mut self.ledger.charges[place];
        if charge.holds_money_at(at_ms) {
            charge.reversed_at_ms = Some(at_ms);
            let part = charge.authorized_minor;
            let asset = self.entries[place].asset;
            self.note(place, "refund", part, at_ms, json!({ "assetType": asset }));
        }
    }

    /// The request is over without money; what was paid of it goes back.
    pub(super) fn close(
        &mut self,
        place: usize,
        standing: Standing,
        reason: &'static str,
        at_ms: u64,
    ) -> Value {
        self.ledger.charges[place].standing = standing;
        self.entries[place].cancellation = Some(reason);
        self.give_part_back(place, at_ms);
        self.part(place, at_ms);
        let minor = self.entries[place].minor;
        self.note(place, "cancellation", minor, at_ms, json!({ "cancellationReason": reason }))
    }

    pub(super) fn void(&mut self, place: usize, now_ms: u64) -> Response {
        let charge = &self.ledger.charges[place];
        let entry = &self.entries[place];
        match charge.standing {
            Standing::Expired => error(403, "REQUEST_EXPIRED"),
            _ if now_ms > entry.created_ms + VOID_WINDOW_MS => error(403, "VOID_WINDOW_EXCEEDED"),
            Standing::Reversed => error(403, "ALREADY_REFUNDED"),
            Standing::Cancelled | Standing::Declined if self.readings.void_once => {
                error(403, "REQUEST_CANCELLED")
            }
            Standing::Cancelled | Standing::Declined => {
                let last = entry.activities.last().cloned();
                ok(&last.unwrap_or(Value::Null))
            }
            Standing::Pending | Standing::Processing => {
                ok(&self.close(place, Standing::Cancelled, "CANCELLED_BY_MERCHANT", now_ms))
            }
            Standing::Taken if charge.manual && charge.captured_minor > 0 => {
                error(403, "PRE_AUTH_ALREADY_CONFIRMED")
            }
            Standing::Taken if charge.returned_minor() >= charge.authorized_minor => {
                error(403, "ALREADY_REFUNDED")
            }
            Standing::Taken => {
                let rest = charge.authorized_minor - charge.returned_minor();
                let charge = &mut self.ledger.charges[place];
                charge.standing = Standing::Reversed;
                charge.reversed_at_ms = Some(now_ms);
                self.entries[place].cancellation = Some("CANCELLED_BY_MERCHANT");
                let asset = self.entries[place].asset;
                ok(&self.note(place, "refund", rest, now_ms, json!({ "assetType": asset })))
            }
        }
    }

    pub(super) fn refund(&mut self, place: usize, body: &Value, now_ms: u64) -> Response {
        let (minor, reference) = match (value(&body["value"]), body["externalRef"].as_str()) {
            (Ok((minor, _)), Some(reference)) => (minor, reference),
            (Err(response), _) => return response,
            (_, None) => return error(400, "externalRef is required"),
        };
        if let Err(response) = check_items(body, minor) {
            return response;
        }
        match self.entries[place].refunds.get(reference) {
            Some((known, answer)) if *known == minor => return ok(answer),
            Some(_) => return error(403, "REPEAT_REFERENCE"),
            None => {}
        }
        if let Some(refusal) = self.refund_refusal(place, body, minor) {
            return error(403, refusal);
        }
        let named = !self.readings.refunds_unnamed;
        let invoice = body["invoiceRef"].as_str().filter(|_| named);
        let asset = self.entries[place].asset;
        let more = json!({ "assetType": asset, "invoiceRef": invoice });
        let activity = self.note(place, "refund", minor, now_ms, more);
        let refunds = &mut self.entries[place].refunds;
        refunds.insert(reference.to_owned(), (minor, activity.clone()));
        self.moved(place, true, reference, minor, now_ms);
        ok(&activity)
    }

    fn refund_refusal(&self, place: usize, body: &Value, minor: i64) -> Option<&'static str> {
        let charge = &self.ledger.charges[place];
        let left = charge.captured_minor - charge.returned_minor();
        let key = body["confirmationIdempotencyKey"].as_str().unwrap_or_default();
        match charge.standing {
            Standing::Reversed => Some("ALREADY_REFUNDED"),
            Standing::Taken if charge.manual && charge.captured_minor == 0 => {
                Some("PRE_AUTH_PENDING")
            }
            Standing::Taken
                if charge.manual && !self.entries[place].confirmations.contains_key(key) =>
            {
                Some("CONFIRMATION_NOT_FOUND")
            }
            Standing::Taken if left == 0 => Some("ALREADY_REFUNDED"),
            Standing::Taken if minor > left => Some("INVALID_AMOUNT"),
            Standing::Taken => None,
            _ => Some("NOT_PAID"),
        }
    }

    pub(super) fn moved(
        &mut self,
        place: usize,
        refund: bool,
        reference: &str,
        minor: i64,
        now_ms: u64,
    ) {
        let step = Move { refund, reference: reference.into(), minor, at_ms: now_ms };
        self.ledger.charges[place].moves.push(step);
    }

    /// A patron's app pays, or the till records what was paid elsewhere.
    pub(super) fn pay(&mut self, place: usize, body: &Value, now_ms: u64) -> Response {
        let (Some(key), true) = (body["idempotencyKey"].as_str(), body["assetType"].is_string())
        else {
            return error(400, "idempotencyKey and assetType are required");
        };
        if let Some(answer) = self.entries[place].payments.get(key) {
            return ok(answer);
        }
        match self.standing(place) {
            Standing::Taken | Standing::Reversed => return error(403, "REQUEST_PAID"),
            Standing::Expired => return error(403, "REQUEST_EXPIRED"),
            Standing::Cancelled | Standing::Declined => return error(403, "REQUEST_CANCELLED"),
            Standing::Pending | Standing::Processing => {}
        }
        let whole = self.entries[place].minor;
        let minor = body["amount"].as_str().and_then(|text| text.parse().ok()).unwrap_or(whole);
        if minor > whole {
            return error(403, "INSUFFICIENT_ASSET_VALUE");
        }
        self.take(place, minor, now_ms);
        let answer = self.entries[place].activities.last().cloned().unwrap_or(Value::Null);
        self.entries[place].payments.insert(key.to_owned(), answer.clone());
        ok(&answer)
    }

    fn answered(&mut self, place: usize, accept: bool, at_ms: u64) {
        let payment = self.ledger.charges[place].payment;
        self.ledger.answers.push(ConditionAnswer { payment, accept, at_ms });
    }

    pub(super) fn answer_condition(
        &mut self,
        place: usize,
        id: &str,
        accept: bool,
        now_ms: u64,
    ) -> Response {
        let minor = self.entries[place].minor;
        match self.entries[place].condition {
            None => super::forbidden(),
            Some(_) if id != "1" => super::forbidden(),
            Some(ConditionState::Awaiting) if accept => {
                self.entries[place].condition = Some(ConditionState::Accepted);
                self.answered(place, accept, now_ms);
                let more = json!({ "conditionId": "1" });
                ok(&self.note(place, "accept-condition", minor, now_ms, more))
            }
            Some(ConditionState::Awaiting) => {
                self.entries[place].condition = Some(ConditionState::Declined);
                self.answered(place, accept, now_ms);
                let more = json!({ "conditionId": "1" });
                let activity = self.note(place, "decline-condition", minor, now_ms, more);
                if self.standing(place) == Standing::Pending {
                    self.close(place, Standing::Declined, "DECLINED_BY_MERCHANT", now_ms);
                }
                ok(&activity)
            }
            Some(ConditionState::Accepted | ConditionState::Declined) => {
                error(403, "CONDITION_ALREADY_SET")
            }
        }
    }
}
