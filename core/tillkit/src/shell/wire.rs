//! Sends. How many may be under way is the machine's to say; none waits here.
//!
//! Every sending is answered exactly once, whatever happens to it: an answer that is owed and never
//! paid becomes *maybe sent*.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock, mpsc};

use tillkit_model::engine::port::{Input, Token};
use tillkit_model::ids::AccountName;
use tillkit_model::time::Clock;
use tillkit_model::wire::{Exchange, SendFailure, Sending};
use tokio::runtime::{Builder, Runtime};

use super::caller::Message;
use crate::transport::{Endpoint, Transport};

/// Where each connected account's requests go.
#[derive(Debug, Default)]
pub(super) struct Endpoints(RwLock<BTreeMap<AccountName, Arc<Endpoint>>>);

impl Endpoints {
    /// Takes effect with the next send.
    pub(super) fn set(&self, account: AccountName, endpoint: Endpoint) {
        let mut endpoints = self.0.write().unwrap_or_else(PoisonError::into_inner);
        endpoints.insert(account, Arc::new(endpoint));
    }

    fn of(&self, account: &AccountName) -> Option<Arc<Endpoint>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned()
    }
}

pub(super) struct Wire {
    /// Taken out when the wire is taken down, which must not wait for what is under way.
    runtime: Option<Runtime>,
    transport: Arc<dyn Transport>,
    endpoints: Arc<Endpoints>,
    clock: Arc<dyn Clock>,
    queue: mpsc::Sender<Message>,
}

impl Wire {
    /// Starts the threads that carry sends.
    pub(super) fn start(
        transport: Arc<dyn Transport>,
        endpoints: Arc<Endpoints>,
        clock: Arc<dyn Clock>,
        queue: mpsc::Sender<Message>,
    ) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("tillkit-wire")
            .enable_all()
            .build()?;
        Ok(Self { runtime: Some(runtime), transport, endpoints, clock, queue })
    }

    /// Makes it ready to leave; none where it cannot, which is told.
    pub(super) fn departing(
        &self,
        token: Token,
        account: &AccountName,
        sending: Sending,
    ) -> Option<Departing> {
        let owed = Owed { token, queue: self.queue.clone(), paid: false };
        let Some(endpoint) = self.endpoints.of(account) else {
            owed.pay(Err(SendFailure::NotSent { why: "the account is not connected".into() }));
            return None;
        };
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        Some(Departing { owed, endpoint, sending, transport, clock })
    }

    /// Lets them leave, each on its own; the runtime is woken once for all of them.
    pub(super) fn send_all(&self, departing: Vec<Departing>) {
        let Some(runtime) = self.runtime.as_ref().filter(|_| !departing.is_empty()) else { return };
        runtime.spawn(async move {
            for one in departing {
                tokio::spawn(one.leave());
            }
        });
    }
}

/// A sending with all that it needs to leave.
pub(super) struct Departing {
    owed: Owed,
    endpoint: Arc<Endpoint>,
    sending: Sending,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Departing {
    /// The last look at the clock is the transport's.
    async fn leave(self) {
        let Self { owed, endpoint, sending, transport, clock } = self;
        let exchange = transport.send(&endpoint, sending, &clock).await;
        owed.pay(exchange);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An answer that the machine waits for.
struct Owed {
    token: Token,
    queue: mpsc::Sender<Message>,
    paid: bool,
}

impl Owed {
    fn pay(mut self, exchange: Exchange) {
        self.give(exchange);
    }

    fn give(&mut self, exchange: Exchange) {
        self.paid = true;
        // An engine that is gone will find the open send in its journal.
        self.queue.send(Message::Input(Input::Exchanged { token: self.token, exchange })).ok();
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if !self.paid {
            self.give(Err(SendFailure::MaybeSent { why: "the transport broke off".into() }));
        }
    }
}
