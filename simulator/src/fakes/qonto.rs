//! Qonto's terminal payments as its documentation describes them: a key that is kept for thirty
//! minutes and only after a success, whatever the body of a replay; a 202 for a terminal that is
//! offline; no list, no cancel, no refund.
//!
//! Where the documentation is silent, the worst reading holds: two running requests with one key
//! both run, a 5xx after the push keeps no key (once the sender knows of it: see
//! [`Provider::forget`]), a PENDING may stay for ever or be paid hours later, and may one day be
//! called by a word of a later version without being over.

mod notification;
mod office;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::wire::{Method, Request, Response};

use super::agenda::{Agenda, Notice};
use super::customer::{Customer, Habits, Step};
use super::ledger::{Charge, Ledger, Prompt, Reader, Standing};
use super::{Orders, Provider, Reaction, Surface, Trouble, door, json, server_error};

pub use notification::notification;

/// How long a key is known, from its first request.
pub const KEY_LIFE_MS: u64 = 30 * 60_000;

/// The fake.
#[derive(Debug)]
pub struct Qonto {
    habits: Habits,
    ledger: Ledger,
    agenda: Agenda,
    terminals: Vec<Box<str>>,
    metadata: Vec<Value>,
    made_ms: Vec<u64>,
    new_word_after_ms: Option<u64>,
    keys: BTreeMap<Box<str>, Key>,
    subscribers: Vec<office::Subscriber>,
    /// How many there ever were.
    subscribed: u64,
}

/// A success that is kept for its key.
#[derive(Debug)]
struct Key {
    first_ms: u64,
    done_ms: u64,
    body: String,
}

impl Qonto {
    /// A Qonto with these terminals.
    #[must_use]
    pub fn new(terminals: Vec<Box<str>>, habits: Habits) -> Self {
        Self {
            habits,
            ledger: Ledger::default(),
            agenda: Agenda::default(),
            terminals,
            metadata: Vec::new(),
            made_ms: Vec::new(),
            new_word_after_ms: None,
            keys: BTreeMap::new(),
            subscribers: Vec::new(),
            subscribed: 0,
        }
    }

    /// The same, which calls a payment that waits longer than this by a word of a later version,
    /// and takes a card for it all the same.
    #[must_use]
    pub fn with_a_new_word_after(self, waiting_ms: u64) -> Self {
        Self { new_word_after_ms: Some(waiting_ms), ..self }
    }

    fn push(
        &mut self,
        terminal: &str,
        request: &Request,
        now_ms: u64,
        mut orders: Orders,
    ) -> Reaction {
        let work_ms = orders.draws.between(20, 4_000);
        let Some(key) = header(request, "X-Qonto-Idempotency-Key") else {
            return refused(400, "idempotency_header_missing", work_ms);
        };
        let kept = self.keys.get(key).filter(|kept| now_ms < kept.first_ms + KEY_LIFE_MS);
        if let Some(kept) = kept.filter(|kept| kept.done_ms <= now_ms) {
            return Reaction { response: json(202, kept.body.clone()), work_ms: 20 };
        }
        let asked = match read_push(request.body.as_deref().unwrap_or_default()) {
            Ok(asked) => asked,
            Err(code) => return refused(400, code, work_ms),
        };
        if !is_uuid(terminal) {
            return refused(400, "invalid_terminal_id", work_ms);
        }
        if !self.terminals.iter().any(|known| &**known == terminal) {
            return refused(404, "terminal_not_found", work_ms);
        }
        let body = self.run(terminal, asked, now_ms, &mut orders);
        let key_record = Key { first_ms: now_ms, done_ms: now_ms + work_ms, body: body.clone() };
        self.keys.insert(key.into(), key_record);
        if orders.trouble == Trouble::ErrorAfter {
            return Reaction { response: server_error(&mut orders.draws), work_ms };
        }
        Reaction { response: json(202, body), work_ms }
    }

    /// The push itself: from here on a terminal may ask for a card.
    fn run(&mut self, terminal: &str, asked: Push, now_ms: u64, orders: &mut Orders) -> String {
        let place = self.ledger.charges.len();
        let id = uuid(0x0200_0000 + place as u64);
        self.ledger.open(Charge {
            id: ChargeId::parse(&id).expect("a UUID is a charge id"),
            payment: our_id(&asked.metadata),
            terminal: Some(terminal.into()),
            asked_minor: asked.minor,
            currency: "EUR".into(),
            manual: false,
            reader: Reader::default(),
            standing: Standing::Pending,
            authorized_minor: 0,
            tip_minor: 0,
            captured_minor: 0,
            taken_at_ms: None,
            reversed_at_ms: None,
            moves: Vec::new(),
            open: true,
        });
        self.metadata.push(asked.metadata);
        self.made_ms.push(now_ms);
        let customer = Customer::draw(&self.habits, orders.device, &mut orders.draws);
        if let Some(after_ms) = customer.prompt_after_ms {
            let payment = self.ledger.charges[place].payment;
            self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
            if let Some(tap) = customer.tap {
                let tap_ms = now_ms + after_ms + tap.after_ms;
                self.agenda.write(tap_ms, place, Step::Tap);
                self.agenda.write(tap_ms + tap.decided_after_ms, place, tap.step);
            }
        }
        format!("{{\"terminal_payment\":{{{}}}}}", self.core(place))
    }

    /// The fields that the push and the read share.
    fn core(&self, place: usize) -> String {
        let charge = &self.ledger.charges[place];
        let mut text = format!(
            "\"id\":\"{}\",\"terminal_id\":\"{}\",\"amount\":{},\"created_at\":\"2026-11-20T09:00:00Z\"",
            charge.id,
            charge.terminal.as_deref().unwrap_or_default(),
            euros(charge.asked_minor),
        );
        if !self.metadata[place].is_null() {
            let _ = write!(text, ",\"metadata\":{}", self.metadata[place]);
        }
        text
    }

    fn read(&self, id: &str, now_ms: u64, trouble: Trouble) -> Response {
        let Some(place) = self.ledger.place(id).filter(|_| trouble != Trouble::NotFound) else {
            return refused(404, "not_found", 0).response;
        };
        let charge = &self.ledger.charges[place];
        let mut text = format!("{{\"terminal_payment\":{{{}", self.core(place));
        match charge.standing {
            Standing::Taken => {
                let _ = write!(
                    text,
                    ",\"status\":\"AUTHORIZED\",\"authorized_amount\":{},\
                     \"payment_method\":\"visa\",\"card_summary\":\"4242\"",
                    euros(charge.authorized_minor)
                );
                if charge.tip_minor > 0 {
                    let _ = write!(text, ",\"tip_amount\":{}", euros(charge.tip_minor));
                }
            }
            Standing::Declined => {
                text.push_str(",\"status\":\"REFUSED\",\"failure_reason\":\"insufficient_funds\"");
            }
            _ => {
                let _ = write!(text, ",\"status\":\"{}\"", self.word_for_pending(place, now_ms));
            }
        }
        text.push_str("}}");
        json(200, text)
    }

    fn word_for_pending(&self, place: usize, now_ms: u64) -> &'static str {
        let waiting_ms = now_ms.saturating_sub(self.made_ms[place]);
        match self.new_word_after_ms {
            Some(after_ms) if waiting_ms >= after_ms => "TIMED_OUT",
            _ => "PENDING",
        }
    }
}

impl Provider for Qonto {
    fn handle(&mut self, request: &Request, now_ms: u64, mut orders: Orders) -> Reaction {
        if let Some(response) = door(orders.trouble, &mut orders.draws) {
            return Reaction { response, work_ms: orders.draws.between(5, 100) };
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let path: Vec<&str> = path.trim_matches('/').split('/').collect();
        let quickly = |response| Reaction { response, work_ms: 20 };
        match (request.method, path.as_slice()) {
            (Method::Post, ["v2", "terminals", terminal, "payment"]) => {
                self.push(terminal, request, now_ms, orders)
            }
            (Method::Get, ["v2", "terminal_payments", id]) => {
                if orders.trouble == Trouble::ErrorAfter {
                    let response = server_error(&mut orders.draws);
                    return Reaction { response, work_ms: 20 };
                }
                Reaction { response: self.read(id, now_ms, orders.trouble), work_ms: 20 }
            }
            (Method::Get, ["v2", "terminals"]) => quickly(self.list_terminals(query)),
            (Method::Get, ["v2", "webhook_subscriptions"]) => {
                quickly(self.list_subscriptions(query))
            }
            (Method::Post, ["v2", "webhook_subscriptions"]) => {
                quickly(self.subscribe(request.body.as_deref().unwrap_or_default()))
            }
            (Method::Delete, ["v2", "webhook_subscriptions", id]) => quickly(self.unsubscribe(id)),
            _ => refused(404, "not_found", 5),
        }
    }

    fn next_ms(&self) -> Option<u64> {
        self.agenda.next_ms()
    }

    fn tick(&mut self, now_ms: u64) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some((at_ms, place, step)) = self.agenda.due(now_ms) {
            let charge = &mut self.ledger.charges[place];
            match step {
                Step::Tap => charge.standing = Standing::Processing,
                Step::Approve { tip_minor } => {
                    charge.standing = Standing::Taken;
                    charge.tip_minor = tip_minor;
                    charge.authorized_minor = charge.asked_minor + tip_minor;
                    charge.captured_minor = charge.authorized_minor;
                    charge.taken_at_ms = Some(at_ms);
                    notices.push(Notice { charge: charge.clone() });
                }
                Step::Decline => {
                    charge.standing = Standing::Declined;
                    notices.push(Notice { charge: charge.clone() });
                }
                Step::Expire | Step::CancelArrives => {}
            }
        }
        notices
    }

    fn act(&mut self, charge: usize, step: Step, at_ms: u64) -> bool {
        self.agenda.write(at_ms, charge, step);
        true
    }

    fn stranger(&mut self, terminal: Option<&str>, minor: i64, now_ms: u64) {
        let place = self.ledger.charges.len();
        self.ledger.open(Charge {
            id: ChargeId::parse(&uuid(0x0300_0000 + place as u64)).expect("a UUID is a charge id"),
            payment: None,
            terminal: terminal.map(Into::into),
            asked_minor: minor,
            currency: "EUR".into(),
            manual: false,
            reader: Reader::default(),
            standing: Standing::Taken,
            authorized_minor: minor,
            tip_minor: 0,
            captured_minor: minor,
            taken_at_ms: Some(now_ms),
            reversed_at_ms: None,
            moves: Vec::new(),
            open: false,
        });
        self.metadata.push(Value::Null);
        self.made_ms.push(now_ms);
    }

    fn forget(&mut self, key: &str) {
        self.keys.remove(key);
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn surface(&self) -> Surface {
        Surface { list: false, absence_proves: false, expiry_is_final: false }
    }
}

/// A push, as far as the fake reads it.
struct Push {
    minor: i64,
    metadata: Value,
}

fn read_push(body: &str) -> Result<Push, &'static str> {
    let body: Value = serde_json::from_str(body).map_err(|_| "invalid_value")?;
    let amount = body.get("amount").ok_or("missing_amount")?;
    let value = amount.get("value").and_then(Value::as_str).ok_or("invalid_value")?;
    let minor = cents(value).filter(|minor| (10..=10_000_000).contains(minor));
    let minor = minor.ok_or("invalid_value")?;
    if amount.get("currency").and_then(Value::as_str) != Some("EUR") {
        return Err("currency_not_supported");
    }
    let metadata = body.get("metadata").cloned().unwrap_or(Value::Null);
    let fits = metadata.is_null() || metadata.is_object();
    if !fits || metadata.to_string().len() > 1_000 {
        return Err("invalid_metadata");
    }
    Ok(Push { minor, metadata })
}

fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() != 2 || !digits(whole) || !digits(part) {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + part.parse::<i64>().ok()?)
}

fn euros(minor: i64) -> String {
    format!("{{\"value\":\"{}.{:02}\",\"currency\":\"EUR\"}}", minor / 100, minor % 100)
}

/// The payment id among the metadata, under whatever name it travels.
fn our_id(metadata: &Value) -> Option<PaymentId> {
    let values = metadata.as_object()?.values();
    values.filter_map(Value::as_str).find_map(|text| PaymentId::parse(text).ok())
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| &**value)
}

fn refused(status: u16, code: &str, work_ms: u64) -> Reaction {
    let text = format!(
        "{{\"errors\":[{{\"code\":\"{code}\",\"detail\":\"refused\"}}],\"trace_id\":\"t-1\"}}"
    );
    Reaction { response: json(status, text), work_ms }
}

fn is_uuid(text: &str) -> bool {
    PaymentId::parse(text).is_ok()
}

fn uuid(number: u64) -> String {
    format!("019dd925-c6cb-7cdd-8e8f-{number:012x}")
}
