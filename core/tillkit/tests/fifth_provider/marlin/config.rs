//! A merchant's settings for Marlin.

use tillkit_model::error::Code;
use tillkit_model::ids::MerchantId;
use tillkit_model::provider::{Fault, Secret, Settings};
use tillkit_model::sale::Environment;

const PRODUCTION_URL: &str = "https://api.marlin.example/v1";
const SHOP: &str = "shop_id";
const KEY: &str = "key";
const WEBHOOK_SECRETS: &str = "webhook_secrets";
const BASE_URL: &str = "base_url";
const KNOWN: [&str; 4] = [SHOP, KEY, WEBHOOK_SECRETS, BASE_URL];

/// The settings, read and checked.
pub(super) struct Config {
    pub(super) shop: MerchantId,
    pub(super) environment: Environment,
    pub(super) base_url: String,
    pub(super) key: Secret,
    pub(super) webhook_secrets: Vec<Secret>,
}

impl Config {
    /// Reads `shop_id`, `key`, `webhook_secrets` (several with commas between them), and `base_url`
    /// for a simulator.
    pub(super) fn parse(settings: &Settings) -> Result<Self, Fault> {
        if let Some(key) = settings.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            let sentence = format!("Marlin has no setting {key:?}: it takes {}", KNOWN.join(", "));
            return Err(fault("settings", "known-settings", sentence));
        }
        let shop = MerchantId::parse(required(settings, SHOP)?)
            .map_err(|refusal| fault(SHOP, "visible-ascii", refusal.rule))?;
        let own_address = settings.get(BASE_URL);
        let secrets = settings.get(WEBHOOK_SECRETS).map_or("", String::as_str);
        Ok(Self {
            shop,
            environment: own_address.map_or(Environment::Production, |_| Environment::Sandbox),
            base_url: own_address.map_or(PRODUCTION_URL, String::as_str).to_owned(),
            key: Secret::new(required(settings, KEY)?),
            webhook_secrets: secrets
                .split(',')
                .filter(|secret| !secret.is_empty())
                .map(Secret::new)
                .collect(),
        })
    }
}

fn required<'a>(settings: &'a Settings, key: &'static str) -> Result<&'a str, Fault> {
    let value = settings.get(key).map(String::as_str);
    value.ok_or_else(|| fault(key, "required", format!("Marlin needs the setting {key}")))
}

fn fault(field: &'static str, rule: &'static str, sentence: impl Into<String>) -> Fault {
    Fault { code: Code::InvalidConfiguration, ..Fault::invalid(field, rule, sentence) }
}
