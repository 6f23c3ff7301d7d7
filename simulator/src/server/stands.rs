//! What a till has to know to be let in at each provider of the simulator.

use tillkit_model::provider::Settings;

use super::doors;

/// One of the simulator's providers.
pub struct Stand {
    /// Its name in the simulator, which is its path there.
    pub name: &'static str,
    /// Its name in the registry of providers.
    pub provider: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The currency of its merchants.
    pub currency: &'static str,
    /// What is in the path of a request that starts a sale, and in no other.
    pub start_path: &'static str,
    /// The first terminal, where sales have one.
    pub terminal: fn() -> Option<String>,
    settings: fn() -> Vec<(&'static str, &'static str)>,
    /// The settings that hold an address.
    addresses: &'static [&'static str],
}

/// Every provider that the simulator stands in for.
pub const STANDS: &[Stand] = &[
    Stand {
        name: "qonto",
        provider: "qonto",
        title: "Qonto",
        currency: "EUR",
        start_path: "/payment",
        terminal: || Some(doors::qonto::terminal(0)),
        settings: qonto,
        addresses: &["base_url"],
    },
    Stand {
        name: "vinr",
        provider: "vinr",
        title: "VINR",
        currency: "EUR",
        start_path: "/v1/terminal/payments",
        terminal: || Some(doors::vinr::terminal(0)),
        settings: vinr,
        addresses: &["base_url"],
    },
    Stand {
        name: "vinr-local",
        provider: "vinr",
        title: "VINR at the terminal",
        currency: "EUR",
        start_path: "/v1/terminal/payments",
        terminal: || Some(doors::vinr::terminal(0)),
        settings: vinr_local,
        addresses: &["base_url"],
    },
    Stand {
        name: "dintero",
        provider: "dintero",
        title: "Dintero",
        currency: "NOK",
        start_path: "/sessions-profile",
        terminal: || Some(doors::dintero::terminal(0)),
        settings: dintero,
        addresses: &["base_url", "core_url"],
    },
    Stand {
        name: "centrapay",
        provider: "centrapay",
        title: "Centrapay",
        currency: "NZD",
        start_path: "/api/payment-requests",
        terminal: || None,
        settings: centrapay,
        addresses: &["base_url", "auth_url"],
    },
];

impl Stand {
    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        STANDS.iter().find(|stand| stand.name == name)
    }

    /// A merchant's settings for it, in the simulator at this address.
    #[must_use]
    pub fn settings(&self, simulator: &str) -> Settings {
        self.settings_at(&format!("{}/{}", simulator.trim_end_matches('/'), self.name))
    }

    /// The same, where the provider itself is at this address.
    #[must_use]
    pub fn settings_at(&self, base_url: &str) -> Settings {
        let addresses = self.addresses.iter().map(|key| (*key, base_url));
        let all = (self.settings)().into_iter().chain(addresses);
        all.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }
}

fn qonto() -> Vec<(&'static str, &'static str)> {
    vec![
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("access_token", doors::qonto::ACCESS_TOKEN),
        ("staging_token", "staging"),
    ]
}

fn vinr() -> Vec<(&'static str, &'static str)> {
    vec![
        ("environment", "sandbox"),
        ("merchant_id", "merchant-1"),
        ("api_key", doors::vinr::API_KEY),
        ("webhook_scheme", "hmac-sha256-timestamped"),
        ("webhook_secrets", "shh"),
    ]
}

fn vinr_local() -> Vec<(&'static str, &'static str)> {
    vec![
        ("environment", "sandbox"),
        ("merchant_id", "merchant-1"),
        ("mode", "local"),
        ("device_certificate", doors::vinr::DEVICE_CERTIFICATE),
    ]
}

fn dintero() -> Vec<(&'static str, &'static str)> {
    vec![
        ("account_id", doors::dintero::ACCOUNT),
        ("client_id", doors::dintero::CLIENT_ID),
        ("client_secret", doors::dintero::CLIENT_SECRET),
        ("profile_id", doors::dintero::PROFILE),
        ("store_id", doors::dintero::STORE),
        ("payout_destination_id", doors::dintero::PAYOUT_DESTINATION),
    ]
}

fn centrapay() -> Vec<(&'static str, &'static str)> {
    vec![
        ("environment", "sandbox"),
        ("api_key", doors::centrapay::API_KEY),
        ("config_id", doors::centrapay::CONFIG),
        ("merchant_id", doors::centrapay::MERCHANT),
        ("merchant_account_id", doors::centrapay::ACCOUNT),
        ("look_up_right", "yes"),
        ("terminal_id", "till-1"),
        ("device_id", "serial-1"),
    ]
}
