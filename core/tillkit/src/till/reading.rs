//! What a caller sees of a payment, read from wherever the journal has it: the payment's own facts,
//! or what was kept of it when it was pruned.

use tillkit_model::engine::store::{Stored, Tombstone};
use tillkit_model::error::{Code, Error};
use tillkit_model::payment::Payment;
use tillkit_model::payment::summary::{Summary, summary};

/// The summary of a payment that was read.
pub(super) fn stored(stored: &Stored) -> Result<Summary, Error> {
    match stored {
        Stored::Live(payment) => Ok(summary(payment, false)),
        Stored::Tombstone(tombstone) => kept(tombstone),
    }
}

/// What to keep of a payment whose events are pruned; see [`crate::journal::Journal::prune`].
#[must_use]
pub fn keepsake(payment: &Payment) -> String {
    // Numbers and texts always make JSON; an empty summary would be told as a corrupt journal.
    serde_json::to_string(&summary(payment, false)).unwrap_or_default()
}

fn kept(tombstone: &Tombstone) -> Result<Summary, Error> {
    serde_json::from_str(&tombstone.summary).map_err(|fault| {
        let what = format!("the summary of a pruned payment cannot be read: {fault}");
        Error::new(Code::JournalCorrupt).payment(tombstone.id).message(what)
    })
}
