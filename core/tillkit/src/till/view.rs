//! What a caller sees of a payment: everything computed from its facts, nothing stored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tillkit_model::engine::store::{Stored, Tombstone};
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::{AccountName, ChargeId, PaymentId, Reference, TerminalId};
use tillkit_model::payment::Payment;
use tillkit_model::payment::event::Reason;
use tillkit_model::payment::stage::{Stage, stage};
use tillkit_model::payment::state::Answered;
use tillkit_model::payment::view::{
    self, Alarm, Amounts, Outcome, allows_next_attempt, is_provisional,
};

/// A payment as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its id, which never changes.
    pub id: PaymentId,
    /// The host's name for the account.
    pub account: AccountName,
    /// The device, where the flow has one.
    pub terminal: Option<TerminalId>,
    /// The till's own name for the sale.
    pub reference: Reference,
    /// Which try it is.
    pub attempt: u32,
    /// What a till reads.
    pub outcome: Outcome,
    /// What a screen shows.
    pub status: Stage,
    /// How much of what.
    pub amounts: Amounts,
    /// Approved by the device alone; may yet be reversed.
    pub provisional: bool,
    /// The payment existed before this call.
    #[serde(default)]
    pub replayed: bool,
    /// The attempt that may come next; none while this one is not known or was paid.
    pub next_attempt: Option<u32>,
    /// What a person should know.
    pub alarms: BTreeSet<Alarm>,
    /// The provider's ids of it.
    pub charges: Vec<ChargeId>,
    /// Why it is as it is, in the provider's words where there are any.
    pub reason: Option<Reason>,
    /// When the till called, in milliseconds since 1970.
    pub created_wall_ms: i64,
}

impl View {
    /// Computes the view of a payment.
    #[must_use]
    pub fn of(payment: &Payment, replayed: bool) -> Self {
        let next = payment.sale.attempt.checked_add(1);
        Self {
            id: payment.id,
            account: payment.sale.account.name.clone(),
            terminal: payment.sale.terminal.clone(),
            reference: payment.sale.reference.clone(),
            attempt: payment.sale.attempt,
            outcome: view::outcome(payment),
            status: stage(payment),
            amounts: view::amounts(payment),
            provisional: is_provisional(payment),
            replayed,
            next_attempt: next.filter(|_| allows_next_attempt(payment)),
            alarms: view::alarms(payment),
            charges: payment.charges.keys().cloned().collect(),
            reason: reason(payment),
            created_wall_ms: payment.created_at.wall_ms,
        }
    }

    /// What is kept of a payment when its events are pruned.
    #[must_use]
    pub fn summary(payment: &Payment) -> String {
        // Numbers and texts always make JSON; an empty summary would be told as a corrupt journal.
        serde_json::to_string(&Self::of(payment, false)).unwrap_or_default()
    }

    /// The view of a payment that was read.
    pub(super) fn stored(stored: &Stored) -> Result<Self, Error> {
        match stored {
            Stored::Live(payment) => Ok(Self::of(payment, false)),
            Stored::Tombstone(tombstone) => Self::summarized(tombstone),
        }
    }

    fn summarized(tombstone: &Tombstone) -> Result<Self, Error> {
        serde_json::from_str(&tombstone.summary).map_err(|fault| {
            let what = format!("the summary of a pruned payment cannot be read: {fault}");
            Error::new(Code::JournalCorrupt).payment(tombstone.id).message(what)
        })
    }
}

/// The last thing that was said against it.
fn reason(payment: &Payment) -> Option<Reason> {
    let refused = payment.charges.values().find_map(|charge| charge.not_taken.as_ref());
    if let Some((_, Some(reason))) = refused {
        return Some(reason.clone());
    }
    payment.start.sends.iter().rev().find_map(|send| match &send.answer {
        Some((Answered::NotExecuted { reason, .. } | Answered::Unknown { reason, .. }, _)) => {
            Some((**reason).clone())
        }
        Some((Answered::Accepted, _)) | None => None,
    })
}
