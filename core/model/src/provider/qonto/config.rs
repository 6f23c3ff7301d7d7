//! A merchant's settings for Qonto.
//!
//! The access token comes from OAuth, for one organization; the client secret never comes here.

use crate::error::Code;
use crate::ids::MerchantId;
use crate::provider::{Secret, Settings};
use crate::sale::{Environment, Fault};

const PRODUCTION_URL: &str = "https://thirdparty.qonto.com";
const SANDBOX_URL: &str = "https://thirdparty-sandbox.staging.qonto.co";

const ENVIRONMENT: &str = "environment";
const ORGANIZATION: &str = "organization_id";
const ACCESS_TOKEN: &str = "access_token";
const STAGING_TOKEN: &str = "staging_token";
const BASE_URL: &str = "base_url";
const KNOWN: [&str; 5] = [ENVIRONMENT, ORGANIZATION, ACCESS_TOKEN, STAGING_TOKEN, BASE_URL];

/// The settings, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The merchant's organization.
    pub organization: MerchantId,
    /// Where the account lives.
    pub environment: Environment,
    /// The address of the API.
    pub base_url: String,
    /// What OAuth handed out.
    pub access_token: Secret,
    /// What the developer portal handed out for the sandbox.
    pub staging_token: Option<Secret>,
}

impl Config {
    /// Reads `environment` (`production` or `sandbox`), `organization_id`, `access_token`, and for
    /// the sandbox `staging_token`; or, for a simulator in its place, `base_url`.
    ///
    /// # Errors
    /// The first setting that is unknown, missing or not what it should be; never with its value.
    pub fn parse(settings: &Settings) -> Result<Self, Fault> {
        refuse_unknown(settings)?;
        let environment = environment(settings)?;
        let organization = MerchantId::parse(required(settings, ORGANIZATION)?)
            .map_err(|refusal| fault(ORGANIZATION, "visible-ascii", refusal.rule))?;
        let access_token = credential(ACCESS_TOKEN, required(settings, ACCESS_TOKEN)?)?;
        let staging_token = staging_token(settings, environment)?;
        let base_url = base_url(settings, environment)?.to_owned();
        Ok(Self { organization, environment, base_url, access_token, staging_token })
    }
}

fn refuse_unknown(settings: &Settings) -> Result<(), Fault> {
    match settings.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let known = KNOWN.join(", ");
            let sentence = format!("Qonto has no setting {key:?}: it takes {known}");
            Err(fault("settings", "known-settings", sentence).limit(known))
        }
    }
}

fn environment(settings: &Settings) -> Result<Environment, Fault> {
    match required(settings, ENVIRONMENT)? {
        "production" => Ok(Environment::Production),
        "sandbox" => Ok(Environment::Sandbox),
        _ => Err(fault(ENVIRONMENT, "one-of", "the environment is production or sandbox")),
    }
}

/// The sandbox answers with a login page to whoever comes without one; production accepts none.
fn staging_token(settings: &Settings, environment: Environment) -> Result<Option<Secret>, Fault> {
    let given = settings.get(STAGING_TOKEN).map(|token| credential(STAGING_TOKEN, token));
    match (environment, given) {
        (Environment::Sandbox, None) if !settings.contains_key(BASE_URL) => {
            Err(fault(STAGING_TOKEN, "required", "the sandbox needs the portal's staging token"))
        }
        (Environment::Production, Some(_)) => {
            let sentence = "production takes no staging token: leave it out";
            Err(fault(STAGING_TOKEN, "sandbox-only", sentence))
        }
        (_, given) => given.transpose(),
    }
}

fn base_url(settings: &Settings, environment: Environment) -> Result<&str, Fault> {
    match (environment, settings.get(BASE_URL)) {
        (Environment::Production, Some(_)) => {
            let sentence = "production has one address: leave base_url out, or say sandbox";
            Err(fault(BASE_URL, "sandbox-only", sentence))
        }
        (Environment::Production, None) => Ok(PRODUCTION_URL),
        (Environment::Sandbox, given) => Ok(given.map_or(SANDBOX_URL, String::as_str)),
    }
}

fn required<'a>(settings: &'a Settings, key: &'static str) -> Result<&'a str, Fault> {
    let value = settings.get(key).map(String::as_str);
    value.ok_or_else(|| fault(key, "required", format!("Qonto needs the setting {key}")))
}

/// What travels in a header must fit into one.
fn credential(field: &'static str, text: &str) -> Result<Secret, Fault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let sentence = format!("{field} is visible ASCII without spaces: take it as it was issued");
        return Err(fault(field, "visible-ascii", sentence));
    }
    Ok(Secret::new(text))
}

fn fault(field: &'static str, rule: &'static str, sentence: impl Into<String>) -> Fault {
    Fault { code: Code::InvalidConfiguration, ..Fault::invalid(field, rule, sentence) }
}
