//! The providers that this build knows, one row each.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Adapter, Secret, qonto};
use crate::ids::MerchantId;
use crate::sale::{Environment, Fault};

/// A merchant's settings for one provider, as a host writes them.
pub type Settings = BTreeMap<String, String>;

/// One provider.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// Its name, as recorded with each payment.
    pub name: &'static str,
    /// Its translator.
    pub adapter: fn() -> Arc<dyn Adapter>,
    /// Reads a merchant's settings.
    pub set_up: fn(&Settings) -> Result<Setup, Fault>,
}

/// What it takes to reach a merchant's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The merchant as the provider knows it.
    pub merchant: MerchantId,
    /// Where the account lives.
    pub environment: Environment,
    /// The address below which every path lies.
    pub base_url: String,
    /// The headers that prove who asks; the wire adds them to each request.
    pub headers: Vec<(&'static str, Secret)>,
}

static PROVIDERS: &[Provider] =
    &[Provider { name: qonto::NAME, adapter: qonto::adapter, set_up: qonto::set_up }];

/// Every provider, by name.
#[must_use]
pub fn registry() -> &'static [Provider] {
    PROVIDERS
}

/// The provider of this name, if there is one.
#[must_use]
pub fn provider(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}
