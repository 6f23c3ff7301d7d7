//! One schedule for everything that waits for time: a due moment on the boot clock for each timer.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::engine::port::Ticket;
use crate::ids::PaymentId;

/// What may become due. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Timer {
    /// Its kind, and its place among its kind: two numbers, because a schedule of many timers does
    /// little but compare them.
    fn place(self) -> (u8, u128) {
        match self {
            Self::Payment(id) => (0, u128::from_be_bytes(*id.bytes())),
            Self::Ticket(Ticket(number)) => (1, u128::from(number)),
            Self::Retry(id) => (2, u128::from_be_bytes(*id.bytes())),
            Self::Heartbeat => (3, 0),
            Self::Sweep => (4, 0),
            Self::Close => (5, 0),
        }
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
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
        match self.due.insert(timer, boot_ms) {
            Some(before) if before == boot_ms => return,
            Some(before) => self.order.remove(&(before, timer)),
            None => false,
        };
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
        if self.next()? > now_boot_ms {
            return None;
        }
        let (_, timer) = self.order.pop_first()?;
        self.due.remove(&timer);
        Some(timer)
    }
}
