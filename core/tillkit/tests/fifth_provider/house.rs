//! Marlin's house: what it does with what is asked of it, behind the scripted wire.
//!
//! Its devices behave as they are called: `dev-pays`, `dev-declines`, `dev-waits`; `dev-deaf` takes
//! the sale and its answer is lost, `dev-breaks` answers a login page instead of an answer.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tillkit::transport::{Play, Scripted};
use tillkit_model::wire::{Departure, Method, Request};

/// What the house knows.
#[derive(Default)]
pub struct House {
    sales: Vec<Value>,
    /// Each key, and the place of the sale that it made.
    keys: Vec<(String, usize)>,
    broke: bool,
}

/// A wire that ends at the house, and the house.
pub fn open() -> (Scripted, Arc<Mutex<House>>) {
    let house = Arc::new(Mutex::new(House::default()));
    let behind = Arc::clone(&house);
    (Scripted::new(move |departure| behind.lock().unwrap().asked(departure)), house)
}

impl House {
    /// How many cards were charged.
    pub fn charged(&self) -> usize {
        self.sales.iter().filter(|sale| sale["state"] == "approved").count()
    }

    /// A notification of the newest sale.
    pub fn notification(&self) -> String {
        json!({ "event_id": "evt-1", "sale": self.sales.last() }).to_string()
    }

    /// Somebody taps at last.
    pub fn tap(&mut self) {
        self.sales.iter_mut().for_each(|sale| sale["state"] = "approved".into());
    }

    fn asked(&mut self, departure: &Departure) -> Play {
        let request = departure.request();
        let (place, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = place.trim_start_matches('/').split('/').collect();
        match (request.method, parts.as_slice()) {
            (Method::Post, ["sales"]) => self.start(request),
            (Method::Get, ["sales"]) => self.list(query),
            (Method::Get, ["sales", id]) => self.one(200, self.place(id)),
            (Method::Post, ["sales", id, "call-off"]) => self.call_off(self.place(id)),
            (Method::Post, ["sales", id, "refunds"]) => self.refund(request, self.place(id)),
            (Method::Get, ["devices"]) => {
                Play::json(200, r#"{"devices":[{"id":"dev-pays","name":"Till 1","ready":true}]}"#)
            }
            _ => problem(404, "no_such_path"),
        }
    }

    fn start(&mut self, request: &Request) -> Play {
        if let Some(place) = self.known(request) {
            return self.one(201, Some(place));
        }
        let body = body(request);
        let state = match body["device"].as_str().unwrap() {
            "dev-gone" => return problem(400, "no_such_device"),
            "dev-declines" => "declined",
            "dev-waits" => "waiting",
            _ => "approved",
        };
        let mut sale = body.clone();
        sale["id"] = format!("sale-{}", self.sales.len()).into();
        sale["state"] = state.into();
        sale["refunds"] = json!([]);
        self.sales.push(sale);
        self.keys.push((key(request), self.sales.len() - 1));
        match body["device"].as_str() {
            Some("dev-deaf") => Play::Lose,
            Some("dev-breaks") if !std::mem::replace(&mut self.broke, true) => {
                Play::json(201, "<html>sign in</html>")
            }
            _ => self.one(201, Some(self.sales.len() - 1)),
        }
    }

    fn refund(&mut self, request: &Request, place: Option<usize>) -> Play {
        let Some(place) = place else { return problem(404, "no_such_sale") };
        if self.known(request).is_none() {
            self.keys.push((key(request), place));
            self.sales[place]["refunds"].as_array_mut().unwrap().push(body(request));
        }
        self.one(201, Some(place))
    }

    fn call_off(&mut self, place: Option<usize>) -> Play {
        let Some(place) = place else { return problem(404, "no_such_sale") };
        if self.sales[place]["state"] == "approved" {
            return problem(409, "too_late");
        }
        self.sales[place]["state"] = "called-off".into();
        self.one(200, Some(place))
    }

    fn list(&self, query: &str) -> Play {
        let ours = |sale: &&Value| query == format!("our_id={}", sale["our_id"].as_str().unwrap());
        let sales: Vec<&Value> = self.sales.iter().filter(ours).collect();
        Play::json(200, &json!({ "sales": sales }).to_string())
    }

    fn one(&self, status: u16, place: Option<usize>) -> Play {
        match place {
            Some(place) => Play::json(status, &json!({ "sale": self.sales[place] }).to_string()),
            None => problem(404, "no_such_sale"),
        }
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.sales.iter().position(|sale| sale["id"] == id)
    }

    fn known(&self, request: &Request) -> Option<usize> {
        let key = key(request);
        self.keys.iter().find(|(known, _)| *known == key).map(|(_, place)| *place)
    }
}

fn key(request: &Request) -> String {
    let header = request.headers.iter().find(|(name, _)| &**name == "Marlin-Key").unwrap();
    header.1.to_string()
}

fn body(request: &Request) -> Value {
    serde_json::from_str(request.body.as_deref().unwrap()).unwrap()
}

fn problem(status: u16, word: &str) -> Play {
    Play::json(status, &json!({ "problem": word }).to_string())
}
