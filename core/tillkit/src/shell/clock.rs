//! The system's clocks.
//!
//! The boot-time clock must count suspension, and the boot must be known: only then does an age
//! hold across processes. On Linux and Android both come from the kernel. Elsewhere, and where the
//! kernel keeps its boot id to itself, each process counts as a boot of its own, whose clock starts
//! with it: ages across processes are then unknown, which forbids sends and prolongs waits but
//! never the reverse.

use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use tillkit_model::time::{BootId, Clock, Moment};

#[cfg(any(test, feature = "testing"))]
use std::sync::Arc;

/// Wall clock and boot-time clock of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    boot: BootId,
    /// What the steady clock showed when this boot began, as far as it is known.
    started: Steady,
}

impl SystemClock {
    /// Finds out which boot this is. `process` tells this process from every other; it is needed
    /// where the boot cannot be told.
    #[must_use]
    pub fn new(process: u64) -> Self {
        match kernel_boot_id() {
            Some(boot) => Self { boot, started: Steady::zero() },
            None => Self { boot: BootId::of_process(process), started: Steady::now() },
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment {
            wall_ms: wall_ms(),
            boot_ms: Steady::now().since_ms(self.started),
            boot: self.boot,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the seam through which time comes in")]
fn wall_ms() -> i64 {
    let after = SystemTime::now().duration_since(UNIX_EPOCH);
    after.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn kernel_boot_id() -> Option<BootId> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    boot_id(text.trim())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn kernel_boot_id() -> Option<BootId> {
    None
}

/// The kernel's words for this boot, as a number.
pub(super) fn boot_id(text: &str) -> Option<BootId> {
    if text.is_empty() {
        return None;
    }
    let hash = Sha256::digest(text.as_bytes());
    let first: [u8; 8] = hash.get(..8)?.try_into().ok()?;
    Some(BootId::of_machine(u64::from_le_bytes(first)))
}

/// A clock that people and networks cannot set.
#[derive(Debug, Clone, Copy)]
#[cfg(unix)]
struct Steady(u64);

#[cfg(unix)]
impl Steady {
    const fn zero() -> Self {
        Self(0)
    }

    fn now() -> Self {
        // Both count the time in which the machine slept.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let clock = rustix::time::ClockId::Boottime;
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let clock = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(clock);
        let seconds_ms = u64::try_from(time.tv_sec).unwrap_or(0).saturating_mul(1_000);
        let nanos = u64::try_from(time.tv_nsec).unwrap_or(0);
        Self(seconds_ms.saturating_add(nanos.checked_div(1_000_000).unwrap_or(0)))
    }

    const fn since_ms(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A clock that people and networks cannot set.
#[derive(Debug, Clone, Copy)]
#[cfg(not(unix))]
struct Steady(Option<std::time::Instant>);

#[cfg(not(unix))]
impl Steady {
    const fn zero() -> Self {
        Self(None)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the seam through which time comes in")]
    fn now() -> Self {
        Self(Some(std::time::Instant::now()))
    }

    fn since_ms(self, earlier: Self) -> u64 {
        let passed = self.0.zip(earlier.0).map(|(now, then)| now.saturating_duration_since(then));
        passed.map_or(0, |passed| u64::try_from(passed.as_millis()).unwrap_or(u64::MAX))
    }
}

/// A clock that runs so many times as fast as another, for tests and demonstrations.
#[cfg(any(test, feature = "testing"))]
pub struct ScaledClock {
    real: Arc<dyn Clock>,
    since: Moment,
    shown: Moment,
    factor: u32,
}

#[cfg(any(test, feature = "testing"))]
impl ScaledClock {
    /// Agrees with `real` now and runs ahead from here on.
    #[must_use]
    pub fn new(real: Arc<dyn Clock>, factor: u32) -> Self {
        let since = real.now();
        Self { real, since, shown: since, factor }
    }

    /// Shows this moment now and runs ahead from here on: the same clock in another process.
    #[must_use]
    pub fn showing(shown: Moment, real: Arc<dyn Clock>, factor: u32) -> Self {
        let since = real.now();
        Self { real, since, shown, factor }
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ScaledClock {
    fn now(&self) -> Moment {
        let passed_ms = self.real.now().age_at_least_ms(&self.since);
        let scaled_ms = passed_ms.saturating_mul(u64::from(self.factor));
        Moment {
            wall_ms: self.shown.wall_ms.saturating_add_unsigned(scaled_ms),
            boot_ms: self.shown.boot_ms.saturating_add(scaled_ms),
            boot: self.shown.boot,
        }
    }
}
