//! A merchant's settings for Dintero.
//!
//! The account's first letter tells its environment: both live on the same hosts.

use crate::ids::MerchantId;
use crate::provider::{Secret, Settings, credential, only_known, required_setting};
use crate::sale::{Environment, Fault};

const CHECKOUT_URL: &str = "https://checkout.dintero.com/v1";
const CORE_URL: &str = "https://api.dintero.com/v1";
/// What the desk calls the host of everything but payments.
pub(super) const CORE_HOST: &str = "core";
/// Where a customer would come back to; a terminal has no page to come back from.
const RETURN_URL: &str = "https://return.invalid/";

const ACCOUNT: &str = "account_id";
const CLIENT_ID: &str = "client_id";
const CLIENT_SECRET: &str = "client_secret";
const PROFILE: &str = "profile_id";
const STORE: &str = "store_id";
const PAYOUT: &str = "payout_destination_id";
const CALLBACK_URL: &str = "callback_url";
const CALLBACK_SECRETS: &str = "callback_secrets";
const WEBHOOK_SECRETS: &str = "webhook_secrets";
const PUBLISH: &str = "publish";
const RETURN: &str = "return_url";
const BASE_URL: &str = "base_url";
const CORE: &str = "core_url";
const KNOWN: [&str; 13] = [
    ACCOUNT,
    CLIENT_ID,
    CLIENT_SECRET,
    PROFILE,
    STORE,
    PAYOUT,
    CALLBACK_URL,
    CALLBACK_SECRETS,
    WEBHOOK_SECRETS,
    PUBLISH,
    RETURN,
    BASE_URL,
    CORE,
];
/// The most characters of an id.
const ID_MAX: usize = 128;

/// The settings, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The account, such as `T12345678`.
    pub account: MerchantId,
    /// Where it lives, by the first letter of its id.
    pub environment: Environment,
    /// The name of the API client.
    pub client_id: Secret,
    /// Its secret.
    pub client_secret: Secret,
    /// The payment profile that offers in-person payments.
    pub profile: String,
    /// The merchant's own id of the store.
    pub store: String,
    /// Who receives the money.
    pub payout_destination: String,
    /// Where Dintero calls when a session is decided.
    pub callback_url: Option<String>,
    /// What callbacks and webhooks are signed with.
    pub webhook_secrets: Vec<Secret>,
    /// Whether a session is pushed to its terminal in so many words.
    pub publish: bool,
    /// What the schema wants as the page to return to.
    pub return_url: String,
    /// Where sessions and transactions are.
    pub base_url: String,
    /// Where accounts, terminals and tokens are.
    pub core_url: String,
}

impl Config {
    /// Reads `account_id`, `client_id`, `client_secret`, `profile_id`, `store_id` and
    /// `payout_destination_id`; where there are any, `callback_url`, `callback_secrets` and
    /// `webhook_secrets` (several with commas between them); and for other descriptions of the API
    /// `publish` (`terminal` or `none`), `return_url`, `base_url` and `core_url`.
    ///
    /// # Errors
    /// The first setting that is unknown, missing or not what it should be; never with its value.
    pub fn parse(settings: &Settings) -> Result<Self, Fault> {
        only_known("Dintero", settings, &KNOWN)?;
        let (account, environment) = account(required_setting("Dintero", settings, ACCOUNT)?)?;
        let mut webhook_secrets = secrets(settings, CALLBACK_SECRETS)?;
        webhook_secrets.extend(secrets(settings, WEBHOOK_SECRETS)?);
        Ok(Self {
            account,
            environment,
            client_id: credential(CLIENT_ID, required_setting("Dintero", settings, CLIENT_ID)?)?,
            client_secret: credential(
                CLIENT_SECRET,
                required_setting("Dintero", settings, CLIENT_SECRET)?,
            )?,
            profile: id(settings, PROFILE)?,
            store: id(settings, STORE)?,
            payout_destination: id(settings, PAYOUT)?,
            callback_url: callback_url(settings)?,
            webhook_secrets,
            publish: publish(settings)?,
            return_url: settings.get(RETURN).map_or(RETURN_URL, String::as_str).to_owned(),
            base_url: settings.get(BASE_URL).map_or(CHECKOUT_URL, String::as_str).to_owned(),
            core_url: settings.get(CORE).map_or(CORE_URL, String::as_str).to_owned(),
        })
    }
}

/// A letter for the environment and eight digits.
fn account(text: &str) -> Result<(MerchantId, Environment), Fault> {
    let unfit = || {
        let sentence = "an account is T or P and eight digits, such as T12345678";
        Fault::configuration(ACCOUNT, "account-id", sentence)
    };
    let environment = match text.bytes().next() {
        Some(b'P') => Environment::Production,
        Some(b'T') => Environment::Sandbox,
        _ => return Err(unfit()),
    };
    let digits = text.len() == 9 && text.bytes().skip(1).all(|byte| byte.is_ascii_digit());
    match MerchantId::parse(text) {
        Ok(account) if digits => Ok((account, environment)),
        Ok(_) | Err(_) => Err(unfit()),
    }
}

fn id(settings: &Settings, key: &'static str) -> Result<String, Fault> {
    let text = required_setting("Dintero", settings, key)?;
    let fits =
        (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(text.to_owned());
    }
    let sentence = format!("{key} is 1 to {ID_MAX} visible ASCII characters, as Dintero shows it");
    Err(Fault::configuration(key, "visible-ascii", sentence).limit(ID_MAX))
}

/// Dintero calls over `https` alone, and never this machine; what it adds is ours to say.
fn callback_url(settings: &Settings) -> Result<Option<String>, Fault> {
    let Some(text) = settings.get(CALLBACK_URL) else { return Ok(None) };
    let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?']).next());
    let host = host.unwrap_or_default();
    if host.is_empty()
        || host.starts_with("localhost")
        || !text.bytes().all(|byte| byte.is_ascii_graphic())
    {
        let sentence = "callback_url is an https address that Dintero can reach: not localhost";
        return Err(Fault::configuration(CALLBACK_URL, "https-address", sentence));
    }
    if text.contains(['?', '#']) {
        let sentence = "callback_url has no query: Tillkit adds the one that asks for declines";
        return Err(Fault::configuration(CALLBACK_URL, "no-query", sentence));
    }
    Ok(Some(text.clone()))
}

fn publish(settings: &Settings) -> Result<bool, Fault> {
    match settings.get(PUBLISH).map(String::as_str) {
        None | Some("terminal") => Ok(true),
        Some("none") => Ok(false),
        Some(_) => Err(Fault::configuration(PUBLISH, "one-of", "publish is terminal or none")),
    }
}

fn secrets(settings: &Settings, key: &'static str) -> Result<Vec<Secret>, Fault> {
    let given = settings.get(key).map_or("", String::as_str);
    let parts = given.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| credential(key, part)).collect()
}
