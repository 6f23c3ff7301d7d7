//! Putting a till together from its parts.

use std::sync::Arc;

use tillkit_model::engine::{Engine, Role, Setup};
use tillkit_model::error::Error;
use tillkit_model::ids::ProcessId;
use tillkit_model::time::{Clock, Entropy};

use super::Till;
use crate::shell::clock::SystemClock;
use crate::shell::entropy::OsEntropy;
use crate::shell::{Parts, Settings, Shell, Stores};
use crate::transport::{LogSink, Silent, Transport};

/// Everything that a till stands on. Start from [`Assembly::new`] and change what should be
/// different.
pub struct Assembly {
    /// The disk.
    pub stores: Stores,
    /// The wire.
    pub transport: Arc<dyn Transport>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where ids and jitter come from.
    pub entropy: Box<dyn Entropy>,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// What it may do with the journal.
    pub role: Role,
    /// How many requests may be under way at once.
    pub in_flight_max: usize,
    /// The shell's numbers.
    pub settings: Settings,
}

impl Assembly {
    /// The system's clock and randomness, no log, 32 requests at once.
    ///
    /// # Errors
    /// `internal` when the system has no randomness to give.
    pub fn new(stores: Stores, transport: Arc<dyn Transport>) -> Result<Self, Error> {
        let mut entropy = OsEntropy::new()?;
        let clock = Arc::new(SystemClock::new(entropy.below(u64::MAX)));
        Ok(Self {
            stores,
            transport,
            clock,
            entropy: Box::new(entropy),
            log: Arc::new(Silent),
            role: Role::Drives,
            in_flight_max: 32,
            settings: Settings::default(),
        })
    }
}

impl Till {
    /// A till of these parts, at work at once.
    ///
    /// # Errors
    /// `internal` when the system gives no threads.
    pub fn assemble(assembly: Assembly) -> Result<Self, Error> {
        let Assembly { stores, transport, clock, mut entropy, log, role, in_flight_max, settings } =
            assembly;
        let process = ProcessId::new(entropy.as_mut());
        let setup = Setup { process, role, in_flight_max, entropy };
        let machine = Engine::new(setup, &clock.now());
        let parts = Parts { machine, stores, transport, clock: Arc::clone(&clock), log, settings };
        Ok(Self { shell: Shell::start(parts)?, clock, accounts: Default::default() })
    }
}
