//! Centrapay's door: one key for a till, notifications signed by a published key.

use tillkit_model::time::to_rfc3339;
use tillkit_model::wire::Method;

use super::{Arrival, Entry, Notice, Outgoing, Provider, Target};
use crate::fakes::centrapay::{self, Centrapay, Readings};
use crate::fakes::{Habits, WALL_MS, json as json_answer};

pub use crate::fakes::centrapay::{
    ACCOUNT, APP_CODE, CONDITION_CODE, CONFIG, MERCHANT, PART_CODE, QUICK_CODE,
};

/// The key that opens it.
pub const API_KEY: &str = "simulated-terminal-key";
/// What a key may or may not do: the pages do not tell.
pub const LIST_RIGHT: &str = "list by external reference";
/// Where the keys of signatures are published.
const KEYS_PATH: &str = "/api/.well-known/jwks.json";
/// Growing, for two weeks; the steps are not documented.
const RETRIES_MS: &[u64] =
    &[60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 345_600_000, 691_200_000];

/// The door.
#[derive(Default)]
pub(in crate::server) struct Door {
    sent: u64,
    /// Whether its key may not list payment requests by our reference.
    lists_withheld: bool,
}

impl super::Door for Door {
    fn fake(&self) -> Box<dyn Provider + Send> {
        let habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
        Box::new(Centrapay::new(Readings::default(), habits))
    }

    fn enter(&mut self, arrival: &Arrival, _: u64) -> Entry {
        if arrival.method == Method::Get && arrival.path == KEYS_PATH {
            return Entry::Answered(json_answer(200, centrapay::jwks()));
        }
        if self.lists_withheld && arrival.path.starts_with("/api/payment-requests/external-ref/") {
            let body = r#"{"statusCode":403,"error":"Forbidden","message":"Forbidden"}"#;
            return Entry::Answered(json_answer(403, body.to_owned()));
        }
        if arrival.header("x-api-key") == Some(API_KEY) {
            return Entry::Admitted;
        }
        let body = "{\"statusCode\":401,\"error\":\"Unauthorized\",\"message\":\"Unauthorized\"}";
        Entry::Answered(json_answer(401, body.to_owned()))
    }

    fn notification(&mut self, notice: &Notice, target: &Target, now_ms: u64) -> Option<Outgoing> {
        let (topic, activity) = centrapay::told(&notice.charge)?;
        self.sent += 1;
        let wall_ms = WALL_MS + now_ms;
        let id = format!("notification-{}", self.sent);
        let at = to_rfc3339(wall_ms as i64);
        let body = centrapay::notification(&id, topic, &activity, &at).into_bytes();
        let signed = centrapay::signed(&body, &target.url, wall_ms / 1_000);
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("Authorization".to_owned(), signed),
        ];
        Some(Outgoing { method: "POST", query: String::new(), headers, body })
    }

    fn withhold(&mut self, right: &str) -> bool {
        self.lists_withheld = true;
        right == LIST_RIGHT
    }

    fn retries_ms(&self) -> &'static [u64] {
        RETRIES_MS
    }
}
