//! A merchant's settings for Qonto.
//!
//! There are two ways in. A backend holds the application's id and secret and keeps the merchant's
//! tokens; a device holds an access token that its merchant's backend handed out, and nothing that
//! makes another. One of the two, never both.

use crate::ids::MerchantId;
use crate::provider::{Secret, Settings, credential, only_known, required_setting};
use crate::sale::{Environment, Fault};

const PRODUCTION_URL: &str = "https://thirdparty.qonto.com";
const SANDBOX_URL: &str = "https://thirdparty-sandbox.staging.qonto.co";
const PRODUCTION_OAUTH_URL: &str = "https://oauth.qonto.com";
const SANDBOX_OAUTH_URL: &str = "https://oauth-sandbox.staging.qonto.co";

const ENVIRONMENT: &str = "environment";
const ORGANIZATION: &str = "organization_id";
const ACCESS_TOKEN: &str = "access_token";
const CLIENT_ID: &str = "client_id";
const CLIENT_SECRET: &str = "client_secret";
const STAGING_TOKEN: &str = "staging_token";
const WEBHOOK_SECRETS: &str = "webhook_secrets";
const BASE_URL: &str = "base_url";
const OAUTH_URL: &str = "oauth_url";
const KNOWN: [&str; 9] = [
    ENVIRONMENT,
    ORGANIZATION,
    ACCESS_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    STAGING_TOKEN,
    WEBHOOK_SECRETS,
    BASE_URL,
    OAUTH_URL,
];

/// The settings, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The merchant's organization.
    pub organization: MerchantId,
    /// Where the account lives.
    pub environment: Environment,
    /// The address of the API.
    pub base_url: String,
    /// What proves who asks.
    pub access: Access,
    /// What the developer portal handed out for the sandbox.
    pub staging_token: Option<Secret>,
    /// What subscriptions sign with: several while one is being replaced.
    pub webhook_secrets: Vec<Secret>,
}

/// What proves who asks. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// An access token that somebody else renews.
    Given(Secret),
    /// An application that asks for tokens itself.
    App(App),
}

/// An application of the developer portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub client_id: Secret,
    /// Its secret: of a backend, never of a device.
    pub client_secret: Secret,
    /// The address of the authorization server.
    pub oauth_url: String,
}

impl Config {
    /// Reads `environment` (`production` or `sandbox`) and `organization_id`; `client_id` and
    /// `client_secret`, or `access_token`; for the sandbox `staging_token`; where notifications are
    /// taken `webhook_secrets` (several with commas between them); and for a simulator in place of
    /// the sandbox `base_url` and `oauth_url`.
    ///
    /// # Errors
    /// The first setting that is unknown, missing or not what it should be; never with its value.
    pub fn parse(settings: &Settings) -> Result<Self, Fault> {
        only_known("Qonto", settings, &KNOWN)?;
        let environment = environment(settings)?;
        let organization = MerchantId::parse(required_setting("Qonto", settings, ORGANIZATION)?)
            .map_err(|refusal| Fault::configuration(ORGANIZATION, "visible-ascii", refusal.rule))?;
        let access = access(settings, environment)?;
        let staging_token = staging_token(settings, environment)?;
        let webhook_secrets = webhook_secrets(settings)?;
        let base_url = address(settings, BASE_URL, environment, (PRODUCTION_URL, SANDBOX_URL))?;
        Ok(Self { organization, environment, base_url, access, staging_token, webhook_secrets })
    }
}

fn environment(settings: &Settings) -> Result<Environment, Fault> {
    match required_setting("Qonto", settings, ENVIRONMENT)? {
        "production" => Ok(Environment::Production),
        "sandbox" => Ok(Environment::Sandbox),
        _ => Err(Fault::configuration(
            ENVIRONMENT,
            "one-of",
            "the environment is production or sandbox",
        )),
    }
}

fn access(settings: &Settings, environment: Environment) -> Result<Access, Fault> {
    let oauth_url =
        address(settings, OAUTH_URL, environment, (PRODUCTION_OAUTH_URL, SANDBOX_OAUTH_URL))?;
    let of_an_app = [CLIENT_ID, CLIENT_SECRET].iter().any(|key| settings.contains_key(*key));
    match (settings.get(ACCESS_TOKEN), of_an_app) {
        (Some(token), false) => Ok(Access::Given(credential(ACCESS_TOKEN, token)?)),
        (Some(_), true) => {
            let sentence = "give access_token, or client_id and client_secret, not both: \
                            with the latter Tillkit asks for access tokens itself";
            Err(Fault::configuration(ACCESS_TOKEN, "one-way-in", sentence))
        }
        (None, true) => {
            let client_id = credential(CLIENT_ID, required_setting("Qonto", settings, CLIENT_ID)?)?;
            let client_secret =
                credential(CLIENT_SECRET, required_setting("Qonto", settings, CLIENT_SECRET)?)?;
            refuse_half_a_simulator(settings)?;
            Ok(Access::App(App { client_id, client_secret, oauth_url }))
        }
        (None, false) => {
            let sentence = "Qonto needs client_id and client_secret (in a backend), \
                            or an access_token that your backend handed out (on a device)";
            Err(Fault::configuration(ACCESS_TOKEN, "required", sentence))
        }
    }
}

/// A simulator's secrets must not end at the real sandbox.
fn refuse_half_a_simulator(settings: &Settings) -> Result<(), Fault> {
    if settings.contains_key(BASE_URL) == settings.contains_key(OAUTH_URL) {
        return Ok(());
    }
    let sentence = "base_url and oauth_url are given together: a token of one place opens no other";
    Err(Fault::configuration(OAUTH_URL, "with-base-url", sentence))
}

/// The sandbox answers with a login page to whoever comes without one; production accepts none.
fn staging_token(settings: &Settings, environment: Environment) -> Result<Option<Secret>, Fault> {
    let given = settings.get(STAGING_TOKEN).map(|token| credential(STAGING_TOKEN, token));
    match (environment, given) {
        (Environment::Sandbox, None) if !settings.contains_key(BASE_URL) => {
            Err(Fault::configuration(
                STAGING_TOKEN,
                "required",
                "the sandbox needs the portal's staging token",
            ))
        }
        (Environment::Production, Some(_)) => {
            let sentence = "production takes no staging token: leave it out";
            Err(Fault::configuration(STAGING_TOKEN, "sandbox-only", sentence))
        }
        (_, given) => given.transpose(),
    }
}

fn webhook_secrets(settings: &Settings) -> Result<Vec<Secret>, Fault> {
    let Some(given) = settings.get(WEBHOOK_SECRETS) else { return Ok(Vec::new()) };
    given.split(',').map(|secret| credential(WEBHOOK_SECRETS, secret.trim())).collect()
}

fn address(
    settings: &Settings,
    key: &'static str,
    environment: Environment,
    (production, sandbox): (&str, &str),
) -> Result<String, Fault> {
    match (environment, settings.get(key)) {
        (Environment::Production, Some(_)) => {
            let sentence = format!("production has one address: leave {key} out, or say sandbox");
            Err(Fault::configuration(key, "sandbox-only", sentence))
        }
        (Environment::Production, None) => Ok(production.to_owned()),
        (Environment::Sandbox, given) => Ok(given.map_or(sandbox, String::as_str).to_owned()),
    }
}
