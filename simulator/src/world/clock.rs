//! One machine's two clocks, driven by the world's own time.
//!
//! The wall clock can be set to anything; the boot-time clock counts suspension and starts anew
//! with each boot. The world's own time is the truth, which only the auditor knows.

use tillkit_model::time::{BootId, Moment};

/// The wall clock at the world's time zero: 20 November 2026.
const WALL_MS: i64 = 1_795_132_800_000;

/// A machine.
#[derive(Debug, Clone)]
pub struct Machine {
    skew_ms: i64,
    boots: Vec<u64>,
}

impl Default for Machine {
    fn default() -> Self {
        Self { skew_ms: 0, boots: vec![0] }
    }
}

impl Machine {
    /// Both clocks at this time.
    #[must_use]
    pub fn now(&self, true_ms: u64) -> Moment {
        let booted_ms = self.boots.last().copied().unwrap_or_default();
        Moment {
            wall_ms: WALL_MS + true_ms as i64 + self.skew_ms,
            boot_ms: true_ms.saturating_sub(booted_ms),
            boot: self.boot(),
        }
    }

    /// Which boot this is.
    #[must_use]
    pub fn boot(&self) -> BootId {
        BootId(self.boots.len() as u64)
    }

    /// The wall clock is set forward or back.
    pub const fn jump(&mut self, by_ms: i64) {
        self.skew_ms += by_ms;
    }

    /// The machine starts anew.
    pub fn reboot(&mut self, true_ms: u64) {
        self.boots.push(true_ms);
    }

    /// The true time of a moment that one of its boots read.
    #[must_use]
    pub fn true_ms(&self, moment: &Moment) -> Option<u64> {
        let place = usize::try_from(moment.boot.0).ok()?.checked_sub(1)?;
        self.boots.get(place).map(|booted_ms| booted_ms + moment.boot_ms)
    }
}
