//! What a merchant has at VINR beside payments: terminals, their actions, events and the addresses
//! that are notified.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use tillkit_model::wire::{Method, Response};

use super::body::Fields;
use super::payments::page;
use super::rules::Rules;
use super::{answered, refused, show};

/// The one place where all terminals stand.
const LOCATION: &str = "loc_main";

/// Terminals, events and endpoints.
#[derive(Debug)]
pub(super) struct Estate {
    rules: Rules,
    terminals: Vec<Box<str>>,
    /// Whether `term_test_busy` still has to refuse its first sale.
    busy_once: Cell<bool>,
    names: BTreeMap<Box<str>, Value>,
    actions: Vec<Value>,
    events: Vec<(&'static str, Value, u64)>,
    endpoints: Vec<Value>,
    made: u32,
}

impl Estate {
    pub(super) fn new(rules: Rules, terminals: Vec<Box<str>>) -> Self {
        Self {
            rules,
            terminals,
            busy_once: Cell::new(true),
            names: BTreeMap::new(),
            actions: Vec::new(),
            events: Vec::new(),
            endpoints: Vec::new(),
            made: 0,
        }
    }

    pub(super) fn knows(&self, terminal: &str) -> bool {
        terminal.starts_with("term_test_")
            || self.terminals.iter().any(|known| &**known == terminal)
    }

    /// `term_test_busy` refuses its first sale.
    pub(super) fn is_busy(&self, terminal: &str) -> bool {
        terminal == "term_test_busy" && self.busy_once.replace(false)
    }

    pub(super) fn is_at(&self, terminal: Option<&str>, location: &str) -> bool {
        location == LOCATION && terminal.is_some_and(|id| self.knows(id))
    }

    /// Something that events and notifications tell of.
    pub(super) fn happened(&mut self, kind: &'static str, object: Value, at_ms: u64) {
        self.events.push((kind, object, at_ms));
    }

    pub(super) fn handle(
        &mut self,
        method: Method,
        path: &[&str],
        query: &Fields,
        fields: &Fields,
        now_ms: u64,
    ) -> Response {
        match (method, path) {
            (Method::Get, ["v1", "terminals"]) => self.list_terminals(query, now_ms),
            (Method::Post, ["v1", "terminals", "activate"]) => self.activate(fields, now_ms),
            (Method::Get, ["v1", "terminals", id]) if self.knows(id) => {
                answered(200, &self.terminal(id, now_ms))
            }
            (Method::Post | Method::Put, ["v1", "terminals", id]) if self.knows(id) => {
                let name = fields.value("displayName").cloned().unwrap_or(Value::Null);
                self.names.insert((*id).into(), name);
                answered(200, &self.terminal(id, now_ms))
            }
            (Method::Post, ["v1", "terminals", id, "actions"]) if self.knows(id) => {
                self.act(id, fields, now_ms)
            }
            (Method::Get, ["v1", "terminals", _, "actions", id]) => {
                found(self.actions.iter().find(|action| action["id"] == *id))
            }
            (Method::Get, ["v1", "events"]) => self.list_events(query),
            (Method::Get, ["v1", "events", id]) => {
                let events = self.events();
                found(events.iter().find(|event| event["id"] == *id))
            }
            (Method::Post, ["v1", "webhook-endpoints"]) => self.subscribe(fields, now_ms),
            (Method::Get, ["v1", "webhook-endpoints"]) => {
                page(&self.rules, query, self.endpoints.iter().map(without_secret).collect())
            }
            (Method::Delete, ["v1", "webhook-endpoints", id]) => {
                let count = self.endpoints.len();
                self.endpoints.retain(|endpoint| endpoint["id"] != *id);
                match self.endpoints.len() < count {
                    true => answered(200, &json!({ "id": id, "deleted": true })),
                    false => found(None),
                }
            }
            _ => found(None),
        }
    }

    fn terminal(&self, id: &str, now_ms: u64) -> Value {
        let status = if id == "term_test_offline" { "offline" } else { "online" };
        json!({
            "id": id, "model": "nexgo_n92", "serialNumber": format!("SN-{id}"), "status": status,
            "locationId": LOCATION, "softwareVersion": "1.0", "batteryLevel": 80,
            "displayName": self.names.get(id), "lastSeen": show::time(&self.rules, now_ms),
            "createdAt": show::time(&self.rules, 0),
        })
    }

    fn list_terminals(&self, query: &Fields, now_ms: u64) -> Response {
        let all = self.terminals.iter().rev().map(|id| self.terminal(id, now_ms));
        let fits = |terminal: &Value| {
            let same = |name: &str, field: &str| {
                query.text(name).is_none_or(|wanted| terminal[field] == wanted)
            };
            same("locationId", "locationId") && same("status", "status")
        };
        page(&self.rules, query, all.filter(fits).collect())
    }

    fn activate(&mut self, fields: &Fields, now_ms: u64) -> Response {
        if fields.text("activationCode").is_none() {
            return refused(400, "validation_error", "missing_activation_code");
        }
        self.made += 1;
        let id = format!("trm_new{}", self.made);
        self.terminals.push(id.clone().into());
        answered(201, &self.terminal(&id, now_ms))
    }

    fn act(&mut self, terminal: &str, fields: &Fields, now_ms: u64) -> Response {
        let action = fields.text("action").unwrap_or_default();
        if !["reboot", "update", "lock"].contains(&action) {
            return refused(400, "validation_error", "invalid_action");
        }
        let shown = json!({
            "id": format!("tact_{}", self.actions.len()), "terminalId": terminal, "action": action,
            "status": "completed", "result": null, "createdAt": show::time(&self.rules, now_ms),
        });
        self.actions.push(shown.clone());
        answered(201, &shown)
    }

    fn events(&self) -> Vec<Value> {
        let shown = self.events.iter().enumerate().rev().map(|(number, (kind, object, at_ms))| {
            json!({
                "id": format!("evt_{number}"), "type": kind, "data": { "object": object },
                "created": show::time(&Rules { iso_times: false, ..self.rules }, *at_ms),
            })
        });
        shown.collect()
    }

    fn list_events(&self, query: &Fields) -> Response {
        let within = query.value("created").and_then(|range| range["gte"].as_str());
        let since = within.or_else(|| query.text("created.gte"));
        let since = since.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
        let kind = query.text("type");
        let fits = |event: &Value| {
            event["created"].as_i64().is_some_and(|created| created >= since)
                && kind.is_none_or(|kind| event["type"] == kind)
        };
        page(&self.rules, query, self.events().into_iter().filter(fits).collect())
    }

    fn subscribe(&mut self, fields: &Fields, now_ms: u64) -> Response {
        let Some(url) = fields.text("url").filter(|url| url.starts_with("https://")) else {
            return refused(400, "validation_error", "invalid_url");
        };
        self.made += 1;
        let events = fields.value("enabledEvents").cloned().unwrap_or_else(|| json!(["*"]));
        let shown = json!({
            "id": format!("we_{}", self.made), "url": url, "status": "enabled",
            "enabled_events": events, "secret": format!("whsec_made_up_{}", self.made),
            "created": show::time(&self.rules, now_ms),
        });
        self.endpoints.push(shown.clone());
        answered(201, &shown)
    }
}

fn found(value: Option<&Value>) -> Response {
    value
        .map_or_else(|| refused(404, "validation_error", "not_found"), |value| answered(200, value))
}

/// The secret is told when the endpoint is made, and never again.
fn without_secret(endpoint: &Value) -> Value {
    let mut shown = endpoint.clone();
    shown["secret"] = Value::Null;
    shown
}
