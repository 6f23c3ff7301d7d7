//! The access token that a client's own credentials bring.
//!
//! Its life is what the answer says, within reason, and never a constant: two of Dintero's pages
//! name two lives.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::config::{CORE_HOST, Config};
use super::outcome::{told, words};
use crate::error::{Code, Error};
use crate::provider::{
    AuthorizeAsk, DeskRequest, Grant, Kept, Need, Secret, TokenFailure, Tokens, WayOut, credential,
    path_segment, read_plainly,
};
use crate::time::{DAY_MS, MINUTE_MS, Moment, SECOND_MS};
use crate::wire::{Exchange, Method, Request, Response};

/// Asks for tokens with the client's credentials.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) config: Arc<Config>,
}

/// The longest that a request under an old token may still be on its way.
const MARGIN_MS: u64 = MINUTE_MS;
/// A shorter life than this is not believed, or nothing would be done but asking for tokens.
const LIFE_MS_MIN: u64 = 2 * MINUTE_MS;
/// Nor is a longer one than is documented: a token that has died would be used on and on.
const LIFE_MS_MAX: u64 = DAY_MS;
/// After an answer that says nothing of when to come back.
const LATER_MS: u64 = 5 * SECOND_MS;
/// Where Dintero's account lives, whatever host stands in for it.
const AUDIENCE: &str = "https://api.dintero.com/v1/accounts/";

impl Tokens for Client {
    fn headers(&self, access: &Secret) -> Vec<(&'static str, Secret)> {
        vec![("Authorization", Secret::new(&format!("Bearer {}", access.expose())))]
    }

    /// Renewed once a fifth of its life is left, and used no more in its last minute.
    fn need(&self, kept: Option<&Kept>, now: &Moment) -> Need {
        let Some(kept) = kept else { return Need::RenewFirst(Grant::Client) };
        let usable_ms = kept.life_ms.saturating_sub(MARGIN_MS);
        let fresh_ms = usable_ms.min(kept.life_ms.saturating_sub(kept.life_ms.div_euclid(5)));
        if now.may_have_passed(&kept.asked_at, usable_ms) {
            return Need::RenewFirst(Grant::Client);
        }
        match now.until_may_have_passed_ms(&kept.asked_at, fresh_ms) {
            0 => Need::RenewSoon(Grant::Client),
            for_ms => Need::Nothing { for_ms },
        }
    }

    /// There is one grant; a till that asks for another one gets the same.
    fn request(&self, _: &Grant) -> DeskRequest {
        let Config { account, client_id, client_secret, .. } = &*self.config;
        let pair = format!("{}:{}", client_id.expose(), client_secret.expose());
        let basic = Secret::new(&format!("Basic {}", STANDARD.encode(pair)));
        let body = format!(
            "{{\"grant_type\":\"client_credentials\",\"audience\":\"{AUDIENCE}{account}\"}}"
        );
        let json = || "application/json".into();
        let request = Request {
            method: Method::Post,
            path: format!("/accounts/{}/auth/token", path_segment(account.as_str())).into(),
            headers: vec![("Content-Type".into(), json()), ("Accept".into(), json())],
            body: Some(body.into()),
            may_move_money: false,
            timeout_ms: 10 * SECOND_MS,
            fresh_connection: false,
        };
        DeskRequest {
            secret_headers: Some(vec![("Authorization", basic)]),
            ..DeskRequest::at(CORE_HOST, request)
        }
    }

    fn answer(
        &self,
        exchange: &Exchange,
        _: Option<&Kept>,
        now: &Moment,
    ) -> Result<Kept, TokenFailure> {
        let response = exchange.as_ref().map_err(|_| {
            let words = "Dintero's token endpoint could not be reached: it is asked again soon";
            failure(Code::ProviderUnreachable, words, LATER_MS)
        })?;
        match response.status {
            200 if response.is_json() && !response.truncated => granted(response, now),
            400 | 401 | 403 => {
                Err(TokenFailure { error: refused(response), way_out: WayOut::Credentials })
            }
            429 => {
                let wait_ms = response.retry_after_ms().unwrap_or(LATER_MS);
                let words = "Dintero hands out no more tokens for a while: it is asked again then";
                Err(failure(Code::RateLimited, words, wait_ms))
            }
            _ => {
                let words = "Dintero's token endpoint is in trouble: it is asked again soon";
                Err(failure(Code::ProviderUnreachable, words, LATER_MS))
            }
        }
    }

    fn authorize_url(&self, _: &AuthorizeAsk) -> Option<String> {
        None
    }

    fn rotates(&self) -> bool {
        false
    }

    /// What a token allows is not told; the probes of the desk find out.
    fn missing_scopes(&self, _: &Kept) -> Vec<&'static str> {
        Vec::new()
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

fn granted(response: &Response, now: &Moment) -> Result<Kept, TokenFailure> {
    let told: Option<Granted> = read_plainly(&response.body);
    let access = told.as_ref().and_then(|told| credential("access_token", &told.access_token).ok());
    let (Some(access), Some(Granted { expires_in, .. })) = (access, told) else {
        let words = "Dintero's answer holds no access token: it is asked again soon";
        return Err(failure(Code::ProviderUnreachable, words, LATER_MS));
    };
    Ok(Kept {
        access,
        asked_at: *now,
        life_ms: expires_in.saturating_mul(SECOND_MS).clamp(LIFE_MS_MIN, LIFE_MS_MAX),
        refresh: None,
        refresh_life_ms: None,
        scopes: Vec::new(),
    })
}

fn refused(response: &Response) -> Error {
    let error = Error::new(Code::CredentialsRefused).message(
        "Dintero does not accept client_id and client_secret for this account: take both anew \
         from Backoffice",
    );
    match told(response) {
        Some(reason) => error.provider(words(&reason)),
        None => error,
    }
}

fn failure(code: Code, words: &str, ms: u64) -> TokenFailure {
    TokenFailure { error: Error::new(code).message(words), way_out: WayOut::Later { ms } }
}
