//! What is asked: one push, one read.

use serde::Serialize;

use crate::ids::ChargeId;
use crate::payment::Payment;
use crate::provider::path_segment;
use crate::sale::metadata::carried;
use crate::wire::{Method, Request};

/// The header without which nothing is pushed.
const KEY: &str = "X-Qonto-Idempotency-Key";

/// Puts the sale on the terminal.
pub(super) fn push(payment: &Payment, terminal: &str, timeout_ms: u64) -> Request {
    Request {
        method: Method::Post,
        path: format!("/v2/terminals/{}/payment", path_segment(terminal)).into(),
        headers: vec![
            (KEY.into(), payment.start.id.to_string().into()),
            ("Content-Type".into(), "application/json".into()),
            accept_json(),
        ],
        body: Some(push_body(payment).into()),
        may_move_money: true,
        timeout_ms,
        fresh_connection: false,
    }
}

/// Reads one terminal payment.
pub(super) fn read(charge: &ChargeId, timeout_ms: u64) -> Request {
    Request {
        method: Method::Get,
        path: format!("/v2/terminal_payments/{}", path_segment(charge.as_str())).into(),
        headers: vec![accept_json()],
        body: None,
        may_move_money: false,
        timeout_ms,
        fresh_connection: false,
    }
}

/// What is asked for is JSON, and nothing else is read.
pub(super) fn accept_json() -> (Box<str>, Box<str>) {
    ("Accept".into(), "application/json".into())
}

fn push_body(payment: &Payment) -> String {
    #[derive(Serialize)]
    struct Body<'a, M> {
        amount: Amount<'a>,
        metadata: M,
    }
    #[derive(Serialize)]
    struct Amount<'a> {
        value: &'a str,
        currency: &'a str,
    }
    let amount = payment.sale.amount;
    let body = Body {
        amount: Amount { value: &amount.text(), currency: amount.currency().code() },
        metadata: carried(&payment.sale, payment.id),
    };
    // Texts under texts always make JSON; an empty body would be refused as without an amount.
    serde_json::to_string(&body).unwrap_or_default()
}
