//! Random bytes from the operating system.

use sha2::{Digest, Sha256};
use tillkit_model::error::{Code, Error};
use tillkit_model::time::Entropy;

/// The operating system's generator.
///
/// It is asked once at the start, when its refusal can still be told. Should it refuse later, the
/// bytes come from that first draw and a counter: still without a repeat, and nothing panics.
pub struct OsEntropy {
    seed: [u8; 32],
    counter: u64,
}

impl OsEntropy {
    /// Draws for the first time.
    ///
    /// # Errors
    /// `internal` when the system has no randomness to give.
    pub fn new() -> Result<Self, Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|fault| {
            Error::new(Code::Internal).message(format!("the system gives no random bytes: {fault}"))
        })?;
        Ok(Self { seed, counter: 0 })
    }

    /// Bytes of the seed and a counter.
    pub(super) fn fill_from_seed(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            self.counter = self.counter.wrapping_add(1);
            let block =
                Sha256::new().chain_update(self.seed).chain_update(self.counter.to_le_bytes());
            for (slot, byte) in part.iter_mut().zip(block.finalize()) {
                *slot = byte;
            }
        }
    }
}

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            self.fill_from_seed(bytes);
        }
    }
}

impl std::fmt::Debug for OsEntropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OsEntropy").finish_non_exhaustive()
    }
}
