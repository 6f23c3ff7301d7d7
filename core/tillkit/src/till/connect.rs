//! Connecting an account: who it is, through which provider, where its requests go and on which
//! terms.

use std::sync::Arc;

use tillkit_model::engine::port::{Connection, Purse, Terms};
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{
    Adapter, Budget, ClosedDesk, Counted, Credentials, Desk, Kept, Secret, Settings, Setup,
    provider, registry,
};
use tillkit_model::sale::Account;

use crate::credentials::{Hosts, TokenKeeper};
use crate::errand::share;
use crate::transport::Endpoint;
use crate::webhook::TerminalStream;

/// An account, ready to be connected.
#[derive(Clone)]
pub struct Connect {
    pub(super) connection: Connection,
    pub(super) hosts: Hosts,
    pub(super) credentials: Credentials,
    pub(super) desk: Arc<dyn Desk>,
    pub(super) trust: Trusted,
    pub(super) keeper: Option<Arc<dyn TokenKeeper>>,
    pub(super) brought: Option<Kept>,
    pub(super) errands_per_minute: Option<u32>,
    pub(super) stream: Option<Arc<dyn TerminalStream>>,
    pub(super) asks_by_itself: bool,
}

/// What an account's notifications are checked against.
#[derive(Debug, Clone, Default)]
pub(super) struct Trusted {
    pub(super) secrets: Vec<Secret>,
    pub(super) public_url: Option<String>,
}

impl Connect {
    /// Reads a merchant's settings for one of the registered providers.
    ///
    /// # Errors
    /// `invalid-field` for the name, `invalid-configuration` or `insecure-url` for a setting, each
    /// naming field, rule and way out.
    pub fn new(account: &str, provider_name: &str, settings: &Settings) -> Result<Self, Error> {
        let row = provider(provider_name).ok_or_else(|| unknown_provider(provider_name))?;
        Self::of(account, row.name, (row.set_up)(settings)?)
    }

    /// The same for a provider of the host's own, from what its settings came to.
    ///
    /// # Errors
    /// `invalid-field` for the name; `invalid-configuration` or `insecure-url` for an address or a
    /// credential.
    pub fn of(account: &str, provider_name: &str, setup: Setup) -> Result<Self, Error> {
        let hosts = Hosts::parse(&setup.base_url, &setup.hosts, setup.reach)?;
        if let Credentials::Fixed(headers) = &setup.credentials {
            hosts.payments(headers)?;
        }
        let name = account_name(account)?;
        let Setup { merchant, environment, adapter, desk, credentials, .. } = setup;
        let account = Account { name, provider: provider_name.into(), merchant, environment };
        let (errands, terms) = budgeted(setup.budget);
        let purse = match setup.budget.map_or(Counted::ByCredentials, |budget| budget.counted) {
            Counted::ByCredentials => purse(provider_name, &setup.base_url, &credentials),
            Counted::ByMachine => Some(Purse::of([provider_name, &hosts.origin()])),
        };
        let terms = Terms { purse, ..terms };
        Ok(Self {
            connection: Connection { account, adapter, terms },
            hosts,
            credentials,
            desk,
            trust: Trusted { secrets: setup.webhook_secrets, public_url: None },
            keeper: None,
            brought: None,
            errands_per_minute: errands,
            stream: None,
            asks_by_itself: true,
        })
    }

    /// The same, through an adapter of the host's own and for payments only.
    #[must_use]
    pub fn through(adapter: Arc<dyn Adapter>, account: Account, endpoint: Endpoint) -> Self {
        Self {
            connection: Connection { account, adapter, terms: Terms::default() },
            hosts: Hosts::only(endpoint),
            credentials: Credentials::Fixed(Vec::new()),
            desk: Arc::new(ClosedDesk),
            trust: Trusted::default(),
            keeper: None,
            brought: None,
            errands_per_minute: None,
            stream: None,
            asks_by_itself: true,
        }
    }

    /// On these terms instead of the usual ones. The provider's own budget stays, unless the terms
    /// name one; and so does what requests are counted by.
    ///
    /// # Errors
    /// A business day that no calendar has.
    pub fn on(mut self, terms: Terms) -> Result<Self, Error> {
        terms.references.check()?;
        let known = std::mem::replace(&mut self.connection.terms, terms);
        let terms = &mut self.connection.terms;
        if terms.requests_per_minute.is_none() {
            terms.requests_per_minute = known.requests_per_minute;
            terms.reserve_per_minute = known.reserve_per_minute;
        }
        // Whoever sets the number does not thereby give each account a number of its own.
        terms.purse = terms.purse.or(known.purse);
        Ok(self)
    }

    /// The host keeps the account's tokens itself, instead of the journal.
    #[must_use]
    pub fn keeping(mut self, keeper: Arc<dyn TokenKeeper>) -> Self {
        self.keeper = Some(keeper);
        self
    }

    /// Begins with tokens that the host has already. Newer ones that are kept count more, and so
    /// does whatever these were renewed into, however new the host calls them.
    #[must_use]
    pub fn bringing(mut self, tokens: Kept) -> Self {
        self.brought = Some(tokens);
        self
    }

    /// Hears a terminal's own events too, as the host reads them from the device: for VINR in local
    /// mode, whose format is not documented. Without it such a terminal is polled.
    #[must_use]
    pub fn streaming(mut self, stream: Arc<dyn TerminalStream>) -> Self {
        self.stream = Some(stream);
        self
    }

    /// Asks the provider for nothing but what is called for: neither for rights at connect, nor now
    /// and then for notifications that were missed.
    #[must_use]
    pub const fn unasked(mut self) -> Self {
        self.asks_by_itself = false;
        self
    }

    /// The address at which the provider's notifications arrive from outside, where they are signed
    /// together with it.
    #[must_use]
    pub fn reached_at(mut self, public_url: &str) -> Self {
        self.trust.public_url = Some(public_url.to_owned());
        self
    }
}

/// What errands may use of a provider's budget, and the terms for payments under the rest.
fn budgeted(budget: Option<Budget>) -> (Option<u32>, Terms) {
    let Some(budget) = budget else { return (None, Terms::default()) };
    let (errands, rest) = share(budget);
    let terms = Terms {
        requests_per_minute: Some(rest.per_minute),
        reserve_per_minute: rest.reserve,
        ..Terms::default()
    };
    (Some(errands), terms)
}

/// Two accounts with the same fixed credential are one to whoever counts its requests.
fn purse(provider: &str, base_url: &str, credentials: &Credentials) -> Option<Purse> {
    let Credentials::Fixed(headers) = credentials else { return None };
    let parts = headers.iter().flat_map(|(name, secret)| [*name, secret.expose()]);
    Some(Purse::of([provider, base_url].into_iter().chain(parts)))
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
