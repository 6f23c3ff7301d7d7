//! The journal behind a disk that fails: it wraps the model's own simulated disk.
//!
//! Whatever became durable is told to the auditor here and nowhere else. A mirror keeps each
//! payment folded, for the story, the coverage and the final reading.

use std::collections::BTreeMap;

use tillkit_model::engine::memory::MemoryStore;
use tillkit_model::engine::opening::{Opening, opening};
use tillkit_model::engine::store::{Append, Failure, FailureKind, Recorded, Refusal, Store as _};
use tillkit_model::ids::{InstallationId, PaymentId};
use tillkit_model::payment::apply::apply;
use tillkit_model::payment::event::Event;
use tillkit_model::payment::stage::{Stage, stage};
use tillkit_model::payment::{Payment, view};
use tillkit_model::time::Moment;

use super::auditor::Auditor;
use super::clock::Machine;
use crate::fakes::ledger::Ledger;
use crate::rng::Rng;

/// The journal of one life.
#[derive(Debug)]
pub struct Disk {
    /// The journal itself.
    pub store: MemoryStore,
    backup: Option<MemoryStore>,
    mirror: BTreeMap<PaymentId, Payment>,
}

/// What the world knows at the instant of an append.
pub struct Instant<'a> {
    /// The world's time.
    pub now_ms: u64,
    /// The machine's clocks.
    pub machine: &'a Machine,
    /// What the provider did so far.
    pub ledger: &'a Ledger,
    /// Who judges.
    pub auditor: &'a mut Auditor,
}

impl Disk {
    /// A new journal.
    #[must_use]
    pub fn new(draws: &mut Rng) -> Self {
        let store = MemoryStore::new(InstallationId::new(draws));
        Self { store, backup: None, mirror: BTreeMap::new() }
    }

    /// Makes an append, and tells the auditor.
    pub fn append(&mut self, append: Append, at: Instant<'_>) -> Result<Recorded, Refusal> {
        let now = at.machine.now(at.now_ms);
        let mut results = self.store.append(vec![append], &now);
        let result = results.pop().unwrap_or_else(|| Err(Refusal::Failed(broken("no answer"))));
        if let Ok(recorded) = &result {
            self.recorded(recorded.payment, &recorded.events, at);
        }
        result
    }

    fn recorded(&mut self, id: PaymentId, events: &[Event], at: Instant<'_>) {
        let Instant { now_ms, machine, ledger, auditor } = at;
        auditor.durable(now_ms, machine, id, events);
        let before = self.mirror.remove(&id);
        let mut known = before.as_ref().map_or(0, |payment| payment.charges.len());
        let after = events.iter().try_fold(before, |state, event| apply(state, event).map(Some));
        let Ok(Some(payment)) = after else { return };
        let outcome = view::outcome(&payment).name();
        auditor.said(now_ms, id, outcome);
        auditor.check_said(now_ms, id, outcome, ledger);
        if payment.charges.len() > known {
            known = payment.charges.len();
            for charge in payment.charges.keys().take(known) {
                auditor.adopted(now_ms, id, charge, ledger);
            }
        }
        self.mirror.insert(id, payment);
    }

    /// Every payment as its journal tells it.
    #[must_use]
    pub const fn payments(&self) -> &BTreeMap<PaymentId, Payment> {
        &self.mirror
    }

    /// Where each payment stands.
    pub fn stages(&self) -> impl Iterator<Item = Stage> {
        self.mirror.values().map(stage)
    }

    /// Where one payment stands.
    #[must_use]
    pub fn stage(&self, payment: PaymentId) -> Option<Stage> {
        self.mirror.get(&payment).map(stage)
    }

    /// Whether nothing is known yet of what became of a payment.
    #[must_use]
    pub fn is_undecided(&self, payment: PaymentId) -> bool {
        self.mirror.get(&payment).is_some_and(|payment| !view::is_settled(payment))
    }

    /// A copy is laid aside, as backups do.
    pub fn back_up(&mut self) {
        self.backup = Some(self.store.clone());
    }

    /// The copy takes the journal's place beside the mark of today; true when records are missing.
    pub fn restore(&mut self) -> bool {
        let Some(backup) = self.backup.clone() else { return false };
        let mark = self.store.mark();
        let missing = backup.records() < mark.record;
        if !missing {
            return false;
        }
        self.store = backup;
        self.fold_anew();
        let head = self.store.head(Some(&mark));
        if let Opening::Restored(_) = opening(Some(&head), Some(&mark), false) {
            self.store.restore();
        }
        true
    }
}

impl Disk {
    /// A person acknowledges that the journal went back in time.
    pub fn acknowledge(&mut self, now: &Moment, draws: &mut Rng) {
        self.store.acknowledge(InstallationId::new(draws), now);
        self.fold_anew();
    }

    fn fold_anew(&mut self) {
        self.mirror.clear();
        let ids: Vec<PaymentId> = self.store.rows().map(|(id, _)| id).collect();
        for id in ids {
            let events = self.store.events(id).iter();
            let folded = events.fold(None, |state, event| apply(state, event).ok());
            self.mirror.extend(folded.map(|payment| (id, payment)));
        }
    }
}

/// A failure of the disk.
#[must_use]
pub fn broken(detail: &str) -> Failure {
    Failure { kind: FailureKind::Full, detail: detail.into() }
}
