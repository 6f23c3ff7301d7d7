//! What Qonto offers beside payments: its terminals in pages, and who is notified.

use serde_json::{Value, json};
use tillkit_model::wire::Response;

use super::{Qonto, refused, uuid};
use crate::fakes::json as answer;

/// The most that a page holds, and what it holds unless it is said.
const PER_PAGE: usize = 100;
const ORGANIZATION: &str = "0d3c0c1e-0000-4000-8000-000000000003";
const MEMBERSHIP: &str = "0d3c0c1e-0000-4000-8000-000000000004";
const MADE_AT: &str = "2026-11-20T09:00:00Z";

/// Somebody who is notified.
#[derive(Debug, Clone)]
pub(super) struct Subscriber {
    number: u64,
    url: String,
    types: Value,
    secret: String,
}

impl Subscriber {
    fn shown(&self) -> Value {
        json!({
            "id": uuid(0x0400_0000 + self.number),
            "organization_id": ORGANIZATION, "membership_id": MEMBERSHIP,
            "callback_url": self.url, "types": self.types, "description": "",
            "created_at": MADE_AT, "updated_at": MADE_AT,
        })
    }
}

impl Qonto {
    pub(super) fn list_terminals(&self, query: &str) -> Response {
        let shown = self.terminals.iter().map(|id| {
            json!({
                "id": id, "poi_id": format!("S1F2-{}", &id[24..]),
                "created_at": MADE_AT, "updated_at": MADE_AT,
            })
        });
        page("terminals", &shown.collect::<Vec<_>>(), query)
    }

    pub(super) fn list_subscriptions(&self, query: &str) -> Response {
        let shown: Vec<Value> = self.subscribers.iter().map(Subscriber::shown).collect();
        page("subscriptions", &shown, query)
    }

    /// The secret is shown once; where none is given, Qonto makes one.
    pub(super) fn subscribe(&mut self, body: &str) -> Response {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let url = body["callback_url"].as_str().unwrap_or_default();
        let well_reached = url.starts_with("https://") || url.starts_with("http://127.0.0.1");
        if !well_reached || url.chars().count() > 512 {
            return refused(400, "invalid_value", 0).response;
        }
        if body["types"].as_array().is_none_or(Vec::is_empty) {
            return refused(400, "invalid_value", 0).response;
        }
        let number = self.subscribed;
        self.subscribed += 1;
        let secret = match body["secret"].as_str() {
            None => format!("{:032x}", number + 1),
            Some(given) if (32..=128).contains(&given.chars().count()) => given.to_owned(),
            Some(_) => return refused(400, "invalid_value", 0).response,
        };
        let types = body["types"].clone();
        let subscriber = Subscriber { number, url: url.to_owned(), types, secret };
        let mut shown = subscriber.shown();
        shown["secret"] = json!(subscriber.secret);
        self.subscribers.push(subscriber);
        answer(201, shown.to_string())
    }

    pub(super) fn unsubscribe(&mut self, id: &str) -> Response {
        let before = self.subscribers.len();
        self.subscribers.retain(|subscriber| subscriber.shown()["id"] != *id);
        if self.subscribers.len() == before {
            return refused(404, "not_found", 0).response;
        }
        Response { status: 204, headers: Vec::new(), body: Vec::new(), truncated: false }
    }
}

/// A page of a list, and what it tells of itself.
fn page(name: &str, all: &[Value], query: &str) -> Response {
    let number = |name: &str, usual: usize| {
        let mut fields = form_urlencoded::parse(query.as_bytes());
        let given = fields.find(|(key, _)| key == name);
        given.map_or(Some(usual), |(_, value)| value.parse().ok().filter(|number| *number > 0))
    };
    let (Some(current), Some(per_page)) = (number("page", 1), number("per_page", PER_PAGE)) else {
        return refused(400, "invalid_value", 0).response;
    };
    let per_page = per_page.min(PER_PAGE);
    let pages = all.len().div_ceil(per_page).max(1);
    let shown: Vec<&Value> =
        all.iter().skip(current.saturating_sub(1) * per_page).take(per_page).collect();
    let body = json!({
        name: shown,
        "meta": {
            "current_page": current,
            "next_page": (current < pages).then_some(current + 1),
            "prev_page": (current > 1).then(|| current - 1),
            "total_pages": pages, "total_count": all.len(), "per_page": per_page,
        },
    });
    answer(200, body.to_string())
}
