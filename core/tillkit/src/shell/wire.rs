//! Sends. How many may be under way is the machine's to say; none waits here.
//!
//! Every sending is answered exactly once, whatever happens to it: an answer that is owed and never
//! paid becomes *maybe sent*.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::time::Duration;

use tillkit_model::engine::port::{Input, Token};
use tillkit_model::ids::AccountName;
use tillkit_model::time::{Clock, Moment};
use tillkit_model::wire::{Exchange, SendFailure, Sending};
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::caller::Message;
use crate::transport::{Endpoint, Transport};

/// Where an account's requests go and what proves who asks, at the moment they leave.
pub trait Access: Send + Sync {
    /// Both of it; none while there is nothing that proves who asks.
    fn endpoint(&self, now: &Moment) -> Option<Arc<Endpoint>>;

    /// The provider took a request through this endpoint for a stranger's.
    fn refused(&self, endpoint: &Arc<Endpoint>, now: &Moment);
}

/// Credentials that stay as they are.
impl Access for Arc<Endpoint> {
    fn endpoint(&self, _: &Moment) -> Option<Arc<Endpoint>> {
        Some(Self::clone(self))
    }

    fn refused(&self, _: &Arc<Endpoint>, _: &Moment) {}
}

/// How each connected account's requests leave.
#[derive(Default)]
pub(super) struct Endpoints(RwLock<BTreeMap<AccountName, Arc<dyn Access>>>);

impl Endpoints {
    /// Takes effect with the next send.
    pub(super) fn set(&self, account: AccountName, access: Arc<dyn Access>) {
        let mut endpoints = self.0.write().unwrap_or_else(PoisonError::into_inner);
        endpoints.insert(account, access);
    }

    fn of(&self, account: &AccountName) -> Option<Arc<dyn Access>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned()
    }
}

pub(super) struct Wire {
    departures: UnboundedSender<Vec<Departing>>,
    landings: UnboundedSender<Input>,
    transport: Arc<dyn Transport>,
    endpoints: Arc<Endpoints>,
    clock: Arc<dyn Clock>,
    handle: Handle,
}

impl Wire {
    /// Starts the thread that carries sends. When the wire is dropped it ends, and does not wait
    /// for what is under way.
    pub(super) fn start(
        transport: Arc<dyn Transport>,
        endpoints: Arc<Endpoints>,
        clock: Arc<dyn Clock>,
        queue: mpsc::Sender<Message>,
    ) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (departures, leaving) = unbounded_channel();
        let (landings, landed) = unbounded_channel();
        let thread = std::thread::Builder::new().name("tillkit-wire".to_owned());
        thread.spawn(move || {
            runtime.block_on(async {
                tokio::spawn(pulse());
                tokio::spawn(report(landed, queue));
                see_off(leaving).await;
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { departures, landings, transport, endpoints, clock, handle })
    }

    /// Makes it ready to leave; none where it cannot, which is told.
    pub(super) fn departing(
        &self,
        token: Token,
        account: &AccountName,
        sending: Sending,
    ) -> Option<Departing> {
        let owed = Owed { token, landings: self.landings.clone(), paid: false };
        let Some(access) = self.endpoints.of(account) else {
            owed.pay(Err(not_sent("the account is not connected")));
            return None;
        };
        let Some(endpoint) = access.endpoint(&self.clock.now()) else {
            owed.pay(Err(not_sent("the account has no access token at present")));
            return None;
        };
        let (transport, clock) = (Arc::clone(&self.transport), Arc::clone(&self.clock));
        Some(Departing { owed, access, endpoint, sending, transport, clock })
    }

    /// Where errands may run.
    pub(super) const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Lets them leave, each on its own; the thread is woken once for all of them.
    pub(super) fn send_all(&self, departing: Vec<Departing>) {
        if !departing.is_empty() {
            // A thread that is gone drops them, and each is answered by that.
            self.departures.send(departing).ok();
        }
    }
}

/// Lets each departing request leave as a task of its own, until the wire is taken down.
async fn see_off(mut leaving: UnboundedReceiver<Vec<Departing>>) {
    while let Some(departing) = leaving.recv().await {
        for one in departing {
            tokio::spawn(one.leave());
        }
    }
}

/// Tells the engine what came of sends. Whatever else can land without waiting lands first, so that
/// the engine is woken once for all of it.
async fn report(mut landed: UnboundedReceiver<Input>, queue: mpsc::Sender<Message>) {
    while let Some(first) = landed.recv().await {
        tokio::task::yield_now().await;
        let mut inputs = vec![first];
        while let Ok(next) = landed.try_recv() {
            inputs.push(next);
        }
        // An engine that is gone will find the open sends in its journal.
        queue.send(Message::Inputs(inputs)).ok();
    }
}

/// Beats as long as the wire is there. A timer that would be the runtime's first wakes it as soon
/// as it is set, even by itself; every request sets one, and behind the next beat it is never
/// first.
async fn pulse() {
    let mut beats = tokio::time::interval(PULSE);
    loop {
        beats.tick().await;
    }
}

/// Shorter than any request may take.
const PULSE: Duration = Duration::from_secs(1);

/// A sending with all that it needs to leave.
pub(super) struct Departing {
    owed: Owed,
    access: Arc<dyn Access>,
    endpoint: Arc<Endpoint>,
    sending: Sending,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Departing {
    /// The last look at the clock is the transport's.
    async fn leave(self) {
        let Self { owed, access, endpoint, sending, transport, clock } = self;
        let exchange = transport.send(&endpoint, sending, &clock).await;
        if is_stranger(&exchange) {
            access.refused(&endpoint, &clock.now());
        }
        owed.pay(exchange);
    }
}

/// Whether the provider does not know who asked.
fn is_stranger(exchange: &Exchange) -> bool {
    exchange.as_ref().is_ok_and(|response| response.status == 401)
}

fn not_sent(why: &str) -> SendFailure {
    SendFailure::NotSent { why: why.into() }
}

/// An answer that the machine waits for.
struct Owed {
    token: Token,
    landings: UnboundedSender<Input>,
    paid: bool,
}

impl Owed {
    fn pay(mut self, exchange: Exchange) {
        self.give(exchange);
    }

    fn give(&mut self, exchange: Exchange) {
        self.paid = true;
        // A wire that was taken down has nobody to tell.
        self.landings.send(Input::Exchanged { token: self.token, exchange }).ok();
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if !self.paid {
            self.give(Err(SendFailure::MaybeSent { why: "the transport broke off".into() }));
        }
    }
}
