//! Numbers that look random and repeat from a seed.
//!
//! Each decision of a life has a stream of its own, so that taking one fault out of a life leaves
//! every other draw as it was. Knows nothing of what the numbers decide.

use tillkit_model::time::Entropy;

/// A stream of numbers; the same seed gives the same stream on every machine.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The stream of one decision: which kind it is, and the how-manieth of that kind.
    #[must_use]
    pub fn of(seed: u64, kind: u64, number: u64) -> Self {
        let mut rng = Self::new(seed);
        rng.state = rng.next() ^ kind.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        rng.state = rng.next() ^ number.wrapping_mul(0xA076_1D64_78BD_642F);
        rng
    }

    /// The next number (splitmix64).
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// True in so many of a thousand cases.
    pub const fn chance(&mut self, per_mille: u32) -> bool {
        self.next() % 1_000 < per_mille as u64
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize]
    }
}

impl Entropy for Rng {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}
