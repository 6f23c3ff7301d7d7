//! A merchant's settings for Centrapay.
//!
//! One key of the role `merchant-terminal` for one merchant config. Test and live merchants share
//! one host: which of the two a config is, only Centrapay's answers tell, and they are held against
//! the environment that is set here.

use crate::ids::MerchantId;
use crate::provider::{Secret, Settings, credential, only_known, required_setting};
use crate::sale::{Environment, Fault};

const SERVICE_URL: &str = "https://service.centrapay.com";
const AUTH_URL: &str = "https://auth.centrapay.com";

const ENVIRONMENT: &str = "environment";
const API_KEY: &str = "api_key";
const CONFIG: &str = "config_id";
const MERCHANT: &str = "merchant_id";
const MERCHANT_ACCOUNT: &str = "merchant_account_id";
const LOOK_UP_RIGHT: &str = "look_up_right";
const TERMINAL: &str = "terminal_id";
const DEVICE: &str = "device_id";
const CONDITIONS: &str = "conditions";
const BASE_URL: &str = "base_url";
const AUTH_BASE_URL: &str = "auth_url";
const KNOWN: [&str; 11] = [
    ENVIRONMENT,
    API_KEY,
    CONFIG,
    MERCHANT,
    MERCHANT_ACCOUNT,
    LOOK_UP_RIGHT,
    TERMINAL,
    DEVICE,
    CONDITIONS,
    BASE_URL,
    AUTH_BASE_URL,
];

/// The settings, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The merchant config, which says what a request may be paid with.
    pub merchant_config: MerchantId,
    /// What requests and answers are made of.
    pub profile: Profile,
    /// The address of the API.
    pub base_url: String,
    /// The address of the keys by which notifications are signed.
    pub auth_url: String,
    /// The key of the role `merchant-terminal`.
    pub api_key: Secret,
}

/// What of the settings the translators need; no secret among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The merchant config, as each request names it.
    pub config_id: Box<str>,
    /// The merchant, for the list of activities; without it there is no such list.
    pub merchant_id: Option<Box<str>>,
    /// The account that owns the merchant, for the list by reference; without it a lost request is
    /// not looked for.
    pub merchant_account_id: Option<Box<str>>,
    /// The key was seen to list this account's requests: only then is an empty list a proof.
    pub may_list: bool,
    /// The till's logical name, where a sale names none.
    pub terminal_id: Option<Box<str>>,
    /// The till's serial number.
    pub device_id: Option<Box<str>>,
    /// Somebody at the till answers conditions; without it a condition cancels the request.
    pub answers_conditions: bool,
    /// Where the account lives.
    pub environment: Environment,
}

impl Config {
    /// Reads `environment` (`production` or `sandbox`), `api_key` and `config_id`; for more than a
    /// plain sale `merchant_id`, `merchant_account_id`, `look_up_right`, `terminal_id`, `device_id`
    /// and `conditions`; and, for a simulator in its place, `base_url` and `auth_url`.
    ///
    /// # Errors
    /// The first setting that is unknown, missing or not what it should be; never with its value.
    pub fn parse(settings: &Settings) -> Result<Self, Fault> {
        only_known("Centrapay", settings, &KNOWN)?;
        let environment = environment(settings)?;
        let api_key = credential(API_KEY, required_setting("Centrapay", settings, API_KEY)?)?;
        let merchant_config =
            MerchantId::parse(required_setting("Centrapay", settings, CONFIG)?)
                .map_err(|refusal| Fault::configuration(CONFIG, "visible-ascii", refusal.rule))?;
        let profile = profile(settings, environment, &merchant_config)?;
        let base_url = address(settings, environment, BASE_URL, SERVICE_URL)?;
        let auth_url = address(settings, environment, AUTH_BASE_URL, AUTH_URL)?;
        Ok(Self { merchant_config, profile, base_url, auth_url, api_key })
    }
}

fn profile(
    settings: &Settings,
    environment: Environment,
    config: &MerchantId,
) -> Result<Profile, Fault> {
    let merchant_account_id = name(settings, MERCHANT_ACCOUNT)?;
    let may_list = choice(settings, LOOK_UP_RIGHT, ("yes", "no"), false)?;
    if may_list && merchant_account_id.is_none() {
        let sentence = "a list by reference needs the setting merchant_account_id: add it, or say \
                        look_up_right no";
        return Err(Fault::configuration(MERCHANT_ACCOUNT, "required", sentence));
    }
    Ok(Profile {
        config_id: config.as_str().into(),
        merchant_id: name(settings, MERCHANT)?,
        merchant_account_id,
        may_list,
        terminal_id: name(settings, TERMINAL)?,
        device_id: name(settings, DEVICE)?,
        answers_conditions: choice(settings, CONDITIONS, ("answered", "refused"), true)?,
        environment,
    })
}

fn environment(settings: &Settings) -> Result<Environment, Fault> {
    match required_setting("Centrapay", settings, ENVIRONMENT)? {
        "production" => Ok(Environment::Production),
        "sandbox" => Ok(Environment::Sandbox),
        _ => Err(Fault::configuration(
            ENVIRONMENT,
            "one-of",
            "the environment is production or sandbox",
        )),
    }
}

/// One of two words, the first of which means yes.
fn choice(
    settings: &Settings,
    key: &'static str,
    (yes, no): (&'static str, &'static str),
    usual: bool,
) -> Result<bool, Fault> {
    match settings.get(key).map(String::as_str) {
        None => Ok(usual),
        Some(word) if word == yes => Ok(true),
        Some(word) if word == no => Ok(false),
        Some(_) => Err(Fault::configuration(key, "one-of", format!("{key} is {yes} or {no}"))),
    }
}

/// A name that travels in an address or a body.
fn name(settings: &Settings, key: &'static str) -> Result<Option<Box<str>>, Fault> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    let parsed = MerchantId::parse(text);
    let refused = |_| {
        Fault::configuration(
            key,
            "visible-ascii",
            format!("{key} is 1 to 128 visible ASCII characters"),
        )
    };
    parsed.map(|name| Some(name.as_str().into())).map_err(refused)
}

/// Test and live share the host, so another address is a simulator's and handles no money.
fn address(
    settings: &Settings,
    environment: Environment,
    key: &'static str,
    usual: &str,
) -> Result<String, Fault> {
    match (environment, settings.get(key)) {
        (Environment::Production, Some(_)) => {
            let sentence = format!("production has one address: leave {key} out, or say sandbox");
            Err(Fault::configuration(key, "sandbox-only", sentence))
        }
        (_, given) => Ok(given.map_or(usual, String::as_str).to_owned()),
    }
}
