//! The shell: threads round the synchronous machine, which itself never waits.
//!
//! One thread owns the machine and a queue of inputs. Appends go to one writing thread, reads to
//! others, sends to a runtime of their own; callers hold tickets. The shell promises that every
//! asking, every sending and every call is answered exactly once, that a caller who leaves changes
//! nothing, and that a panic becomes one error for everybody and never a hang. It decides nothing
//! and knows no rule of payments.

mod caller;
pub mod clock;
mod driver;
pub mod entropy;
mod keeper;
mod ledger;
mod life;
mod machine;
mod runner;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, mpsc};

use tillkit_model::engine::port::Call;
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::time::Clock;
use tokio::sync::oneshot;

use crate::transport::{Endpoint, LogSink, Transport};
use caller::{Desk, Message};
use driver::Driver;
use keeper::{Keeper, Office};
use life::Life;
use wire::{Endpoints, Wire};

pub use caller::{Answer, Waiting};
pub use keeper::Stores;
pub use ledger::Ledger;
pub use machine::Machine;
pub use runner::Runner;
pub use wire::Access;

/// What the shell is put together from.
pub struct Parts<M> {
    /// What decides.
    pub machine: M,
    /// The disk.
    pub stores: Stores,
    /// The wire.
    pub transport: Arc<dyn Transport>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// The numbers.
    pub settings: Settings,
}

/// The shell's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How often other processes' appends are looked for.
    pub watch_ms: u64,
    /// How many times as fast as the wall's the clock runs.
    pace: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { watch_ms: 100, pace: 1 }
    }
}

impl Settings {
    /// For a clock that runs so many times as fast.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn at_pace(self, pace: u32) -> Self {
        Self { pace: pace.max(1), ..self }
    }
}

/// The threads round one machine. Dropping it closes them behind the caller's back; [`Call::Close`]
/// waits.
pub struct Shell {
    queue: mpsc::Sender<Message>,
    endpoints: Arc<Endpoints>,
    runner: Runner,
    life: Arc<Life>,
    process: u32,
}

impl Shell {
    /// Starts the threads.
    ///
    /// # Errors
    /// `internal` when the system gives no threads.
    pub fn start<M: Machine>(parts: Parts<M>) -> Result<Self, Error> {
        let Parts { machine, stores, transport, clock, log, settings } = parts;
        let (queue, inputs) = mpsc::channel();
        let office = Office {
            queue: queue.clone(),
            clock: Arc::clone(&clock),
            log: Arc::clone(&log),
            watch_ms: settings.watch_ms,
        };
        let keeper = Keeper::start(stores, office).map_err(|fault| no_threads(&fault))?;
        let endpoints = Arc::new(Endpoints::default());
        let wire = Wire::start(
            Arc::clone(&transport),
            Arc::clone(&endpoints),
            Arc::clone(&clock),
            queue.clone(),
        )
        .map_err(|fault| no_threads(&fault))?;
        let life = Arc::new(Life::default());
        let runner = Runner {
            handle: wire.handle().clone(),
            transport,
            clock: Arc::clone(&clock),
            keeper: keeper.clone(),
            queue: queue.clone(),
            life: Arc::clone(&life),
            tickets: Arc::new(AtomicU64::new(1)),
            pace: settings.pace,
        };
        let driver = Driver {
            machine,
            queue: inputs,
            keeper: keeper.clone(),
            wire,
            clock,
            desk: Desk::default(),
            life: Arc::clone(&life),
            log,
            pace: settings.pace,
        };
        let thread = std::thread::Builder::new().name("tillkit-engine".to_owned());
        thread.spawn(move || driver.run()).map_err(|fault| no_threads(&fault))?;
        let process = std::process::id();
        Ok(Self { queue, endpoints, runner, life, process })
    }

    /// Asks the machine.
    ///
    /// # Errors
    /// `fork-detected` in a child of the process that opened it: there the threads do not exist.
    pub fn call(&self, call: Call) -> Result<Waiting, Error> {
        self.check_process()?;
        Ok(self.runner.call(call))
    }

    /// Looks into the journal, beside the machine.
    ///
    /// # Errors
    /// As for [`Self::call`]; or that the shell is closed or broke down.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut dyn Ledger) -> T + Send + 'static,
    ) -> Result<T, Error> {
        self.check_process()?;
        self.runner.look(look).await
    }

    /// Where an account's requests go from now on.
    pub fn set_endpoint(&self, account: AccountName, endpoint: Endpoint) {
        self.set_access(account, Arc::new(Arc::new(endpoint)));
    }

    /// The same, with what proves who asks changing as it will.
    pub fn set_access(&self, account: AccountName, access: Arc<dyn Access>) {
        self.endpoints.set(account, access);
    }

    /// What runs errands beside the machine.
    ///
    /// # Errors
    /// As for [`Self::call`].
    pub fn runner(&self) -> Result<&Runner, Error> {
        self.check_process().map(|()| &self.runner)
    }

    fn check_process(&self) -> Result<(), Error> {
        if std::process::id() == self.process {
            Ok(())
        } else {
            Err(Error::new(Code::ForkDetected))
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        if self.check_process().is_ok() && !self.life.is_over() {
            // Nobody hears the answer, and an engine that is gone needs no telling.
            let (answer, _) = oneshot::channel();
            let ticket = self.runner.next_ticket();
            self.queue.send(Message::Call { ticket, call: Call::Close, answer }).ok();
        }
    }
}

fn no_threads(fault: &dyn std::error::Error) -> Error {
    Error::new(Code::Internal).message(format!("the system gives no more threads: {fault}"))
}
