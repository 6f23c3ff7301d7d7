//! Time and randomness as arguments.
//!
//! A [`Moment`] carries two clocks: the wall clock, which people set and networks correct, and the
//! boot-time clock, which counts suspension, cannot jump, and is worth nothing after a reboot.
//! A *deadline* that forbids something goes by whichever clock says that more time has passed;
//! a *wait* that protects something goes by the clock that cannot jump forward.
//! This module reads no clock: [`Clock`] and [`Entropy`] are the seams through which hosts do.

mod calendar;

use serde::{Deserialize, Serialize};

pub use calendar::{calendar_date, from_http_date, from_rfc3339, to_rfc3339};

/// One boot of one machine: boot-time clocks compare only inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BootId(pub u64);

impl BootId {
    /// Set in the id of a boot that only one process knows.
    const PRIVATE: u64 = 1 << 63;

    /// A boot of the whole machine, which all its processes tell alike: another one follows only
    /// when this one is over.
    #[must_use]
    pub const fn of_machine(id: u64) -> Self {
        Self(id & !Self::PRIVATE)
    }

    /// A boot of one process's own, where the system tells none: others may run beside it.
    #[must_use]
    pub const fn of_process(id: u64) -> Self {
        Self(id | Self::PRIVATE)
    }

    const fn is_private(self) -> bool {
        self.0 & Self::PRIVATE != 0
    }
}

/// A point in time on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970 by the wall clock.
    pub wall_ms: i64,
    /// Milliseconds since the machine booted, suspension included.
    pub boot_ms: u64,
    /// Which boot that was.
    pub boot: BootId,
}

impl Moment {
    /// How much time may have passed since then at the most; nothing after another boot, when it
    /// may be any length.
    #[must_use]
    pub fn age_at_most_ms(&self, since: &Self) -> Option<u64> {
        if self.boot != since.boot {
            return None;
        }
        let by_boot = self.boot_ms.saturating_sub(since.boot_ms);
        Some(by_boot.max(self.wall_since_ms(since)))
    }

    /// How much time has passed since then for certain.
    #[must_use]
    pub fn age_at_least_ms(&self, since: &Self) -> u64 {
        if self.boot == since.boot {
            self.boot_ms.saturating_sub(since.boot_ms)
        } else {
            // It happened before this boot began, or, where that is only a process's own word, in
            // another that runs beside it; then nothing but the wall clock can tell.
            let beside = self.boot.is_private() || since.boot.is_private();
            if beside { self.boot_ms.min(self.wall_since_ms(since)) } else { self.boot_ms }
        }
    }

    /// Whether a deadline this long after `since` must be taken as passed.
    #[must_use]
    pub fn may_have_passed(&self, since: &Self, limit_ms: u64) -> bool {
        self.age_at_most_ms(since).is_none_or(|age| age >= limit_ms)
    }

    /// Whether a wait this long after `since` is certainly over.
    #[must_use]
    pub fn has_surely_passed(&self, since: &Self, limit_ms: u64) -> bool {
        self.age_at_least_ms(since) >= limit_ms
    }

    /// How long until [`Self::may_have_passed`], as far as this moment can tell.
    #[must_use]
    pub fn until_may_have_passed_ms(&self, since: &Self, limit_ms: u64) -> u64 {
        self.age_at_most_ms(since).map_or(0, |age| limit_ms.saturating_sub(age))
    }

    /// How long until [`Self::has_surely_passed`].
    #[must_use]
    pub fn until_surely_passed_ms(&self, since: &Self, limit_ms: u64) -> u64 {
        limit_ms.saturating_sub(self.age_at_least_ms(since))
    }

    /// The difference of the wall clocks, never below zero.
    #[must_use]
    pub fn wall_since_ms(&self, since: &Self) -> u64 {
        u64::try_from(self.wall_ms.saturating_sub(since.wall_ms)).unwrap_or(0)
    }
}

/// Where a host lets Tillkit read the time.
pub trait Clock: Send + Sync {
    /// Both clocks, now.
    fn now(&self) -> Moment;
}

/// Where a host lets Tillkit draw random bytes.
pub trait Entropy: Send {
    /// Fills the whole slice.
    fn fill(&mut self, bytes: &mut [u8]);

    /// A number below `bound`, close enough to even for jitter; zero when `bound` is zero.
    fn below(&mut self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }
}

/// Milliseconds in one second.
pub const SECOND_MS: u64 = 1_000;
/// Milliseconds in one minute.
pub const MINUTE_MS: u64 = 60_000;
/// Milliseconds in one hour.
pub const HOUR_MS: u64 = 3_600_000;
/// Milliseconds in one day.
pub const DAY_MS: u64 = 86_400_000;
