//! The shop's clock: the machine's boot-time clock, read faster, with leaps.
//!
//! All processes of one life and the server read the same dial, so that they agree to the
//! millisecond whatever the load of the machine. A leap is the shop asleep: both clocks move on, as
//! they do when a laptop is closed. A reboot gives the boot another id and its clock a new
//! beginning.

use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tillkit::shell::clock::SystemClock;
use tillkit_model::time::{BootId, Clock, Moment};

/// How the shop's time follows from the machine's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dial {
    /// How many times as fast as the wall's it runs.
    pub pace: u32,
    began: Began,
    leaps: Vec<Leap>,
    boot: u64,
    /// How much of the shop's time had passed when the present boot began.
    boot_began_ms: u64,
}

/// Where the machine's clocks stood when the shop opened.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Began {
    real_ms: u64,
    wall_ms: i64,
}

/// The shop sleeps so long, in no time of the machine's.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Leap {
    /// When, by the machine's clock.
    real_ms: u64,
    /// How long, by the shop's.
    shop_ms: u64,
}

/// What a boot's clock shows when it begins.
const BOOTING_MS: u64 = 20_000;

/// A clock that follows a dial.
pub struct ShopClock {
    real: SystemClock,
    dial: RwLock<Dial>,
}

impl ShopClock {
    /// Begins to run, so many times as fast as the machine's.
    #[must_use]
    pub fn at_pace(pace: u32) -> Self {
        let real = SystemClock::new(0);
        let Moment { wall_ms, boot_ms, .. } = real.now();
        let began = Began { real_ms: boot_ms, wall_ms };
        Self::following(Dial { pace, began, leaps: Vec::new(), boot: 1, boot_began_ms: 0 })
    }

    /// Follows a dial that another process reads as well.
    #[must_use]
    pub fn following(dial: Dial) -> Self {
        Self { real: SystemClock::new(0), dial: RwLock::new(dial) }
    }

    /// What another process needs to read the same time.
    #[must_use]
    pub fn dial(&self) -> Dial {
        self.dial.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sleeps, from now.
    pub fn leap(&self, shop_ms: u64) -> Leap {
        let leap = Leap { real_ms: self.real.now().boot_ms, shop_ms };
        self.follow(leap);
        leap
    }

    /// Sleeps as another process does.
    pub fn follow(&self, leap: Leap) {
        self.change(|dial| dial.leaps.push(leap));
    }

    /// Whoever starts from here on starts after a reboot.
    pub fn reboot(&self) {
        let passed_ms = self.passed_ms();
        self.change(|dial| {
            dial.boot += 1;
            dial.boot_began_ms = passed_ms;
        });
    }

    /// The wall clock of the shop.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        self.now().wall_ms
    }

    fn change(&self, change: impl FnOnce(&mut Dial)) {
        change(&mut self.dial.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn passed_ms(&self) -> u64 {
        let real_ms = self.real.now().boot_ms;
        let dial = self.dial.read().unwrap_or_else(PoisonError::into_inner);
        let run_ms = real_ms.saturating_sub(dial.began.real_ms) * u64::from(dial.pace);
        let slept = dial.leaps.iter().filter(|leap| leap.real_ms <= real_ms);
        run_ms + slept.map(|leap| leap.shop_ms).sum::<u64>()
    }
}

impl Clock for ShopClock {
    fn now(&self) -> Moment {
        let passed_ms = self.passed_ms();
        let dial = self.dial.read().unwrap_or_else(PoisonError::into_inner);
        Moment {
            wall_ms: dial.began.wall_ms.saturating_add_unsigned(passed_ms),
            boot_ms: BOOTING_MS + passed_ms.saturating_sub(dial.boot_began_ms),
            boot: BootId(dial.boot),
        }
    }
}
