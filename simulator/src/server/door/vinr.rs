//! VINR's doors: the cloud's key, and the terminal's certificate.
//!
//! How VINR signs is not public: notifications are signed as the scheme
//! `hmac-sha256-timestamped` of the adapter says. A terminal of its own notifies nobody.

use serde_json::{Value, json};

use super::{Arrival, Entry, Notice, Outgoing, Provider, Target, timestamped};
use crate::fakes::vinr::show::{self, Note};
use crate::fakes::vinr::{Rules, Vinr};
use crate::fakes::{Habits, WALL_MS, json as json_answer};

/// The key that opens the cloud.
pub const API_KEY: &str = "sk_test_simulated";
/// The certificate that opens a terminal.
pub const DEVICE_CERTIFICATE: &str = "simulated-device-certificate";
/// After one, five and thirty minutes, two hours and a day.
const RETRIES_MS: &[u64] = &[60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];
const TERMINALS: usize = 3;

/// The door.
pub(in crate::server) struct Door {
    rules: Rules,
}

/// The id of a simulated terminal, from 0.
#[must_use]
pub fn terminal(number: usize) -> String {
    format!("trm_{number}")
}

impl Door {
    pub(in crate::server) const fn cloud() -> Self {
        Self { rules: Rules::PLAIN }
    }

    pub(in crate::server) const fn local() -> Self {
        Self { rules: Rules { local: true, ..Rules::PLAIN } }
    }

    fn is_open_to(&self, arrival: &Arrival) -> bool {
        if self.rules.local {
            return arrival.header("x-device-certificate") == Some(DEVICE_CERTIFICATE);
        }
        let bearer = arrival.header("authorization").and_then(|text| text.strip_prefix("Bearer "));
        [arrival.header("x-api-key"), bearer].contains(&Some(API_KEY))
    }
}

impl super::Door for Door {
    fn fake(&self) -> Box<dyn Provider + Send> {
        let terminals = (0..TERMINALS).map(|number| terminal(number).into()).collect();
        let habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
        Box::new(Vinr::new(self.rules, terminals, habits))
    }

    fn enter(&mut self, arrival: &Arrival, _: u64) -> Entry {
        if self.is_open_to(arrival) {
            return Entry::Admitted;
        }
        let error = json!({ "error": {
            "type": "authentication_error", "code": "invalid_api_key", "message": "who are you?",
        }});
        Entry::Answered(json_answer(401, error.to_string()))
    }

    fn notification(&mut self, notice: &Notice, target: &Target, now_ms: u64) -> Option<Outgoing> {
        if self.rules.local {
            return None;
        }
        let charge = &notice.charge;
        let payment = charge.payment.map(|payment| payment.to_string());
        let note = Note {
            reference: payment.clone().map_or(Value::Null, Value::String),
            metadata: json!({ "tillkit_payment": payment }),
            created_ms: now_ms,
            completed_ms: Some(now_ms),
        };
        let body = json!({
            "id": format!("evt_{}", charge.id),
            "type": show::event_type(charge),
            "data": { "object": show::object(&self.rules, charge, &note) },
            "created": (WALL_MS + now_ms) / 1_000,
        });
        let body = body.to_string().into_bytes();
        let t = (WALL_MS + now_ms) / 1_000;
        let signature = timestamped(&target.secret, t, &body)?;
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("Vinr-Signature".to_owned(), signature),
        ];
        Some(Outgoing { method: "POST", query: String::new(), headers, body })
    }

    fn retries_ms(&self) -> &'static [u64] {
        RETRIES_MS
    }
}
