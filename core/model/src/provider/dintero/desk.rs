//! Everything at Dintero that is not a payment: terminals, stores, subscriptions, lists, rights.
//!
//! Accounts, terminals and stores live on the core host, everything else where payments do.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::config::{CORE_HOST, Config};
use super::outcome::{listed, told, words};
use super::record::{Named, Transaction};
use super::request::get;
use super::webhook;
use crate::error::{Code, Error};
use crate::provider::{
    Delivery, Desk, DeskRequest, Errand, Finding, Listed, Notice, Page, Readiness, Refused, Secret,
    Store, Subscription, Terminal, TerminalOperation, Trust, path_segment, read_plainly,
};
use crate::time::{Moment, from_rfc3339, to_rfc3339};
use crate::wire::{Exchange, Method, Request, Response};

/// The desk for one merchant.
#[derive(Debug, Clone)]
pub(super) struct Office {
    pub(super) config: Arc<Config>,
}

/// How many are on a page; the most that Dintero takes.
const PAGE: usize = 100;

impl Desk for Office {
    fn request(&self, errand: &Errand) -> Option<DeskRequest> {
        let account = |rest: &str| format!("/accounts/{}{rest}", self.config.account);
        let core = |request| Some(DeskRequest::at(CORE_HOST, request));
        let checkout = |request| Some(DeskRequest::of(request));
        match errand {
            Errand::Terminals { cursor } => {
                core(get(paged(&account("/terminals"), &[], cursor.as_deref())))
            }
            Errand::Terminal { id } => {
                core(get(account(&format!("/terminals/{}", path_segment(id)))))
            }
            Errand::RegisterTerminal { serial, store, model } => {
                let body = self.new_terminal(serial, store.as_deref(), model.as_deref());
                core(post(account("/terminals"), Some(&body)))
            }
            Errand::RegisterStore { id, name, organization } => {
                let body = self.new_store(id, name, organization.as_deref());
                core(post(account("/stores"), Some(&body)))
            }
            Errand::Stores { cursor } => {
                core(get(paged(&account("/stores"), &[], cursor.as_deref())))
            }
            Errand::Subscribe { url, events } => {
                core(post(account("/hooks/subscriptions"), Some(&subscription(url, events))))
            }
            Errand::Subscriptions { cursor } => {
                core(get(paged(&account("/hooks/subscriptions"), &[], cursor.as_deref())))
            }
            Errand::Unsubscribe { id } => {
                let path = account(&format!("/hooks/subscriptions/{}", path_segment(id)));
                core(Request { method: Method::Delete, ..get(path) })
            }
            Errand::CallbackSecret => checkout(post("/admin/signature".to_owned(), None)),
            Errand::Payments { from, to, cursor } => checkout(get(paged(
                "/transactions",
                &[
                    ("created_at.gte", &to_rfc3339(from.wall_ms)),
                    ("created_at.lte", &to_rfc3339(to.wall_ms)),
                    // What the account sells on the web, or in other stores, is not a till's.
                    ("payment_product_type", "seitatech.in_person"),
                    ("store_id", &self.config.store),
                    ("limit", &PAGE.to_string()),
                ],
                cursor.as_deref(),
            ))),
            Errand::TerminalOperation { terminal, operation, key } => {
                let body = json!({ "terminal_id": terminal, "operation": operation });
                let mut request = post(OPERATIONS.to_owned(), Some(&body));
                request.headers.push(("Idempotency-Key".into(), key.as_str().into()));
                checkout(request)
            }
            Errand::TerminalOperationRead { terminal, id } => checkout(get(format!(
                "{OPERATIONS}?terminal_id={}&operation_id={}",
                path_segment(terminal),
                path_segment(id)
            ))),
            Errand::PayoutDestination => {
                let id = path_segment(&self.config.payout_destination);
                core(get(account(&format!("/payout-destinations/{id}"))))
            }
            Errand::Profile => checkout(get(format!(
                "/admin/session/profiles/{}",
                path_segment(&self.config.profile)
            ))),
            Errand::LookUpRight => checkout(get("/transactions?limit=1".to_owned())),
            Errand::Events { .. } | Errand::Keys => None,
        }
    }

    fn answer(&self, errand: &Errand, exchange: &Exchange) -> Result<Finding, Error> {
        let response = answered(exchange)?;
        if let Some(missing) = missing_right(errand, response) {
            return Ok(Finding::Right(Err(missing)));
        }
        if !(200..300).contains(&response.status) {
            return Err(refused(response));
        }
        if matches!(errand, Errand::Unsubscribe { .. }) {
            return Ok(Finding::Done);
        }
        // What is no object and no list is silent of everything, and that would read like a no.
        let body: Option<Value> = read_plainly(&response.body);
        let body = body.filter(|body| body.is_object() || body.is_array());
        body.and_then(|body| self.finding(errand, &body)).ok_or_else(unreadable)
    }

    fn probes(&self) -> Vec<Errand> {
        vec![Errand::LookUpRight, Errand::Profile, Errand::PayoutDestination]
    }

    fn notified(
        &self,
        delivery: &Delivery<'_>,
        trust: &Trust<'_>,
        _: &Moment,
    ) -> Result<Notice, Refused> {
        webhook::notified(&self.config, delivery, trust)
    }
}

impl Office {
    /// A terminal of this store, or of the one that the settings name.
    fn new_terminal(&self, serial: &str, store: Option<&str>, model: Option<&str>) -> Value {
        let store = store.unwrap_or(&self.config.store);
        let mut body = json!({ "device_serial_number": serial, "store_id": store });
        if let (Some(model), Some(fields)) = (model, body.as_object_mut()) {
            fields.insert("device_model".to_owned(), json!(model));
        }
        body
    }

    /// A store of the payout destination that the settings name.
    fn new_store(&self, id: &str, name: &str, organization: Option<&str>) -> Value {
        let mut body = json!({
            "store_id": id,
            "store_name": name,
            "payout_destination": { "payout_destination_id": self.config.payout_destination },
        });
        if let (Some(number), Some(fields)) = (organization, body.as_object_mut()) {
            let organization = json!({ "organization_number": number });
            fields.insert("organization".to_owned(), organization);
        }
        body
    }

    fn finding(&self, errand: &Errand, body: &Value) -> Option<Finding> {
        match errand {
            Errand::Terminals { .. } => page(body, "terminals", terminal).map(Finding::Terminals),
            Errand::Terminal { .. } | Errand::RegisterTerminal { .. } => {
                Some(Finding::Terminals(alone(terminal(body)?)))
            }
            Errand::RegisterStore { .. } => Some(Finding::Stores(alone(store(body)?))),
            Errand::Stores { .. } => page(body, "stores", store).map(Finding::Stores),
            Errand::Subscriptions { .. } => {
                page(body, "subscriptions", subscribed).map(Finding::Subscriptions)
            }
            Errand::Subscribe { .. } => Some(Finding::Subscriptions(alone(subscribed(body)?))),
            Errand::CallbackSecret => {
                let names = ["secret", "signature", "value"];
                let found = names.iter().find_map(|name| body.get(name)?.as_str());
                found.map(|secret| Finding::Secret(Secret::new(secret)))
            }
            Errand::Payments { .. } => payments(body).map(Finding::Payments),
            Errand::TerminalOperation { .. } => operation(body).map(Finding::TerminalOperation),
            Errand::TerminalOperationRead { id, .. } => {
                let list = body.get("operations").unwrap_or(body);
                let named = |entry: &&Value| text(entry, "id").is_none_or(|known| known == id);
                let one = list.as_array().map_or(Some(list), |list| list.iter().find(named));
                operation(one?).map(Finding::TerminalOperation)
            }
            Errand::PayoutDestination => Some(Finding::Right(can_be_paid_out(body))),
            Errand::Profile => Some(Finding::Right(is_in_person(body))),
            Errand::LookUpRight => listed(body).map(|_| Finding::Right(Ok(()))),
            Errand::Unsubscribe { .. } => Some(Finding::Done),
            Errand::Events { .. } | Errand::Keys => None,
        }
    }
}

const OPERATIONS: &str = "/admin/terminals/operations";

fn subscription(url: &str, events: &[String]) -> Value {
    let usual = || webhook::EVENTS.iter().map(|event| (*event).to_owned()).collect();
    let events = if events.is_empty() { usual() } else { events.to_vec() };
    json!({ "config": { "url": url, "content_type": "application/json" }, "events": events })
}

fn paged(path: &str, filters: &[(&str, &str)], cursor: Option<&str>) -> String {
    let filters = filters.iter().copied().chain(cursor.map(|cursor| ("starting_after", cursor)));
    let filters: Vec<String> =
        filters.map(|(name, value)| format!("{name}={}", path_segment(value))).collect();
    if filters.is_empty() { path.to_owned() } else { format!("{path}?{}", filters.join("&")) }
}

fn post(path: String, body: Option<&Value>) -> Request {
    let mut request = Request { method: Method::Post, ..get(path) };
    if let Some(body) = body {
        request.headers.push(("Content-Type".into(), "application/json".into()));
        request.body = Some(body.to_string().into());
    }
    request
}

fn answered(exchange: &Exchange) -> Result<&Response, Error> {
    let response = exchange.as_ref().map_err(|_| Error::new(Code::ProviderUnreachable))?;
    let unfit =
        response.status >= 500 || (300..400).contains(&response.status) || response.truncated;
    if unfit { Err(unreadable()) } else { Ok(response) }
}

fn unreadable() -> Error {
    let words = "Dintero's answer cannot be read, and nothing that moves money was sent: try again \
                 later";
    Error::new(Code::ProviderUnreachable).message(words)
}

fn refused(response: &Response) -> Error {
    let code = match response.status {
        401 | 403 => Code::CredentialsRefused,
        409 | 429 => Code::RateLimited,
        _ => Code::RejectedByProvider,
    };
    let error = match told(response) {
        Some(reason) => Error::new(code).provider(words(&reason)),
        None => Error::new(code),
    };
    match response.retry_after_ms() {
        Some(ms) => error.retry_after_ms(ms),
        None => error,
    }
}

/// A probe that is not let in names what the API client lacks.
fn missing_right(errand: &Errand, response: &Response) -> Option<Box<str>> {
    let scope = match errand {
        Errand::LookUpRight | Errand::Profile => "read:checkout",
        Errand::PayoutDestination => "read:accounts",
        _ => return None,
    };
    match (errand, response.status) {
        (_, 401 | 403) => Some(scope.into()),
        (Errand::Profile, 404) => Some("profile_id: Dintero knows no such payment profile".into()),
        (Errand::PayoutDestination, 404) => {
            Some("payout_destination_id: Dintero knows no such payout destination".into())
        }
        _ => None,
    }
}

/// Where the page is silent of in-person payments, they are not on it.
fn is_in_person(profile: &Value) -> Result<(), Box<str>> {
    let configuration = profile.get("configuration").unwrap_or(profile);
    let in_person = configuration.get("seitatech").and_then(|seitatech| seitatech.get("in_person"));
    let enabled = in_person.and_then(|in_person| in_person.get("enabled")).and_then(Value::as_bool);
    if enabled == Some(true) {
        return Ok(());
    }
    Err("profile_id: Seitatech In-Person Payments is not enabled on this payment profile".into())
}

fn can_be_paid_out(destination: &Value) -> Result<(), Box<str>> {
    match text(destination, "case_status") {
        Some("ACTIVE") => Ok(()),
        Some(status) => {
            let status: String = status.chars().take(40).collect();
            Err(format!("payout_destination_id: its case is {status}, not ACTIVE").into())
        }
        None => Err("payout_destination_id: Dintero does not tell its case_status".into()),
    }
}

fn page<T>(body: &Value, name: &str, read: fn(&Value) -> Option<T>) -> Option<Page<T>> {
    let list = body.get(name).unwrap_or(body).as_array()?;
    let next = text(body, "starting_after").filter(|cursor| !cursor.is_empty());
    Some(Page { items: list.iter().filter_map(read).collect(), next: next.map(str::to_owned) })
}

const fn no_more<T>(items: Vec<T>) -> Page<T> {
    Page { items, next: None }
}

fn alone<T>(item: T) -> Page<T> {
    no_more(vec![item])
}

/// What a terminal's word for its enrolment means; it says nothing of whether it is switched on.
pub(super) const TERMINAL_STATUSES: &[(&str, Readiness)] = &[
    ("PENDING", Readiness::NotReady),
    ("ACTION_REQUIRED", Readiness::NotReady),
    ("ACTIVE", Readiness::Ready),
    ("INACTIVE", Readiness::NotReady),
    ("DELETED", Readiness::NotReady),
];

fn terminal(entry: &Value) -> Option<Terminal> {
    let status = text(entry, "status");
    let reason = text(entry, "status_reason");
    let row = TERMINAL_STATUSES.iter().find(|(word, _)| Some(*word) == status);
    let words = [status, reason].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let serial = text(entry, "device_serial_number").map(Into::into);
    Some(Terminal {
        id: text(entry, "terminal_id")?.into(),
        name: text(entry, "device_model").map(Into::into),
        serial,
        store: text(entry, "store_id").map(Into::into),
        readiness: row.map_or(Readiness::Unsaid, |(_, readiness)| *readiness),
        status: Some(words.as_str().into()).filter(|_| !words.is_empty()),
    })
}

fn store(entry: &Value) -> Option<Store> {
    let id = text(entry, "store_id").or_else(|| text(entry, "id"))?.into();
    Some(Store { id, name: text(entry, "store_name").map(Into::into) })
}

fn subscribed(entry: &Value) -> Option<Subscription> {
    let config = entry.get("config").unwrap_or(entry);
    let events = entry.get("events").and_then(Value::as_array);
    let events = events.map(Vec::as_slice).unwrap_or_default().iter();
    Some(Subscription {
        id: text(entry, "id")?.into(),
        url: text(config, "url").map(Into::into),
        events: events.filter_map(Value::as_str).map(Into::into).collect(),
        secret: text(config, "secret").map(Secret::new),
    })
}

/// The next page begins after the last of this one, and there is none after a short one.
fn payments(body: &Value) -> Option<Page<Listed>> {
    let list = listed(body)?;
    let items = list.iter().filter_map(payment).collect();
    let last = list.last().filter(|_| list.len() >= PAGE);
    Some(Page { items, next: last.and_then(|entry| text(entry, "id")).map(str::to_owned) })
}

fn payment(entry: &Value) -> Option<Listed> {
    let transaction = Transaction::deserialize(entry).ok()?;
    let payment = match transaction.payment() {
        Named::Payment(payment) => Some(payment),
        Named::Nobody | Named::Stranger => None,
    };
    Some(Listed {
        charge: transaction.session()?,
        payment,
        reference: transaction.till_reference().map(Into::into),
        asked: transaction.amount(),
        standing: transaction.standing(None),
        created_at_ms: transaction.created_at().and_then(from_rfc3339),
    })
}

/// What a word for an operation of a terminal means.
pub(super) const OPERATION_STATUSES: &[(&str, Option<bool>)] = &[
    ("PENDING", None),
    ("COMPLETED", Some(true)),
    ("FAILED", Some(false)),
    ("TIMEOUT", Some(false)),
];

fn operation(entry: &Value) -> Option<TerminalOperation> {
    let status = text(entry, "status")?;
    let row = OPERATION_STATUSES.iter().find(|(word, _)| *word == status);
    let id = text(entry, "id").or_else(|| text(entry, "operation_id"))?;
    Some(TerminalOperation {
        id: id.into(),
        succeeded: row.and_then(|(_, succeeded)| *succeeded),
        status: status.into(),
    })
}

fn text<'a>(entry: &'a Value, name: &str) -> Option<&'a str> {
    entry.get(name)?.as_str()
}
