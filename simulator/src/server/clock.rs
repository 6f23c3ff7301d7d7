//! The simulator's clock: as fast as was asked for, and forward when someone says so.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(feature = "counter")]
use tillkit_model::time::{BootId, Moment};
use tokio::sync::Notify;

use crate::fakes::WALL_MS;

/// Milliseconds since the fakes' time zero, from the start of the simulator on by its own pace.
pub(super) struct Clock {
    began: Instant,
    began_ms: u64,
    pace: u32,
    ahead_ms: AtomicU64,
    moved: Notify,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam itself")]
    pub(super) fn new(pace: u32) -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let began_ms = (since_1970.as_millis() as u64).saturating_sub(WALL_MS);
        let (ahead_ms, moved) = (AtomicU64::new(0), Notify::new());
        Self { began: Instant::now(), began_ms, pace: pace.max(1), ahead_ms, moved }
    }

    pub(super) fn now_ms(&self) -> u64 {
        let elapsed = self.began.elapsed().as_millis() as u64;
        self.began_ms + elapsed * u64::from(self.pace) + self.ahead_ms()
    }

    /// Jumps forward.
    pub(super) fn forward(&self, ms: u64) {
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
        self.nudge();
    }

    /// Something was put on an agenda, so the one who waits has to look again; also where that
    /// wait has not begun yet.
    pub(super) fn nudge(&self) {
        self.moved.notify_one();
    }

    /// Waits so long by this clock's pace; a jump forward does not shorten it.
    pub(super) async fn work(&self, ms: u64) {
        tokio::time::sleep(self.real(ms)).await;
    }

    /// Waits until that time by this clock, or until something moved. There is one who waits.
    pub(super) async fn until_or_moved(&self, at_ms: Option<u64>) {
        let moved = self.moved.notified();
        match at_ms.map(|at_ms| self.real(at_ms.saturating_sub(self.now_ms()))) {
            Some(wait) => drop(tokio::time::timeout(wait, moved).await),
            None => moved.await,
        }
    }

    fn real(&self, ms: u64) -> Duration {
        Duration::from_micros(ms * 1_000 / u64::from(self.pace))
    }

    pub(super) fn ahead_ms(&self) -> u64 {
        self.ahead_ms.load(Ordering::SeqCst)
    }

    pub(super) const fn pace(&self) -> u32 {
        self.pace
    }
}

/// The till at the counter lives by the same clock as the providers, so that a jump is one for
/// both.
#[cfg(feature = "counter")]
impl tillkit_model::time::Clock for Clock {
    fn now(&self) -> Moment {
        let now_ms = self.now_ms();
        Moment {
            wall_ms: (WALL_MS + now_ms) as i64,
            boot_ms: now_ms - self.began_ms,
            boot: BootId::of_process(self.began_ms),
        }
    }
}
