//! Sessions: made for a terminal, read, listed, cancelled.

use serde_json::{Value, json};
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::wire::Response;

use super::{Dintero, Due, Query, answer, refused, stamp};
use crate::fakes::customer::{Customer, Device, Step};
use crate::fakes::ledger::{Charge, Prompt, Reader, Standing};
use crate::fakes::{Complaint, Orders};

/// A session, beside the charge of the same place.
#[derive(Debug)]
pub(super) struct Session {
    /// The order as it was asked for.
    pub(super) order: Value,
    pub(super) callback_url: Option<Box<str>>,
    urls: Value,
    expires_at: Value,
    pub(super) metadata: Value,
    configuration: Value,
    pub(super) created_ms: u64,
    pub(super) updated_ms: u64,
    /// Since when there is a transaction.
    pub(super) transaction_ms: Option<u64>,
    pub(super) cancelled_ms: Option<u64>,
    /// An answered cancel waits for what the card at the reader comes to; whether it wins.
    pub(super) cancel_wins: bool,
    /// What an undecided transaction calls itself.
    pub(super) undecided: &'static str,
    /// Whether a refusal of the card is a failure in Dintero's words.
    pub(super) fails: bool,
    /// How long the automatic capture takes.
    pub(super) capture_after_ms: u64,
    pub(super) events: Vec<Happened>,
    pub(super) pending: Vec<Pending>,
    /// The terminal was started.
    started: bool,
}

/// An event of a transaction.
#[derive(Debug, Clone, Default)]
pub(super) struct Happened {
    pub(super) name: &'static str,
    pub(super) success: bool,
    pub(super) minor: i64,
    pub(super) at_ms: u64,
    pub(super) reference: Option<Box<str>>,
    /// The request that began it.
    pub(super) request: Option<Box<str>>,
    /// The request that it finishes.
    pub(super) finishes: Option<Box<str>>,
    pub(super) error: Option<&'static str>,
}

/// An operation that was accepted and is not done.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) request: Box<str>,
    pub(super) kind: Kind,
    pub(super) reference: Box<str>,
    pub(super) minor: i64,
}

/// Which operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Capture,
    Refund,
    Void,
}

impl Session {
    /// One that another till has long been paid for.
    pub(super) fn of_a_stranger(order: Value, now_ms: u64) -> Self {
        Self {
            order,
            callback_url: None,
            urls: json!({ "return_url": "https://elsewhere.example/" }),
            expires_at: Value::Null,
            metadata: Value::Null,
            configuration: Value::Null,
            created_ms: now_ms,
            updated_ms: now_ms,
            transaction_ms: Some(now_ms),
            cancelled_ms: None,
            cancel_wins: true,
            undecided: "INITIATED",
            fails: false,
            capture_after_ms: 0,
            events: Vec::new(),
            pending: Vec::new(),
            started: true,
        }
    }

    /// Whether the callback asks to be told of this.
    pub(super) fn reports(&self, option: &str) -> bool {
        self.callback_url.as_deref().is_some_and(|url| url.contains(option))
    }
}

impl Dintero {
    /// An account, a dot and 22 letters and digits.
    pub(super) fn session_id(&self, place: usize) -> String {
        format!("{}.session{place:015}", self.shop.account)
    }

    pub(super) fn create(
        &mut self,
        body: &str,
        shown: bool,
        now_ms: u64,
        orders: &mut Orders,
    ) -> Response {
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return refused(400, "the body is not JSON");
        };
        if let Err(why) = self.check(&body) {
            return refused(400, why);
        }
        let place = self.open(&body, now_ms, orders);
        let pushed = body["configuration"]["publish"].as_array().is_some_and(|list| {
            list.iter().any(|entry| entry["channel"] == "push" && entry["type"] == "terminal")
        });
        if self.rules.alone || pushed {
            self.start_terminal(place, now_ms, orders);
        }
        let id = self.session_id(place);
        let mut told =
            json!({ "id": id, "url": format!("https://checkout.dintero.com/v1/view/{id}") });
        if pushed {
            let reached = !matches!(orders.device, Device::Offline) || orders.draws.chance(500);
            let status = if reached { "sent" } else { "failed" };
            told["publish"] =
                json!([{ "channel": "push", "type": "terminal", "id": "1", "status": status }]);
        }
        if shown {
            told["session"] = self.session(place);
        }
        answer(200, told.to_string())
    }

    fn check(&self, body: &Value) -> Result<(), &'static str> {
        let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
        let order = &body["order"];
        let store = &order["store"];
        let minor = order["amount"].as_i64().unwrap_or_default();
        let is = |value: &Value, wanted: &str| value.as_str() == Some(wanted);
        let table = [
            (is(&body["profile_id"], &self.shop.profile), "profile_id is not a profile"),
            (!text(&body["url"]["return_url"]).is_empty(), "url.return_url is missing"),
            ((1..=i64::from(i32::MAX)).contains(&minor), "order.amount is not an int32"),
            (text(&order["currency"]).len() == 3, "order.currency is not ISO 4217"),
            (!text(&order["merchant_reference"]).is_empty(), "order.merchant_reference is missing"),
            (is(&store["id"], &self.shop.store), "order.store.id is not a store"),
            (
                is(&store["payout_destination_id"], &self.shop.payout_destination),
                "order.store.payout_destination_id is not a payout destination",
            ),
            (
                self.office.is_enrolled(&text(&store["terminal_id"])),
                "order.store.terminal_id is not an enrolled terminal",
            ),
        ];
        table.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, why)| Err(why))
    }

    fn open(&mut self, body: &Value, now_ms: u64, orders: &mut Orders) -> usize {
        let place = self.ledger.charges.len();
        let order = body["order"].clone();
        let id = order["merchant_reference"].as_str().unwrap_or_default();
        let manual = body["configuration"]["auto_capture"] == json!(false);
        let draws = &mut orders.draws;
        let slow = self.rules.slow_capture && draws.chance(60);
        let charge = Charge {
            id: ChargeId::parse(&self.session_id(place)).expect("short and ASCII"),
            payment: PaymentId::parse(id).ok(),
            terminal: order["store"]["terminal_id"].as_str().map(Into::into),
            asked_minor: order["amount"].as_i64().unwrap_or_default(),
            currency: order["currency"].as_str().unwrap_or_default().into(),
            manual,
            reader: Reader::default(),
            standing: Standing::Pending,
            authorized_minor: 0,
            tip_minor: 0,
            captured_minor: 0,
            taken_at_ms: None,
            reversed_at_ms: None,
            moves: Vec::new(),
            open: true,
        };
        let session = Session {
            urls: body["url"].clone(),
            callback_url: body["url"]["callback_url"].as_str().map(Into::into),
            expires_at: body["expires_at"].clone(),
            metadata: body["metadata"].clone(),
            configuration: body["configuration"].clone(),
            created_ms: now_ms,
            updated_ms: now_ms,
            transaction_ms: (!self.rules.late_transaction).then_some(now_ms),
            cancelled_ms: None,
            cancel_wins: draws.chance(500),
            undecided: draws.pick(&["INITIATED", "INITIATED", "INITIALIZED", "UNKNOWN", "ON_HOLD"]),
            fails: draws.chance(500),
            capture_after_ms: match (slow, draws.chance(300)) {
                (true, _) => draws.between(600_000, 47 * 3_600_000),
                (false, true) => draws.between(1_000, 60_000),
                (false, false) => 0,
            },
            events: Vec::new(),
            pending: Vec::new(),
            started: false,
            order,
        };
        if session.expires_at.is_null() {
            self.complain(now_ms, format!("{} was asked for without an end", charge.id));
        }
        if !session.reports("report_error=true") {
            self.complain(now_ms, format!("{} was asked for without report_error", charge.id));
        }
        self.ledger.open(charge);
        self.sessions.push(session);
        place
    }

    fn complain(&mut self, at_ms: u64, words: String) {
        self.complaints.push(Complaint { at_ms, words, left_undone: None });
    }

    /// From here on the terminal may ask for a card.
    fn start_terminal(&mut self, place: usize, now_ms: u64, orders: &mut Orders) {
        self.sessions[place].started = true;
        let customer = Customer::draw(&self.habits, orders.device, &mut orders.draws);
        let Some(after_ms) = customer.prompt_after_ms else { return };
        let payment = self.ledger.charges[place].payment;
        self.ledger.prompts.push(Prompt { at_ms: now_ms, payment });
        let Some(tap) = customer.tap else { return };
        let tap_ms = now_ms + after_ms + tap.after_ms;
        let decided = match tap.step {
            Step::Approve { tip_minor } => Due::Approve { tip_minor },
            _ => Due::Decline,
        };
        self.write(tap_ms, place, Due::Tap);
        self.write(tap_ms + tap.decided_after_ms, place, decided);
    }

    /// Where other methods share the profile, the terminal is started in so many words.
    pub(super) fn pay(&mut self, place: usize, now_ms: u64, orders: &mut Orders) -> Response {
        let session = &self.sessions[place];
        if session.started || session.cancelled_ms.is_some() {
            return refused(400, "the session cannot be paid any more");
        }
        self.start_terminal(place, now_ms, orders);
        answer(200, json!({ "success": true, "actions": [] }).to_string())
    }

    /// Voids what is begun or approved; refused for anything else.
    pub(super) fn cancel(&mut self, place: usize, now_ms: u64, orders: &mut Orders) -> Response {
        let charge = &mut self.ledger.charges[place];
        let session = &mut self.sessions[place];
        let again = session.cancelled_ms.is_some();
        match charge.standing {
            Standing::Pending | Standing::Expired => {
                charge.standing = Standing::Cancelled;
            }
            // The card at the reader is answered first; then one of the two wins.
            Standing::Processing if self.rules.cancel_races => {}
            Standing::Processing => charge.standing = Standing::Cancelled,
            Standing::Taken if charge.captured_minor == 0 => {
                charge.standing = Standing::Reversed;
                charge.reversed_at_ms = Some(now_ms);
                let minor = charge.authorized_minor;
                session.happened("VOID", minor, now_ms);
            }
            Standing::Cancelled | Standing::Reversed if again => {}
            _ => {
                let status = orders.draws.pick(&[400, 403, 409]);
                return refused(status, "the session cannot be cancelled any more");
            }
        }
        session.cancelled_ms.get_or_insert(now_ms);
        session.updated_ms = now_ms;
        let decided = self.ledger.charges[place].standing.is_decided();
        if !again && decided && self.sessions[place].reports("report_error=true") {
            self.tell(place);
        }
        answer(200, self.session(place).to_string())
    }

    /// Searched by references; its shape is nowhere documented.
    pub(super) fn list_sessions(&self, query: &Query) -> Response {
        let search = query.one("search").map(str::to_lowercase);
        let limit = query.one("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10);
        let from = query.one("created_at.gte").unwrap_or_default().to_owned();
        let until = query.one("created_at.lte").map(str::to_owned);
        let fits = |place: &usize| {
            let session = &self.sessions[*place];
            let created = stamp(session.created_ms);
            let named = search.as_ref().is_none_or(|search| {
                ["merchant_reference", "merchant_reference_2"].iter().any(|name| {
                    let own = session.order[*name].as_str().unwrap_or_default().to_lowercase();
                    own.contains(search.as_str())
                })
            });
            let transaction = query
                .one("transaction_id")
                .is_none_or(|id| self.transaction_place(id) == Some(*place));
            named
                && transaction
                && created >= from
                && until.as_ref().is_none_or(|end| created <= *end)
        };
        let places = (0..self.sessions.len()).rev().filter(fits).take(limit);
        let list: Vec<Value> = places.map(|place| self.session(place)).collect();
        let body = if self.rules.wrapped_list { json!({ "sessions": list }) } else { json!(list) };
        answer(200, body.to_string())
    }

    /// A session as it is shown: it has no status.
    pub(super) fn session(&self, place: usize) -> Value {
        let session = &self.sessions[place];
        let mut shown = json!({
            "id": self.session_id(place),
            "url": session.urls,
            "order": session.order,
            "configuration": session.configuration,
            "metadata": session.metadata,
            "expires_at": session.expires_at,
            "created_at": stamp(session.created_ms),
            "updated_at": stamp(session.updated_ms),
            "events": [{ "name": "INITIATED", "created_at": stamp(session.created_ms) }],
        });
        if session.transaction_ms.is_some() {
            shown["transaction_id"] = json!(super::transaction_id(&self.session_id(place)));
        }
        if let Some(at_ms) = session.cancelled_ms {
            shown["cancelled_at"] = json!(stamp(at_ms));
            shown["cancelled_by"] = json!("merchant");
        }
        shown
    }
}

impl Session {
    /// Writes an event that succeeded.
    pub(super) fn happened(&mut self, name: &'static str, minor: i64, at_ms: u64) {
        self.updated_ms = at_ms;
        self.events.push(Happened { name, success: true, minor, at_ms, ..Happened::default() });
    }
}
