//! How a till stands: what it may do, and what is left open.

use std::collections::BTreeSet;

use tillkit_model::engine::Role;
use tillkit_model::engine::store::Failure;
use tillkit_model::error::Error;
use tillkit_model::ids::{AccountName, PaymentId};

use super::member::Member;
use crate::credentials::Standing;
use crate::errand::Missing;
use crate::journal::Query;
use crate::shell::Ledger;
use crate::webhook::Hearing;

/// How a till stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What it may do with the journal.
    pub role: Role,
    /// The accounts that are connected.
    pub connected: Vec<AccountName>,
    /// How each of them stands with its provider.
    pub accounts: Vec<AccountHealth>,
    /// How many payments of connected accounts are not settled.
    pub unsettled: usize,
    /// Unsettled payments of accounts that are not connected: nothing is done for them until they
    /// are.
    pub orphans: Vec<PaymentId>,
    /// Payments whose records are damaged; nothing is done for them.
    pub damaged: Vec<PaymentId>,
}

/// How one account stands with its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountHealth {
    /// The account.
    pub account: AccountName,
    /// Whether requests can leave, and what it takes if not.
    pub standing: Standing,
    /// Rights that its tokens lack, as the provider names them.
    pub missing_scopes: Vec<&'static str>,
    /// Which rights it lacked when its provider was last asked; none before that.
    pub missing: Option<Vec<Missing>>,
    /// Why not all of its rights are known; they are asked for again.
    pub probe_error: Option<Error>,
    /// How the hearing of notifications stands.
    pub hearing: Hearing,
    /// How far the wall clock here is ahead of the provider's, in milliseconds and at the least, as
    /// its last answer beside payments told; negative where it is behind, none before one told.
    pub clock_ahead_ms: Option<i64>,
}

impl Member {
    pub(super) fn health(&self, account: &AccountName) -> AccountHealth {
        let missing_scopes = self.line.tokens().map(|access| access.missing_scopes());
        AccountHealth {
            account: account.clone(),
            standing: self.line.standing(),
            missing_scopes: missing_scopes.unwrap_or_default(),
            missing: self.line.probed(),
            probe_error: self.line.probe_error(),
            hearing: self.line.hearing(),
            clock_ahead_ms: self.line.drift.ahead_ms(),
        }
    }
}

/// What of a till's health only the journal can tell.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) unsettled: usize,
    pub(super) orphans: Vec<PaymentId>,
    pub(super) damaged: Vec<PaymentId>,
}

const PAGE: u32 = 1_000;

/// Walks over all that is unsettled.
pub(super) fn open_payments(
    journal: &mut dyn Ledger,
    connected: &BTreeSet<Box<str>>,
) -> Result<Open, Failure> {
    let mut open = Open::default();
    let mut query = Query { unsettled: Some(true), limit: PAGE, ..Query::default() };
    loop {
        let page = journal.payments(&query)?;
        for listed in page.payments {
            match listed.row {
                Ok(row) if connected.contains(&row.account) => {
                    open.unsettled = open.unsettled.saturating_add(1);
                }
                Ok(_) => open.orphans.push(listed.id),
                Err(_) => open.damaged.push(listed.id),
            }
        }
        if page.next.is_none() {
            return Ok(open);
        }
        query.before = page.next;
    }
}
