//! Connecting an account: who it is, through which provider, where its requests go and on which
//! terms.

use std::sync::Arc;

use tillkit_model::engine::port::{Connection, Terms};
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Adapter, Credentials, Settings, Setup, provider, registry};
use tillkit_model::sale::Account;

use crate::transport::{Endpoint, Secret};

/// An account, ready to be connected.
#[derive(Clone)]
pub struct Connect {
    pub(super) connection: Connection,
    pub(super) endpoint: Endpoint,
}

impl Connect {
    /// Reads a merchant's settings for one of the registered providers.
    ///
    /// # Errors
    /// `invalid-field` for the name, `invalid-configuration` or `insecure-url` for a setting, each
    /// naming field, rule and way out.
    pub fn new(account: &str, provider_name: &str, settings: &Settings) -> Result<Self, Error> {
        let row = provider(provider_name).ok_or_else(|| unknown_provider(provider_name))?;
        let setup = (row.set_up)(settings)?;
        let mut endpoint = Endpoint::parse(&setup.base_url, setup.reach)?;
        let Credentials::Fixed(headers) = &setup.credentials else {
            return Err(Error::new(Code::Unsupported).field("credentials"));
        };
        for (name, secret) in headers {
            endpoint = endpoint.secret_header(name, Secret::new(secret.expose()))?;
        }
        let name = account_name(account)?;
        let Setup { merchant, environment, adapter, .. } = setup;
        let account = Account { name, provider: row.name.into(), merchant, environment };
        Ok(Self::through(adapter, account, endpoint))
    }

    /// The same, through an adapter of the host's own.
    #[must_use]
    pub fn through(adapter: Arc<dyn Adapter>, account: Account, endpoint: Endpoint) -> Self {
        let terms = Terms::default();
        Self { connection: Connection { account, adapter, terms }, endpoint }
    }

    /// On these terms instead of the usual ones.
    ///
    /// # Errors
    /// A business day that no calendar has.
    pub fn on(mut self, terms: Terms) -> Result<Self, Error> {
        terms.references.check()?;
        self.connection.terms = terms;
        Ok(self)
    }
}

pub(super) fn account_name(name: &str) -> Result<AccountName, Error> {
    AccountName::parse(name).map_err(|refusal| {
        Error::new(Code::InvalidField)
            .field("account")
            .rule("account-name")
            .limit(AccountName::LENGTH_MAX)
            .message(refusal.rule)
    })
}

fn unknown_provider(name: &str) -> Error {
    let known: Vec<&str> = registry().iter().map(|row| row.name).collect();
    Error::new(Code::InvalidConfiguration)
        .field("provider")
        .rule("one-of")
        .limit(known.join(", "))
        .message(format!("there is no provider {name:?}: use one of {}", known.join(", ")))
}
