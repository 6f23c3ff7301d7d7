//! What a caller is told of a payment, and what is kept of it when its events are pruned.
//!
//! The names are part of what a journal stores and of what every language reads.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::details::Details;
use super::event::Reason;
use super::stage::{Stage, stage};
use super::state::{Answered, Operation, OperationKind, Payment};
use super::timeline;
use super::view::{self, Alarm, Outcome, Progress};
use crate::ids::{AccountName, ChargeId, PaymentId, Reference, TerminalId};
use crate::money::Money;

/// A payment as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its id, which never changes.
    pub id: PaymentId,
    /// The host's name for the account.
    pub account: AccountName,
    /// The device, where the flow has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// What a person should know.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub alarms: BTreeSet<Alarm>,
    /// The approval may yet be reversed.
    #[serde(default)]
    pub provisional: bool,
    /// The attempt that may come next; none while this one is not known or was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt: Option<u32>,
    /// It existed before the call that this answers.
    #[serde(default)]
    pub replayed: bool,
    /// Why it is as it is, in the provider's words where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Everything after the start, in the order of the wishes, the cancel last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationSummary>,
    /// The provider's ids of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<ChargeId>,
    /// The card's scheme, as the provider spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_scheme: Option<Box<str>>,
    /// The card's last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_last_four: Option<Box<str>>,
    /// What else the provider showed of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Details>>,
    /// When the till called, in milliseconds since 1970.
    pub created_at_ms: i64,
    /// When it first became settled, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at_ms: Option<i64>,
}

/// An amount as an integer and as text, so that no reader has to place a decimal point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Whole minor units.
    pub minor: i64,
    /// The same as decimal text.
    pub text: Box<str>,
    /// The ISO 4217 code.
    pub currency: Box<str>,
}

/// The amounts of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// What the till asked for.
    pub asked: Amount,
    /// What was approved, tip included.
    pub authorized: Amount,
    /// Of it, captured.
    pub captured: Amount,
    /// Of it, the tip.
    pub tip: Amount,
    /// What a capture may still take, as far as is seen; it may have lapsed.
    pub held: Amount,
    /// Captured or held, and not given back.
    pub remaining: Amount,
    /// On its way back.
    pub returning: Amount,
    /// Given back.
    pub returned: Amount,
}

/// An operation after the start as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationSummary {
    /// Which of them.
    pub kind: OperationKind,
    /// The till's own name for it; a cancel has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// How much; a cancel is of everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// The provider's id of the charge that it is for, where one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<ChargeId>,
    /// The provider's id of the condition that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Box<str>>,
    /// Whether it accepts that condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<bool>,
    /// What became of it.
    pub progress: Progress,
}

/// What a caller is told. `replayed` says that the payment existed before the call.
#[must_use]
pub fn summary(payment: &Payment, replayed: bool) -> Summary {
    let sale = &payment.sale;
    let card = payment.charges.values().find_map(|charge| charge.card.as_deref());
    let next = sale.attempt.checked_add(1).filter(|_| view::allows_next_attempt(payment));
    Summary {
        id: payment.id,
        account: sale.account.name.clone(),
        terminal: sale.terminal.clone(),
        reference: sale.reference.clone(),
        attempt: sale.attempt,
        outcome: view::outcome(payment),
        status: stage(payment),
        amounts: amounts(payment),
        alarms: view::alarms(payment),
        provisional: view::is_provisional(payment),
        next_attempt: next,
        replayed,
        reason: reason(payment),
        operations: view::all_operations(payment).map(operation).collect(),
        charges: payment.charges.keys().cloned().collect(),
        card_scheme: card.and_then(|card| card.scheme.clone()),
        card_last_four: card
            .and_then(|card| card.last_four.as_deref())
            .map(|digits| timeline::last_four(digits).into()),
        details: details(payment),
        created_at_ms: payment.created_at.wall_ms,
        settled_at_ms: payment.settled_at.as_ref().map(|at| at.wall_ms),
    }
}

/// What was shown of the charge that was taken; else of the first.
fn details(payment: &Payment) -> Option<Box<Details>> {
    let taken = payment.charges.values().find(|charge| charge.taken.is_some());
    taken.or_else(|| payment.charges.values().next()).and_then(|charge| charge.details.clone())
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            minor: money.minor(),
            text: money.text().into(),
            currency: money.currency().code().into(),
        }
    }
}

fn amounts(payment: &Payment) -> Amounts {
    let amounts = view::amounts(payment);
    Amounts {
        asked: amounts.asked.into(),
        authorized: amounts.authorized.into(),
        captured: amounts.captured.into(),
        tip: amounts.tip.into(),
        held: amounts.held.into(),
        remaining: amounts.remaining.into(),
        returning: amounts.returning.into(),
        returned: amounts.returned.into(),
    }
}

fn operation(operation: &Operation) -> OperationSummary {
    let answer = operation.answer.as_ref();
    OperationSummary {
        kind: operation.kind,
        reference: operation.reference.clone(),
        amount: operation.amount.map(Amount::from),
        charge: operation.charge.clone(),
        condition: answer.map(|answer| answer.condition.clone()),
        accept: answer.map(|answer| answer.accept),
        progress: view::progress(operation),
    }
}

/// The provider's words where it refused; else what was last said against the start, unless money
/// was taken all the same.
fn reason(payment: &Payment) -> Option<Reason> {
    if super::stage::approvals(payment).next().is_some() {
        return None;
    }
    let refused = payment.charges.values().filter_map(|charge| charge.not_taken.as_ref());
    if let Some((_, Some(reason))) = refused.min() {
        return Some(reason.clone());
    }
    if payment.charges.is_empty() && payment.start.untold_until.is_some() {
        return Some(Reason::code("history-lost"));
    }
    payment.start.sends.iter().rev().find_map(|send| match &send.answer {
        Some((Answered::NotExecuted { reason, .. } | Answered::Unknown { reason, .. }, _)) => {
            Some((**reason).clone())
        }
        Some((Answered::Accepted, _)) | None => None,
    })
}
