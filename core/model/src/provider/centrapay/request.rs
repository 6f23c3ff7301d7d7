//! What is asked: create, read, look up, void, refund, confirm, release, answer a condition.

use serde::Serialize;

use super::config::Profile;
use super::resolve::{MANNERS, MONEY_TIMEOUT_MS};
use crate::ids::{ChargeId, TerminalId};
use crate::money::Money;
use crate::payment::{ConditionAnswer, Operation, Payment};
use crate::provider::{CODE_PLACEHOLDER, path_segment};
use crate::sale::{Capture, Item, Sale};
use crate::wire::{Method, Request};

/// Asks for the money.
pub(super) fn create(profile: &Profile, payment: &Payment, left_ms: Option<u64>) -> Request {
    let body = Create::of(profile, payment, left_ms);
    Request { fresh_connection: true, ..post(path("", &[]), Some(&body)) }
}

/// Reads one request.
pub(super) fn read(charge: &ChargeId) -> Request {
    get(path(charge.as_str(), &[]))
}

/// Reads what was done to one request.
pub(super) fn activities(charge: &ChargeId) -> Request {
    get(path(charge.as_str(), &["activities"]))
}

/// Lists the requests that carry a reference of ours.
pub(super) fn look_up(reference: &str, merchant_account: &str) -> Request {
    let account = path_segment(merchant_account);
    get(format!("{}?merchantAccountId={account}", path("external-ref", &[reference])))
}

/// Undoes a request, whatever became of it.
pub(super) fn void(charge: &ChargeId) -> Request {
    post::<()>(path(charge.as_str(), &["void"]), None)
}

/// Accepts or declines a condition.
pub(super) fn answer(charge: &ChargeId, answer: &ConditionAnswer) -> Request {
    let verb = if answer.accept { "accept" } else { "decline" };
    post::<()>(path(charge.as_str(), &["conditions", &answer.condition, verb]), None)
}

/// Gives up what a pre-authorization still holds.
pub(super) fn release(charge: &ChargeId) -> Request {
    post::<()>(path(charge.as_str(), &["release"]), None)
}

/// Gives money back, once for each reference and amount.
pub(super) fn refund(payment: &Payment, operation: &Operation, charge: &ChargeId) -> Request {
    let reference = operation.reference.as_ref().map_or("", |reference| reference.as_str());
    #[cfg(mutant = "refund_under_another_reference")]
    let reference = &format!("{reference}{}", ".".repeat(operation.sends.len()));
    let amount = operation.amount.unwrap_or(payment.sale.amount);
    let confirmation = payment.sale.capture == Capture::Manual;
    let body = Refund {
        value: Value::of(amount),
        external_ref: reference,
        invoice_ref: reference,
        confirmation_idempotency_key: super::confirmation(payment, operation)
            .filter(|_| confirmation)
            .map(|captured| captured.id.to_string()),
        line_items: whole(&payment.sale, amount),
    };
    post(path(charge.as_str(), &["refund"]), Some(&body))
}

/// Draws on a pre-authorization, once for each key.
pub(super) fn confirm(payment: &Payment, operation: &Operation, charge: &ChargeId) -> Request {
    let reference = operation.reference.as_ref().map_or("", |reference| reference.as_str());
    let amount = operation.amount.unwrap_or(payment.sale.amount);
    let items = whole(&payment.sale, amount);
    let body = Confirm {
        value: Value::of(amount),
        idempotency_key: operation.id.to_string(),
        invoice_ref: reference,
        line_items: if items.is_empty() { vec![LineItem::part(reference, amount)] } else { items },
    };
    post(path(charge.as_str(), &["confirm"]), Some(&body))
}

/// Lists what was done to all requests of a merchant, the newest first.
pub(super) fn merchant_activities(merchant: &str, cursor: Option<&str>) -> Request {
    let page = cursor.map(|key| format!("&pageKey={}", path_segment(key))).unwrap_or_default();
    get(format!("/api/payment-activities?merchantId={}{page}", path_segment(merchant)))
}

/// The keys by which notifications are signed.
pub(super) fn signing_keys() -> Request {
    get("/api/.well-known/jwks.json".to_owned())
}

/// Whether a recorded path is one of this charge's.
pub(super) fn is_below(recorded: &str, charge: &ChargeId) -> bool {
    recorded
        .strip_prefix(&path(charge.as_str(), &[]))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn get(path: String) -> Request {
    Request {
        method: Method::Get,
        path: path.into(),
        headers: vec![accept_json()],
        body: None,
        may_move_money: false,
        timeout_ms: MANNERS.looking.read_timeout_ms,
        fresh_connection: false,
    }
}

fn post<B: Serialize>(path: String, body: Option<&B>) -> Request {
    let content_type = body.map(|_| ("Content-Type".into(), "application/json".into()));
    Request {
        method: Method::Post,
        path: path.into(),
        headers: content_type.into_iter().chain([accept_json()]).collect(),
        // Texts under texts always make JSON; an empty body would be refused as malformed.
        body: body.map(|body| serde_json::to_string(body).unwrap_or_default().into()),
        may_move_money: true,
        timeout_ms: MONEY_TIMEOUT_MS,
        fresh_connection: false,
    }
}

fn accept_json() -> (Box<str>, Box<str>) {
    ("Accept".into(), "application/json".into())
}

/// Below the payment requests; each part is one segment, whatever is in it.
fn path(first: &str, more: &[&str]) -> String {
    let parts = std::iter::once(&first).chain(more).filter(|part| !part.is_empty());
    parts.fold("/api/payment-requests".to_owned(), |mut path, part| {
        path.push('/');
        path.push_str(&path_segment(part));
        path
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Create<'a> {
    config_id: &'a str,
    value: Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_seconds: Option<u64>,
    external_ref: String,
    invoice_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    terminal_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    barcode: Option<&'a str>,
    conditions_enabled: bool,
    patron_not_present: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pre_auth: bool,
    partial_allowed: bool,
    basket_amount: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    line_items: Vec<LineItem<'a>>,
}

impl<'a> Create<'a> {
    fn of(profile: &'a Profile, payment: &'a Payment, left_ms: Option<u64>) -> Self {
        let sale = &payment.sale;
        let named = sale.terminal.as_ref().map(TerminalId::as_str);
        Self {
            config_id: &profile.config_id,
            value: Value::of(sale.amount),
            expiry_seconds: left_ms.map(expiry_seconds),
            external_ref: payment.id.to_string(),
            invoice_ref: sale.reference.as_str(),
            terminal_id: named.or(profile.terminal_id.as_deref()),
            device_id: profile.device_id.as_deref().or(named),
            barcode: sale.scanned.then_some(CODE_PLACEHOLDER),
            conditions_enabled: profile.answers_conditions,
            patron_not_present: sale.customer_absent,
            pre_auth: sale.capture == Capture::Manual,
            partial_allowed: sale.allow_part,
            basket_amount: sale.amount.minor().to_string(),
            line_items: whole(sale, sale.amount),
        }
    }
}

/// Whole seconds, rounded down: a request must be over when we say that it is.
fn expiry_seconds(left_ms: u64) -> u64 {
    left_ms.checked_div(crate::time::SECOND_MS).unwrap_or(0).max(1)
}

/// An amount as Centrapay writes it: minor units, as text.
#[derive(Serialize)]
struct Value<'a> {
    amount: String,
    currency: &'a str,
}

impl Value<'static> {
    fn of(money: Money) -> Self {
        Self { amount: money.minor().to_string(), currency: money.currency().code() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refund<'a> {
    value: Value<'a>,
    external_ref: &'a str,
    invoice_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation_idempotency_key: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    line_items: Vec<LineItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirm<'a> {
    value: Value<'a>,
    idempotency_key: String,
    invoice_ref: &'a str,
    line_items: Vec<LineItem<'a>>,
}

#[derive(Serialize)]
struct LineItem<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a str>,
    qty: &'a str,
    price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<String>,
}

impl<'a> LineItem<'a> {
    fn of(item: &'a Item) -> Self {
        Self {
            name: &item.name,
            sku: item.sku.as_deref(),
            qty: &item.quantity,
            price: item.amount.minor().to_string(),
            tax: item.tax_percent.as_deref(),
            discount: item.discount.map(|discount| discount.minor().to_string()),
        }
    }

    /// A part of a sale, which the till gave no lines for.
    fn part(name: &'a str, amount: Money) -> Self {
        let price = amount.minor().to_string();
        Self { name, sku: None, qty: "1", price, tax: None, discount: None }
    }
}

/// The sale's lines where they add up to this amount; for a part of it there are none.
fn whole(sale: &Sale, amount: Money) -> Vec<LineItem<'_>> {
    if amount == sale.amount { sale.items.iter().map(LineItem::of).collect() } else { Vec::new() }
}
