//! How each provider is reached, and what a sale there looks like.

use tillkit::till::SaleRequest;
use tillkit_model::payment::manners::Manners;
use tillkit_model::provider::{Settings, provider};
use tillkit_simulator::server::doors;

use crate::ACCOUNT;

/// One provider.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Its name in the registry.
    pub name: &'static str,
    /// Its name in the simulator.
    pub stand: &'static str,
    /// A merchant's settings, for the simulator at this address.
    pub settings: fn(&str) -> Settings,
    /// The first terminal, where sales have one.
    pub terminal: fn() -> Option<String>,
    /// The currency of its merchants.
    pub currency: &'static str,
    /// What is in the path of a request that starts a sale, and in no other.
    pub start_path: &'static str,
    /// A start whose answer was lost is found again without a person.
    pub finds_lost_starts: bool,
    /// What nobody pays ends by itself, and is known to have.
    pub sessions_end: bool,
    /// A prompt may appear long after the till has given up waiting.
    pub wakes_late: bool,
}

/// Every provider that the simulator stands in for.
pub const PROVIDERS: &[At] = &[
    At {
        name: "qonto",
        stand: "qonto",
        settings: qonto,
        terminal: || Some(doors::qonto::terminal(0)),
        currency: "EUR",
        start_path: "/payment",
        finds_lost_starts: true,
        sessions_end: false,
        wakes_late: true,
    },
    At {
        name: "dintero",
        stand: "dintero",
        settings: dintero,
        terminal: || Some(doors::dintero::terminal(0)),
        currency: "NOK",
        start_path: "/sessions-profile",
        finds_lost_starts: true,
        sessions_end: false,
        wakes_late: true,
    },
    At {
        name: "centrapay",
        stand: "centrapay",
        settings: centrapay,
        terminal: || None,
        currency: "NZD",
        start_path: "/api/payment-requests",
        finds_lost_starts: true,
        sessions_end: true,
        wakes_late: false,
    },
    At {
        name: "vinr",
        stand: "vinr",
        settings: vinr,
        terminal: || Some(doors::vinr::terminal(0)),
        currency: "EUR",
        start_path: "/v1/terminal/payments",
        finds_lost_starts: true,
        sessions_end: true,
        wakes_late: true,
    },
    At {
        name: "vinr",
        stand: "vinr-local",
        settings: vinr_local,
        terminal: || Some(doors::vinr::terminal(0)),
        currency: "EUR",
        start_path: "/v1/terminal/payments",
        finds_lost_starts: true,
        sessions_end: true,
        wakes_late: true,
    },
];

impl At {
    /// The one of that name in the simulator.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn named(stand: &str) -> &'static Self {
        PROVIDERS.iter().find(|at| at.stand == stand).expect("a provider of this suite")
    }

    /// What may be repeated there, and when what is given up.
    ///
    /// # Panics
    /// When the provider is not registered.
    #[must_use]
    pub fn manners(&self) -> Manners {
        let row = provider(self.name).expect("it is registered");
        let setup = (row.set_up)(&(self.settings)("http://127.0.0.1:9")).expect("its settings");
        setup.adapter.manners().clone()
    }

    /// A sale of 13.30 under this reference.
    #[must_use]
    pub fn sale(&self, reference: &str) -> SaleRequest {
        let terminal = (self.terminal)();
        SaleRequest::new(ACCOUNT, terminal.as_deref(), "13.30", self.currency, reference)
    }
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Settings {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn qonto(base_url: &str) -> Settings {
    pairs([
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("access_token", doors::qonto::ACCESS_TOKEN),
        ("staging_token", "staging"),
        ("base_url", base_url),
    ])
}

fn vinr(base_url: &str) -> Settings {
    pairs([
        ("environment", "sandbox"),
        ("merchant_id", "merchant-1"),
        ("api_key", doors::vinr::API_KEY),
        ("webhook_scheme", "hmac-sha256-timestamped"),
        ("webhook_secrets", "shh"),
        ("base_url", base_url),
    ])
}

fn vinr_local(base_url: &str) -> Settings {
    pairs([
        ("environment", "sandbox"),
        ("merchant_id", "merchant-1"),
        ("mode", "local"),
        ("device_certificate", doors::vinr::DEVICE_CERTIFICATE),
        ("base_url", base_url),
    ])
}

fn dintero(base_url: &str) -> Settings {
    pairs([
        ("account_id", doors::dintero::ACCOUNT),
        ("client_id", doors::dintero::CLIENT_ID),
        ("client_secret", doors::dintero::CLIENT_SECRET),
        ("profile_id", doors::dintero::PROFILE),
        ("store_id", doors::dintero::STORE),
        ("payout_destination_id", doors::dintero::PAYOUT_DESTINATION),
        ("base_url", base_url),
        ("core_url", base_url),
    ])
}

fn centrapay(base_url: &str) -> Settings {
    pairs([
        ("environment", "sandbox"),
        ("api_key", doors::centrapay::API_KEY),
        ("config_id", doors::centrapay::CONFIG),
        ("merchant_id", doors::centrapay::MERCHANT),
        ("merchant_account_id", doors::centrapay::ACCOUNT),
        ("look_up_right", "yes"),
        ("terminal_id", "till-1"),
        ("device_id", "serial-1"),
        ("base_url", base_url),
        ("auth_url", base_url),
    ])
}
