//! A merchant's settings for each provider, and the terms of an account.

use std::collections::BTreeMap;

use tillkit_model::provider::Settings;
use tillkit_model::sale::References;

use super::failure::Answer;
use crate::till::{Connect, Terms};

/// A merchant's settings for one of the providers. Whether they are complete and right is told when
/// the account is connected, in the same words in every language.
#[derive(Clone, PartialEq, Eq)]
pub enum ProviderSettings {
    /// For Qonto.
    Qonto(Qonto),
    /// For VINR, in the cloud or at the terminal.
    Vinr(Vinr),
    /// For Dintero.
    Dintero(Dintero),
    /// For Centrapay.
    Centrapay(Centrapay),
}

/// One field of a settings record as the one text that the provider reads; none where it is unset.
trait Setting {
    fn into_text(self) -> Option<String>;
}

impl Setting for Option<String> {
    fn into_text(self) -> Option<String> {
        self
    }
}

impl Setting for Vec<String> {
    fn into_text(self) -> Option<String> {
        (!self.is_empty()).then(|| self.join(","))
    }
}

impl Setting for Option<bool> {
    fn into_text(self) -> Option<String> {
        self.map(|yes| yes.to_string())
    }
}

/// One record for each provider, whose fields are exactly the settings that it knows.
macro_rules! settings {
    ($($(#[$about:meta])* $record:ident $name:literal {
        $($(#[$doc:meta])* $field:ident: $kind:ty,)+
    })+) => {
        $(
            $(#[$about])*
            #[derive(Clone, PartialEq, Eq, Default)]
            pub struct $record {
                $($(#[$doc])* pub $field: $kind,)+
            }

            impl $record {
                /// The provider's name.
                pub const PROVIDER: &'static str = $name;
                /// The names of all settings, in the order of the fields.
                pub const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];

                fn into_settings(self) -> Settings {
                    let Self { $($field),+ } = self;
                    let all = [$((stringify!($field), $field.into_text())),+];
                    all.into_iter()
                        .filter_map(|(name, text)| Some((name.to_owned(), text?)))
                        .collect()
                }
            }

            impl std::fmt::Debug for $record {
                /// Without values: most of them open something.
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(stringify!($record)).finish_non_exhaustive()
                }
            }
        )+
    };
}

settings! {
    /// A merchant's settings for Qonto: an app's `client_id` and `client_secret` in a backend, or
    /// an `access_token` that the backend handed out.
    Qonto "qonto" {
        /// `production` or `sandbox`.
        environment: Option<String>,
        /// The merchant's organization.
        organization_id: Option<String>,
        /// A token that the merchant's backend handed out.
        access_token: Option<String>,
        /// The app's name, in a backend.
        client_id: Option<String>,
        /// The app's secret, in a backend.
        client_secret: Option<String>,
        /// What the sandbox asks for beside them.
        staging_token: Option<String>,
        /// What notifications are signed with; several while one is being replaced.
        webhook_secrets: Vec<String>,
        /// A simulator's address.
        base_url: Option<String>,
        /// A simulator's address for tokens.
        oauth_url: Option<String>,
    }
    /// A merchant's settings for VINR: an `api_key` in the cloud, or a terminal's `base_url` and
    /// `device_certificate`.
    Vinr "vinr" {
        /// `cloud`, or `local` straight at the terminal.
        mode: Option<String>,
        /// `production` or `sandbox`.
        environment: Option<String>,
        /// The merchant, as the host names it.
        merchant_id: Option<String>,
        /// The cloud's secret or restricted key.
        api_key: Option<String>,
        /// The terminal's certificate.
        device_certificate: Option<String>,
        /// The SHA-256 of the terminal's TLS certificate.
        pinned_sha256: Option<String>,
        /// The terminal's address, or a simulator's.
        base_url: Option<String>,
        /// Where a tip stands: `included` or `on-top`.
        tips: Option<String>,
        /// Which field carries our payment id: `reference` or `metadata`.
        own_id: Option<String>,
        /// Whether the customer shows the card again for a refund.
        refund_at_terminal: Option<bool>,
        /// How notifications are signed: `none` or `hmac-sha256-timestamped`.
        webhook_scheme: Option<String>,
        /// What they are signed with; several while one is being replaced.
        webhook_secrets: Vec<String>,
        /// The shop, where one key opens several.
        location_id: Option<String>,
    }
    /// A merchant's settings for Dintero.
    Dintero "dintero" {
        /// The account, such as `T12345678`.
        account_id: Option<String>,
        /// The name of the API client.
        client_id: Option<String>,
        /// Its secret.
        client_secret: Option<String>,
        /// The payment profile that offers in-person payments.
        profile_id: Option<String>,
        /// The merchant's own id of the store.
        store_id: Option<String>,
        /// Who receives the money.
        payout_destination_id: Option<String>,
        /// Where Dintero calls when a session is decided.
        callback_url: Option<String>,
        /// What callbacks are signed with.
        callback_secrets: Vec<String>,
        /// What webhooks are signed with.
        webhook_secrets: Vec<String>,
        /// Whether a session is pushed to its terminal in so many words: `terminal` or `none`.
        publish: Option<String>,
        /// What the schema wants as the page to return to.
        return_url: Option<String>,
        /// A simulator's address for sessions.
        base_url: Option<String>,
        /// A simulator's address for accounts and terminals.
        core_url: Option<String>,
    }
    /// A merchant's settings for Centrapay. The key belongs in a backend.
    Centrapay "centrapay" {
        /// `production` or `sandbox`.
        environment: Option<String>,
        /// The key of the role `merchant-terminal`.
        api_key: Option<String>,
        /// The merchant config, which says what a request may be paid with.
        config_id: Option<String>,
        /// The merchant, for the list of activities.
        merchant_id: Option<String>,
        /// The account that owns the merchant, for the list by reference.
        merchant_account_id: Option<String>,
        /// Whether the key was seen to list this account's requests: `yes` or `no`.
        look_up_right: Option<String>,
        /// The till's logical name, where a sale names none.
        terminal_id: Option<String>,
        /// The till's serial number.
        device_id: Option<String>,
        /// Whether somebody at the till answers conditions: `answered` or `refused`.
        conditions: Option<String>,
        /// A simulator's address.
        base_url: Option<String>,
        /// A simulator's address for signing keys.
        auth_url: Option<String>,
    }
}

/// On which terms an account is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountOptions {
    /// References restart with each business day, which begins at this hour; they are unique
    /// forever unless said.
    pub day_begins_hour: Option<u8>,
    /// The shop's offset from UTC, where references restart daily. The host keeps it right through
    /// daylight saving.
    pub utc_offset_minutes: i32,
    /// How long a repeat returns the settled payment rather than an error; ten minutes unless said.
    pub replay_window_ms: Option<u64>,
    /// The address at which notifications arrive from outside, where they are signed together with
    /// it.
    pub public_url: Option<String>,
    /// Ask the provider for nothing but what is called for.
    pub unasked: bool,
}

impl ProviderSettings {
    fn into_parts(self) -> (&'static str, Settings) {
        match self {
            Self::Qonto(settings) => (Qonto::PROVIDER, settings.into_settings()),
            Self::Vinr(settings) => (Vinr::PROVIDER, settings.into_settings()),
            Self::Dintero(settings) => (Dintero::PROVIDER, settings.into_settings()),
            Self::Centrapay(settings) => (Centrapay::PROVIDER, settings.into_settings()),
        }
    }

    /// The account, checked and ready to be connected.
    pub(super) fn connect(self, account: &str, options: AccountOptions) -> Answer<Connect> {
        let AccountOptions {
            day_begins_hour,
            utc_offset_minutes,
            replay_window_ms,
            public_url,
            unasked,
        } = options;
        let (provider, settings) = self.into_parts();
        let connect = Connect::new(account, provider, &settings)?;
        let references = day_begins_hour.map_or(References::Unique, |hour| References::PerDay {
            offset_minutes: utc_offset_minutes,
            hour,
        });
        let usual = Terms::default();
        let replay_window_ms = replay_window_ms.unwrap_or(usual.replay_window_ms);
        let connect = connect.on(Terms { references, replay_window_ms, ..usual })?;
        let connect = if unasked { connect.unasked() } else { connect };
        Ok(match public_url {
            Some(url) => connect.reached_at(&url),
            None => connect,
        })
    }
}

impl std::fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self {
            Self::Qonto(_) => Qonto::PROVIDER,
            Self::Vinr(_) => Vinr::PROVIDER,
            Self::Dintero(_) => Dintero::PROVIDER,
            Self::Centrapay(_) => Centrapay::PROVIDER,
        };
        write!(f, "ProviderSettings({name})")
    }
}

/// The names of the settings of each provider, for a language to prove that it has exactly these.
#[must_use]
pub fn setting_names() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        (Qonto::PROVIDER, Qonto::FIELDS),
        (Vinr::PROVIDER, Vinr::FIELDS),
        (Dintero::PROVIDER, Dintero::FIELDS),
        (Centrapay::PROVIDER, Centrapay::FIELDS),
    ])
}
