//! Qonto's door: OAuth with rotating refresh tokens, the staging token, signed notifications.

use std::collections::BTreeMap;

use serde_json::json;
use tillkit_model::time::to_rfc3339;
use tillkit_model::wire::{Method, Response};

use super::{Arrival, Entry, Notice, Outgoing, Provider, Target, timestamped};
use crate::fakes::ledger::{Charge, Standing};
use crate::fakes::{Habits, WALL_MS, json as json_answer, qonto};

/// A token that is good for ever, for those who bring their own.
pub const ACCESS_TOKEN: &str = "simulated-access-token";
/// How long an access token is good.
const ACCESS_LIFE_MS: u64 = 3_600_000;
/// How long a refresh token is good, unless it is used.
const REFRESH_LIFE_MS: u64 = 90 * 86_400_000;
/// How long a used refresh token is good still.
const GRACE_MS: u64 = 60_000;
/// How long a code is good.
const CODE_LIFE_MS: u64 = 600_000;
const SCOPES: [&str; 4] = ["terminal.read", "terminal.write", "webhook", "offline_access"];
/// Growing, for about a day; how many there are is not documented.
const RETRIES_MS: &[u64] = &[10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000];
const TERMINALS: usize = 3;

/// The door.
#[derive(Default)]
pub(in crate::server) struct Door {
    /// Until when each is good.
    access: BTreeMap<String, u64>,
    refresh: BTreeMap<String, u64>,
    codes: BTreeMap<String, u64>,
    issued: u64,
    sent: u64,
    /// What the merchant does not consent to.
    withheld: Vec<String>,
}

/// The id of a simulated terminal, from 0.
#[must_use]
pub fn terminal(number: usize) -> String {
    format!("019d7188-1476-7a74-a7da-{number:012}")
}

impl super::Door for Door {
    fn fake(&self) -> Box<dyn Provider + Send> {
        let terminals = (0..TERMINALS).map(|number| terminal(number).into()).collect();
        let habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
        Box::new(qonto::Qonto::new(terminals, habits))
    }

    fn enter(&mut self, arrival: &Arrival, now_ms: u64) -> Entry {
        if arrival.header("x-qonto-staging-token").is_none_or(str::is_empty) {
            return Entry::Answered(login_page());
        }
        let path = arrival.path.split('?').next().unwrap_or_default();
        match (arrival.method, path) {
            (Method::Get, "/oauth2/auth") => Entry::Answered(self.consent(arrival, now_ms)),
            (Method::Post, "/oauth2/token") => Entry::Answered(self.token(arrival, now_ms)),
            _ => self.admit(arrival, now_ms),
        }
    }

    fn notification(&mut self, notice: &Notice, target: &Target, now_ms: u64) -> Option<Outgoing> {
        self.sent += 1;
        let body = body(self.sent, &notice.charge, now_ms)?.into_bytes();
        let t = (WALL_MS + now_ms) / 1_000;
        let signature = timestamped(&target.secret, t, &body)?;
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("X-Qonto-Signature".to_owned(), signature),
        ];
        Some(Outgoing { method: "POST", query: String::new(), headers, body })
    }

    fn withhold(&mut self, right: &str) -> bool {
        self.withheld.push(right.to_owned());
        SCOPES.contains(&right)
    }

    fn retries_ms(&self) -> &'static [u64] {
        RETRIES_MS
    }
}

/// The scope that a request needs.
fn needed(arrival: &Arrival) -> &'static str {
    if arrival.path.starts_with("/v2/webhook_subscriptions") {
        "webhook"
    } else if arrival.method == Method::Post {
        "terminal.write"
    } else {
        "terminal.read"
    }
}

impl Door {
    fn admit(&self, arrival: &Arrival, now_ms: u64) -> Entry {
        let Some(given) = arrival.header("authorization") else {
            return Entry::Answered(refused(401, "authorization_header_missing"));
        };
        let Some(token) = given.strip_prefix("Bearer ") else {
            return Entry::Answered(refused(403, "oauth_required"));
        };
        let good = self.access.get(token).is_some_and(|until| now_ms < *until);
        if good || token == ACCESS_TOKEN {
            let lacking = self.withheld.iter().any(|scope| scope == needed(arrival));
            return match lacking {
                true => Entry::Answered(refused(403, "forbidden")),
                false => Entry::Admitted,
            };
        }
        Entry::Answered(refused(401, "authorization_token_invalid"))
    }

    /// The merchant says yes at once, and comes back with a code.
    fn consent(&mut self, arrival: &Arrival, now_ms: u64) -> Response {
        let (_, query) = arrival.path.split_once('?').unwrap_or_default();
        let asked = fields(query);
        let (Some(back), Some(state)) = (asked.get("redirect_uri"), asked.get("state")) else {
            return refused(400, "invalid_request");
        };
        let code = self.issue("ory_ac");
        self.codes.insert(code.clone(), now_ms + CODE_LIFE_MS);
        let location = format!("{back}?code={code}&state={state}");
        Response {
            status: 302,
            headers: vec![("location".into(), location.into())],
            body: Vec::new(),
            truncated: false,
        }
    }

    fn token(&mut self, arrival: &Arrival, now_ms: u64) -> Response {
        let asked = fields(&String::from_utf8_lossy(&arrival.body));
        let given = |name: &str| asked.get(name).map_or("", String::as_str);
        if given("client_id").is_empty() || given("client_secret").is_empty() {
            return oauth_error(401, "invalid_client");
        }
        let good = match given("grant_type") {
            "authorization_code" => {
                self.codes.remove(given("code")).is_some_and(|until| now_ms < until)
            }
            "refresh_token" => self.use_up(given("refresh_token"), now_ms),
            _ => return oauth_error(400, "unsupported_grant_type"),
        };
        if !good {
            return oauth_error(400, "invalid_grant");
        }
        let (access, refresh) = (self.issue("ory_at"), self.issue("ory_rt"));
        self.access.insert(access.clone(), now_ms + ACCESS_LIFE_MS);
        self.refresh.insert(refresh.clone(), now_ms + REFRESH_LIFE_MS);
        let body = json!({
            "access_token": access,
            "expires_in": ACCESS_LIFE_MS / 1_000,
            "refresh_token": refresh,
            "scope": self.granted(),
            "token_type": "bearer",
        });
        json_answer(200, body.to_string())
    }

    /// Its first use ends its life a minute later; uses within that minute are good.
    fn use_up(&mut self, token: &str, now_ms: u64) -> bool {
        let Some(until) = self.refresh.get_mut(token).filter(|until| now_ms < **until) else {
            return false;
        };
        *until = (*until).min(now_ms + GRACE_MS);
        true
    }

    fn granted(&self) -> String {
        let granted = SCOPES.iter().filter(|scope| !self.withheld.iter().any(|one| one == *scope));
        granted.copied().collect::<Vec<_>>().join(" ")
    }

    fn issue(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{kind}_{:08}", self.issued)
    }
}

fn body(number: u64, charge: &Charge, now_ms: u64) -> Option<String> {
    let event = match charge.standing {
        Standing::Taken => "authorized",
        Standing::Declined => "refused",
        Standing::Pending
        | Standing::Processing
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Reversed => return None,
    };
    let money = |minor: i64| json!({ "value": format!("{}.{:02}", minor / 100, minor % 100), "currency": "EUR" });
    let at = to_rfc3339((WALL_MS + now_ms) as i64);
    let metadata = charge.payment.map(|payment| json!({ "tillkit_payment": payment }).to_string());
    let mut data = json!({
        "event": event,
        "id": charge.id,
        "terminal_id": charge.terminal,
        "poi_id": "S1F2-000158244717080",
        "amount": money(charge.asked_minor),
        "metadata": metadata,
        "created_at": at,
    });
    if charge.standing == Standing::Taken {
        data["authorized_amount"] = money(charge.authorized_minor);
        data["tip_amount"] = money(charge.tip_minor);
        data["payment_method"] = "visa".into();
        data["card_summary"] = "4242".into();
        data["authorized_at"] = at.as_str().into();
    } else {
        data["failure_reason"] = "insufficient_funds".into();
    }
    let notification = json!({
        "id": format!("019dd925-0000-7000-8000-{number:012}"),
        "subscription_id": "019dd925-0000-7000-9000-000000000001",
        "type": "v1/terminal-payments",
        "created_at": at,
        "data": data,
    });
    Some(notification.to_string())
}

/// `a=b&c=d`, with the escapes undone.
fn fields(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn refused(status: u16, code: &str) -> Response {
    let body = json!({ "errors": [{ "code": code, "detail": "refused" }], "trace_id": "t-1" });
    json_answer(status, body.to_string())
}

fn oauth_error(status: u16, error: &str) -> Response {
    json_answer(status, json!({ "error": error }).to_string())
}

fn login_page() -> Response {
    Response {
        status: 302,
        headers: vec![
            ("content-type".into(), "text/html".into()),
            ("location".into(), "https://login.example/".into()),
        ],
        body: b"<html>sign in</html>".to_vec(),
        truncated: false,
    }
}
