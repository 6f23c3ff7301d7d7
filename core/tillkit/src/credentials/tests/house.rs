use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{
    AuthorizeAsk, DeskRequest, Grant, Kept, Need, Secret, TokenFailure, Tokens, WayOut,
};
use tillkit_model::time::{Clock, MINUTE_MS, Moment, SECOND_MS};
use tillkit_model::wire::{Departure, Exchange, Method, Request, Response, SendFailure, Sending};
use tokio::sync::{oneshot, watch};

use crate::shell::testing::qonto_script;
use crate::transport::{Endpoint, Play, Transport, UnderWay};

/// How long an access token lives.
pub const LIFE_MS: u64 = 100 * SECOND_MS;
/// From when on it is renewed.
pub const SOON_MS: u64 = 50 * SECOND_MS;
/// How long a spent refresh token is still accepted.
const GRACE_MS: u64 = MINUTE_MS;

/// Tokens whose refresh token is another after each use.
pub struct Rotating;

impl Tokens for Rotating {
    fn headers(&self, access: &Secret) -> Vec<(&'static str, Secret)> {
        vec![("Authorization", Secret::new(&format!("Bearer {}", access.expose())))]
    }

    fn need(&self, kept: Option<&Kept>, now: &Moment) -> Need {
        let Some(kept) = kept else { return Need::Consent };
        let Some(refresh) = kept.refresh.clone() else { return Need::Consent };
        match now.age_at_most_ms(&kept.asked_at) {
            Some(age) if age < SOON_MS.min(kept.life_ms) => {
                Need::Nothing { for_ms: SOON_MS.saturating_sub(age) }
            }
            Some(age) if age < kept.life_ms => Need::RenewSoon(Grant::Refresh(refresh)),
            _ => Need::RenewFirst(Grant::Refresh(refresh)),
        }
    }

    fn request(&self, grant: &Grant) -> DeskRequest {
        let body = match grant {
            Grant::Client => "client".to_owned(),
            Grant::Refresh(refresh) => refresh.expose().to_owned(),
            Grant::Code { code, redirect_uri } => format!("{}@{redirect_uri}", code.expose()),
        };
        let request = Request {
            method: Method::Post,
            path: "/token".into(),
            headers: Vec::new(),
            body: None,
            may_move_money: false,
            timeout_ms: 60_000,
            fresh_connection: true,
        };
        DeskRequest {
            secret_headers: Some(Vec::new()),
            secret_body: Some(Secret::new(&body)),
            ..DeskRequest::at("oauth", request)
        }
    }

    fn answer(
        &self,
        exchange: &Exchange,
        _: Option<&Kept>,
        now: &Moment,
    ) -> Result<Kept, TokenFailure> {
        let failure = |way_out| {
            let error = Error::new(Code::ProviderUnreachable);
            Err(TokenFailure { error, way_out })
        };
        let Ok(response) = exchange else {
            return failure(WayOut::Later { ms: SECOND_MS });
        };
        if response.status == 400 {
            return failure(WayOut::Consent);
        }
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        Ok(pair(body["number"].as_u64().unwrap(), now))
    }

    fn authorize_url(&self, ask: &AuthorizeAsk) -> Option<String> {
        Some(format!("https://oauth.example/auth?state={}", ask.state))
    }

    fn rotates(&self) -> bool {
        true
    }

    fn missing_scopes(&self, kept: &Kept) -> Vec<&'static str> {
        if kept.scopes.is_empty() { vec!["terminal.write"] } else { Vec::new() }
    }
}

/// The pair of this number.
pub fn pair(number: u64, asked_at: &Moment) -> Kept {
    Kept {
        access: Secret::new(&format!("access-{number}")),
        asked_at: *asked_at,
        life_ms: LIFE_MS,
        refresh: Some(Secret::new(&format!("refresh-{number}"))),
        refresh_life_ms: None,
        scopes: vec!["terminal.write".into()],
    }
}

/// What happens to one request for tokens.
pub enum TokenPlay {
    /// It is answered.
    Answer,
    /// It never leaves.
    Unsent,
    /// It arrives now, and is answered when the test says so.
    Later(oneshot::Receiver<()>),
}

/// Qonto's payments, and a token server beside them.
pub struct House {
    books: Mutex<Books>,
    asked: watch::Sender<Vec<String>>,
    clock: Arc<dyn Clock>,
}

struct Books {
    script: Box<dyn FnMut(&Departure) -> Play + Send>,
    /// When the refresh token of each pair was first used.
    spent: Vec<Option<Moment>>,
    /// Access tokens below this number are refused.
    valid_from: usize,
    plays: VecDeque<TokenPlay>,
}

impl House {
    /// The first pair has the number 0 and is given out.
    pub fn new(clock: &Arc<dyn Clock>) -> Arc<Self> {
        let script = Box::new(qonto_script(|_| "AUTHORIZED"));
        let books = Books { script, spent: vec![None], valid_from: 0, plays: VecDeque::new() };
        let asked = watch::channel(Vec::new()).0;
        Arc::new(Self { books: Mutex::new(books), asked, clock: clock.clone() })
    }

    /// What happens to the next requests for tokens.
    pub fn play(&self, plays: impl IntoIterator<Item = TokenPlay>) {
        self.books.lock().unwrap().plays.extend(plays);
    }

    /// The pair that was given out first.
    pub fn first_pair(&self) -> Kept {
        pair(0, &self.clock.now())
    }

    /// Refuses every pair that was given out so far, or all but the last.
    pub fn revoke(&self, refresh_tokens_too: bool) {
        let mut books = self.books.lock().unwrap();
        books.valid_from = books.spent.len();
        if refresh_tokens_too {
            let long_ago = Moment { boot_ms: 0, wall_ms: 0, ..self.clock.now() };
            books.spent.fill(Some(long_ago));
        }
    }

    /// Refuses the access tokens of every pair before this number.
    pub fn revoke_before(&self, number: usize) {
        self.books.lock().unwrap().valid_from = number;
    }

    /// Refuses the refresh token of one pair.
    pub fn kill(&self, number: usize) {
        let long_ago = Moment { boot_ms: 0, wall_ms: 0, ..self.clock.now() };
        self.books.lock().unwrap().spent[number] = Some(long_ago);
    }

    /// By what tokens were asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    /// Waits until tokens were asked for so often.
    pub async fn asked_times(&self, times: usize) -> Vec<String> {
        let mut asked = self.asked.subscribe();
        asked.wait_for(|asked| asked.len() >= times).await.unwrap().clone()
    }

    /// The next pair, if this may have one.
    fn rotate(&self, by: &str) -> Response {
        let now = self.clock.now();
        let mut books = self.books.lock().unwrap();
        let granted = match by.strip_prefix("refresh-") {
            Some(number) => {
                let spent = &mut books.spent[number.parse::<usize>().unwrap()];
                let first_use = *spent.get_or_insert(now);
                !now.may_have_passed(&first_use, GRACE_MS)
            }
            None => by == "code-1@https://shop.example/back",
        };
        let number = books.spent.len();
        if granted {
            books.spent.push(None);
        }
        drop(books);
        self.asked.send_modify(|asked| asked.push(by.to_owned()));
        let status = if granted { 200 } else { 400 };
        answer(status, &json!({ "number": number }))
    }

    async fn tokens(&self, by: &str) -> Exchange {
        let play = self.books.lock().unwrap().plays.pop_front().unwrap_or(TokenPlay::Answer);
        let lost = || SendFailure::MaybeSent { why: "lost".into() };
        match play {
            TokenPlay::Answer => Ok(self.rotate(by)),
            TokenPlay::Unsent => {
                self.asked.send_modify(|asked| asked.push(format!("unsent {by}")));
                Err(SendFailure::NotSent { why: "unsent".into() })
            }
            TokenPlay::Later(go) => {
                let answer = self.rotate(by);
                go.await.map(|()| answer).map_err(|_| lost())
            }
        }
    }

    fn is_known(&self, endpoint: &Endpoint) -> bool {
        let valid_from = self.books.lock().unwrap().valid_from;
        endpoint.secret_headers().any(|(name, value)| {
            let token = value.to_str().unwrap().strip_prefix("Bearer access-");
            name == "authorization"
                && token.is_some_and(|number| number.parse::<usize>().unwrap() >= valid_from)
        })
    }
}

impl Transport for House {
    fn send<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        sending: Sending,
        clock: &'a Arc<dyn Clock>,
    ) -> UnderWay<'a> {
        Box::pin(async move {
            let departure = sending.depart(&clock.now())?;
            if endpoint.base_url().contains("oauth") {
                return self.tokens(departure.request().body.as_deref().unwrap()).await;
            }
            if !self.is_known(endpoint) {
                return Ok(answer(401, &json!({ "errors": [{ "code": "unauthorized" }] })));
            }
            match (self.books.lock().unwrap().script)(&departure) {
                Play::Answer(response) => Ok(response),
                _ => Err(SendFailure::MaybeSent { why: "lost".into() }),
            }
        })
    }
}

fn answer(status: u16, body: &Value) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
        truncated: false,
    }
}
