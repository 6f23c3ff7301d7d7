//! VINR's terminal payments, refunds, terminals, events and notifications as its pages describe
//! them, in the cloud or on the terminal itself.
//!
//! Its pages contradict each other, so each life plays one set of [`Rules`]: where a tip stands,
//! which envelope lists have, what a 409 means, how times and ids are spelled. What no page says
//! is played in its worst reading: two running requests with one key both run, a key is forgotten
//! after half an hour, a pending payment may wait for ever, a request is repeated behind the door
//! and the repeat's 409 is the answer, metadata is not kept.

mod body;
mod estate;
mod payments;
mod refunds;
mod rules;
pub mod show;
#[cfg(test)]
mod tests;

pub use rules::{Conflict, Rules, Tips};

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tillkit_model::wire::{Method, Request, Response};

use super::agenda::{Agenda, Notice};
use super::customer::{Habits, Step};
use super::ledger::{Charge, Ledger, Reader, Standing};
use super::{Orders, Provider, Reaction, Surface, Trouble, login_page, server_error};
use body::Fields;
use estate::Estate;
use refunds::Refund;
use show::Note;

/// How long a key is known, from its first request.
pub const KEY_LIFE_MS: u64 = 30 * 60_000;

/// The fake.
#[derive(Debug)]
pub struct Vinr {
    rules: Rules,
    habits: Habits,
    ledger: Ledger,
    agenda: Agenda<Later>,
    /// What is kept of each charge beside the ledger, at the same place.
    notes: Vec<Note>,
    refunds: Vec<Refund>,
    keys: BTreeMap<(Box<str>, Box<str>), Key>,
    estate: Estate,
}

/// Something that happens by itself.
#[derive(Debug, Clone, Copy)]
enum Later {
    /// At a terminal; the place is the charge's.
    Customer(Step),
    /// An offline approval is declined when it is passed on; the place is the charge's.
    Reversal,
    /// A refund is over; the place is the refund's.
    Refund { succeeds: bool },
}

/// What is kept for a key.
#[derive(Debug)]
struct Key {
    first_ms: u64,
    done_ms: u64,
    body: Box<str>,
    answer: Response,
}

impl Vinr {
    /// A VINR with these terminals.
    #[must_use]
    pub fn new(rules: Rules, terminals: Vec<Box<str>>, habits: Habits) -> Self {
        Self {
            rules,
            habits,
            ledger: Ledger::default(),
            agenda: Agenda::default(),
            notes: Vec::new(),
            refunds: Vec::new(),
            keys: BTreeMap::new(),
            estate: Estate::new(rules, terminals),
        }
    }

    fn route(&mut self, request: &Request, now_ms: u64, orders: &mut Orders) -> Response {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let path: Vec<&str> = path.trim_matches('/').split('/').collect();
        let query = Fields::of_query(query);
        let Some(fields) = Fields::of_body(request) else {
            return refused(400, "validation_error", "malformed_body");
        };
        match (request.method, path.as_slice()) {
            (Method::Post, ["v1", "terminal", "payments"]) => self.create(&fields, now_ms, orders),
            (Method::Get, ["v1", "terminal", "payments"]) => self.list(&query),
            (Method::Get, ["v1", "terminal", "payments", id]) => match self.ledger.place(id) {
                Some(place) if orders.trouble != Trouble::NotFound => self.answer(200, place),
                _ => refused(404, "validation_error", "not_found"),
            },
            (Method::Post, ["v1", "terminal", "payments", id, verb]) => {
                let key = header(request, "idempotency-key");
                match (self.ledger.place(id), *verb) {
                    (Some(place), "cancel") => self.cancel(place, now_ms),
                    (Some(place), "capture") => self.capture(place, &fields, key, now_ms),
                    _ => refused(404, "validation_error", "not_found"),
                }
            }
            _ if self.rules.local => refused(404, "validation_error", "not_found"),
            (Method::Post, ["v1", "refunds"]) => self.refund(&fields, now_ms, orders),
            (Method::Get, ["v1", "refunds"]) => self.list_refunds(&query),
            (Method::Get, ["v1", "refunds", id]) => self.read_refund(id),
            _ => self.estate.handle(request.method, &path, &query, &fields, now_ms),
        }
    }

    /// The answer that a known key has; none where the request runs.
    fn kept(&self, name: &(Box<str>, Box<str>), body: &str, now_ms: u64) -> Option<Response> {
        let kept = self.keys.get(name).filter(|kept| now_ms < kept.first_ms + KEY_LIFE_MS)?;
        if &*kept.body != body {
            return Some(refused(409, "billing_error", "idempotency_key_reused"));
        }
        match (kept.done_ms > now_ms, self.rules.running_keys_conflict) {
            (true, true) => Some(refused(409, "billing_error", "request_in_progress")),
            (true, false) => None,
            (false, _) => Some(kept.answer.clone()),
        }
    }

    fn error_after(&self, orders: &mut Orders) -> Response {
        if self.rules.repeats_behind_the_door && orders.draws.chance(500) {
            refused(409, "billing_error", "request_in_progress")
        } else {
            server_error(&mut orders.draws)
        }
    }

    fn note_of(&self, place: usize) -> Note {
        self.notes.get(place).cloned().unwrap_or_default()
    }

    fn happen(&mut self, place: usize, later: Later, at_ms: u64) -> bool {
        match later {
            Later::Customer(step) => self.customer(place, step, at_ms),
            Later::Refund { succeeds } => {
                self.settle_refund(place, succeeds, at_ms);
                false
            }
            Later::Reversal => {
                let charge = &mut self.ledger.charges[place];
                charge.standing = Standing::Reversed;
                charge.reversed_at_ms = Some(at_ms);
                true
            }
        }
    }
}

impl Provider for Vinr {
    fn handle(&mut self, request: &Request, now_ms: u64, mut orders: Orders) -> Reaction {
        if let Some(response) = door(&mut orders) {
            return Reaction { response, work_ms: orders.draws.between(5, 100) };
        }
        let posted = request.method != Method::Get;
        let work_ms = orders.draws.between(10, if posted { 4_000 } else { 200 });
        let path = request.path.split('?').next().unwrap_or_default();
        let key = header(request, "idempotency-key").filter(|_| posted && !self.rules.local);
        let name = key.map(|key| (Box::from(path), Box::from(key)));
        let body = request.body.as_deref().unwrap_or_default();
        let kept = name.as_ref().and_then(|name| self.kept(name, body, now_ms));
        if let Some(response) = kept {
            return Reaction { response: limited(response), work_ms: 20 };
        }
        let answer = self.route(request, now_ms, &mut orders);
        if let Some(name) = name.filter(|_| answer.status < 300 || self.rules.keeps_refusals) {
            let (done_ms, body) = (now_ms + work_ms, body.into());
            // Where two run at once, the later one's answer is kept.
            let kept = Key { first_ms: now_ms, done_ms, body, answer: answer.clone() };
            self.keys.insert(name, kept);
        }
        let response = match orders.trouble {
            Trouble::ErrorAfter => self.error_after(&mut orders),
            _ => answer,
        };
        Reaction { response: limited(response), work_ms }
    }

    fn next_ms(&self) -> Option<u64> {
        self.agenda.next_ms()
    }

    fn tick(&mut self, now_ms: u64) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some((at_ms, place, later)) = self.agenda.due(now_ms) {
            if self.happen(place, later, at_ms) {
                let charge = self.ledger.charges[place].clone();
                let object = show::object(&self.rules, &charge, &self.note_of(place));
                self.estate.happened(show::event_type(&charge), object, at_ms);
                notices.push(Notice { charge });
            }
        }
        // A terminal in local mode tells nobody.
        if self.rules.local { Vec::new() } else { notices }
    }

    fn act(&mut self, charge: usize, step: Step, at_ms: u64) -> bool {
        self.agenda.write(at_ms, charge, Later::Customer(step));
        true
    }

    fn read_by(&mut self, charge: usize, reader: Reader) {
        if let Some(charge) = self.ledger.charges.get_mut(charge) {
            charge.reader = reader;
        }
    }

    fn approve_offline(&mut self, declined_after_ms: Option<u64>) -> bool {
        self.rules.offline_ms = declined_after_ms;
        true
    }

    fn stranger(&mut self, terminal: Option<&str>, minor: i64, now_ms: u64) {
        let place = self.ledger.charges.len();
        let charge = Charge {
            standing: Standing::Taken,
            authorized_minor: minor,
            captured_minor: minor,
            taken_at_ms: Some(now_ms),
            open: false,
            ..payments::opened(&self.rules, place, terminal, minor, "EUR")
        };
        self.ledger.open(charge);
        let reference = Value::String(format!("order-{}", place % 3));
        self.notes.push(Note { reference, created_ms: now_ms, ..Note::default() });
    }

    fn forget(&mut self, _: &str) {}

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn surface(&self) -> Surface {
        Surface { list: true, absence_proves: false, expiry_is_final: true }
    }
}

/// The answer of a door that lets nobody in; none where the door is open.
fn door(orders: &mut Orders) -> Option<Response> {
    match orders.trouble {
        Trouble::None | Trouble::ErrorAfter | Trouble::NotFound => None,
        Trouble::CredentialsRefused => Some(orders.draws.pick(&[401, 403]))
            .map(|status| refused(status, "authentication_error", "invalid_api_key")),
        Trouble::RateLimited => {
            let mut response = refused(429, "rate_limit_error", "rate_limited");
            response.headers.push(("retry-after".into(), "1".into()));
            Some(limited(response))
        }
        Trouble::Validation => Some(refused(400, "validation_error", "invalid_request")),
        Trouble::ErrorBefore => Some(server_error(&mut orders.draws)),
        Trouble::LoginPage => Some(login_page(&mut orders.draws)),
    }
}

/// Every answer tells how much is left of the rate.
fn limited(mut response: Response) -> Response {
    let shown = [("limit", "100"), ("remaining", "99"), ("reset", "1795132801")];
    let headers = shown.map(|(name, value)| (format!("x-ratelimit-{name}").into(), value.into()));
    response.headers.extend(headers);
    response
}

fn answered(status: u16, body: &Value) -> Response {
    super::json(status, body.to_string())
}

/// The error envelope that both pages share.
fn refused(status: u16, kind: &str, code: &str) -> Response {
    let error = json!({
        "type": kind, "code": code, "message": "made up", "param": null,
        "doc_url": "https://docs.vinr.com", "request_id": "req_1",
    });
    answered(status, &json!({ "error": error }))
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| &**value)
}
