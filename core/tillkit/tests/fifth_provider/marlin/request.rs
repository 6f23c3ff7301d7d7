//! What is asked.

use serde_json::{Value, json};
use tillkit_model::ids::{ChargeId, OperationId};
use tillkit_model::payment::{Operation, OperationKind, Payment};
use tillkit_model::wire::{Method, Request};

use super::resolve::MANNERS;

pub(super) fn start(payment: &Payment) -> Request {
    let sale = &payment.sale;
    let body = json!({
        "device": sale.terminal.as_ref().map(|terminal| terminal.as_str()),
        "minor": sale.amount.minor(),
        "currency": sale.amount.currency().code(),
        "our_id": payment.id,
        "label": sale.reference.as_str(),
    });
    post("/sales".to_owned(), Some(payment.start.id), &body)
}

pub(super) fn read(charge: &ChargeId) -> Request {
    get(format!("/sales/{}", segment(charge.as_str())))
}

pub(super) fn look_up(payment: &Payment) -> Request {
    get(format!("/sales?our_id={}", payment.id))
}

pub(super) fn devices() -> Request {
    get("/devices".to_owned())
}

pub(super) fn operate(operation: &Operation, charge: &ChargeId) -> Option<Request> {
    let sale = format!("/sales/{}", segment(charge.as_str()));
    match operation.kind {
        OperationKind::Cancel => Some(post(format!("{sale}/call-off"), None, &json!({}))),
        OperationKind::Refund => {
            let body = json!({
                "ref": operation.reference.as_ref().map(|reference| reference.as_str()),
                "minor": operation.amount.map(|amount| amount.minor()),
            });
            Some(post(format!("{sale}/refunds"), Some(operation.id), &body))
        }
        _ => None,
    }
}

fn post(path: String, key: Option<OperationId>, body: &Value) -> Request {
    let key = key.map(|key| ("Marlin-Key".into(), key.to_string().into()));
    let json = ("Content-Type".into(), "application/json".into());
    Request {
        method: Method::Post,
        path: path.into(),
        headers: key.into_iter().chain([json]).collect(),
        body: Some(body.to_string().into()),
        may_move_money: true,
        timeout_ms: MANNERS.start.timeout_ms,
        fresh_connection: false,
    }
}

fn get(path: String) -> Request {
    Request {
        method: Method::Get,
        path: path.into(),
        headers: Vec::new(),
        body: None,
        may_move_money: false,
        timeout_ms: MANNERS.looking.read_timeout_ms,
        fresh_connection: false,
    }
}

/// A text as one segment of a path, whatever is in it.
fn segment(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let one = |byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
