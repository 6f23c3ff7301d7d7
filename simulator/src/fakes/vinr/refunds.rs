//! Refunds: create, read, list, and their settling.

use serde_json::{Value, json};
use tillkit_model::wire::Response;

use super::body::Fields;
use super::payments::page;
use super::show;
use super::{Later, Vinr, answered, refused};
use crate::fakes::Orders;
use crate::fakes::ledger::{Move, Standing};

/// A refund.
#[derive(Debug, Clone)]
pub(super) struct Refund {
    id: String,
    place: usize,
    payment: String,
    minor: i64,
    reason: Value,
    metadata: Value,
    created_ms: u64,
    succeeded: Option<bool>,
}

const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];

impl Vinr {
    pub(super) fn refund(&mut self, fields: &Fields, now_ms: u64, orders: &mut Orders) -> Response {
        let invalid = |code| refused(400, "validation_error", code);
        let Some(payment) = fields.text("payment") else { return invalid("missing_payment") };
        let Some(place) = self.refunded(payment) else {
            return refused(404, "validation_error", "payment_not_found");
        };
        if fields.text("reason").is_some_and(|reason| !REASONS.contains(&reason)) {
            return invalid("invalid_reason");
        }
        let Ok(asked) = fields.whole("amount") else { return invalid("invalid_amount") };
        let charge = &self.ledger.charges[place];
        let left = charge.captured_minor - self.going_back(place);
        let minor = asked.unwrap_or(left);
        if charge.standing != Standing::Taken || minor <= 0 || minor > left {
            return self.forbidden("not_refundable");
        }
        let number = self.refunds.len();
        self.refunds.push(Refund {
            id: format!("re_{number}"),
            place,
            payment: payment.to_owned(),
            minor,
            reason: fields.value("reason").cloned().unwrap_or(Value::Null),
            metadata: fields.value("metadata").cloned().unwrap_or_else(|| json!({})),
            created_ms: now_ms,
            succeeded: None,
        });
        if self.rules.slow_refunds {
            let succeeds = !orders.draws.chance(200);
            let at_ms = now_ms + orders.draws.between(1_000, 90_000);
            self.agenda.write(at_ms, number, Later::Refund { succeeds });
        } else {
            self.settle_refund(number, true, now_ms);
        }
        answered(orders.draws.pick(&[200, 201]), &self.shown_refund(number))
    }

    /// The charge that an id of a refund means.
    fn refunded(&self, payment: &str) -> Option<usize> {
        if !self.rules.pay_ids {
            return self.ledger.place(payment);
        }
        self.ledger.charges.iter().position(|charge| {
            charge.standing == Standing::Taken && show::pay_id(charge) == payment
        })
    }

    /// Given back, or on its way.
    fn going_back(&self, place: usize) -> i64 {
        let of_it = self.refunds.iter().filter(|refund| refund.place == place);
        of_it.filter(|refund| refund.succeeded != Some(false)).map(|refund| refund.minor).sum()
    }

    pub(super) fn settle_refund(&mut self, number: usize, succeeds: bool, at_ms: u64) {
        let refund = &mut self.refunds[number];
        refund.succeeded = Some(succeeds);
        if succeeds {
            let name = refund.metadata["tillkit_operation"].as_str().unwrap_or("nameless");
            let step = Move { refund: true, reference: name.into(), minor: refund.minor, at_ms };
            self.ledger.charges[refund.place].moves.push(step);
        }
        let kind = if succeeds { "refund.completed" } else { "refund.updated" };
        let shown = self.shown_refund(number);
        self.estate.happened(kind, shown, at_ms);
    }

    fn shown_refund(&self, number: usize) -> Value {
        let refund = &self.refunds[number];
        let status = match refund.succeeded {
            None => "pending",
            Some(true) => "succeeded",
            Some(false) => "failed",
        };
        json!({
            "id": refund.id, "payment": refund.payment, "amount": refund.minor,
            "currency": self.ledger.charges[refund.place].currency, "status": status,
            "reason": refund.reason, "metadata": refund.metadata,
            "created": show::time(&self.rules, refund.created_ms),
        })
    }

    pub(super) fn read_refund(&self, id: &str) -> Response {
        match self.refunds.iter().position(|refund| refund.id == id) {
            Some(number) => answered(200, &self.shown_refund(number)),
            None => refused(404, "validation_error", "not_found"),
        }
    }

    pub(super) fn list_refunds(&self, query: &Fields) -> Response {
        let of = query.text("payment");
        let fits = |number: &usize| of.is_none_or(|id| self.refunds[*number].payment == id);
        let newest_first = (0..self.refunds.len()).rev().filter(fits);
        page(&self.rules, query, newest_first.map(|number| self.shown_refund(number)).collect())
    }
}
