//! What is asked of sessions and transactions.

use serde::Serialize;
use serde_json::Number;

use super::config::Config;
use super::record::transaction_of;
use super::resolve::MANNERS;
use crate::ids::{ChargeId, TerminalId};
use crate::payment::{Operation, OperationKind, Payment};
use crate::provider::path_segment;
use crate::sale::metadata::PAYMENT_KEY;
use crate::sale::{Capture, Item};
use crate::time::to_rfc3339;
use crate::wire::{Method, Request};

/// Puts the sale on the terminal.
pub(super) fn create(config: &Config, payment: &Payment, left_ms: Option<u64>) -> Request {
    let body = serde_json::to_string(&session(config, payment, left_ms)).unwrap_or_default();
    Request {
        timeout_ms: MANNERS.start.timeout_ms,
        ..post("/sessions-profile?include_session=true", Some(body))
    }
}

/// Reads a session.
pub(super) fn read_session(charge: &ChargeId) -> Request {
    get(format!("/sessions/{}", path_segment(charge.as_str())))
}

/// Reads a transaction.
pub(super) fn read_transaction(id: &str) -> Request {
    get(format!("/transactions/{}", path_segment(id)))
}

/// Looks for a transaction that carries our payment's id.
pub(super) fn list_transactions(payment: &Payment) -> Request {
    get(format!("/transactions?merchant_reference={}&limit=100", payment.id))
}

/// Looks for a session that carries our payment's id, wherever the search finds it.
pub(super) fn list_sessions(payment: &Payment) -> Request {
    get(format!("/sessions?search={}&limit=100", payment.id))
}

/// A capture, a refund or a cancel of a charge; none where its transaction is not known.
pub(super) fn operate(
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
) -> Option<Request> {
    let transaction = transaction_of(payment, charge);
    let held = payment.charges.get(charge).and_then(|known| known.standing_approval());
    match operation.kind {
        OperationKind::Start | OperationKind::Answer | OperationKind::Release => None,
        OperationKind::Cancel | OperationKind::Withdraw => Some(match (transaction, held) {
            (Some(transaction), Some(_)) => void(transaction),
            (_, _) => post(&format!("/sessions/{}/cancel", path_segment(charge.as_str())), None),
        }),
        OperationKind::Capture => {
            let body = serde_json::to_string(&Capturing {
                amount: operation.amount?.minor(),
                capture_reference: operation.reference.as_ref()?.as_str(),
            });
            let path = format!("/transactions/{}/capture", path_segment(transaction?));
            Some(post(&path, body.ok()))
        }
        // What is not captured yet is given back whole by undoing the approval.
        OperationKind::Refund
            if held.is_some_and(|taken| {
                taken.captured.is_zero() && operation.amount == Some(taken.authorized)
            }) =>
        {
            Some(void(transaction?))
        }
        OperationKind::Refund => {
            let body = serde_json::to_string(&Refunding {
                amount: operation.amount?.minor(),
                refund_reference: operation.reference.as_ref()?.as_str(),
            });
            Some(post(&format!("/transactions/{}/refund", path_segment(transaction?)), body.ok()))
        }
    }
}

fn void(transaction: &str) -> Request {
    post(&format!("/transactions/{}/void", path_segment(transaction)), None)
}

#[derive(Serialize)]
struct Capturing<'a> {
    amount: i64,
    capture_reference: &'a str,
}

#[derive(Serialize)]
struct Refunding<'a> {
    amount: i64,
    refund_reference: &'a str,
}

/// A session from a profile, as it is asked for.
#[derive(Serialize)]
struct Asked<'a> {
    profile_id: &'a str,
    url: Urls<'a>,
    order: Order<'a>,
    configuration: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    metadata: Metadata,
}

/// The till's notes and our payment id, under keys that Dintero leaves to its merchants.
type Metadata = std::collections::BTreeMap<String, String>;

#[derive(Serialize)]
struct Urls<'a> {
    return_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<String>,
}

#[derive(Serialize)]
struct Order<'a> {
    amount: i64,
    currency: &'a str,
    merchant_reference: String,
    merchant_reference_2: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Line<'a>>,
    store: Store<'a>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    line_id: String,
    description: &'a str,
    quantity: Number,
    amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat: Option<Number>,
}

#[derive(Serialize)]
struct Store<'a> {
    id: &'a str,
    terminal_id: &'a str,
    payout_destination_id: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    auto_capture: bool,
    channel: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    publish: Vec<Publish>,
}

#[derive(Serialize)]
struct Publish {
    channel: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

fn session<'a>(config: &'a Config, payment: &'a Payment, left_ms: Option<u64>) -> Asked<'a> {
    let sale = &payment.sale;
    let push = Publish { channel: "push", kind: "terminal" };
    Asked {
        profile_id: &config.profile,
        url: Urls {
            return_url: &config.return_url,
            callback_url: config.callback_url.as_deref().map(callback),
        },
        order: Order {
            amount: sale.amount.minor(),
            currency: sale.amount.currency().code(),
            merchant_reference: payment.id.to_string(),
            merchant_reference_2: sale.reference.as_str(),
            items: (1_u32..).zip(&sale.items).map(|(number, item)| line(number, item)).collect(),
            store: Store {
                id: &config.store,
                // `check` lets no sale through without a terminal.
                terminal_id: sale.terminal.as_ref().map_or("", TerminalId::as_str),
                payout_destination_id: &config.payout_destination,
            },
        },
        configuration: Configuration {
            auto_capture: sale.capture == Capture::Automatic,
            channel: "in_store",
            publish: std::iter::once(push).filter(|_| config.publish).collect(),
        },
        expires_at: left_ms.and_then(|left_ms| expiry(payment, left_ms)),
        metadata: notes(payment),
    }
}

/// Also calls for what is declined, cancelled or failed, and for every later movement.
fn callback(address: &str) -> String {
    let events = "report_event=CAPTURE&report_event=REFUND&report_event=VOID";
    #[cfg(mutant = "dintero_silent_declines")]
    let asked = format!("{address}?{events}");
    #[cfg(not(mutant = "dintero_silent_declines"))]
    let asked = format!("{address}?report_error=true&{events}");
    asked
}

/// The wall clock of the call and the whole life of the session say when it ends; what is left of
/// it decides nothing but that there is an end.
fn expiry(payment: &Payment, left_ms: u64) -> Option<String> {
    let life_ms = payment.times.expires_ms.unwrap_or(left_ms);
    let life_ms = i64::try_from(life_ms).ok()?;
    Some(to_rfc3339(payment.created_at.wall_ms.saturating_add(life_ms)))
}

fn notes(payment: &Payment) -> Metadata {
    let ours = [(format!("ext_{PAYMENT_KEY}"), payment.id.to_string())];
    let notes = payment.sale.metadata.iter();
    notes.map(|(key, value)| (format!("ext_{key}"), value.to_string())).chain(ours).collect()
}

fn line(number: u32, item: &Item) -> Line<'_> {
    Line {
        id: item.sku.as_deref().map_or_else(|| format!("line-{number}"), str::to_owned),
        line_id: number.to_string(),
        description: &item.name,
        quantity: decimal(&item.quantity).unwrap_or_else(|| Number::from(1)),
        amount: item.amount.minor(),
        vat: item.tax_percent.as_deref().and_then(decimal),
    }
}

/// Decimal text as a number of JSON, which begins with no needless zero.
fn decimal(text: &str) -> Option<Number> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.map(|digits| digits.trim_end_matches('0')).unwrap_or_default();
    let number = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    number.parse().ok()
}

fn post(path: &str, body: Option<String>) -> Request {
    let json = body.is_some().then(|| ("Content-Type".into(), "application/json".into()));
    Request {
        method: Method::Post,
        path: path.into(),
        headers: json.into_iter().chain([accept_json()]).collect(),
        body: body.map(Into::into),
        may_move_money: true,
        timeout_ms: MANNERS.start.timeout_ms,
        // Nothing here has a key: what a kept connection would send twice runs twice.
        fresh_connection: true,
    }
}

/// A read, which moves nothing.
pub(super) fn get(path: String) -> Request {
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

fn accept_json() -> (Box<str>, Box<str>) {
    ("Accept".into(), "application/json".into())
}
