//! A clock that is turned by hand, and randomness that repeats.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tillkit_model::time::{BootId, Clock, Entropy, Moment};

/// Shows the same moment until it is turned. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<Mutex<Moment>>);

impl HandClock {
    /// A clock of another boot than this one, so long before now.
    #[must_use]
    pub fn before_now(ms: i64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        let moment = Moment { wall_ms: now_ms - ms, boot_ms: 1_000_000, boot: BootId(1) };
        Self(Arc::new(Mutex::new(moment)))
    }

    /// Turns both hands on.
    pub fn turn(&self, ms: u64) {
        let mut moment = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        moment.wall_ms = moment.wall_ms.saturating_add_unsigned(ms);
        moment.boot_ms = moment.boot_ms.saturating_add(ms);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Random numbers from a seed.
#[derive(Debug, Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let drawn = self.draw().to_le_bytes();
            part.copy_from_slice(&drawn[..part.len()]);
        }
    }
}
