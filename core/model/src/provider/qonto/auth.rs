//! What proves who asks: an access token, and how it is come by.
//!
//! OAuth 2.0 with the merchant's consent, once. An access token lives an hour and is replaced
//! before it ends, because requests with a dead one are counted against the merchant. Each use of
//! the refresh token makes another; the old one works for another minute, so that a lost answer is
//! made good by asking again at once. The exchange carries the application's secret in its body, as
//! Qonto documents; there is no PKCE.
//!
//! None of these headers is ever part of a recorded request: the wire adds them when it leaves, so
//! a replay carries the token of its own hour.

use serde::Deserialize;
use serde_json::Value;

use super::config::App;
use super::outcome::{rate_limit_wait_ms, words};
use super::request::accept_json;
use crate::error::{Code, Error, ProviderWords};
use crate::ids::MerchantId;
use crate::provider::{
    AuthorizeAsk, DeskRequest, Grant, Kept, Need, Secret, TokenFailure, Tokens, WayOut,
    path_segment, read_plainly, words_of,
};
use crate::sale::Environment;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Moment, SECOND_MS};
use crate::wire::{Exchange, Method, Request, Response, SendFailure};

/// The name of the host that hands out tokens.
pub(super) const OAUTH_HOST: &str = "oauth";

/// The scope that brings the refresh token.
const OFFLINE: &str = "offline_access";
/// What a till asks the merchant to allow.
pub(super) const SCOPES: [&str; 4] = [OFFLINE, "terminal.read", "terminal.write", "webhook"];

/// The staging token's header: read only with these capital letters.
const STAGING_HEADER: &str = "X-Qonto-Staging-Token";

const TOKEN_TIMEOUT_MS: u64 = 20 * SECOND_MS;
/// How long a refresh token lives.
const REFRESH_LIFE_MS: u64 = 90 * DAY_MS;
/// How long it works on after its first use.
const GRACE_MS: u64 = MINUTE_MS;
/// An access token's life where an answer does not say it.
const LIFE_MS: u64 = HOUR_MS;
/// A shorter life than this is not believed, or nothing would be done but asking for tokens.
const LIFE_MS_MIN: u64 = MINUTE_MS;
const LIFE_MS_MAX: u64 = DAY_MS;
/// So long before its end a token is replaced.
const RENEW_SOON_MS: u64 = 5 * MINUTE_MS;
/// So long before its end it is used no more: a request may be on its way for a while.
const RENEW_FIRST_MS: u64 = 30 * SECOND_MS;
/// After an answer that was lost: soon enough for the old refresh token, several times.
const LOST_WAIT_MS: u64 = 5 * SECOND_MS;
/// After a refusal that may pass.
const REFUSED_WAIT_MS: u64 = MINUTE_MS;

/// The headers of an access token.
pub(super) fn bearer(access: &Secret, staging: Option<&Secret>) -> Vec<(&'static str, Secret)> {
    let bearer = Secret::new(&format!("Bearer {}", access.expose()));
    std::iter::once(("Authorization", bearer)).chain(standing(staging)).collect()
}

fn standing(staging: Option<&Secret>) -> Option<(&'static str, Secret)> {
    staging.map(|token| (STAGING_HEADER, token.clone()))
}

/// An application that the merchant gives consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OAuth {
    /// The application.
    pub(super) app: App,
    /// Where the account lives.
    pub(super) environment: Environment,
    /// The organization whose consent is asked for.
    pub(super) organization: MerchantId,
    /// The sandbox's own door.
    pub(super) staging_token: Option<Secret>,
}

impl Tokens for OAuth {
    fn headers(&self, access: &Secret) -> Vec<(&'static str, Secret)> {
        bearer(access, self.staging_token.as_ref())
    }

    fn need(&self, kept: Option<&Kept>, now: &Moment) -> Need {
        let Some(kept) = kept else { return Need::Consent };
        let left_ms = left_ms(kept, now);
        let soon_ms = RENEW_SOON_MS.min(kept.life_ms / 2);
        let first_ms = RENEW_FIRST_MS.min(kept.life_ms / 4);
        match living_refresh(kept, now).map(Grant::Refresh) {
            // Where nothing brings another, the last second counts.
            None if left_ms == 0 => Need::Consent,
            None => Need::Nothing { for_ms: left_ms },
            Some(grant) if left_ms <= first_ms => Need::RenewFirst(grant),
            Some(grant) if left_ms <= soon_ms || now.boot != kept.asked_at.boot => {
                Need::RenewSoon(grant)
            }
            Some(_) => Need::Nothing { for_ms: left_ms.saturating_sub(soon_ms) },
        }
    }

    /// Qonto knows no grant but consent: asking by the application's own credentials is refused.
    fn request(&self, grant: &Grant) -> DeskRequest {
        let App { client_id, client_secret, .. } = &self.app;
        let mut form = Form::default();
        match grant {
            Grant::Client => form.add("grant_type", "client_credentials"),
            Grant::Refresh(refresh) => {
                form.add("grant_type", "refresh_token");
                form.add("refresh_token", refresh.expose());
            }
            Grant::Code { code, redirect_uri } => {
                form.add("grant_type", "authorization_code");
                form.add("code", code.expose());
                form.add("redirect_uri", redirect_uri);
            }
        }
        form.add("client_id", client_id.expose());
        form.add("client_secret", client_secret.expose());
        DeskRequest {
            secret_headers: Some(standing(self.staging_token.as_ref()).into_iter().collect()),
            secret_body: Some(Secret::new(&form.0)),
            ..DeskRequest::at(OAUTH_HOST, token_request())
        }
    }

    /// `now` is when the tokens were asked for.
    fn answer(
        &self,
        exchange: &Exchange,
        kept: Option<&Kept>,
        now: &Moment,
    ) -> Result<Kept, TokenFailure> {
        let response = exchange.as_ref().map_err(unanswered)?;
        match response.status {
            429 => Err(later(Code::RateLimited, rate_limit_wait_ms(response), response)),
            500.. => Err(later(Code::ProviderUnreachable, LOST_WAIT_MS, response)),
            _ if is_page(response) => Err(self.page(response)),
            // It may have been the only copy of a pair: the old one works for a minute yet.
            _ if response.truncated => Err(unreadable(response)),
            200..300 => granted(response, kept, now).ok_or_else(|| unreadable(response)),
            _ => Err(refused(response, kept, now)),
        }
    }

    fn authorize_url(&self, ask: &AuthorizeAsk) -> Option<String> {
        let App { client_id, oauth_url, .. } = &self.app;
        let mut query = Form::default();
        query.add("client_id", client_id.expose());
        query.add("redirect_uri", &ask.redirect_uri);
        query.add("response_type", "code");
        query.add("scope", &SCOPES.join(" "));
        query.add("state", &ask.state);
        query.add("organization_id", self.organization.as_str());
        Some(format!("{}/oauth2/auth?{}", oauth_url.trim_end_matches('/'), query.0))
    }

    fn rotates(&self) -> bool {
        true
    }

    /// An answer that names no scopes grants those that were asked for; the refresh token itself
    /// shows whether its scope was.
    fn missing_scopes(&self, kept: &Kept) -> Vec<&'static str> {
        let unsaid = kept.scopes.is_empty();
        let granted = |scope: &str| unsaid || kept.scopes.iter().any(|told| **told == *scope);
        let lacks = |scope: &&str| match *scope {
            OFFLINE => kept.refresh.is_none(),
            scope => !granted(scope),
        };
        SCOPES.into_iter().filter(lacks).collect()
    }
}

impl OAuth {
    /// What is no JSON came from before the authorization server.
    fn page(&self, response: &Response) -> TokenFailure {
        if self.environment == Environment::Production {
            return later(Code::ProviderUnreachable, REFUSED_WAIT_MS, response);
        }
        let error = Error::new(Code::InvalidConfiguration)
            .field("staging_token")
            .rule("accepted-by-the-sandbox")
            .message(
                "the sandbox answered with a page instead of tokens: \
                 take the staging token of this application from the developer portal anew",
            );
        TokenFailure { error, way_out: WayOut::Credentials }
    }
}

/// How long the access token surely lives yet. After another boot only the wall clock can tell; it
/// is believed, because a dead token is refused and moves nothing.
fn left_ms(kept: &Kept, now: &Moment) -> u64 {
    let age_ms = now.age_at_most_ms(&kept.asked_at);
    kept.life_ms.saturating_sub(age_ms.unwrap_or_else(|| now.wall_since_ms(&kept.asked_at)))
}

/// The refresh token, unless it is surely dead: to try one that may be costs a request, not to try
/// one that lives costs the merchant's consent.
fn living_refresh(kept: &Kept, now: &Moment) -> Option<Secret> {
    let dead = kept.refresh_life_ms.is_some_and(|life| now.has_surely_passed(&kept.asked_at, life));
    kept.refresh.clone().filter(|_| !dead)
}

/// Names and values as a form writes them.
#[derive(Default)]
struct Form(String);

impl Form {
    fn add(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        self.0.push_str(&path_segment(value));
    }
}

fn token_request() -> Request {
    Request {
        method: Method::Post,
        path: "/oauth2/token".into(),
        headers: vec![
            ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
            accept_json(),
        ],
        body: None,
        may_move_money: false,
        timeout_ms: TOKEN_TIMEOUT_MS,
        fresh_connection: false,
    }
}

/// What decides is told strictly; what an older or newer server may write otherwise is not.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    scope: Value,
    #[serde(default)]
    token_type: Option<String>,
}

fn granted(response: &Response, kept: Option<&Kept>, now: &Moment) -> Option<Kept> {
    let told: Granted = read_plainly(&response.body)?;
    let fits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let of_a_bearer = told.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !of_a_bearer || !fits(&told.access_token) {
        return None;
    }
    let scopes = scopes(&told.scope);
    let offline = scopes.is_empty() || scopes.iter().any(|scope| &**scope == OFFLINE);
    let fresh = told.refresh_token.filter(|refresh| fits(refresh));
    // An answer without one leaves the one that it was asked by.
    let old = kept.and_then(|kept| kept.refresh.clone()).filter(|_| offline);
    Some(Kept {
        access: Secret::new(&told.access_token),
        asked_at: *now,
        life_ms: life_ms(&told.expires_in),
        refresh: fresh.as_deref().map(Secret::new).or(old),
        refresh_life_ms: Some(REFRESH_LIFE_MS),
        scopes,
    })
}

fn life_ms(expires_in: &Value) -> u64 {
    let in_words = || expires_in.as_str().and_then(|text| text.trim().parse().ok());
    let seconds: Option<u64> = expires_in.as_u64().or_else(in_words);
    seconds.map_or(LIFE_MS, |seconds| {
        seconds.saturating_mul(SECOND_MS).clamp(LIFE_MS_MIN, LIFE_MS_MAX)
    })
}

/// Separated by spaces, as the standard says, or listed.
fn scopes(scope: &Value) -> Vec<Box<str>> {
    match scope {
        Value::String(text) => text.split_ascii_whitespace().map(Into::into).collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(Into::into).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn unanswered(failure: &SendFailure) -> TokenFailure {
    let (why, ms) = match failure {
        SendFailure::NotSent { why } => (why, SECOND_MS),
        SendFailure::MaybeSent { why } => (why, LOST_WAIT_MS),
    };
    let message = format!("no answer to the request for tokens: {why}");
    let error = Error::new(Code::ProviderUnreachable).message(message).retry_after_ms(ms);
    TokenFailure { error, way_out: WayOut::Later { ms } }
}

fn is_page(response: &Response) -> bool {
    (300..400).contains(&response.status) || !response.is_json()
}

fn unreadable(response: &Response) -> TokenFailure {
    later(Code::ProviderUnreachable, LOST_WAIT_MS, response)
}

fn later(code: Code, ms: u64, response: &Response) -> TokenFailure {
    let error = Error::new(code).retry_after_ms(ms).provider(provider_words(response));
    TokenFailure { error, way_out: WayOut::Later { ms } }
}

/// The standard's own words for a refusal, and what can be done about each.
pub(super) const REFUSALS: &[(&str, Remedy)] = &[
    ("invalid_grant", Remedy::Consent),
    ("invalid_client", Remedy::Credentials),
    ("unauthorized_client", Remedy::Credentials),
    ("invalid_scope", Remedy::Credentials),
    ("unsupported_grant_type", Remedy::Credentials),
];

/// What can be done about a refusal. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The merchant gives consent anew.
    Consent,
    /// The application's settings are mended.
    Credentials,
}

fn refused(response: &Response, kept: Option<&Kept>, now: &Moment) -> TokenFailure {
    let said = provider_words(response);
    let row = REFUSALS.iter().find(|(word, _)| said.code.as_deref() == Some(word));
    match row.map(|(_, remedy)| *remedy) {
        Some(Remedy::Consent) if is_fresh(kept, now) => {
            later(Code::CredentialsRefused, LOST_WAIT_MS, response)
        }
        Some(Remedy::Consent) => {
            let message = "the merchant's consent is over: call authorize, \
                           and let the merchant follow its address";
            let error = Error::new(Code::CredentialsRefused).message(message).provider(said);
            TokenFailure { error, way_out: WayOut::Consent }
        }
        Some(Remedy::Credentials) => {
            let message = "Qonto refuses this application: check client_id, client_secret, \
                           the environment that they were issued for, and its allowed scopes";
            let error = Error::new(Code::CredentialsRefused).message(message).provider(said);
            TokenFailure { error, way_out: WayOut::Credentials }
        }
        // Something in between may have answered: it is no verdict about the tokens.
        None => later(Code::CredentialsRefused, REFUSED_WAIT_MS, response),
    }
}

/// Within the grace a refused refresh says that another asker was quicker, not that consent ended.
fn is_fresh(kept: Option<&Kept>, now: &Moment) -> bool {
    kept.is_some_and(|kept| !now.has_surely_passed(&kept.asked_at, GRACE_MS))
}

/// The standard's envelope, or the API's own.
fn provider_words(response: &Response) -> ProviderWords {
    #[derive(Deserialize)]
    struct Standard {
        error: String,
        #[serde(default)]
        error_description: Option<String>,
    }
    let standard: Option<Standard> = serde_json::from_slice(&response.body).ok();
    let own = words(response);
    match standard {
        None => own,
        Some(Standard { error, error_description }) => ProviderWords {
            code: Some(words_of(&error)),
            detail: error_description.as_deref().map(words_of),
            ..own
        },
    }
}
