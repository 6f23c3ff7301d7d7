//! How the shop goes on after a death, and whose survivors are killed as well.

use tillkit_crash::shop::life::Mode;

/// The machine stays up, and the till is started again when a replay is due.
pub const ALONE: Mode =
    Mode { name: "alone, replayed", second: false, reboots: false, hints: false, late_ms: None };

/// A till that took the work over is killed, too; what the first one sent arrives late.
pub const TWICE: Mode = Mode { name: "killed twice", late_ms: Some(60_000), ..ALONE };

/// Every mode in which one till is killed at every point.
pub const MODES: &[Mode] = &[
    ALONE,
    Mode { name: "alone, notified", hints: true, ..ALONE },
    Mode { name: "alone, rebooted", reboots: true, ..ALONE },
    Mode { name: "beside a second process", second: true, late_ms: Some(60_000), ..ALONE },
];

/// A death whose survivor is killed at every point that is about the same terminal.
pub struct FirstDeath {
    /// Where the first one dies.
    pub step: &'static str,
    /// What is sold there.
    pub sales: &'static [&'static str],
}

/// Recorded and never sent; sent and still under way; and the same where nothing may be sent again.
pub const FIRST_DEATHS: &[FirstDeath] = &[
    FirstDeath { step: "append permitted of coffee 1 after", sales: &["coffee", "cake"] },
    FirstDeath { step: "push tea 1 arrived", sales: &["tea", "juice"] },
    FirstDeath { step: "append permitted of soup 1 after", sales: &["soup"] },
    FirstDeath { step: "push soup 1 arrived", sales: &["soup"] },
];

impl FirstDeath {
    /// Whether a step is about what is sold there.
    pub fn is_about(&self, step: &str) -> bool {
        step.split(' ').any(|word| self.sales.contains(&word))
    }
}
