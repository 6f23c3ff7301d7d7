//! The verdict on a sale that is asked for, in one fixed order: identity, rules, capability,
//! terminal.
//!
//! A repeat must find its payment even when the rules have changed, the provider can no longer do
//! it or the terminal shows another sale; so who the sale is comes before whether it may be.

use super::fingerprint::{Fingerprint, first_difference};
use crate::ids::PaymentId;
use crate::sale::{Capabilities, Fault, Sale, SaleRequest, Times, capability, rules};
use crate::time::Moment;

/// What is to be done with a sale that is asked for. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody has asked for it before, and it may be.
    New {
        /// Its three times.
        times: Times,
        /// Earlier payments that leave the terminal, because the cashier has looked.
        releases: Vec<PaymentId>,
    },
    /// It is this payment, which is open or in doubt.
    Join(PaymentId),
    /// It is this payment, which was settled just now.
    Replay(PaymentId),
    /// The reference was spent on this payment.
    ReferenceUsed {
        /// Which one.
        payment: PaymentId,
        /// Whether money was taken for it.
        taken: bool,
    },
    /// The reference stands for another sale.
    Conflict {
        /// The payment that has it.
        payment: PaymentId,
        /// The first field that differs.
        field: &'static str,
    },
    /// An earlier attempt may yet be paid.
    OutcomeUnknown(PaymentId),
    /// The attempt before was never made.
    AttemptOutOfOrder,
    /// It breaks a rule, or asks for what the provider cannot do.
    Refused(Fault),
    /// The terminal's screen may show another sale.
    TerminalBusy {
        /// Which one.
        by: PaymentId,
        /// Whether it would give way to a cashier who has looked.
        screen_clear_would_do: bool,
    },
}

/// A sale that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// As the till wrote it.
    pub request: &'a SaleRequest,
    /// As it was read.
    pub sale: &'a Sale,
    /// Its fingerprint.
    pub fingerprint: &'a Fingerprint,
}

/// What a new sale has to keep to.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// What the provider can do.
    pub capabilities: &'a Capabilities,
    /// The provider's usual times.
    pub usual: &'a Times,
    /// The rules that only the provider knows.
    pub check: &'a dyn Fn(&Sale) -> Result<(), Fault>,
    /// How long a repeat returns the settled payment.
    pub replay_window_ms: u64,
}

/// What the journal knows round a sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known<'a> {
    /// All attempts under the same account, day and reference.
    pub attempts: Vec<Attempt<'a>>,
    /// Whoever holds the terminal.
    pub holders: Vec<Holder>,
}

/// One attempt that was made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The payment that it became.
    pub payment: PaymentId,
    /// What was asked for.
    pub sale: &'a Sale,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// What became of it.
    pub fate: Fate,
    /// When that was settled; none where it is not, or where only the outcome was kept.
    pub settled_at: Option<Moment>,
}

/// What became of an attempt, as far as another one cares. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Open or in doubt: it may yet be paid.
    Undecided,
    /// Money was taken and not all of it given back.
    Taken,
    /// No money was taken, or all of it was given back.
    Free,
}

/// A payment whose sale may stand on the terminal's screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Which one.
    pub payment: PaymentId,
    /// Whether it gives way to a cashier who has looked.
    pub gives_way: bool,
}

/// Judges a sale that is asked for.
#[must_use]
pub fn verdict(asked: Asked<'_>, limits: Limits<'_>, known: &Known<'_>, now: &Moment) -> Verdict {
    if let Some(verdict) = by_identity(asked, limits.replay_window_ms, &known.attempts, now) {
        return verdict;
    }
    let times = match admissible(asked, limits) {
        Ok(times) => times,
        Err(fault) => return Verdict::Refused(fault),
    };
    match vacant(&known.holders, &asked.request.screen_clear) {
        Ok(releases) => Verdict::New { times, releases },
        Err(busy) => busy,
    }
}

/// What earlier attempts say; nothing where the sale is new.
fn by_identity(
    asked: Asked<'_>,
    replay_window_ms: u64,
    attempts: &[Attempt<'_>],
    now: &Moment,
) -> Option<Verdict> {
    let number = asked.sale.attempt;
    match attempts.iter().find(|attempt| attempt.sale.attempt == number) {
        Some(same) => Some(repeat(asked, same, replay_window_ms, now)),
        None => another_try(number, attempts),
    }
}

fn repeat(asked: Asked<'_>, same: &Attempt<'_>, replay_window_ms: u64, now: &Moment) -> Verdict {
    let payment = same.payment;
    if same.fingerprint != *asked.fingerprint
        && let Some(field) = first_difference(same.sale, asked.sale)
    {
        return Verdict::Conflict { payment, field };
    }
    let is_recent = |at: &Moment| !now.may_have_passed(at, replay_window_ms);
    match same.fate {
        Fate::Undecided => Verdict::Join(payment),
        Fate::Taken | Fate::Free if same.settled_at.as_ref().is_some_and(is_recent) => {
            Verdict::Replay(payment)
        }
        Fate::Taken => Verdict::ReferenceUsed { payment, taken: true },
        Fate::Free => Verdict::ReferenceUsed { payment, taken: false },
    }
}

/// Another try is allowed once every other one came to nothing. All of them count, not only the
/// last: a late fact may have turned an early *no* into a *yes*.
fn another_try(number: u32, others: &[Attempt<'_>]) -> Option<Verdict> {
    let previous = number.saturating_sub(1);
    if previous > 0 && !others.iter().any(|other| other.sale.attempt == previous) {
        return Some(Verdict::AttemptOutOfOrder);
    }
    let with = |fate| others.iter().find(|other| other.fate == fate).map(|other| other.payment);
    with(Fate::Taken)
        .map(|payment| Verdict::ReferenceUsed { payment, taken: true })
        .or_else(|| with(Fate::Undecided).map(Verdict::OutcomeUnknown))
}

fn admissible(asked: Asked<'_>, limits: Limits<'_>) -> Result<Times, Fault> {
    let times = rules(asked.request, asked.sale, limits.capabilities, limits.usual)?;
    (limits.check)(asked.sale)?;
    capability(asked.sale, limits.capabilities)?;
    Ok(times)
}

/// Who leaves the terminal for this sale, or who stays on it. One who stays whatever the cashier
/// has seen is named before one who would go.
fn vacant(holders: &[Holder], screen_clear: &[PaymentId]) -> Result<Vec<PaymentId>, Verdict> {
    let busy = |by, screen_clear_would_do| Verdict::TerminalBusy { by, screen_clear_would_do };
    if let Some(stays) = holders.iter().find(|holder| !holder.gives_way) {
        return Err(busy(stays.payment, false));
    }
    match holders.iter().find(|holder| !screen_clear.contains(&holder.payment)) {
        Some(unseen) => Err(busy(unseen.payment, true)),
        None => Ok(holders.iter().map(|holder| holder.payment).collect()),
    }
}
