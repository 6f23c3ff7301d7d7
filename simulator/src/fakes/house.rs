//! Three made-up providers that share one small JSON and differ in their manners, which are data
//! here.
//!
//! `conflict`: a key that answers 409 to another body and to a replay while the first still runs; a
//! list by terminal that shows other tills' payments too; cancel only while pending; refunds under
//! a key that is forgotten. `reference`: no key, a list by our reference, a cancel that is accepted
//! first and decided later, an expired session that may still charge. `quickpay`: no key, a strict
//! expiry, void at any time, and a read that takes a scanned code's money.

mod money;
#[cfg(test)]
mod tests;

pub use money::{Page, Shown, ShownMove};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::wire::{Method, Request, Response};

use super::agenda::{Agenda, Notice};
use super::customer::{Customer, Habits, Step};
use super::ledger::{Charge, Ledger, Prompt, Reader, Standing};
use super::{Orders, Provider, Reaction, Surface, Trouble, door, json, server_error};

/// How long a key is known, from its first request.
pub const KEY_LIFE_MS: u64 = 30 * 60_000;

/// What distinguishes the three.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Starts, captures and refunds carry a key.
    pub keyed: bool,
    /// What the list is searched by.
    pub list: List,
    /// What a cancel does.
    pub cancel: Cancel,
    /// What the end of a session means.
    pub expiry: Expiry,
    /// A repeated refund of the same reference and amount runs once.
    pub refund_by_reference: bool,
}

/// What the list is searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// By terminal: everyone's payments there.
    Terminal,
    /// By our payment's id, and generously: others may be among them.
    Payment,
}

/// What a cancel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// Only while no card is at the reader; its answer is then final.
    WhilePending,
    /// 202 first, and the device decides within seconds; an approval is voided at once.
    Accepted,
    /// Whatever it is, it is undone.
    Void,
}

/// What the end of a session means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// The provider's own three minutes, and final.
    Own,
    /// As told, but a customer at the reader may still pay.
    MayStillCharge,
    /// As told, and final.
    Strict,
}

impl Rules {
    /// A key that conflicts.
    pub const CONFLICT: Self = Self {
        keyed: true,
        list: List::Terminal,
        cancel: Cancel::WhilePending,
        expiry: Expiry::Own,
        refund_by_reference: false,
    };
    /// No key, and a look-up by reference.
    pub const REFERENCE: Self = Self {
        keyed: false,
        list: List::Payment,
        cancel: Cancel::Accepted,
        expiry: Expiry::MayStillCharge,
        refund_by_reference: false,
    };
    /// No key, void on doubt, and a read that charges.
    pub const QUICKPAY: Self = Self {
        keyed: false,
        list: List::Payment,
        cancel: Cancel::Void,
        expiry: Expiry::Strict,
        refund_by_reference: true,
    };
}

/// The fake.
#[derive(Debug)]
pub struct House {
    rules: Rules,
    habits: Habits,
    ledger: Ledger,
    agenda: Agenda,
    keys: BTreeMap<Box<str>, Key>,
    /// Scanned codes whose money the next read takes.
    scans: Vec<usize>,
    strangers: u64,
}

/// What is kept for a key.
#[derive(Debug)]
struct Key {
    first_ms: u64,
    done_ms: u64,
    asked: Box<str>,
    answer: Response,
}

/// What the till asks for, in the house's own JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asking {
    /// The till's payment id.
    pub payment: Box<str>,
    /// The terminal, where there is one.
    pub terminal: Option<Box<str>>,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Box<str>,
    /// Captured only when the till says so.
    pub manual: bool,
    /// How long the session lives.
    pub expires_in_ms: Option<u64>,
    /// The money of a scanned code: taken by a read.
    pub scan: bool,
}

/// What a capture or a refund asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Moving {
    /// Minor units.
    pub amount: i64,
    /// The till's own name for it.
    pub reference: Box<str>,
}

impl House {
    /// A provider with these manners.
    #[must_use]
    pub fn new(rules: Rules, habits: Habits) -> Self {
        Self {
            rules,
            habits,
            ledger: Ledger::default(),
            agenda: Agenda::default(),
            keys: BTreeMap::new(),
            scans: Vec::new(),
            strangers: 0,
        }
    }

    fn route(&mut self, request: &Request, now_ms: u64, orders: &mut Orders) -> Response {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let body = request.body.as_deref().unwrap_or_default();
        match (request.method, parts.as_slice()) {
            (Method::Post, ["payments"]) => self.start(body, now_ms, orders),
            (Method::Get, ["payments"]) => self.list(query),
            (Method::Get, ["payments", id]) => self.read(id, now_ms, orders),
            (Method::Post, ["payments", id, verb]) => match self.ledger.place(id) {
                Some(place) => self.act(place, verb, body, now_ms, orders),
                None => error(404, "not-found"),
            },
            _ => error(404, "no-route"),
        }
    }

    fn start(&mut self, body: &str, now_ms: u64, orders: &mut Orders) -> Response {
        let Ok(asked) = serde_json::from_str::<Asking>(body) else {
            return error(400, "malformed");
        };
        let place = self.ledger.charges.len();
        let id = format!("pay-{place}");
        let payment = PaymentId::parse(&asked.payment).ok();
        self.ledger.open(Charge {
            id: ChargeId::parse(&id).expect("short and ASCII"),
            payment,
            terminal: asked.terminal,
            asked_minor: asked.amount,
            currency: asked.currency,
            manual: asked.manual,
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
        let life_ms = match self.rules.expiry {
            Expiry::Own => Some(180_000),
            Expiry::MayStillCharge | Expiry::Strict => asked.expires_in_ms,
        };
        if let Some(life_ms) = life_ms {
            self.agenda.write(now_ms + life_ms, place, Step::Expire);
        }
        if asked.scan {
            self.scans.push(place);
        } else {
            self.await_customer(place, now_ms, orders);
        }
        self.show(201, &[place])
    }

    fn await_customer(&mut self, place: usize, now_ms: u64, orders: &mut Orders) {
        let customer = Customer::draw(&self.habits, orders.device, &mut orders.draws);
        let Some(after_ms) = customer.prompt_after_ms else { return };
        let payment = self.ledger.charges[place].payment;
        self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
        if let Some(tap) = customer.tap {
            let tap_ms = now_ms + after_ms + tap.after_ms;
            self.agenda.write(tap_ms, place, Step::Tap);
            self.agenda.write(tap_ms + tap.decided_after_ms, place, tap.step);
        }
    }

    fn read(&mut self, id: &str, now_ms: u64, orders: &mut Orders) -> Response {
        let place = self.ledger.place(id).filter(|_| orders.trouble != Trouble::NotFound);
        let Some(place) = place else { return error(404, "not-found") };
        let scanned = self.scans.contains(&place);
        if scanned && self.ledger.charges[place].standing == Standing::Pending {
            let payment = self.ledger.charges[place].payment;
            self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
            if orders.draws.chance(500) {
                let declines = orders.draws.chance(self.habits.declines);
                let step = if declines { Step::Decline } else { Step::Approve { tip_minor: 0 } };
                self.agenda.write(now_ms, place, step);
            }
        }
        self.show(200, &[place])
    }

    fn list(&self, query: &str) -> Response {
        let (field, value) = query.split_once('=').unwrap_or((query, ""));
        let fits = |charge: &Charge| match (self.rules.list, field) {
            (List::Terminal, "terminal") => charge.terminal.as_deref() == Some(value),
            (List::Payment, "payment") => {
                let ours = charge.payment.map(|id| id.to_string());
                ours.as_deref() == Some(value) || charge.payment.is_none()
            }
            _ => false,
        };
        let found = self.ledger.charges.iter().enumerate().filter(|(_, charge)| fits(charge));
        let places: Vec<usize> = found.map(|(place, _)| place).collect();
        self.show(200, &places)
    }
}

impl Provider for House {
    fn handle(&mut self, request: &Request, now_ms: u64, mut orders: Orders) -> Reaction {
        if let Some(response) = door(orders.trouble, &mut orders.draws) {
            return Reaction { response, work_ms: orders.draws.between(5, 100) };
        }
        let posted = request.method == Method::Post;
        let longest = if posted { 4_000 } else { 200 };
        let work_ms = orders.draws.between(10, longest);
        let key = request.headers.iter().find(|(name, _)| &**name == "idempotency-key");
        let key = key.map(|(_, value)| value.clone()).filter(|_| self.rules.keyed && posted);
        let asked: Box<str> =
            format!("{} {}", request.path, request.body.as_deref().unwrap_or_default()).into();
        if let Some(kept) = key.as_ref().and_then(|key| self.keys.get(key)) {
            let known = now_ms < kept.first_ms + KEY_LIFE_MS;
            if known && (kept.done_ms > now_ms || kept.asked != asked) {
                return Reaction { response: error(409, "key-conflict"), work_ms: 20 };
            }
            if known {
                return Reaction { response: kept.answer.clone(), work_ms: 20 };
            }
        }
        let answer = self.route(request, now_ms, &mut orders);
        // Its key is kept even where the answer turns into a 5xx: there a retry is documented as
        // safe.
        if let Some(key) = key.filter(|_| answer.status < 300) {
            let done_ms = now_ms + work_ms;
            let kept = Key { first_ms: now_ms, done_ms, asked, answer: answer.clone() };
            self.keys.insert(key, kept);
        }
        if orders.trouble == Trouble::ErrorAfter {
            return Reaction { response: server_error(&mut orders.draws), work_ms };
        }
        Reaction { response: answer, work_ms }
    }

    fn next_ms(&self) -> Option<u64> {
        self.agenda.next_ms()
    }

    fn tick(&mut self, now_ms: u64) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some((at_ms, place, step)) = self.agenda.due(now_ms) {
            if self.happen(place, step, at_ms) {
                notices.push(Notice { charge: self.ledger.charges[place].clone() });
            }
        }
        notices
    }

    fn stranger(&mut self, terminal: Option<&str>, minor: i64, now_ms: u64) {
        self.strangers += 1;
        let id = format!("other-{}", self.strangers);
        self.ledger.open(Charge {
            id: ChargeId::parse(&id).expect("short and ASCII"),
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
    }

    fn forget(&mut self, _: &str) {}

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn surface(&self) -> Surface {
        let strict = self.rules.expiry == Expiry::Strict;
        let expiry_is_final = self.rules.expiry != Expiry::MayStillCharge;
        Surface { list: true, absence_proves: strict, expiry_is_final }
    }
}

fn error(status: u16, code: &str) -> Response {
    json(status, format!("{{\"error\":\"{code}\"}}"))
}
