//! Random bytes from the operating system.

use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tillkit_model::error::{Code, Error};
use tillkit_model::time::Entropy;

/// How many bytes are asked for at once, so that not every jitter is a system call.
const STOCK_BYTES: usize = 1_024;

/// The operating system's generator.
///
/// It is asked once at the start, when its refusal can still be told. Should it refuse later, the
/// bytes come from that first draw and a counter: still without a repeat, and nothing panics.
///
/// Each byte in stock is given out once and wiped. A child of a fork inherits the stock, and may
/// do nothing with the engine that owns it.
pub struct OsEntropy {
    seed: [u8; 32],
    counter: u64,
    stock: Box<[u8; STOCK_BYTES]>,
    /// How many of the stock's last bytes were not given out yet.
    left: usize,
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
        Ok(Self { seed, counter: 0, stock: Box::new([0; STOCK_BYTES]), left: 0 })
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

impl OsEntropy {
    /// Gives bytes of the stock out, newly asked for where too few are left; false if there are
    /// none to be had.
    fn fill_from_stock(&mut self, bytes: &mut [u8]) -> bool {
        if bytes.len() > self.left {
            self.left = 0;
            if bytes.len() > STOCK_BYTES || getrandom::fill(self.stock.as_mut_slice()).is_err() {
                return false;
            }
            self.left = STOCK_BYTES;
        }
        let from = STOCK_BYTES.saturating_sub(self.left);
        for (slot, byte) in bytes.iter_mut().zip(self.stock.iter_mut().skip(from)) {
            *slot = std::mem::take(byte);
        }
        self.left = self.left.saturating_sub(bytes.len());
        true
    }
}

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if !self.fill_from_stock(bytes) && getrandom::fill(bytes).is_err() {
            self.fill_from_seed(bytes);
        }
    }
}

impl std::fmt::Debug for OsEntropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OsEntropy").finish_non_exhaustive()
    }
}

/// One source of randomness for several users.
#[derive(Clone)]
pub(crate) struct SharedEntropy(Arc<Mutex<Box<dyn Entropy>>>);

impl SharedEntropy {
    pub(crate) fn new(entropy: Box<dyn Entropy>) -> Self {
        Self(Arc::new(Mutex::new(entropy)))
    }
}

impl Entropy for SharedEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}
