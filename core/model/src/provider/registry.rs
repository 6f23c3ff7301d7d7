//! The providers that this build knows, one row each.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Adapter, Capabilities, Desk, Secret, Tokens, centrapay, dintero, qonto, vinr};
use crate::ids::MerchantId;
use crate::payment::manners::Manners;
use crate::sale::{Environment, Fault};

/// A merchant's settings for one provider, as a host writes them.
pub type Settings = BTreeMap<String, String>;

/// One provider.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// Its name, as recorded with each payment.
    pub name: &'static str,
    /// Reads a merchant's settings.
    pub set_up: fn(&Settings) -> Result<Setup, Fault>,
    /// What it offers, in each of the modes in which it can be reached.
    pub offers: &'static [Offer],
}

/// What a provider offers in one mode: the very data that its adapter hands out there.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// The mode; `all` where there is but one.
    pub mode: &'static str,
    /// What it can do, and within which limits.
    pub capabilities: &'static Capabilities,
    /// What may be repeated, and how doubt is settled.
    pub manners: &'static Manners,
}

/// What it takes to reach a merchant's account, and the translators for it.
pub struct Setup {
    /// The merchant as the provider knows it.
    pub merchant: MerchantId,
    /// Where the account lives.
    pub environment: Environment,
    /// Translates payments.
    pub adapter: Arc<dyn Adapter>,
    /// Translates everything else.
    pub desk: Arc<dyn Desk>,
    /// The address below which every payment's path lies.
    pub base_url: String,
    /// The provider's other hosts, by the names that the desk uses.
    pub hosts: Vec<(&'static str, String)>,
    /// How far away all of these may be.
    pub reach: Reach,
    /// What proves who asks.
    pub credentials: Credentials,
    /// What notifications are signed with, as far as the settings say.
    pub webhook_secrets: Vec<Secret>,
    /// How many requests a minute the provider allows, and how many of them are kept for what
    /// cannot wait.
    pub budget: Option<Budget>,
}

/// Requests a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// All of them.
    pub per_minute: u32,
    /// Of them, how many are kept for starts, cancels and the like.
    pub reserve: u32,
    /// Whose requests the provider adds up.
    pub counted: Counted,
}

/// Whose requests a provider adds up. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Those with the same fixed credentials; with tokens, each account's own.
    ByCredentials,
    /// All that come from one machine to one of its hosts, whosever they are.
    ByMachine,
}

/// How far away an address may be, and how it proves itself. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The internet: `https`, unless the address is this very machine.
    Internet,
    /// A terminal on the shop's own network, named by its IP address: `http` is accepted too.
    LocalTerminal,
    /// The same over `https`, with exactly this certificate: the SHA-256 of its bytes.
    Pinned([u8; 32]),
}

/// What proves who asks. Closed.
#[derive(Clone)]
pub enum Credentials {
    /// Headers that stay as they are; the wire adds them to each request.
    Fixed(Vec<(&'static str, Secret)>),
    /// Tokens that have to be asked for.
    Tokens(Arc<dyn Tokens>),
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup")
            .field("merchant", &self.merchant)
            .field("environment", &self.environment)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

static PROVIDERS: &[Provider] = &[
    Provider { name: qonto::NAME, set_up: qonto::set_up, offers: qonto::OFFERS },
    Provider { name: vinr::NAME, set_up: vinr::set_up, offers: vinr::OFFERS },
    Provider { name: dintero::NAME, set_up: dintero::set_up, offers: dintero::OFFERS },
    Provider { name: centrapay::NAME, set_up: centrapay::set_up, offers: centrapay::OFFERS },
];

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
