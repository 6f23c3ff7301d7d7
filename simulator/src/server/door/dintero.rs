//! Dintero's door: tokens by a client's own credentials, webhooks signed over their bodies.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tillkit_model::provider::Secret;
use tillkit_model::wire::{Method, Response};

use super::{Arrival, Entry, Notice, Outgoing, Provider, Target};
use crate::fakes::dintero::{Delivered, Dintero, Rules, Shop, webhook};
use crate::fakes::{Habits, json as json_answer};

/// The merchant's account.
pub const ACCOUNT: &str = "T12345678";
/// The name of the API client.
pub const CLIENT_ID: &str = "simulated-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "simulated-client-secret";
/// The payment profile for terminals.
pub const PROFILE: &str = "in-person";
/// The store.
pub const STORE: &str = "store-7";
/// Who receives the money.
pub const PAYOUT_DESTINATION: &str = "seller-1";
/// How long a token is good; one of the two lives that the pages name.
const TOKEN_LIFE_MS: u64 = 14_400_000;
/// Five tries in all.
const RETRIES_MS: &[u64] = &[60_000, 60_000, 60_000, 60_000];
const TERMINALS: usize = 3;

/// The door.
#[derive(Default)]
pub(in crate::server) struct Door {
    /// Until when each is good.
    tokens: BTreeMap<String, u64>,
}

/// The id of a simulated terminal, from 0.
#[must_use]
pub fn terminal(number: usize) -> String {
    format!("{ACCOUNT}-T{:04}", number + 1)
}

impl super::Door for Door {
    fn fake(&self) -> Box<dyn Provider + Send> {
        let shop = Shop {
            account: ACCOUNT.into(),
            profile: PROFILE.into(),
            store: STORE.into(),
            payout_destination: PAYOUT_DESTINATION.into(),
            terminals: (0..TERMINALS).map(|number| terminal(number).into()).collect(),
        };
        // What customers and scripts decide is enough; the pages' plain reading besides.
        let rules = Rules {
            cancel_races: false,
            slow_capture: false,
            accepts_first: false,
            wrapped_list: false,
            ..Rules::WORST
        };
        let habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
        Box::new(Dintero::new(shop, rules, habits))
    }

    fn enter(&mut self, arrival: &Arrival, now_ms: u64) -> Entry {
        let token_path = format!("/accounts/{ACCOUNT}/auth/token");
        if arrival.method == Method::Post && arrival.path == token_path {
            return Entry::Answered(self.token(arrival, now_ms));
        }
        let given = arrival.header("authorization").and_then(|text| text.strip_prefix("Bearer "));
        let good = given.and_then(|token| self.tokens.get(token)).is_some_and(|at| now_ms < *at);
        if good { Entry::Admitted } else { Entry::Answered(refused()) }
    }

    fn notification(&mut self, notice: &Notice, target: &Target, now_ms: u64) -> Option<Outgoing> {
        let secret = Secret::new(&target.secret);
        let Delivered { method, headers, body, .. } =
            webhook(&notice.charge, &target.url, ACCOUNT, &secret, now_ms);
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Some(Outgoing { method, query: String::new(), headers, body })
    }

    fn retries_ms(&self) -> &'static [u64] {
        RETRIES_MS
    }
}

impl Door {
    fn token(&mut self, arrival: &Arrival, now_ms: u64) -> Response {
        let known = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
        if arrival.header("authorization") != Some(known.as_str()) {
            return refused();
        }
        let token = format!("simulated-token-{}", self.tokens.len() + 1);
        self.tokens.insert(token.clone(), now_ms + TOKEN_LIFE_MS);
        let body = json!({
            "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_MS / 1_000,
        });
        json_answer(200, body.to_string())
    }
}

fn refused() -> Response {
    json_answer(401, json!({ "error": { "message": "Unauthorized" } }).to_string())
}
