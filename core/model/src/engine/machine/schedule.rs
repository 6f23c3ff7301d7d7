//! One schedule for everything that waits for time: a due moment on the boot clock for each timer.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::port::Ticket;
use crate::ids::PaymentId;

/// What may become due. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// Plan a payment's next step.
    Payment(PaymentId),
    /// A caller's patience ends.
    Ticket(Ticket),
    /// Try again what the journal could not do.
    Retry(PaymentId),
    /// Prolong the lease.
    Heartbeat,
    /// Look for payments that nobody drives.
    Sweep,
    /// Close without waiting any longer.
    Close,
}

/// Each timer at most once, earliest first.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    due: BTreeMap<Timer, u64>,
    order: BTreeSet<(u64, Timer)>,
}

impl Schedule {
    /// Sets a timer, whatever it was set to before.
    pub(super) fn set(&mut self, timer: Timer, boot_ms: u64) {
        self.clear(timer);
        self.due.insert(timer, boot_ms);
        self.order.insert((boot_ms, timer));
    }

    /// Sets a timer earlier, never later.
    pub(super) fn advance(&mut self, timer: Timer, boot_ms: u64) {
        if self.due.get(&timer).is_none_or(|due| *due > boot_ms) {
            self.set(timer, boot_ms);
        }
    }

    /// Forgets a timer.
    pub(super) fn clear(&mut self, timer: Timer) {
        if let Some(boot_ms) = self.due.remove(&timer) {
            self.order.remove(&(boot_ms, timer));
        }
    }

    /// When the earliest timer is due.
    pub(super) fn next(&self) -> Option<u64> {
        self.order.first().map(|(boot_ms, _)| *boot_ms)
    }

    /// Takes the earliest timer out, if it is due.
    pub(super) fn pop_due(&mut self, now_boot_ms: u64) -> Option<Timer> {
        let (boot_ms, timer) = *self.order.first()?;
        if boot_ms > now_boot_ms {
            return None;
        }
        self.order.remove(&(boot_ms, timer));
        self.due.remove(&timer);
        Some(timer)
    }
}
