//! Centrapay's point-of-sale API as its documentation describes it: payment requests with a strict
//! expiry and no key, codes whose money the first read takes, a void that gives back what was paid,
//! refunds that are one for each reference and amount, pre-authorizations, conditions, activities.
//!
//! Where the documentation is silent, the worst reading holds, some of them only in some lives: see
//! [`Readings`].

mod entry;
mod money;
mod pre_auth;
mod readings;
mod shown;
mod signing;
#[cfg(test)]
mod tests;
mod twins;

pub use entry::{CONDITION_CODE, PART_CODE};
pub use readings::Readings;
pub use signing::{KEY_ID, jwks, notification, signed, told};

use std::collections::VecDeque;

use serde_json::{Value, json};
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::wire::{Method, Request, Response};

use super::agenda::{Agenda, Notice};
use super::customer::{Customer, Device, Habits, Step};
use super::ledger::{Charge, Ledger, Prompt, Reader, Standing};
use super::{Complaint, Orders, Provider, Reaction, Surface, Trouble, login_page, server_error};
use crate::rng::Rng;
use entry::{ConditionState, Entry, Flow};

/// The merchant config of the only merchant.
pub const CONFIG: &str = "mc_5efbe2fb96c08357bb2b9242";
/// The merchant.
pub const MERCHANT: &str = "5efbe17d96c083633e2b9241";
/// The account that owns the merchant.
pub const ACCOUNT: &str = "C4QnjXvj8At6SMsEN4LRi9";
/// A code of an asset that is quick pay: a card of nine digits.
pub const QUICK_CODE: &str = "424242424";
/// A patron code, whose owner pays in an app.
pub const APP_CODE: &str = "9990001234567895";

/// How many requests a minute a key may make.
const RATE: usize = 200;
/// How long a request can be voided.
const VOID_WINDOW_MS: u64 = 24 * 3_600_000;
/// How long after the end of a request what several assets had paid of it goes back.
const BACK_AFTER_MS: u64 = 90_000;
/// What the world's clock shows at its beginning.
const DAWN_WALL_MS: i64 = 1_795_132_800_000;

/// The fake.
#[derive(Debug)]
pub struct Centrapay {
    readings: Readings,
    habits: Habits,
    ledger: Ledger,
    agenda: Agenda,
    /// What the ledger does not hold of each charge, in the same places.
    entries: Vec<Entry>,
    /// When the requests of the last minute came.
    arrivals: VecDeque<u64>,
    complaints: Vec<Complaint>,
}

impl Centrapay {
    /// A Centrapay with one merchant, whose customers behave like this.
    #[must_use]
    pub fn new(readings: Readings, habits: Habits) -> Self {
        Self {
            readings,
            habits,
            ledger: Ledger::default(),
            agenda: Agenda::default(),
            entries: Vec::new(),
            arrivals: VecDeque::new(),
            complaints: Vec::new(),
        }
    }

    fn route(&mut self, request: &Request, now_ms: u64, orders: &mut Orders) -> Response {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let ["api", parts @ ..] = parts.as_slice() else { return no_route() };
        let body = request.body.as_deref().unwrap_or("{}");
        let body: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        match (request.method, parts) {
            (Method::Post, ["payment-requests"]) => self.create(&body, now_ms, orders),
            (Method::Get, ["payment-requests", "external-ref", reference]) => {
                self.list(reference, query, now_ms, orders)
            }
            (Method::Get, ["payment-requests", "short-code", code]) => {
                self.by_short_code(code, now_ms)
            }
            (Method::Get, ["payment-activities"]) => self.merchant_activities(query),
            (Method::Post, ["decode"]) => decode(&body),
            (method, ["payment-requests", id, rest @ ..]) => {
                let found = self.ledger.place(id).filter(|_| orders.trouble != Trouble::NotFound);
                match (found, method) {
                    (Some(place), Method::Get) => self.look(place, rest, now_ms, orders),
                    (Some(place), Method::Post) => self.act(place, rest, &body, now_ms),
                    (Some(_), _) => no_route(),
                    (None, _) => forbidden(),
                }
            }
            _ => no_route(),
        }
    }

    fn look(&mut self, place: usize, what: &[&str], now_ms: u64, orders: &mut Orders) -> Response {
        match what {
            [] => {
                self.poll(place, now_ms, orders);
                self.of_one_sale(place).for_each(|entry| entry.looked(now_ms));
                ok(&self.shown(place))
            }
            ["summary"] if self.standing(place) != Standing::Pending => forbidden(),
            ["summary"] => ok(&self.shown(place)),
            ["activities"] => ok(&self.activities(place)),
            _ => no_route(),
        }
    }

    fn act(&mut self, place: usize, what: &[&str], body: &Value, now_ms: u64) -> Response {
        if let ["void" | "release"] = what {
            self.of_one_sale(place).for_each(|entry| entry.withdrawn = true);
        }
        match what {
            ["void"] => self.void(place, now_ms),
            ["refund"] => self.refund(place, body, now_ms),
            ["confirm"] => self.confirm(place, body, now_ms),
            ["release"] => self.release(place, now_ms),
            ["pay"] => self.pay(place, body, now_ms),
            ["conditions", id, answer @ ("accept" | "decline")] => {
                self.answer_condition(place, id, *answer == "accept", now_ms)
            }
            _ => no_route(),
        }
    }

    fn create(&mut self, body: &Value, now_ms: u64, orders: &mut Orders) -> Response {
        let mut entry = match Entry::asked(body, now_ms, &mut orders.draws) {
            Ok(entry) => entry,
            Err(response) => return response,
        };
        if matches!(orders.device, Device::Told(_)) && body["barcode"] != CONDITION_CODE {
            // Who tells the customer what to do has told of no condition.
            entry.condition = None;
        }
        let twice = self.readings.made_twice && orders.trouble == Trouble::ErrorAfter;
        if twice {
            // Nobody at the counter has its address, and its code is spent on the other; a first
            // poll asks for its money all the same.
            let flow = if entry.flow == Flow::Quick { Flow::Quick } else { Flow::Qr };
            let lag_ms = orders.draws.pick(&[0, 0, 50_000, 95_000]);
            self.open(Entry { flow, spent: true, lag_ms, ..entry.clone() }, now_ms);
        }
        let place = self.open(entry, now_ms);
        match self.entries[place].flow {
            // Whoever may not know of the second must not come upon it by looking for the first.
            Flow::Quick if twice => self.entries[place].slow_ms = orders.draws.pick(&[0, 100_000]),
            Flow::Quick => {}
            Flow::Qr | Flow::App => self.await_customer(place, now_ms, orders),
        }
        ok(&self.shown(place))
    }

    fn open(&mut self, entry: Entry, now_ms: u64) -> usize {
        let place = self.ledger.open(Charge {
            id: ChargeId::parse(&format!("pr{:020}", self.entries.len())).expect("short and ASCII"),
            payment: entry.external_ref.as_deref().and_then(|id| PaymentId::parse(id).ok()),
            terminal: entry.text("terminalId").map(Into::into),
            asked_minor: entry.minor,
            currency: entry.currency.clone(),
            manual: entry.pre_auth,
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
        let kind = if entry.pre_auth { "preAuthRequest" } else { "request" };
        let (minor, reference) = (entry.minor, entry.text("invoiceRef").map(str::to_owned));
        self.agenda.write(entry.expires_ms + self.readings.late_ms, place, Step::Expire);
        self.entries.push(entry);
        let more = json!({ "invoiceRef": reference });
        self.note(place, kind, minor, now_ms, more);
        place
    }

    fn await_customer(&mut self, place: usize, now_ms: u64, orders: &mut Orders) {
        let customer = Customer::draw(&self.habits, orders.device, &mut orders.draws);
        let Some(after_ms) = customer.prompt_after_ms else { return };
        let payment = self.ledger.charges[place].payment;
        self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
        let told = matches!(orders.device, Device::Told(_));
        let entry = &mut self.entries[place];
        let breaks_off = self.readings.parts_break_off && !told && !entry.pre_auth;
        entry.breaks_off = breaks_off && orders.draws.chance(300);
        if let Some(tap) = customer.tap {
            let paid_ms = now_ms + after_ms + tap.after_ms + tap.decided_after_ms;
            self.agenda.write(paid_ms, place, tap.step);
        }
    }

    /// The first poll of a code that is quick pay takes its money.
    fn poll(&mut self, place: usize, now_ms: u64, orders: &mut Orders) {
        let entry = &mut self.entries[place];
        if entry.flow != Flow::Quick || self.ledger.charges[place].standing != Standing::Pending {
            return;
        }
        let payment = self.ledger.charges[place].payment;
        self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
        if std::mem::replace(&mut entry.polled, true) {
            return;
        }
        self.ledger.first_polls += 1;
        if !entry.spent {
            let decided_ms = now_ms + entry.slow_ms.max(orders.draws.pick(&[0, 800, 4_000]));
            let declines = orders.draws.chance(self.habits.declines);
            let step = if declines { Step::Decline } else { Step::Approve { tip_minor: 0 } };
            self.agenda.write(decided_ms, place, step);
        }
    }

    fn list(&mut self, reference: &str, query: &str, now_ms: u64, orders: &mut Orders) -> Response {
        let Some(account) = value_of(query, "merchantAccountId") else {
            return error(400, "merchantAccountId is required");
        };
        if self.readings.list_forbidden || account != ACCOUNT {
            return forbidden();
        }
        let lag_ms = self.readings.list_lag_ms;
        let fits = |entry: &Entry| {
            let listed_ms = entry.created_ms + lag_ms.max(entry.lag_ms);
            entry.external_ref.as_deref() == Some(reference) && now_ms >= listed_ms
        };
        let places: Vec<usize> =
            (0..self.entries.len()).filter(|place| fits(&self.entries[*place])).collect();
        // Beside one that has ended without money none is too many.
        let counts = |place: &&usize| {
            let standing = self.standing(**place);
            matches!(standing, Standing::Pending | Standing::Processing | Standing::Taken)
        };
        let alive: Vec<usize> = places.iter().filter(counts).copied().collect();
        for place in &places {
            self.entries[*place].pair(alive.len() > 1, now_ms);
        }
        if self.readings.list_polls {
            places.iter().for_each(|place| self.poll(*place, now_ms, orders));
        }
        let items: Vec<Value> = places.iter().map(|place| self.abridged(*place)).collect();
        let mut page = json!({ "items": items });
        if self.readings.always_pages && !items.is_empty() {
            page["pageKey"] = "12312312".into();
        }
        ok(&page)
    }

    fn by_short_code(&self, code: &str, now_ms: u64) -> Response {
        if !entry::is_short_code(code) {
            return error(400, "CHECKSUM_FAILED");
        }
        let places = (0..self.entries.len()).rev();
        let newest = places.into_iter().find(|place| entry::short_code(*place) == code);
        let recent = newest
            .filter(|place| now_ms < self.entries[*place].created_ms + 2 * 365 * 24 * 3_600_000);
        recent.map_or_else(forbidden, |place| ok(&self.shown(place)))
    }

    fn standing(&self, place: usize) -> Standing {
        self.ledger.charges[place].standing
    }

    /// Lets one step of the agenda happen; true where a webhook would tell of it.
    fn happen(&mut self, place: usize, step: Step, at_ms: u64) -> bool {
        if step == Step::Expire && self.standing(place) == Standing::Expired {
            self.give_part_back(place, at_ms);
        }
        if self.standing(place) != Standing::Pending {
            return false;
        }
        match step {
            Step::Approve { .. } if self.entries[place].awaits_condition() => {
                // The customer waits for the counter, as long as the request lives.
                self.agenda.write(at_ms + 3_000, place, step);
                false
            }
            Step::Approve { .. } if self.entries[place].breaks_off => {
                self.take_part(place, at_ms);
                false
            }
            Step::Approve { .. } => {
                let minor = self.entries[place].part_minor.unwrap_or(self.entries[place].minor);
                self.take(place, minor, at_ms);
                true
            }
            Step::Decline => {
                self.close(place, Standing::Declined, "PAYMENT_DECLINED", at_ms);
                false
            }
            Step::Expire => {
                self.ledger.charges[place].standing = Standing::Expired;
                self.part(place, at_ms);
                let minor = self.entries[place].minor;
                self.note(place, "expiry", minor, at_ms, Value::Null);
                if self.ledger.charges[place].holds_money_at(at_ms) {
                    self.agenda.write(at_ms + BACK_AFTER_MS, place, Step::Expire);
                }
                false
            }
            Step::Tap | Step::CancelArrives => false,
        }
    }
}

impl Provider for Centrapay {
    fn handle(&mut self, request: &Request, now_ms: u64, mut orders: Orders) -> Reaction {
        let posted = request.method == Method::Post;
        let work_ms = orders.draws.between(10, if posted { 4_000 } else { 200 });
        while self.arrivals.front().is_some_and(|at| at + 60_000 <= now_ms) {
            self.arrivals.pop_front();
        }
        if let Some(response) = door(orders.trouble, &mut orders.draws) {
            return Reaction { response, work_ms: orders.draws.between(5, 100) };
        }
        if self.arrivals.len() >= RATE {
            let free_ms = self.arrivals.front().map_or(0, |at| at + 60_000 - now_ms);
            return Reaction { response: rate_limited(Some(free_ms.div_ceil(1_000))), work_ms: 5 };
        }
        self.arrivals.push_back(now_ms);
        let response = self.route(request, now_ms, &mut orders);
        if orders.trouble == Trouble::ErrorAfter {
            return Reaction { response: server_error(&mut orders.draws), work_ms };
        }
        Reaction { response, work_ms }
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

    fn act(&mut self, charge: usize, step: Step, at_ms: u64) -> bool {
        self.agenda.write(at_ms, charge, step);
        true
    }

    fn put_condition(&mut self, charge: usize) -> bool {
        let waits =
            self.ledger.charges.get(charge).is_some_and(|charge| !charge.standing.is_decided());
        let Some(entry) = self.entries.get_mut(charge).filter(|_| waits) else { return false };
        let answered = entry.asked["conditionsEnabled"] == Value::Bool(true);
        if answered {
            entry.condition.get_or_insert(ConditionState::Awaiting);
        }
        answered
    }

    fn stranger(&mut self, terminal: Option<&str>, minor: i64, now_ms: u64) {
        let body = json!({
            "configId": CONFIG, "value": { "amount": minor.to_string(), "currency": "NZD" },
            "externalRef": "another-till", "terminalId": terminal,
        });
        let draws = &mut Rng::of(0, now_ms, 0);
        if let Ok(entry) = Entry::asked(&body, now_ms, draws) {
            let place = self.open(entry, now_ms);
            self.ledger.charges[place].open = false;
            self.take(place, minor, now_ms);
        }
    }

    fn forget(&mut self, _: &str) {}

    fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn surface(&self) -> Surface {
        let list = !self.readings.list_forbidden;
        Surface { list, absence_proves: list, expiry_is_final: true }
    }
}

/// The time as Centrapay writes it.
fn written(at_ms: u64) -> String {
    tillkit_model::time::to_rfc3339(DAWN_WALL_MS + at_ms as i64)
}

fn decode(body: &Value) -> Response {
    let code = body["code"].as_str().unwrap_or_default();
    let provider = match code {
        QUICK_CODE => ("farmlands", "Farmlands"),
        APP_CODE => ("centrapay", "Centrapay"),
        _ => return error(403, "PATRON_CODE_INVALID"),
    };
    ok(&json!({
        "code": code, "scannedBy": body["scannedBy"], "merchantConfigId": body["merchantConfigId"],
        "provider": provider.0, "displayName": provider.1,
    }))
}

fn ok(body: &Value) -> Response {
    super::json(200, body.to_string())
}

fn error(status: u16, message: &str) -> Response {
    let name = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        _ => "Too Many Requests",
    };
    let body = json!({
        "statusCode": status, "error": name, "message": message, "reason": "made up",
    });
    super::json(status, body.to_string())
}

fn forbidden() -> Response {
    error(403, "Forbidden")
}

fn no_route() -> Response {
    error(404, "Not Found")
}

fn rate_limited(after_s: Option<u64>) -> Response {
    let mut response = error(429, "RATE_LIMIT_EXCEEDED");
    let header = after_s.map(|seconds| ("retry-after".into(), seconds.to_string().into()));
    response.headers.extend(header);
    response
}

/// The answer of a door that lets nobody in; none where it is open.
fn door(trouble: Trouble, draws: &mut Rng) -> Option<Response> {
    match trouble {
        Trouble::None | Trouble::ErrorAfter | Trouble::NotFound => None,
        Trouble::CredentialsRefused if draws.chance(500) => {
            Some(error(401, "Missing authentication"))
        }
        Trouble::CredentialsRefused => Some(forbidden()),
        Trouble::RateLimited => {
            let told = draws.pick(&[0, 1, 7]);
            Some(rate_limited((told > 0).then_some(told)))
        }
        Trouble::Validation => Some(error(400, "amount is required")),
        Trouble::ErrorBefore => Some(server_error(draws)),
        Trouble::LoginPage => Some(login_page(draws)),
    }
}

fn value_of(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| decoded(value))
}

/// A segment or value without its percent signs.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let hex = (bytes[place] == b'%').then(|| text.get(place + 1..place + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                place += 3;
            }
            None => {
                plain.push(bytes[place]);
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
