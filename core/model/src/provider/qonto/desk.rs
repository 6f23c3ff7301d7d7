//! Everything beside payments: the merchant's terminals, and who is notified.
//!
//! There is no list of payments, so nothing can be compared with ours; and no list of what should
//! have been notified. What may be missing is found out by asking: a token that may not read
//! terminals is told of by name.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outcome::{DOUBTS, rate_limit_wait_ms, words};
use super::request::accept_json;
use super::webhook::{self, REVOKED_TOPIC, TOPIC};
use crate::error::{Code, Error};
use crate::ids::TerminalId;
use crate::provider::{
    Delivery, Desk, DeskRequest, Errand, Fault, Finding, Notice, Page, Readiness, Refused, Secret,
    Subscription, Terminal, Trust, path_segment, words_of,
};
use crate::sale::Environment;
use crate::time::{Moment, SECOND_MS};
use crate::wire::{Exchange, Method, Request, Response, SendFailure};

const TIMEOUT_MS: u64 = 20 * SECOND_MS;
/// The most of a list that one answer carries.
const PER_PAGE: u64 = 100;
/// The longest address that is notified.
const CALLBACK_URL_MAX: usize = 512;

/// The desk of one merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QontoDesk {
    /// Where the account lives.
    pub(super) environment: Environment,
    /// The application that consent was given to; none on a device with a token of its backend's,
    /// which takes no notifications.
    pub(super) client_id: Option<Secret>,
}

impl Desk for QontoDesk {
    fn check(&self, errand: &Errand) -> Result<(), Fault> {
        match asked(errand) {
            Some(Asked::Subscribe { url, .. }) => self.check_callback(url),
            Some(Asked::Terminals { cursor } | Asked::Subscriptions { cursor }) => {
                check_cursor(cursor)
            }
            Some(Asked::Unsubscribe { .. }) | None => Ok(()),
        }
    }

    fn request(&self, errand: &Errand) -> Option<DeskRequest> {
        let request = match asked(errand)? {
            Asked::Terminals { cursor } => list("/v2/terminals", cursor),
            Asked::Subscriptions { cursor } => list(SUBSCRIPTIONS, cursor),
            Asked::Subscribe { url, events } => subscribe(url, events),
            Asked::Unsubscribe { id } => {
                of(Method::Delete, format!("{SUBSCRIPTIONS}/{}", path_segment(id)))
            }
        };
        Some(DeskRequest::of(request))
    }

    fn answer(&self, errand: &Errand, exchange: &Exchange) -> Result<Finding, Error> {
        let asked = asked(errand).ok_or_else(|| Error::new(Code::Unsupported))?;
        let response = answered(exchange)?;
        if !(200..300).contains(&response.status) {
            return Err(refused(response, asked.scope()));
        }
        let found = match asked {
            Asked::Unsubscribe { .. } => Some(Finding::Done),
            Asked::Terminals { .. } => terminals(response).map(Finding::Terminals),
            Asked::Subscriptions { .. } => subscriptions(response).map(Finding::Subscriptions),
            Asked::Subscribe { .. } => {
                let made = Page { items: vec![made(response)?], next: None };
                Some(Finding::Subscriptions(made))
            }
        };
        found.ok_or_else(|| unreadable(response))
    }

    /// Whether a token may start payments cannot be asked without starting one: its scopes say so.
    fn probes(&self) -> Vec<Errand> {
        let terminals = Errand::Terminals { cursor: None };
        let subscriptions = Errand::Subscriptions { cursor: None };
        match self.client_id {
            Some(_) => vec![terminals, subscriptions],
            None => vec![terminals],
        }
    }

    fn notified(
        &self,
        delivery: &Delivery<'_>,
        trust: &Trust<'_>,
        _: &Moment,
    ) -> Result<Notice, Refused> {
        webhook::notified(delivery, trust, self.client_id.as_ref())
    }
}

/// What Qonto can be asked.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Terminals { cursor: Option<&'a str> },
    Subscriptions { cursor: Option<&'a str> },
    Subscribe { url: &'a str, events: &'a [String] },
    Unsubscribe { id: &'a str },
}

impl Asked<'_> {
    /// What the merchant has to have allowed for it.
    const fn scope(self) -> &'static str {
        match self {
            Self::Terminals { .. } => "terminal.read",
            Self::Subscriptions { .. } | Self::Subscribe { .. } | Self::Unsubscribe { .. } => {
                "webhook"
            }
        }
    }
}

/// The errand as far as Qonto knows it.
fn asked(errand: &Errand) -> Option<Asked<'_>> {
    match errand {
        Errand::Terminals { cursor } => Some(Asked::Terminals { cursor: cursor.as_deref() }),
        Errand::Subscriptions { cursor } => {
            Some(Asked::Subscriptions { cursor: cursor.as_deref() })
        }
        Errand::Subscribe { url, events } => Some(Asked::Subscribe { url, events }),
        Errand::Unsubscribe { id } => Some(Asked::Unsubscribe { id }),
        Errand::Terminal { .. }
        | Errand::RegisterTerminal { .. }
        | Errand::RegisterStore { .. }
        | Errand::Stores { .. }
        | Errand::CallbackSecret
        | Errand::Payments { .. }
        | Errand::Events { .. }
        | Errand::TerminalOperation { .. }
        | Errand::TerminalOperationRead { .. }
        | Errand::PayoutDestination
        | Errand::Profile
        | Errand::LookUpRight
        | Errand::Keys => None,
    }
}

impl QontoDesk {
    fn check_callback(&self, url: &str) -> Result<(), Fault> {
        // A simulator in the sandbox's place notifies this very machine.
        let simulated = self.environment == Environment::Sandbox && url.starts_with("http://");
        if !url.starts_with("https://") && !simulated {
            let sentence = "Qonto notifies over https only: give an address that begins with https";
            return Err(Fault::invalid("url", "https", sentence));
        }
        if url.chars().count() > CALLBACK_URL_MAX {
            let sentence = format!("the address has at most {CALLBACK_URL_MAX} characters");
            return Err(Fault::invalid("url", "max-length", sentence).limit(CALLBACK_URL_MAX));
        }
        Ok(())
    }
}

const SUBSCRIPTIONS: &str = "/v2/webhook_subscriptions";

/// A cursor is the number of a page.
fn check_cursor(cursor: Option<&str>) -> Result<(), Fault> {
    let fits = |cursor: &str| cursor.parse::<u64>().is_ok_and(|page| page > 0);
    if cursor.is_none_or(fits) {
        return Ok(());
    }
    let sentence = "a cursor is what the page before it gave as next: pass it on unchanged";
    Err(Fault::invalid("cursor", "as-it-was-given", sentence))
}

fn of(method: Method, path: String) -> Request {
    Request {
        method,
        path: path.into(),
        headers: vec![accept_json()],
        body: None,
        may_move_money: false,
        timeout_ms: TIMEOUT_MS,
        fresh_connection: false,
    }
}

fn list(path: &str, cursor: Option<&str>) -> Request {
    let page = path_segment(cursor.unwrap_or("1"));
    of(Method::Get, format!("{path}?page={page}&per_page={PER_PAGE}"))
}

fn subscribe(url: &str, events: &[String]) -> Request {
    #[derive(Serialize)]
    struct Body<'a> {
        callback_url: &'a str,
        types: Vec<&'a str>,
        description: &'static str,
    }
    let asked: Vec<&str> = events.iter().map(String::as_str).collect();
    let types = if asked.is_empty() { vec![TOPIC, REVOKED_TOPIC] } else { asked };
    let body = Body { callback_url: url, types, description: "Tillkit" };
    let mut request = of(Method::Post, SUBSCRIPTIONS.into());
    request.headers.push(("Content-Type".into(), "application/json".into()));
    // Texts always make JSON.
    request.body = Some(serde_json::to_string(&body).unwrap_or_default().into());
    request
}

/// What a list tells of itself.
#[derive(Deserialize)]
struct Meta {
    current_page: u64,
    #[serde(default)]
    next_page: Option<u64>,
}

impl Meta {
    /// A list that goes backwards would never end.
    fn next(&self) -> Option<String> {
        self.next_page.filter(|next| *next > self.current_page).map(|next| next.to_string())
    }
}

#[derive(Deserialize)]
struct WrittenTerminal {
    id: String,
    #[serde(default)]
    poi_id: Value,
}

fn terminals(response: &Response) -> Option<Page<Terminal>> {
    #[derive(Deserialize)]
    struct List {
        terminals: Vec<WrittenTerminal>,
        meta: Meta,
    }
    let List { terminals, meta } = serde_json::from_slice(&response.body).ok()?;
    let items: Option<Vec<Terminal>> = terminals.iter().map(terminal).collect();
    Some(Page { items: items?, next: meta.next() })
}

/// Whether it is switched on is not shown, and it has no name but its serial number.
fn terminal(written: &WrittenTerminal) -> Option<Terminal> {
    let id = TerminalId::parse(&written.id).ok()?;
    let serial: Option<Box<str>> = written.poi_id.as_str().map(|serial| words_of(serial).into());
    Some(Terminal {
        id: id.as_str().into(),
        name: serial.clone(),
        serial,
        store: None,
        readiness: Readiness::Unsaid,
        status: None,
    })
}

#[derive(Deserialize)]
struct WrittenSubscription {
    id: String,
    #[serde(default)]
    callback_url: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    secret: Option<String>,
}

impl From<WrittenSubscription> for Subscription {
    fn from(written: WrittenSubscription) -> Self {
        Self {
            id: words_of(&written.id).into(),
            url: written.callback_url.map(Into::into),
            events: written.types.into_iter().map(Into::into).collect(),
            secret: written.secret.as_deref().map(Secret::new),
        }
    }
}

fn subscriptions(response: &Response) -> Option<Page<Subscription>> {
    #[derive(Deserialize)]
    struct List {
        subscriptions: Vec<WrittenSubscription>,
        meta: Meta,
    }
    let List { subscriptions, meta } = serde_json::from_slice(&response.body).ok()?;
    let items = subscriptions.into_iter().map(Into::into).collect();
    Some(Page { items, next: meta.next() })
}

/// A secret that cannot be read is lost: the subscription has to be ended and made anew.
fn made(response: &Response) -> Result<Subscription, Error> {
    let written: Option<WrittenSubscription> = serde_json::from_slice(&response.body).ok();
    written.map(Into::into).ok_or_else(|| {
        unreadable(response).message(
            "the subscription may have been made, but the answer cannot be read: \
             list the subscriptions, end it, and subscribe again",
        )
    })
}

/// The answer, unless nothing of it can be believed. A page is the sandbox's way to say that the
/// staging token is wrong.
fn answered(exchange: &Exchange) -> Result<&Response, Error> {
    let response = exchange.as_ref().map_err(|failure| {
        let (SendFailure::NotSent { why } | SendFailure::MaybeSent { why }) = failure;
        let message = format!("Qonto gave no answer: {why}");
        Error::new(Code::ProviderUnreachable).message(message)
    })?;
    if response.status == 429 {
        let wait_ms = rate_limit_wait_ms(response);
        return Err(Error::new(Code::RateLimited)
            .retry_after_ms(wait_ms)
            .provider(words(response)));
    }
    // Nothing is all that there is to say of what was taken away.
    let empty = response.status == 204 && response.body.is_empty();
    let doubt = DOUBTS.iter().find(|doubt| !empty && (doubt.holds)(response));
    match doubt.map(|doubt| doubt.code) {
        None => Ok(response),
        Some("server-error" | "truncated" | "ambiguous") => Err(unreadable(response)),
        Some(_) => Err(unreadable(response).message(
            "Qonto's gateway answered with a page: in the sandbox, take the staging token \
             from the developer portal anew; in production, try again later",
        )),
    }
}

fn unreadable(response: &Response) -> Error {
    Error::new(Code::ProviderUnreachable)
        .message(format!("Qonto's answer cannot be used (HTTP status {})", response.status))
        .provider(words(response))
}

/// Every refusal of an errand, by its status and Qonto's code for it; none is any. The first row
/// that fits is told.
pub(super) const REFUSALS: &[(u16, Option<&str>, Code, &str)] = &[
    (401, None, Code::CredentialsRefused, "Qonto does not accept the access token: renew it"),
    (
        403,
        Some("oauth_required"),
        Code::CredentialsRefused,
        "terminals need a token of OAuth: an API key opens none",
    ),
    (
        403,
        None,
        Code::CredentialsRefused,
        "the merchant's consent lacks the scope: ask for consent again",
    ),
    (
        404,
        Some("terminal_not_found"),
        Code::RejectedByProvider,
        "this merchant has no such terminal: list the terminals",
    ),
];

fn refused(response: &Response, scope: &'static str) -> Error {
    let said = words(response);
    let fits = |(status, code, ..): &&(u16, Option<&str>, Code, &str)| {
        *status == response.status && code.is_none_or(|code| said.code.as_deref() == Some(code))
    };
    match REFUSALS.iter().find(fits) {
        Some((403, None, code, message)) => Error::new(*code)
            .message(format!("{message} ({scope})"))
            .field("scope")
            .rule("granted")
            .limit(scope)
            .provider(said),
        Some((_, _, code, message)) => Error::new(*code).message(*message).provider(said),
        None => Error::new(Code::RejectedByProvider).provider(said),
    }
}
