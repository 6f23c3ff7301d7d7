//! What is asked, as JSON: a sale, a read, the list, a capture, a cancel, a refund.

use serde::Serialize;
use std::collections::BTreeMap;

use super::config::{Mode, OwnId, Terms};
use super::refunds::{OPERATION_KEY, refunded};
use super::resolve;
use crate::ids::ChargeId;
use crate::money::Money;
use crate::payment::{Operation, Payment};
use crate::provider::path_segment;
use crate::sale::Capture;
use crate::sale::metadata::{PAYMENT_KEY, carried};
use crate::wire::{Method, Request};

/// Where terminal payments live.
pub(super) const PAYMENTS: &str = "/v1/terminal/payments";
/// Where refunds live.
pub(super) const REFUNDS: &str = "/v1/refunds";
/// The most that one page of a list holds.
pub(super) const PAGE: u32 = 100;

/// Puts the sale on the terminal.
pub(super) fn create(terms: Terms, payment: &Payment, terminal: &str) -> Request {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        terminal_id: &'a str,
        amount: i64,
        currency: &'a str,
        reference: &'a str,
        capture_method: &'static str,
        metadata: BTreeMap<Box<str>, Box<str>>,
    }
    let sale = &payment.sale;
    let own = payment.id.to_string();
    let body = Body {
        terminal_id: terminal,
        amount: sale.amount.minor(),
        currency: sale.amount.currency().code(),
        reference: match terms.own_id {
            OwnId::Reference => &own,
            OwnId::Metadata => sale.reference.as_str(),
        },
        capture_method: match sale.capture {
            Capture::Automatic => "automatic",
            Capture::Manual => "manual",
        },
        metadata: carried(sale, payment.id),
    };
    keyed(terms, PAYMENTS.to_owned(), &payment.start, &body)
}

/// Reads one terminal payment.
pub(super) fn read(charge: &ChargeId) -> Request {
    get(format!("{PAYMENTS}/{}", path_segment(charge.as_str())))
}

/// Lists the newest payments of a terminal.
pub(super) fn newest(terminal: &str) -> Request {
    get(format!("{PAYMENTS}?terminalId={}&limit={PAGE}", path_segment(terminal)))
}

/// Lists what is older than this payment of it.
pub(super) fn older(terminal: &str, last: &ChargeId) -> Request {
    let newest = newest(terminal);
    let path = format!("{}&starting_after={}", newest.path, path_segment(last.as_str()));
    Request { path: path.into(), ..newest }
}

/// Lists the refunds of a charge.
pub(super) fn refunds_of(payment: &Payment, charge: &ChargeId) -> Request {
    get(format!("{REFUNDS}?payment={}&limit={PAGE}", path_segment(refunded(payment, charge))))
}

/// Captures what was approved: all of it without an amount, as documented.
pub(super) fn capture(
    terms: Terms,
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
) -> Request {
    #[derive(Serialize)]
    struct Body {
        #[serde(skip_serializing_if = "Option::is_none")]
        amount: Option<i64>,
    }
    let approved = payment.charges.get(charge).and_then(|charge| charge.standing_approval());
    let whole = approved.map(|approved| approved.authorized);
    let part = operation.amount.filter(|amount| Some(*amount) != whole);
    let body = Body { amount: part.map(Money::minor) };
    keyed(terms, format!("{PAYMENTS}/{}/capture", path_segment(charge.as_str())), operation, &body)
}

/// Cancels what no card was shown for yet. Without a key, so that no earlier answer comes back.
pub(super) fn cancel(charge: &ChargeId) -> Request {
    let path = format!("{PAYMENTS}/{}/cancel", path_segment(charge.as_str()));
    Request { fresh_connection: false, ..post(path, Vec::new(), "{}".to_owned()) }
}

/// Gives money back; always with its amount, so that *what is left* is never left to another.
pub(super) fn refund(
    terms: Terms,
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
) -> Option<Request> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        payment: &'a str,
        amount: i64,
        reason: &'static str,
        metadata: BTreeMap<&'static str, String>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        present_to_terminal: bool,
    }
    let reference = operation.reference.as_ref()?;
    let body = Body {
        payment: refunded(payment, charge),
        amount: operation.amount?.minor(),
        reason: "requested_by_customer",
        metadata: BTreeMap::from([
            (PAYMENT_KEY, payment.id.to_string()),
            (OPERATION_KEY, reference.to_string()),
        ]),
        present_to_terminal: terms.refund_at_terminal,
    };
    Some(keyed(terms, REFUNDS.to_owned(), operation, &body))
}

fn keyed(terms: Terms, path: String, operation: &Operation, body: &impl Serialize) -> Request {
    let key = ("Idempotency-Key".into(), operation.id.to_string().into());
    // Plain fields always make JSON; an empty body would be refused.
    let body = serde_json::to_string(body).unwrap_or_default();
    Request { fresh_connection: terms.mode == Mode::Local, ..post(path, vec![key], body) }
}

fn post(path: String, mut headers: Vec<(Box<str>, Box<str>)>, body: String) -> Request {
    headers.push(("Content-Type".into(), "application/json".into()));
    headers.push(accept_json());
    Request {
        method: Method::Post,
        path: path.into(),
        headers,
        body: Some(body.into()),
        may_move_money: true,
        timeout_ms: resolve::manners(Mode::Cloud).start.timeout_ms,
        fresh_connection: false,
    }
}

/// A read that moves nothing.
pub(super) fn get(path: String) -> Request {
    Request {
        method: Method::Get,
        path: path.into(),
        headers: vec![accept_json()],
        body: None,
        may_move_money: false,
        timeout_ms: resolve::manners(Mode::Cloud).looking.read_timeout_ms,
        fresh_connection: false,
    }
}

fn accept_json() -> (Box<str>, Box<str>) {
    ("Accept".into(), "application/json".into())
}

/// Whether a recorded capture, cancel or refund is about this charge.
pub(super) fn is_addressed_to(request: &Request, payment: &Payment, charge: &ChargeId) -> bool {
    if &*request.path == REFUNDS {
        let named = format!("\"payment\":\"{}\"", refunded(payment, charge));
        return request.body.as_deref().is_some_and(|body| body.contains(&named));
    }
    request.path.starts_with(&format!("{PAYMENTS}/{}/", path_segment(charge.as_str())))
}
