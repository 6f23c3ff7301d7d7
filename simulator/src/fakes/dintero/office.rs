//! Everything that is not a payment: terminals, stores, payout destinations, profiles,
//! subscriptions, the secret of callbacks, and what a terminal is told to do.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tillkit_model::wire::{Method, Request, Response};

use super::{Query, Shop, answer, not_found, refused, stamp};

/// How long a terminal takes for what it is told to do.
const OPERATION_MS: u64 = 20_000;
/// What a terminal can be told.
const OPERATIONS: [&str; 4] = ["end_of_day", "send_logs", "check_update", "open_menu"];
/// The makes that there are.
const MODELS: [&str; 3] = ["SATURN1000", "Saturn_S1F4_Pro", "S1P2"];

/// The office.
#[derive(Debug)]
pub(super) struct Office {
    account: Box<str>,
    profile: Box<str>,
    payout_destination: Box<str>,
    terminals: Vec<Value>,
    stores: Vec<Value>,
    subscriptions: Vec<Value>,
    operations: Vec<Operation>,
    keys: BTreeMap<Box<str>, usize>,
    secrets: u64,
    made: u64,
}

#[derive(Debug)]
struct Operation {
    terminal: Box<str>,
    kind: Box<str>,
    asked_ms: u64,
}

impl Office {
    pub(super) fn new(shop: &Shop) -> Self {
        let terminals = shop.terminals.iter().enumerate().map(|(number, id)| {
            json!({
                "terminal_id": id, "device_serial_number": format!("S1F2-{number:09}"),
                "device_model": "SATURN1000", "store_id": shop.store, "status": "ACTIVE",
                "id": format!("terminal-{number}"), "created_at": stamp(0),
            })
        });
        let store = json!({
            "id": "store-0", "store_id": shop.store, "store_name": "The shop",
            "payout_destination": { "payout_destination_id": shop.payout_destination },
        });
        Self {
            account: shop.account.clone(),
            profile: shop.profile.clone(),
            payout_destination: shop.payout_destination.clone(),
            terminals: terminals.collect(),
            stores: vec![store],
            subscriptions: Vec::new(),
            operations: Vec::new(),
            keys: BTreeMap::new(),
            secrets: 0,
            made: 0,
        }
    }

    pub(super) fn is_enrolled(&self, terminal: &str) -> bool {
        self.terminals
            .iter()
            .any(|one| one["terminal_id"] == *terminal && one["status"] == "ACTIVE")
    }

    pub(super) fn route(
        &mut self,
        method: Method,
        parts: &[&str],
        query: &Query,
        request: &Request,
        now_ms: u64,
    ) -> Response {
        let body = request.body.as_deref().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        match (method, parts) {
            (_, ["accounts", account, rest @ ..]) if **account == *self.account => {
                self.of_account(method, rest, query, &body, now_ms)
            }
            (_, ["accounts", ..]) => refused(403, "another account"),
            (Method::Post, ["admin", "signature"]) => {
                self.secrets += 1;
                answer(200, json!({ "secret": format!("secret-{}", self.secrets) }).to_string())
            }
            (Method::Get, ["admin", "session", "profiles", id]) => self.profile(id),
            (Method::Post, ["admin", "terminals", "operations"]) => {
                self.tell_terminal(&body, request, now_ms)
            }
            (Method::Get, ["admin", "terminals", "operations"]) => {
                self.operations_of(query, now_ms)
            }
            _ => not_found(),
        }
    }

    fn of_account(
        &mut self,
        method: Method,
        rest: &[&str],
        query: &Query,
        body: &Value,
        now_ms: u64,
    ) -> Response {
        match (method, rest) {
            (Method::Get, ["terminals"]) => {
                list(&self.terminals, "terminals", "terminal_id", query)
            }
            (Method::Get, ["terminals", id]) => one(&self.terminals, "terminal_id", id),
            (Method::Post, ["terminals"]) => self.register(body, now_ms),
            (Method::Put, ["terminals", id]) => self.update(id, body),
            (Method::Get, ["stores"]) => list(&self.stores, "stores", "store_id", query),
            (Method::Post, ["stores"]) => self.open_store(body),
            (Method::Get, ["payout-destinations"]) => {
                let list = json!({ "payout_destinations": [self.destination()] });
                answer(200, list.to_string())
            }
            (Method::Get, ["payout-destinations", id]) if **id == *self.payout_destination => {
                answer(200, self.destination().to_string())
            }
            (Method::Get, ["hooks", "subscriptions"]) => {
                list(&self.subscriptions, "subscriptions", "id", query)
            }
            (Method::Post, ["hooks", "subscriptions"]) => self.subscribe(body),
            (Method::Delete, ["hooks", "subscriptions", id]) => self.unsubscribe(id),
            _ => not_found(),
        }
    }

    fn destination(&self) -> Value {
        json!({ "payout_destination_id": self.payout_destination, "case_status": "ACTIVE" })
    }

    fn profile(&self, id: &str) -> Response {
        if *id != *self.profile {
            return not_found();
        }
        let in_person = json!({ "type": "payment_product_type", "enabled": true });
        let configuration =
            json!({ "seitatech": { "type": "payment_type", "in_person": in_person } });
        answer(200, json!({ "id": id, "configuration": configuration }).to_string())
    }

    fn register(&mut self, body: &Value, now_ms: u64) -> Response {
        let serial = body["device_serial_number"].as_str().unwrap_or_default();
        let store = &body["store_id"];
        let model = body["device_model"].as_str().unwrap_or("SATURN1000");
        if serial.is_empty() || !self.stores.iter().any(|one| one["store_id"] == *store) {
            return refused(400, "device_serial_number and store_id are needed");
        }
        if !MODELS.contains(&model) {
            return refused(400, "device_model is not known");
        }
        let number = self.terminals.len() + 1;
        let made = json!({
            "terminal_id": format!("{}-T{number:04}", self.account),
            "device_serial_number": serial, "device_model": model, "store_id": store,
            "status": "PENDING", "id": format!("terminal-{number}"), "created_at": stamp(now_ms),
        });
        self.terminals.push(made.clone());
        answer(200, made.to_string())
    }

    fn update(&mut self, id: &str, body: &Value) -> Response {
        let Some(known) = self.terminals.iter_mut().find(|one| one["terminal_id"] == *id) else {
            return not_found();
        };
        for name in ["device_model", "store_id"] {
            if !body[name].is_null() {
                known[name] = body[name].clone();
            }
        }
        answer(200, known.to_string())
    }

    fn open_store(&mut self, body: &Value) -> Response {
        let number = self.stores.len();
        let name = body["store_id"]
            .as_str()
            .map_or_else(|| format!("{}-{number:04}", self.account), str::to_owned);
        let mut made = body.clone();
        if !made.is_object() || self.stores.iter().any(|one| one["store_id"] == *name) {
            return refused(400, "store_id is taken, or the body is no object");
        }
        made["store_id"] = json!(name);
        made["id"] = json!(format!("store-{number}"));
        self.stores.push(made.clone());
        answer(200, made.to_string())
    }

    fn subscribe(&mut self, body: &Value) -> Response {
        let url = body["config"]["url"].as_str().unwrap_or_default();
        let events = body["events"].as_array().is_some_and(|events| !events.is_empty());
        if url.is_empty() || !events || body["config"]["content_type"] != "application/json" {
            return refused(400, "config.url, config.content_type and events are needed");
        }
        self.made += 1;
        let mut made = body.clone();
        made["id"] = json!(format!("subscription-{}", self.made));
        if made["config"]["secret"].is_null() {
            made["config"]["secret"] = json!(format!("hook-secret-{}", self.made));
        }
        let mut kept = made.clone();
        // The secret is told once.
        kept["config"]["secret"] = json!("********");
        self.subscriptions.push(kept);
        answer(200, made.to_string())
    }

    fn unsubscribe(&mut self, id: &str) -> Response {
        let before = self.subscriptions.len();
        self.subscriptions.retain(|one| one["id"] != *id);
        if self.subscriptions.len() == before { not_found() } else { answer(204, String::new()) }
    }

    /// The same key is the same operation; another one has to wait until the terminal is done.
    fn tell_terminal(&mut self, body: &Value, request: &Request, now_ms: u64) -> Response {
        let terminal = body["terminal_id"].as_str().unwrap_or_default();
        let kind = body["operation"].as_str().unwrap_or_default();
        if !self.is_enrolled(terminal) || !OPERATIONS.contains(&kind) {
            return refused(400, "terminal_id or operation is not known");
        }
        let key =
            request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Idempotency-Key"));
        if let Some(known) = key.and_then(|(_, key)| self.keys.get(key)) {
            return answer(200, self.operation(*known, now_ms).to_string());
        }
        let busy =
            |one: &Operation| &*one.terminal == terminal && now_ms < one.asked_ms + OPERATION_MS;
        if let Some(other) = self.operations.iter().find(|one| busy(one)) {
            let left_s = (other.asked_ms + OPERATION_MS - now_ms).div_ceil(1_000);
            let mut response = refused(409, "the terminal is at another operation");
            response.headers.push(("retry-after".into(), left_s.to_string().into()));
            return response;
        }
        self.operations.push(Operation {
            terminal: terminal.into(),
            kind: kind.into(),
            asked_ms: now_ms,
        });
        let place = self.operations.len() - 1;
        self.keys.extend(key.map(|(_, key)| (key.clone(), place)));
        answer(200, self.operation(place, now_ms).to_string())
    }

    fn operations_of(&self, query: &Query, now_ms: u64) -> Response {
        let fits = |place: &usize| {
            let one = &self.operations[*place];
            query.one("terminal_id").is_none_or(|terminal| *terminal == *one.terminal)
                && query.one("operation_id").is_none_or(|id| id == operation_id(*place))
        };
        let places = (0..self.operations.len()).rev().filter(fits);
        let list: Vec<Value> = places.map(|place| self.operation(place, now_ms)).collect();
        answer(200, json!({ "operations": list }).to_string())
    }

    fn operation(&self, place: usize, now_ms: u64) -> Value {
        let one = &self.operations[place];
        let done = now_ms >= one.asked_ms + OPERATION_MS;
        let mut shown = json!({
            "id": operation_id(place), "terminal_id": one.terminal, "operation": one.kind,
            "status": if done { "COMPLETED" } else { "PENDING" },
        });
        if done && &*one.kind == "end_of_day" {
            shown["result"] = json!({
                "outcome": "accepted", "batch_id": "1", "start_of_day_at": stamp(0),
                "purchases_count": 0, "purchases_amount": 0, "reversals_count": 0,
                "reversals_amount": 0, "sale_amount": 0, "tip_amount": 0,
            });
        }
        shown
    }
}

fn operation_id(place: usize) -> String {
    format!("operation-{place}")
}

fn one(list: &[Value], name: &str, id: &str) -> Response {
    let found = list.iter().find(|entry| entry[name] == *id);
    found.map_or_else(not_found, |entry| answer(200, entry.to_string()))
}

/// Twenty on a page; the cursor is the last id of the one before.
fn list(all: &[Value], name: &str, id: &str, query: &Query) -> Response {
    const PAGE: usize = 20;
    let after = query.one("starting_after");
    let stores: Vec<&str> = query.all("store_id").collect();
    let mut rest = all
        .iter()
        .skip_while(|entry| after.is_some_and(|after| entry[id] != *after))
        .skip(usize::from(after.is_some()))
        .filter(|entry| {
            stores.is_empty() || entry["store_id"].as_str().is_some_and(|own| stores.contains(&own))
        });
    let page: Vec<&Value> = rest.by_ref().take(PAGE).collect();
    let mut shown = json!({ name: page });
    if rest.next().is_some() {
        shown["starting_after"] = page[PAGE - 1][id].clone();
    }
    answer(200, shown.to_string())
}
