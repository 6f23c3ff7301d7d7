//! VINR's desk: terminals and their actions, events, subscriptions, and the list to compare with.
//!
//! Where a path is not documented it is the one that the page's name suggests: `/v1/terminals`,
//! `/v1/events`, `/v1/webhook-endpoints`, `/v1/terminals/{id}/actions`. There is no end of a
//! terminal's day, and no page for locations. A terminal in local mode only lists its payments.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::config::{Config, Mode, Scheme, Terms};
use super::outcome::{Told, envelope, goes_on};
use super::record::{Known, Named, Record};
use super::request::{PAGE, PAYMENTS, get};
use super::webhook::{self, Event};
use crate::error::{Code, Error, ProviderWords};
use crate::ids::ChargeId;
use crate::provider::{
    Delivery, Desk, DeskRequest, Errand, Finding, Listed, Notice, Page, Readiness, Refused, Secret,
    Subscription, Terminal, TerminalOperation, Trust, path_segment, read_plainly, words_of,
};
use crate::time::Moment;
use crate::wire::{Exchange, Method, Request, Response};

const TERMINALS: &str = "/v1/terminals";
const EVENTS: &str = "/v1/events";
const ENDPOINTS: &str = "/v1/webhook-endpoints";

/// What a terminal can be told to do.
pub(super) const ACTIONS: [&str; 3] = ["reboot", "update", "lock"];

/// How a terminal stands, by VINR's word.
pub(super) const READINESS: &[(&str, Readiness)] = &[
    ("online", Readiness::Ready),
    ("offline", Readiness::NotReady),
    ("needs_attention", Readiness::NotReady),
    ("deactivated", Readiness::NotReady),
];

/// What a word for an action's status means: whether it succeeded, once it is over.
pub(super) const ACTION_STATUSES: &[(&str, Option<bool>)] =
    &[("queued", None), ("processing", None), ("completed", Some(true)), ("failed", Some(false))];

/// The desk of one merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counter {
    terms: Terms,
    scheme: Option<Scheme>,
    location: Option<String>,
}

/// The desk that these settings make.
pub(super) fn desk(config: &Config) -> Arc<dyn Desk> {
    let Config { terms, scheme, location, .. } = config.clone();
    Arc::new(Counter { terms, scheme, location })
}

impl Desk for Counter {
    fn request(&self, errand: &Errand) -> Option<DeskRequest> {
        let request = match (self.terms.mode, errand) {
            (_, Errand::Payments { from, to, cursor }) => {
                self.payments(from, to, cursor.as_deref())
            }
            (Mode::Local, _) => return None,
            (Mode::Cloud, Errand::Terminals { cursor }) => {
                list(TERMINALS, &self.of_location(), cursor.as_deref())
            }
            (Mode::Cloud, errand) => in_cloud(errand)?,
        };
        Some(DeskRequest::of(request))
    }

    fn answer(&self, errand: &Errand, exchange: &Exchange) -> Result<Finding, Error> {
        let response = taken(exchange)?;
        match errand {
            Errand::Terminals { .. } => Ok(Finding::Terminals(page(response, terminal)?)),
            Errand::Terminal { .. } | Errand::RegisterTerminal { .. } => {
                let item = terminal(&read(response)?).ok_or_else(unreadable)?;
                Ok(Finding::Terminals(Page { items: vec![item], next: None }))
            }
            Errand::Subscribe { .. } => {
                let item = subscription(&read(response)?).ok_or_else(unreadable)?;
                Ok(Finding::Subscriptions(Page { items: vec![item], next: None }))
            }
            Errand::Subscriptions { .. } => {
                Ok(Finding::Subscriptions(page(response, subscription)?))
            }
            Errand::Unsubscribe { .. } => Ok(Finding::Done),
            Errand::Payments { .. } => {
                Ok(Finding::Payments(page(response, |item| listed(self.terms, item))?))
            }
            Errand::Events { .. } => self.events(response),
            Errand::TerminalOperation { .. } | Errand::TerminalOperationRead { .. } => {
                let action: Action = read(response)?;
                Ok(Finding::TerminalOperation(action.read()))
            }
            Errand::Stores { .. }
            | Errand::RegisterStore { .. }
            | Errand::CallbackSecret
            | Errand::PayoutDestination
            | Errand::Profile
            | Errand::LookUpRight
            | Errand::Keys => Err(Error::new(Code::Unsupported)),
        }
    }

    /// Whether the key opens anything is asked of the terminals.
    fn probes(&self) -> Vec<Errand> {
        match self.terms.mode {
            Mode::Cloud => vec![Errand::Terminals { cursor: None }],
            Mode::Local => Vec::new(),
        }
    }

    fn notified(
        &self,
        delivery: &Delivery<'_>,
        trust: &Trust<'_>,
        _: &Moment,
    ) -> Result<Notice, Refused> {
        webhook::notice(self.terms, self.scheme, delivery, trust.secrets)
    }

    fn streamed(&self, event: &[u8]) -> Result<Notice, Refused> {
        match self.terms.mode {
            Mode::Local => webhook::streamed(self.terms, event),
            Mode::Cloud => {
                Err(Refused::Malformed { why: "only a terminal in local mode streams events" })
            }
        }
    }
}

impl Counter {
    fn payments(&self, from: &Moment, to: &Moment, cursor: Option<&str>) -> Request {
        let (from, to) = (seconds(from), seconds(to));
        let filter = format!("&fromDate={from}&toDate={to}{}", self.of_location());
        list(PAYMENTS, &filter, cursor)
    }

    /// What other shops of the same key sell is not this account's.
    fn of_location(&self) -> String {
        let filter = |id: &String| format!("&locationId={}", path_segment(id));
        self.location.as_ref().map(filter).unwrap_or_default()
    }

    /// An event that cannot be read says nothing; the payments themselves are looked at anyway.
    fn events(&self, response: &Response) -> Result<Finding, Error> {
        let notice = |item: &Value| {
            let event = Event::deserialize(item).ok();
            let told = event.and_then(|event| webhook::told(self.terms, event).ok());
            Some(told.unwrap_or_default())
        };
        Ok(Finding::Events(page(response, notice)?))
    }
}

fn in_cloud(errand: &Errand) -> Option<Request> {
    let request = match errand {
        Errand::Terminal { id } => get(format!("{TERMINALS}/{}", path_segment(id))),
        Errand::RegisterTerminal { serial, store, .. } => {
            let mut body = json!({ "activationCode": serial });
            if let (Some(store), Some(fields)) = (store, body.as_object_mut()) {
                fields.insert("locationId".to_owned(), json!(store));
            }
            send(Method::Post, format!("{TERMINALS}/activate"), Some(&body))
        }
        Errand::Subscribe { url, events } => {
            // What the events are called is disputed, so the usual is all of them.
            let all = [String::from("*")];
            let events: &[String] = if events.is_empty() { &all } else { events };
            let body = json!({ "url": url, "enabled_events": events });
            send(Method::Post, ENDPOINTS.to_owned(), Some(&body))
        }
        Errand::Subscriptions { cursor } => list(ENDPOINTS, "", cursor.as_deref()),
        Errand::Unsubscribe { id } => {
            send(Method::Delete, format!("{ENDPOINTS}/{}", path_segment(id)), None)
        }
        Errand::Events { since, cursor } => {
            let filter = format!("&created.gte={}", seconds(since));
            list(EVENTS, &filter, cursor.as_deref())
        }
        Errand::TerminalOperation { terminal, operation, key } => {
            if !ACTIONS.contains(&operation.as_str()) {
                return None;
            }
            let path = format!("{TERMINALS}/{}/actions", path_segment(terminal));
            let mut request = send(Method::Post, path, Some(&json!({ "action": operation })));
            request.headers.push(("Idempotency-Key".into(), key.as_str().into()));
            request
        }
        Errand::TerminalOperationRead { terminal, id } => {
            get(format!("{TERMINALS}/{}/actions/{}", path_segment(terminal), path_segment(id)))
        }
        Errand::Terminals { .. }
        | Errand::Payments { .. }
        | Errand::Stores { .. }
        | Errand::RegisterStore { .. }
        | Errand::CallbackSecret
        | Errand::PayoutDestination
        | Errand::Profile
        | Errand::LookUpRight
        | Errand::Keys => return None,
    };
    Some(request)
}

const fn seconds(moment: &Moment) -> i64 {
    moment.wall_ms.div_euclid(1_000)
}

fn list(path: &str, filter: &str, cursor: Option<&str>) -> Request {
    let after =
        cursor.map(|id| format!("&starting_after={}", path_segment(id))).unwrap_or_default();
    get(format!("{path}?limit={PAGE}{filter}{after}"))
}

fn send(method: Method, path: String, body: Option<&Value>) -> Request {
    let mut request = Request { method, ..get(path) };
    if let Some(body) = body {
        request.headers.push(("Content-Type".into(), "application/json".into()));
        request.body = Some(body.to_string().into());
    }
    request
}

/// The response of an errand that was let in and did not fail.
fn taken(exchange: &Exchange) -> Result<&Response, Error> {
    let response = exchange.as_ref().map_err(|_| Error::new(Code::ProviderUnreachable))?;
    let words = || envelope(response).map(words).unwrap_or_default();
    match response.status {
        200..=204 if !response.truncated => Ok(response),
        401 | 403 => Err(Error::new(Code::CredentialsRefused).provider(words())),
        429 => {
            let error = Error::new(Code::RateLimited).provider(words());
            Err(match response.retry_after_ms() {
                Some(wait_ms) => error.retry_after_ms(wait_ms),
                None => error,
            })
        }
        400..500 if envelope(response).is_some() => {
            Err(Error::new(Code::RejectedByProvider).provider(words()))
        }
        500.. => Err(Error::new(Code::ProviderUnreachable).provider(words())),
        _ => Err(unreadable()),
    }
}

fn words(told: Told) -> ProviderWords {
    ProviderWords {
        code: told.code.map(|code| words_of(&code)),
        detail: told.message.map(|message| words_of(&message)),
        trace: told.request_id.map(|id| words_of(&id)),
    }
}

fn unreadable() -> Error {
    let words = "VINR's answer is not what it documents: try again, and check the base address";
    Error::new(Code::ProviderUnreachable).message(words)
}

fn read<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    read_plainly(&response.body).ok_or_else(unreadable)
}

/// A list in either envelope; the next page begins after the last item that has an id. A list that
/// goes on and does not say where is no whole one, and is not taken for it.
fn page<T>(response: &Response, item: impl Fn(&Value) -> Option<T>) -> Result<Page<T>, Error> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Value>,
    }
    let List { data } = read(response)?;
    let id = |item: &Value| item.get("id")?.as_str().map(str::to_owned);
    let next = if goes_on(&response.body) {
        Some(data.iter().rev().find_map(id).ok_or_else(unreadable)?)
    } else {
        None
    };
    let items = data.iter().map(item).collect::<Option<_>>().ok_or_else(unreadable)?;
    Ok(Page { items, next })
}

fn terminal(item: &Value) -> Option<Terminal> {
    let text = |name: &str, other: &str| {
        let value = item.get(name).or_else(|| item.get(other));
        value.and_then(Value::as_str).map(|text| Box::from(words_of(text)))
    };
    let status = text("status", "status");
    let row = READINESS.iter().find(|(word, _)| status.as_deref() == Some(*word));
    Some(Terminal {
        id: text("id", "id")?,
        name: text("displayName", "display_name").or_else(|| text("label", "label")),
        serial: text("serialNumber", "serial_number"),
        store: text("locationId", "location_id"),
        readiness: row.map_or(Readiness::Unsaid, |(_, readiness)| *readiness),
        status,
    })
}

fn subscription(item: &Value) -> Option<Subscription> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let events = item.get("enabled_events").or_else(|| item.get("enabledEvents"));
    let events = events.and_then(Value::as_array).into_iter().flatten();
    Some(Subscription {
        id: words_of(text("id")?).into(),
        url: text("url").map(Into::into),
        events: events.filter_map(Value::as_str).map(|event| words_of(event).into()).collect(),
        secret: text("secret").map(Secret::new),
    })
}

/// A payment to compare with ours; one whose amounts cannot be read is listed without them.
fn listed(terms: Terms, item: &Value) -> Option<Listed> {
    let charge = ChargeId::parse(item.get("id")?.as_str()?).ok()?;
    let Ok(record) = Record::deserialize(item) else {
        let (payment, reference, asked, standing, created_at_ms) = (None, None, None, None, None);
        return Some(Listed { charge, payment, reference, asked, standing, created_at_ms });
    };
    let standing = record.status();
    Some(Listed {
        charge,
        payment: match record.named(terms) {
            Named::Payment(payment) => Some(payment),
            Named::Nobody | Named::Stranger => None,
        },
        reference: record.reference(),
        asked: record.asked(terms),
        standing: standing.and_then(|status| record.standing(status, terms, Known::default())),
        created_at_ms: record.created_at_ms(),
    })
}

/// Something that a terminal was told to do.
#[derive(Deserialize)]
struct Action {
    id: String,
    status: String,
}

impl Action {
    fn read(&self) -> TerminalOperation {
        let row = ACTION_STATUSES.iter().find(|(word, _)| *word == self.status);
        TerminalOperation {
            id: words_of(&self.id).into(),
            succeeded: row.and_then(|(_, succeeded)| *succeeded),
            status: words_of(&self.status).into(),
        }
    }
}
