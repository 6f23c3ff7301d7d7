//! The judge of every append: what a store holds at that instant decides, in one fixed order.
//!
//! One function for every store, so that a file, a server and the simulated disk can never differ
//! in what they let through. It knows nothing of how things are kept: a store answers the few
//! questions of [`Holdings`] from inside its own transaction.

use super::lease::{self, Lease};
use super::store::{
    Append, Failure, FailureKind, IdentityKey, Look, PermitDraft, Refusal, TerminalKey,
};
use crate::ids::PaymentId;
use crate::payment::Driver;
use crate::payment::event::Event;
use crate::time::Moment;

/// What a payment is in the journal, as far as a new append is judged against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How many events it has.
    pub sequence: u64,
    /// Its identity, which never changes.
    pub identity: IdentityKey,
    /// Who drives it.
    pub driver: Driver,
    /// Another sale took its terminal because the cashier had looked; it never holds one again.
    pub released: bool,
    /// Only its tombstone is left.
    pub pruned: bool,
}

/// The questions that judging asks a store. The answers must be of one instant.
pub trait Holdings {
    /// Whether the journal is in restored mode.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn restored(&mut self) -> Result<bool, Failure>;

    /// What it holds of a payment.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn standing(&mut self, payment: PaymentId) -> Look<Standing>;

    /// Which payment has an identity.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn owner(&mut self, identity: &IdentityKey) -> Look<PaymentId>;

    /// Which payment holds a terminal.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn holder(&mut self, terminal: &TerminalKey) -> Look<PaymentId>;

    /// The lease of that driver and epoch.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn lease(&mut self, driver: Driver) -> Look<Lease>;
}

/// That an append is good, and what its payment holds afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// Whether the payment holds the terminal of its row from now on. A fact is never refused
    /// because of a terminal, so it may be kept without the hold that its row asks for.
    pub holds: bool,
}

/// Judges one append: form, restored mode, sequence, identity, terminal, lease, in this order.
///
/// # Errors
/// The first rule that it breaks.
pub fn admit(
    append: &Append,
    holdings: &mut impl Holdings,
    now: &Moment,
) -> Result<Admitted, Refusal> {
    well_formed(append)?;
    not_restored(append, holdings)?;
    let standing = holdings.standing(append.payment).map_err(Refusal::Failed)?;
    next_in_line(append, standing.as_ref())?;
    identity_kept(append, standing.as_ref(), holdings)?;
    let holds = terminal_free(append, standing.as_ref(), holdings)?;
    lease_held(append, standing.as_ref(), holdings, now)?;
    Ok(Admitted { holds })
}

impl Append {
    /// Whether it may lead to a prompt: it records a new sale, or allows a send.
    #[must_use]
    pub fn starts_something(&self) -> bool {
        let creates = self.events.iter().any(|event| matches!(event, Event::Created { .. }));
        creates || self.permit.is_some()
    }

    /// The driver that this append itself puts in charge.
    fn appoints(&self) -> Option<Driver> {
        self.events.iter().rev().find_map(|event| match event {
            Event::Created { driver, .. } | Event::TakenOver { driver, .. } => Some(*driver),
            _ => None,
        })
    }
}

fn well_formed(append: &Append) -> Result<(), Refusal> {
    if append.events.is_empty() {
        return Err(misuse("an append holds at least one event: say what has happened"));
    }
    let unfenced = append.fence.is_none();
    match append.permit {
        Some(PermitDraft::Send { .. } | PermitDraft::Polls { .. }) if unfenced => {
            Err(misuse("a permit needs a lease: name the driver that writes it"))
        }
        _ => Ok(()),
    }
}

fn not_restored(append: &Append, holdings: &mut impl Holdings) -> Result<(), Refusal> {
    if append.starts_something() && holdings.restored().map_err(Refusal::Failed)? {
        return Err(Refusal::Restored);
    }
    Ok(())
}

fn next_in_line(append: &Append, standing: Option<&Standing>) -> Result<(), Refusal> {
    if standing.is_some_and(|standing| standing.pruned) {
        return Err(misuse("the payment was pruned: its tombstone takes no more events"));
    }
    let sequence = standing.map_or(0, |standing| standing.sequence);
    if sequence == append.expected { Ok(()) } else { Err(Refusal::Moved { sequence }) }
}

fn identity_kept(
    append: &Append,
    standing: Option<&Standing>,
    holdings: &mut impl Holdings,
) -> Result<(), Refusal> {
    if let Some(standing) = standing {
        let kept = standing.identity == append.row.identity;
        return if kept { Ok(()) } else { Err(misuse("a payment keeps its identity")) };
    }
    let owner = holdings.owner(&append.row.identity).map_err(Refusal::Failed)?;
    #[cfg(mutant = "identity_lost_at_restart")]
    let owner = owner.filter(|_| false);
    match owner {
        Some(by) => Err(Refusal::IdentityTaken { by }),
        None => Ok(()),
    }
}

/// Whether the payment may hold the terminal that its row names.
fn terminal_free(
    append: &Append,
    standing: Option<&Standing>,
    holdings: &mut impl Holdings,
) -> Result<bool, Refusal> {
    let Some(terminal) = &append.row.holds else { return Ok(false) };
    if standing.is_some_and(|standing| standing.released) {
        return Ok(false);
    }
    match holdings.holder(terminal).map_err(Refusal::Failed)? {
        Some(by) if by != append.payment && !append.releases.contains(&by) => {
            if append.starts_something() { Err(Refusal::TerminalTaken { by }) } else { Ok(false) }
        }
        _ => Ok(true),
    }
}

fn lease_held(
    append: &Append,
    standing: Option<&Standing>,
    holdings: &mut impl Holdings,
    now: &Moment,
) -> Result<(), Refusal> {
    let Some(fence) = append.fence else { return Ok(()) };
    let lease = holdings.lease(fence).map_err(Refusal::Failed)?;
    let before = standing.map(|standing| standing.driver);
    let drives = append.appoints().or(before) == Some(fence);
    if drives
        && may_follow(before, fence, holdings, now)?
        && lease::is_held(lease.as_ref(), fence, now)
    {
        Ok(())
    } else {
        Err(Refusal::Fenced)
    }
}

/// A payment passes from one driver to another only when the first one's lease is over, or within
/// one process.
fn may_follow(
    before: Option<Driver>,
    fence: Driver,
    holdings: &mut impl Holdings,
    now: &Moment,
) -> Result<bool, Refusal> {
    let Some(before) = before.filter(|before| before.process != fence.process) else {
        return Ok(true);
    };
    let lease = holdings.lease(before).map_err(Refusal::Failed)?;
    Ok(lease::is_over(lease.as_ref(), now))
}

fn misuse(detail: &str) -> Refusal {
    Refusal::Failed(Failure { kind: FailureKind::Other, detail: detail.into() })
}
