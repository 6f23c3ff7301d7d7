//! A merchant's settings for VINR, in the cloud or straight at a terminal.

use crate::ids::MerchantId;
use crate::provider::{Reach, Secret, Settings, credential, only_known, required_setting};
use crate::sale::{Environment, Fault};

const PRODUCTION_URL: &str = "https://api.vinr.com";
const SANDBOX_URL: &str = "https://sandbox.api.vinr.com";

const MODE: &str = "mode";
const ENVIRONMENT: &str = "environment";
const MERCHANT: &str = "merchant_id";
const API_KEY: &str = "api_key";
const DEVICE_CERTIFICATE: &str = "device_certificate";
const PIN: &str = "pinned_sha256";
const BASE_URL: &str = "base_url";
const TIPS: &str = "tips";
const OWN_ID: &str = "own_id";
const PRESENT: &str = "refund_at_terminal";
const SCHEME: &str = "webhook_scheme";
const SECRETS: &str = "webhook_secrets";
const LOCATION: &str = "location_id";
const KNOWN: [&str; 13] = [
    MODE,
    ENVIRONMENT,
    MERCHANT,
    API_KEY,
    DEVICE_CERTIFICATE,
    PIN,
    BASE_URL,
    TIPS,
    OWN_ID,
    PRESENT,
    SCHEME,
    SECRETS,
    LOCATION,
];

/// Longer than any id that VINR shows.
const LOCATION_MAX: usize = 64;

/// The settings, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The merchant, as the host names it.
    pub merchant: MerchantId,
    /// Where the account lives.
    pub environment: Environment,
    /// The address of the API.
    pub base_url: String,
    /// How far away that is.
    pub reach: Reach,
    /// What opens it.
    pub entrance: Entrance,
    /// What the pages leave open, decided for this merchant.
    pub terms: Terms,
    /// How notifications are checked; none is not at all, so that they are refused.
    pub scheme: Option<Scheme>,
    /// What they are signed with: several while one is being replaced.
    pub webhook_secrets: Vec<Secret>,
    /// Where the terminals stand that are listed, and whose payments are compared; everywhere
    /// unless said.
    pub location: Option<String>,
}

/// What opens the API. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// The cloud's secret or restricted key.
    Key(Secret),
    /// The terminal's certificate.
    Certificate(Secret),
}

/// What shapes requests and readings for one merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Cloud or terminal.
    pub mode: Mode,
    /// Where a tip stands, when the amounts cannot tell.
    pub tips: Tips,
    /// Which field carries our payment id.
    pub own_id: OwnId,
    /// Whether the customer shows the card again for a refund.
    pub refund_at_terminal: bool,
}

/// Who is asked. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// VINR's cloud.
    Cloud,
    /// The terminal's own server.
    Local,
}

/// Where a tip stands. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tips {
    /// Inside `amount`.
    Included,
    /// On top of it.
    OnTop,
}

/// Which field carries our payment id, beside the metadata. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnId {
    /// `reference`.
    Reference,
    /// None: `reference` is the till's.
    Metadata,
}

/// How notifications are signed. Closed; VINR has not published it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA256 in hexadecimal over the time, a dot and the body.
    HmacSha256Timestamped,
}

impl Terms {
    /// What holds where the settings say nothing.
    #[must_use]
    pub const fn usual(mode: Mode) -> Self {
        Self { mode, tips: Tips::Included, own_id: OwnId::Reference, refund_at_terminal: false }
    }
}

impl Config {
    /// Reads `mode` (`cloud` unless it says `local`), `environment` (`production` or `sandbox`) and
    /// `merchant_id`; for the cloud `api_key`, for a terminal `base_url`, `device_certificate` and,
    /// over https, `pinned_sha256`; and, where the usual does not fit, `tips`, `own_id`,
    /// `refund_at_terminal`, `webhook_scheme` and `webhook_secrets`; and `location_id`, where the
    /// key opens more than one shop.
    ///
    /// # Errors
    /// The first setting that is unknown, missing or not what it should be; never with its value.
    pub fn parse(settings: &Settings) -> Result<Self, Fault> {
        only_known("VINR", settings, &KNOWN)?;
        let choices = [("cloud", Mode::Cloud), ("local", Mode::Local)];
        let mode = choice(settings, MODE, &choices)?.unwrap_or(Mode::Cloud);
        let environment = environment(settings)?;
        let merchant = MerchantId::parse(required_setting("VINR", settings, MERCHANT)?)
            .map_err(|refusal| Fault::configuration(MERCHANT, "visible-ascii", refusal.rule))?;
        let (base_url, reach, entrance) = match mode {
            Mode::Cloud => cloud(settings, environment)?,
            Mode::Local => local(settings)?,
        };
        let (scheme, webhook_secrets) = notifications(settings, mode)?;
        let terms = terms(settings, mode)?;
        let location = location(settings, mode)?;
        Ok(Self {
            merchant,
            environment,
            base_url,
            reach,
            entrance,
            terms,
            scheme,
            webhook_secrets,
            location,
        })
    }
}

fn environment(settings: &Settings) -> Result<Environment, Fault> {
    let choices = [("production", Environment::Production), ("sandbox", Environment::Sandbox)];
    let missing =
        || Fault::configuration(ENVIRONMENT, "required", "VINR needs the setting environment");
    choice(settings, ENVIRONMENT, &choices)?.ok_or_else(missing)
}

fn terms(settings: &Settings, mode: Mode) -> Result<Terms, Fault> {
    let usual = Terms::usual(mode);
    let tips = [("included", Tips::Included), ("on-top", Tips::OnTop)];
    let own_id = [("reference", OwnId::Reference), ("metadata", OwnId::Metadata)];
    Ok(Terms {
        mode,
        tips: choice(settings, TIPS, &tips)?.unwrap_or(usual.tips),
        own_id: choice(settings, OWN_ID, &own_id)?.unwrap_or(usual.own_id),
        refund_at_terminal: choice(settings, PRESENT, &[("true", true), ("false", false)])?
            .unwrap_or(usual.refund_at_terminal),
    })
}

type Place = (String, Reach, Entrance);

fn cloud(settings: &Settings, environment: Environment) -> Result<Place, Fault> {
    for key in [DEVICE_CERTIFICATE, PIN] {
        if settings.contains_key(key) {
            let sentence = format!("{key} belongs to mode local: leave it out, or say mode local");
            return Err(Fault::configuration(key, "local-only", sentence));
        }
    }
    let key = required_setting("VINR", settings, API_KEY)?;
    let secret = credential(API_KEY, key)?;
    check_kind(key, environment)?;
    let base_url = match (environment, settings.get(BASE_URL)) {
        (Environment::Production, Some(_)) => {
            let sentence = "production has one address: leave base_url out, or say sandbox";
            return Err(Fault::configuration(BASE_URL, "sandbox-only", sentence));
        }
        (Environment::Production, None) => PRODUCTION_URL.to_owned(),
        (Environment::Sandbox, given) => given.map_or(SANDBOX_URL, String::as_str).to_owned(),
    };
    Ok((base_url, Reach::Internet, Entrance::Key(secret)))
}

/// A key of another kind or environment would only ever be answered with 401.
fn check_kind(key: &str, environment: Environment) -> Result<(), Fault> {
    if key.starts_with("pk_") {
        let sentence = "a publishable key opens nothing here: take the secret key, sk_...";
        return Err(Fault::configuration(API_KEY, "secret-key", sentence));
    }
    let (other, place) = match environment {
        Environment::Production => ("_test_", "production takes a live key"),
        Environment::Sandbox => ("_live_", "the sandbox takes a test key, never a live one"),
    };
    let kind = key.get(2..).unwrap_or_default();
    if (key.starts_with("sk_") || key.starts_with("rk_")) && kind.starts_with(other) {
        return Err(Fault::configuration(API_KEY, "key-of-environment", place));
    }
    Ok(())
}

fn local(settings: &Settings) -> Result<Place, Fault> {
    if settings.contains_key(API_KEY) {
        let sentence = "a terminal is opened by device_certificate: leave api_key out";
        return Err(Fault::configuration(API_KEY, "cloud-only", sentence));
    }
    let base_url = required_setting("VINR", settings, BASE_URL)?;
    let certificate = required_setting("VINR", settings, DEVICE_CERTIFICATE)?;
    let entrance = Entrance::Certificate(credential(DEVICE_CERTIFICATE, certificate)?);
    let reach = match (base_url.starts_with("https://"), settings.get(PIN)) {
        (true, Some(pin)) => Reach::Pinned(digest(pin)?),
        (false, None) => Reach::LocalTerminal,
        (true, None) => {
            let sentence =
                "a terminal over https is known by its certificate: give the SHA-256 of it";
            return Err(Fault::configuration(PIN, "required", sentence));
        }
        (false, Some(_)) => {
            let sentence =
                "a pinned certificate needs https: correct base_url, or leave the pin out";
            return Err(Fault::configuration(PIN, "https-only", sentence));
        }
    };
    Ok((base_url.to_owned(), reach, entrance))
}

/// A SHA-256 as 64 hexadecimal digits, with or without colons.
fn digest(text: &str) -> Result<[u8; 32], Fault> {
    let digits: String = text.chars().filter(|letter| *letter != ':').collect();
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).map(|()| bytes).map_err(|_| {
        Fault::configuration(PIN, "sha-256", "the pin is the certificate's SHA-256: 64 hex digits")
    })
}

fn notifications(settings: &Settings, mode: Mode) -> Result<(Option<Scheme>, Vec<Secret>), Fault> {
    for key in [SCHEME, SECRETS] {
        if mode == Mode::Local && settings.contains_key(key) {
            let sentence = "a terminal in local mode sends no notifications: leave this out";
            return Err(Fault::configuration(key, "cloud-only", sentence));
        }
    }
    let choices =
        [("none", None), ("hmac-sha256-timestamped", Some(Scheme::HmacSha256Timestamped))];
    let scheme = choice(settings, SCHEME, &choices)?.flatten();
    let secrets: Vec<Secret> = settings
        .get(SECRETS)
        .map_or("", String::as_str)
        .split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| credential(SECRETS, part))
        .collect::<Result<_, _>>()?;
    match (scheme, secrets.is_empty()) {
        (Some(_), true) => {
            let sentence =
                "to check notifications takes webhook_secrets: one, or several by commas";
            Err(Fault::configuration(SECRETS, "required", sentence))
        }
        (None, false) => {
            let sentence = "secrets are used by a scheme only: set webhook_scheme too";
            Err(Fault::configuration(SCHEME, "required", sentence))
        }
        _ => Ok((scheme, secrets)),
    }
}

fn location(settings: &Settings, mode: Mode) -> Result<Option<String>, Fault> {
    let Some(location) = settings.get(LOCATION) else { return Ok(None) };
    if mode == Mode::Local {
        let sentence = "a terminal in local mode lists what is its own: leave this out";
        return Err(Fault::configuration(LOCATION, "cloud-only", sentence));
    }
    let fits = (1..=LOCATION_MAX).contains(&location.len())
        && location.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(Some(location.clone()));
    }
    let sentence = format!("a location's id is 1 to {LOCATION_MAX} visible ASCII characters");
    Err(Fault::configuration(LOCATION, "visible-ascii", sentence).limit(LOCATION_MAX))
}

fn choice<T: Copy>(
    settings: &Settings,
    key: &'static str,
    choices: &[(&str, T)],
) -> Result<Option<T>, Fault> {
    let Some(given) = settings.get(key) else { return Ok(None) };
    let found = choices.iter().find(|(word, _)| word == given);
    let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
    let refusal =
        || Fault::configuration(key, "one-of", format!("{key} is {}", words())).limit(words());
    found.map(|(_, value)| Some(*value)).ok_or_else(refusal)
}
