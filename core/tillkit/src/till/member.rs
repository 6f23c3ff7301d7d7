//! An account that is connected, and all that is held for it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use tillkit_model::engine::Role;
use tillkit_model::engine::port::Connection;
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::ProcessId;
use tillkit_model::provider::{Credentials, Tokens};
use tokio::sync::watch;

use super::assembly::Works;
use super::connect::Connect;
use crate::credentials::{Key, Parts, TokenAccess, Vault};
use crate::errand::{Allowance, Carried, Line};
use crate::shell::Runner;
use crate::transport::{Drift, LogSink};
use crate::webhook::KeyRing;

/// A connected account.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) connect: Connect,
    pub(super) line: Arc<Line>,
}

impl Member {
    /// Nothing is asked of anybody yet.
    ///
    /// # Errors
    /// `invalid-configuration` where tokens that are spent by their use would be lost with the
    /// process.
    pub(super) fn new(connect: Connect, works: &Works, role: Role) -> Result<Self, Error> {
        let drift = Arc::<Drift>::default();
        let carried = match &connect.credentials {
            Credentials::Fixed(headers) => {
                let endpoint = Arc::new(connect.hosts.payments(headers)?);
                Carried::Fixed { headers: headers.clone(), endpoint }
            }
            Credentials::Tokens(tokens) => {
                Carried::Tokens(token_access(&connect, tokens, works, role, &drift)?)
            }
        };
        let line = Line {
            provider: connect.connection.account.provider.clone(),
            desk: Arc::clone(&connect.desk),
            hosts: connect.hosts.clone(),
            carried,
            allowance: allowance(&connect),
            webhook_secrets: connect.trust.secrets.clone(),
            public_url: connect.trust.public_url.clone(),
            keys: KeyRing::default(),
            shelf_wake: Arc::default(),
            probed: Mutex::default(),
            probe_wake: Arc::default(),
            drift,
            revoked: AtomicBool::new(false),
            hearing: Mutex::default(),
            life: watch::Sender::new(()),
        };
        Ok(Self { connect, line: Arc::new(line) })
    }

    /// What is done for the account as long as the shell runs.
    pub(super) fn tend(&self, runner: &Runner) {
        let name = &self.connect.connection.account.name;
        self.line.tend_shelf(name.clone(), runner);
        match self.line.tokens() {
            Some(access) => access.tend(runner),
            // An earlier connection of this name may have had tokens, and lost them.
            None => runner.withhold(name.clone(), false),
        }
    }

    /// What is asked unasked, once the machine knows the account.
    pub(super) fn attend(&self, role: Role, log: &Arc<dyn LogSink>, runner: &Runner) {
        let name = &self.connect.connection.account.name;
        if role != Role::Observes && self.connect.asks_by_itself {
            self.line.tend_probes(name.clone(), Arc::clone(log), runner);
            self.line.tend_recovery(name.clone(), runner);
        }
        if let Some(stream) = &self.connect.stream {
            self.line.tend_stream(name.clone(), Arc::clone(stream), runner);
        }
    }
}

fn allowance(connect: &Connect) -> Option<Allowance> {
    let Connection { account, terms, .. } = &connect.connection;
    Allowance::of(&account.name, terms, connect.errands_per_minute)
}

fn token_access(
    connect: &Connect,
    tokens: &Arc<dyn Tokens>,
    works: &Works,
    role: Role,
    drift: &Arc<Drift>,
) -> Result<Arc<TokenAccess>, Error> {
    let mut entropy = works.entropy.clone();
    let parts = Parts {
        account: connect.connection.account.clone(),
        tokens: Arc::clone(tokens),
        hosts: connect.hosts.clone(),
        vault: vault(connect, tokens.as_ref(), works.key.as_ref())?,
        brought: connect.brought.clone(),
        may_ask: role != Role::Observes,
        claimant: ProcessId::new(&mut entropy),
        entropy,
        drift: Arc::clone(drift),
    };
    Ok(TokenAccess::new(parts))
}

/// A pair that is spent by its use has to outlive the process that used it.
fn vault(connect: &Connect, tokens: &dyn Tokens, key: Option<&Key>) -> Result<Vault, Error> {
    match (&connect.keeper, key) {
        (Some(keeper), _) => Ok(Vault::Host(Arc::clone(keeper))),
        (None, _) if !tokens.rotates() => Ok(Vault::Memory),
        (None, Some(key)) => Ok(Vault::Sealed(key.clone())),
        (None, None) => Err(Error::new(Code::InvalidConfiguration)
            .field("key")
            .rule("tokens-outlive-the-process")
            .message(
                "each use of this account's refresh token makes another, and memory alone would \
                 lose it: open the till with a key, or connect the account with a token keeper",
            )),
    }
}
