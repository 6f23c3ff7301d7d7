//! How a till and its accounts stand.

use tillkit_model::engine::Role;

use super::failure::Failure;
use crate::till::{
    AccountHealth as TillAccount, Health as TillHealth, Hearing, Missing, Standing as TillStanding,
};

/// How a till stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What it may do with the journal.
    pub role: Role,
    /// The accounts that are connected.
    pub connected: Vec<String>,
    /// How each of them stands with its provider.
    pub accounts: Vec<AccountHealth>,
    /// How many payments of connected accounts are not settled.
    pub unsettled: u64,
    /// Unsettled payments of accounts that are not connected: nothing is done for them until they
    /// are.
    pub orphans: Vec<String>,
    /// Payments whose records are damaged; nothing is done for them.
    pub damaged: Vec<String>,
}

/// How one account stands with its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountHealth {
    /// The account.
    pub account: String,
    /// Whether requests can leave, and what it takes if not.
    pub standing: Standing,
    /// Why not, where there is more to say.
    pub standing_error: Option<Failure>,
    /// Rights that its tokens lack, as the provider names them.
    pub missing_scopes: Vec<String>,
    /// Which rights it lacked when its provider was last asked; none before that.
    pub missing: Option<Vec<MissingRight>>,
    /// Why not all of its rights are known.
    pub probe_error: Option<Failure>,
    /// Why the provider's list of notifications was not read to its end the last time.
    pub hearing_error: Option<Failure>,
    /// How many that it listed are about a payment whose record cannot be read.
    pub unheard: u32,
    /// How many that arrived early cannot be passed on, for the same reason; they are kept.
    pub kept: u32,
}

/// Whether an account's requests can leave. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Requests can leave.
    Ready,
    /// A token is being asked for.
    Asking,
    /// The merchant has to give consent: `authorize` the account.
    NeedsAuthorize,
    /// The provider refuses the account's own credentials.
    Refused,
    /// No token could be had; it is asked for again.
    Failing,
}

/// A right that an account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRight {
    /// What is missing, in the provider's words.
    pub right: String,
    /// What the provider said, where it refused to tell.
    pub error: Option<Failure>,
}

impl From<TillHealth> for Health {
    fn from(health: TillHealth) -> Self {
        let TillHealth { role, connected, accounts, unsettled, orphans, damaged } = health;
        Self {
            role,
            connected: connected.iter().map(ToString::to_string).collect(),
            accounts: accounts.into_iter().map(AccountHealth::from).collect(),
            unsettled: u64::try_from(unsettled).unwrap_or(u64::MAX),
            orphans: orphans.iter().map(ToString::to_string).collect(),
            damaged: damaged.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<TillAccount> for AccountHealth {
    fn from(account: TillAccount) -> Self {
        let TillAccount {
            account,
            standing,
            missing_scopes,
            missing,
            probe_error,
            hearing,
            // What a doctor asks for; a till's program has its own clock looked after.
            clock_ahead_ms: _,
        } = account;
        let Hearing { error, unheard, kept } = hearing;
        let (standing, standing_error) = standing_of(standing);
        Self {
            account: account.to_string(),
            standing,
            standing_error,
            missing_scopes: missing_scopes.into_iter().map(str::to_owned).collect(),
            missing: missing.map(rights),
            probe_error: probe_error.map(Failure::from),
            hearing_error: error.map(Failure::from),
            unheard,
            kept,
        }
    }
}

impl From<Missing> for MissingRight {
    fn from(missing: Missing) -> Self {
        let Missing { right, error } = missing;
        Self { right: right.into(), error: error.map(Failure::from) }
    }
}

pub(super) fn rights(missing: Vec<Missing>) -> Vec<MissingRight> {
    missing.into_iter().map(MissingRight::from).collect()
}

fn standing_of(standing: TillStanding) -> (Standing, Option<Failure>) {
    match standing {
        TillStanding::Ready => (Standing::Ready, None),
        TillStanding::Asking => (Standing::Asking, None),
        TillStanding::NeedsAuthorize => (Standing::NeedsAuthorize, None),
        TillStanding::Refused(error) => (Standing::Refused, Some(error.into())),
        TillStanding::Failing(error) => (Standing::Failing, Some(error.into())),
    }
}
