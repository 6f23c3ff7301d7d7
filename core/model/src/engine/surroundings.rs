//! What a journal holds round a new sale, as the plain facts that its verdict needs.

use super::store::{Stored, Surroundings, Tombstone};
use crate::identity::{Attempt, Fate, Holder, Known, fingerprint};
use crate::payment::Payment;
use crate::payment::view::{Outcome, gives_way, holds_terminal, outcome};

impl Surroundings {
    /// The facts of these attempts and holders.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        let holders = self.holders.iter().filter(|payment| holds_terminal(payment));
        Known {
            attempts: self.attempts.iter().map(attempt).collect(),
            holders: holders
                .map(|payment| Holder { payment: payment.id, gives_way: gives_way(payment) })
                .collect(),
        }
    }
}

fn attempt(stored: &Stored) -> Attempt<'_> {
    match stored {
        Stored::Live(payment) => live(payment),
        Stored::Tombstone(tombstone) => pruned(tombstone),
    }
}

fn live(payment: &Payment) -> Attempt<'_> {
    let fate = match outcome(payment) {
        Outcome::Open | Outcome::Unknown => Fate::Undecided,
        Outcome::Paid | Outcome::Held | Outcome::PartPaid => Fate::Taken,
        Outcome::NotPaid | Outcome::Returned => Fate::Free,
    };
    Attempt {
        payment: payment.id,
        sale: &payment.sale,
        fingerprint: payment.fingerprint.clone(),
        fate,
        settled_at: payment.settled_at.as_deref().copied(),
    }
}

/// Only settled payments are pruned; whatever does not say that the money stayed with the customer
/// counts as taken.
fn pruned(tombstone: &Tombstone) -> Attempt<'_> {
    let free = [Outcome::NotPaid, Outcome::Returned].map(Outcome::name);
    let fate = if free.contains(&&*tombstone.row.outcome) { Fate::Free } else { Fate::Taken };
    Attempt {
        payment: tombstone.id,
        sale: &tombstone.sale,
        fingerprint: fingerprint(&tombstone.sale),
        fate,
        settled_at: None,
    }
}

#[cfg(test)]
mod tests;
