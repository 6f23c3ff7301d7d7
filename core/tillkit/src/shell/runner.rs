//! Errands beside the machine: requests that move nothing, looks into the journal, and tasks that
//! end with the shell.
//!
//! Whoever awaits needs no particular runtime; a shell that ends is told as an error, never as a
//! hang.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tillkit_model::engine::port::{Call, Input, Ticket};
use tillkit_model::engine::store::Failure;
use tillkit_model::error::Error;
use tillkit_model::ids::AccountName;
use tillkit_model::time::{Clock, Moment};
use tillkit_model::wire::{Clearance, Exchange, Request, SendFailure, Sending};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};

use super::caller::{Message, Waiting};
use super::keeper::Keeper;
use super::ledger::Ledger;
use super::life::Life;
use crate::transport::{Endpoint, Transport};

/// A way to the shell's threads. It does not keep them alive.
#[derive(Clone)]
pub struct Runner {
    pub(super) handle: Handle,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) keeper: Keeper,
    pub(super) queue: mpsc::Sender<Message>,
    pub(super) life: Arc<Life>,
    pub(super) tickets: Arc<AtomicU64>,
    pub(super) pace: u32,
}

impl Runner {
    /// The clock's time.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Whether the shell has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.life.is_over()
    }

    /// Asks the machine.
    pub fn call(&self, call: Call) -> Waiting {
        Waiting::on(self.next_ticket(), call, &self.queue, &self.life)
    }

    pub(super) fn next_ticket(&self) -> Ticket {
        Ticket(self.tickets.fetch_add(1, Ordering::Relaxed))
    }

    /// Lets a request leave that moves nothing, and waits for what comes back. Dropping it leaves
    /// the request on its way.
    pub async fn exchange(&self, endpoint: Arc<Endpoint>, request: Request) -> Exchange {
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        let errand = async move {
            let sending = Sending { request, clearance: Clearance::Harmless };
            transport.send(&endpoint, sending, &clock).await
        };
        let broken = || SendFailure::MaybeSent { why: "the till is closing".into() };
        self.run(errand).await.unwrap_or_else(|_| Err(broken()))
    }

    /// Runs something on the shell's own runtime.
    ///
    /// # Errors
    /// `closed` when the shell ends before it does.
    pub async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, done) = oneshot::channel();
        self.spawn(async move {
            // Whoever left has no use for it.
            answer.send(task.await).ok();
        });
        done.await.map_err(|_| self.life.error())
    }

    /// Lets something run beside everything else until it is done or the shell ends.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(task);
    }

    /// Calls something that blocks, on a thread where it may.
    ///
    /// # Errors
    /// `closed` or `internal` when it does not come back.
    pub async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, done) = oneshot::channel();
        self.handle.spawn_blocking(move || answer.send(work()).ok());
        done.await.map_err(|_| self.life.error())
    }

    /// Looks into the journal, beside the machine.
    ///
    /// # Errors
    /// That the shell is closed or broke down.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut dyn Ledger) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, seen) = oneshot::channel();
        self.keeper.look(Box::new(move |store| {
            // A caller who left has no use for it.
            answer.send(look(store)).ok();
        }));
        seen.await.map_err(|_| self.life.error())
    }

    /// The same, where the journal may fail.
    ///
    /// # Errors
    /// As for [`Self::look`]; or what the journal says.
    pub async fn ask<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut dyn Ledger) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let looked = self.look(look).await?;
        looked.map_err(|failure| tillkit_model::engine::errors::of_journal(&failure))
    }

    /// Sleeps for so long by the shell's clock; inside of [`Self::run`] and [`Self::spawn`] only.
    pub async fn pause(&self, ms: u64) {
        let real_ms = ms.checked_div(u64::from(self.pace)).unwrap_or(ms);
        tokio::time::sleep(Duration::from_millis(real_ms.max(1))).await;
    }

    /// Sleeps for so long, or until somebody says to go on.
    pub async fn pause_until(&self, ms: u64, wake: &Notify) {
        self.within(ms, wake.notified()).await;
    }

    /// Waits for something, and not longer than so long; inside of [`Self::run`] and
    /// [`Self::spawn`] only.
    pub async fn within<T>(&self, ms: u64, waited: impl Future<Output = T>) -> Option<T> {
        let real_ms = ms.checked_div(u64::from(self.pace)).unwrap_or(ms);
        tokio::time::timeout(Duration::from_millis(real_ms.max(1)), waited).await.ok()
    }

    /// Tells the machine that an account can send nothing at present, or can again.
    pub fn withhold(&self, account: AccountName, withheld: bool) {
        // A machine that is gone sends nothing.
        self.queue.send(Message::Input(Input::Withheld { account, withheld })).ok();
    }
}
