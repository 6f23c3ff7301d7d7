//! Dintero in person as its documentation describes it: a session for a terminal, at most one
//! transaction of it, no key anywhere, lists by the merchant's reference, and operations that may
//! be accepted now and done later.
//!
//! Where the documentation is silent, the worst reading holds, as [`Rules`] names them. Tokens and
//! hosts are the server's; this knows paths and bodies.

mod deliveries;
mod office;
mod session;
mod shown;
#[cfg(test)]
mod tests;
mod transaction;

pub use deliveries::{Delivered, callback, webhook};
pub use shown::transaction_id;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tillkit_model::ids::ChargeId;
use tillkit_model::wire::{Method, Request, Response};

use super::agenda::Notice;
use super::customer::{Habits, Step};
use super::ledger::{Charge, Ledger, Reader, Standing};
use super::{
    Complaint, Orders, Provider, Reaction, Surface, Trouble, json as answer, login_page,
    server_error,
};
use crate::rng::Rng;
use office::Office;
use session::Session;
use shown::stamp;

/// Which worst readings are played.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// A session past its end may still be paid.
    pub expired_charges: bool,
    /// A cancel that was answered with 200 may still lose against a card at the reader.
    pub cancel_races: bool,
    /// A transaction appears only once a card is at the reader.
    pub late_transaction: bool,
    /// An automatic capture may take nearly two days.
    pub slow_capture: bool,
    /// Captures, refunds and voids may be accepted first and done later, or fail then.
    pub accepts_first: bool,
    /// The list of sessions is wrapped in an object.
    pub wrapped_list: bool,
    /// In-person payments are alone on the profile, so a session starts its terminal by itself.
    pub alone: bool,
}

impl Rules {
    /// All of them.
    pub const WORST: Self = Self {
        expired_charges: true,
        cancel_races: true,
        late_transaction: true,
        slow_capture: true,
        accepts_first: true,
        wrapped_list: true,
        alone: true,
    };

    /// Those that are on, in plain words.
    #[must_use]
    pub fn readings(&self) -> Vec<&'static str> {
        let table = [
            (self.expired_charges, "an expired session still charges"),
            (self.cancel_races, "an answered cancel loses against a card at the reader"),
            (self.late_transaction, "no transaction before a card is at the reader"),
            (self.slow_capture, "an automatic capture takes up to 47 hours"),
            (self.accepts_first, "202 first; done minutes later, or failed then"),
            (self.wrapped_list, "the list of sessions is wrapped"),
            (true, "a reference of a capture or refund is never checked"),
        ];
        table.iter().filter(|(on, _)| *on).map(|(_, words)| *words).collect()
    }
}

/// What a merchant has set up there.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The account, such as `T12345678`.
    pub account: Box<str>,
    /// The payment profile for terminals.
    pub profile: Box<str>,
    /// The store.
    pub store: Box<str>,
    /// Who receives the money.
    pub payout_destination: Box<str>,
    /// The enrolled terminals.
    pub terminals: Vec<Box<str>>,
}

/// The fake.
#[derive(Debug)]
pub struct Dintero {
    rules: Rules,
    habits: Habits,
    shop: Shop,
    office: Office,
    ledger: Ledger,
    /// Beside the ledger's charges, in the same order.
    sessions: Vec<Session>,
    agenda: BTreeMap<(u64, u64), (usize, Due)>,
    written: u64,
    notices: Vec<Notice>,
    complaints: Vec<Complaint>,
}

/// What will happen by itself.
#[derive(Debug, Clone)]
enum Due {
    /// A card is held to the reader.
    Tap,
    /// The issuer approves, with this tip on top.
    Approve { tip_minor: i64 },
    /// The issuer declines.
    Decline,
    /// The automatic capture is done.
    AutoCapture,
    /// An operation that was only accepted is done, or fails.
    Finish { request: Box<str>, well: bool },
}

impl Dintero {
    /// A Dintero with this merchant.
    #[must_use]
    pub fn new(shop: Shop, rules: Rules, habits: Habits) -> Self {
        let office = Office::new(&shop);
        Self {
            rules,
            habits,
            shop,
            office,
            ledger: Ledger::default(),
            sessions: Vec::new(),
            agenda: BTreeMap::new(),
            written: 0,
            notices: Vec::new(),
            complaints: Vec::new(),
        }
    }

    fn write(&mut self, at_ms: u64, place: usize, due: Due) {
        self.agenda.insert((at_ms, self.written), (place, due));
        self.written += 1;
    }

    fn tell(&mut self, place: usize) {
        let charge = self.ledger.charges[place].clone();
        self.notices.push(Notice { charge });
    }

    fn route(&mut self, request: &Request, now_ms: u64, orders: &mut Orders) -> Response {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let query = Query::read(query);
        let parts: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let body = request.body.as_deref().unwrap_or_default();
        match (request.method, parts.as_slice()) {
            (Method::Post, ["sessions-profile"]) => {
                let shown = query.one("include_session") == Some("true");
                self.create(body, shown, now_ms, orders)
            }
            (Method::Get, ["sessions"]) => self.list_sessions(&query),
            (Method::Get, ["sessions", id]) => match self.ledger.place(id) {
                Some(place) => answer(200, self.session(place).to_string()),
                None => not_found(),
            },
            (Method::Post, ["sessions", id, verb]) => match (self.ledger.place(id), *verb) {
                (Some(place), "cancel") => self.cancel(place, now_ms, orders),
                (Some(place), "pay") => self.pay(place, now_ms, orders),
                _ => not_found(),
            },
            (Method::Get, ["transactions"]) => self.list_transactions(&query),
            (method, ["transactions", id, rest @ ..]) => match self.transaction_place(id) {
                Some(place) => self.serve((method, rest), place, body, now_ms, orders),
                None => not_found(),
            },
            _ => self.office.route(request.method, &parts, &query, request, now_ms),
        }
    }

    fn serve(
        &mut self,
        (method, rest): (Method, &[&str]),
        place: usize,
        body: &str,
        now_ms: u64,
        orders: &mut Orders,
    ) -> Response {
        match (method, rest) {
            (Method::Get, []) => answer(200, self.transaction(place).to_string()),
            (Method::Put, []) => self.rename(place, body),
            (Method::Post, [verb]) => self.operate(place, verb, body, now_ms, orders),
            _ => not_found(),
        }
    }

    /// The till's own reference may be changed later; ours may not.
    fn rename(&mut self, place: usize, body: &str) -> Response {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let Some(reference) = body.get("merchant_reference_2").and_then(Value::as_str) else {
            return refused(400, "merchant_reference_2 is missing");
        };
        self.sessions[place].order["merchant_reference_2"] = json!(reference);
        answer(200, self.transaction(place).to_string())
    }

    fn door(trouble: Trouble, draws: &mut Rng) -> Option<Response> {
        match trouble {
            Trouble::None | Trouble::ErrorAfter | Trouble::NotFound => None,
            Trouble::CredentialsRefused => Some(match draws.pick(&[401, 403]) {
                401 => answer(401, "{\"message\":\"Unauthorized\"}".to_owned()),
                _ => refused(403, "not allowed for this client"),
            }),
            Trouble::RateLimited => {
                let mut response = answer(429, "{\"message\":\"Too Many Requests\"}".to_owned());
                if draws.chance(500) {
                    response.headers.push(("retry-after".into(), "2".into()));
                }
                Some(response)
            }
            Trouble::Validation => Some(refused(400, "made up")),
            Trouble::ErrorBefore => Some(server_error(draws)),
            Trouble::LoginPage => Some(login_page(draws)),
        }
    }
}

impl Provider for Dintero {
    fn handle(&mut self, request: &Request, now_ms: u64, mut orders: Orders) -> Reaction {
        if let Some(response) = Self::door(orders.trouble, &mut orders.draws) {
            return Reaction { response, work_ms: orders.draws.between(5, 100) };
        }
        let reads = request.method == Method::Get;
        if reads && orders.trouble == Trouble::NotFound {
            return Reaction { response: not_found(), work_ms: 20 };
        }
        let work_ms = orders.draws.between(20, if reads { 200 } else { 4_000 });
        let response = self.route(request, now_ms, &mut orders);
        if orders.trouble == Trouble::ErrorAfter {
            return Reaction { response: server_error(&mut orders.draws), work_ms };
        }
        Reaction { response, work_ms }
    }

    fn next_ms(&self) -> Option<u64> {
        self.agenda.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }

    fn tick(&mut self, now_ms: u64) -> Vec<Notice> {
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now_ms) {
            let ((at_ms, _), (place, due)) = entry.remove_entry();
            self.happen(place, due, at_ms);
        }
        std::mem::take(&mut self.notices)
    }

    fn act(&mut self, charge: usize, step: Step, at_ms: u64) -> bool {
        let due = match step {
            Step::Tap => Due::Tap,
            Step::Approve { tip_minor } => Due::Approve { tip_minor },
            Step::Decline => Due::Decline,
            // A session ends by its own time, and a cancel is a request.
            Step::Expire | Step::CancelArrives => return false,
        };
        self.write(at_ms, charge, due);
        true
    }

    fn read_by(&mut self, charge: usize, reader: Reader) {
        if let Some(charge) = self.ledger.charges.get_mut(charge) {
            charge.reader = reader;
        }
    }

    fn stranger(&mut self, terminal: Option<&str>, minor: i64, now_ms: u64) {
        let place = self.ledger.charges.len();
        let charge = Charge {
            id: ChargeId::parse(&self.session_id(place)).expect("short and ASCII"),
            payment: None,
            terminal: terminal.map(Into::into),
            asked_minor: minor,
            currency: "NOK".into(),
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
        };
        self.ledger.open(charge);
        let order = json!({
            "amount": minor, "currency": "NOK", "merchant_reference": format!("web-{place}"),
            "store": { "id": &self.shop.store, "terminal_id": terminal },
        });
        self.sessions.push(Session::of_a_stranger(order, now_ms));
    }

    fn forget(&mut self, _: &str) {}

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn surface(&self) -> Surface {
        let expiry_is_final = !self.rules.expired_charges;
        Surface { list: true, absence_proves: false, expiry_is_final }
    }

    fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }
}

/// A query's names and values, in their order.
#[derive(Debug)]
struct Query(Vec<(String, String)>);

impl Query {
    fn read(text: &str) -> Self {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escaped = (byte == b'%').then(|| [rest.next(), rest.next()]);
        match escaped {
            Some([Some(high), Some(low)]) => {
                let digits = [high, low].map(|digit| char::from(digit).to_digit(16).unwrap_or(0));
                bytes.push((digits[0] * 16 + digits[1]) as u8);
            }
            Some(_) => {}
            None => bytes.push(if byte == b'+' { b' ' } else { byte }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn not_found() -> Response {
    answer(404, json!({ "error": { "message": "not found", "code": "NOT FOUND" } }).to_string())
}

fn refused(status: u16, message: &str) -> Response {
    answer(status, json!({ "error": { "message": message, "errors": [] } }).to_string())
}
