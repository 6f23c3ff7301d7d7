//! What will happen at a provider by itself: a customer taps, a session expires, a device gives up.

use std::collections::BTreeMap;

use tillkit_model::ids::PaymentId;

use super::customer::Step;
use super::ledger::Charge;

/// What a webhook would tell: a charge as it stood at that moment.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The charge, as it was then.
    pub charge: Charge,
}

impl Notice {
    /// Our payment id, where the charge carries one.
    #[must_use]
    pub const fn payment(&self) -> Option<PaymentId> {
        self.charge.payment
    }
}

/// Steps in the order of their times; equal times keep the order of their writing.
#[derive(Debug)]
pub struct Agenda<T = Step> {
    entries: BTreeMap<(u64, u64), (usize, T)>,
    written: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), written: 0 }
    }
}

impl<T> Agenda<T> {
    /// Writes a step down.
    pub fn write(&mut self, at_ms: u64, charge: usize, step: T) {
        self.entries.insert((at_ms, self.written), (charge, step));
        self.written += 1;
    }

    /// When the next one is due.
    pub fn next_ms(&self) -> Option<u64> {
        self.entries.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }

    /// Takes the next one that is due.
    pub fn due(&mut self, now_ms: u64) -> Option<(u64, usize, T)> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 <= now_ms)?;
        let ((at_ms, _), (charge, step)) = entry.remove_entry();
        Some((at_ms, charge, step))
    }
}
