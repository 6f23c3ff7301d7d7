//! The wire, watched: each send is named, and the process may die before it and after it.

use std::sync::Arc;

use tillkit::transport::{Endpoint, Https, Transport, UnderWay};
use tillkit_model::sale::metadata::REFERENCE_KEY;
use tillkit_model::time::{Clock, Moment};
use tillkit_model::wire::{Method, Request, Sending};

use super::say;
use crate::halt::Halts;
use crate::qonto::{KEY_HEADER, sold};
use crate::word::Report;

/// A real wire whose sends can be died at.
pub struct WatchedWire {
    https: Https,
    halts: Arc<Halts>,
    pace: u32,
}

impl WatchedWire {
    /// Watches a wire; what it waits for runs at the shop's pace.
    pub fn new(https: Https, halts: Arc<Halts>, pace: u32) -> Self {
        Self { https, halts, pace }
    }
}

impl Transport for WatchedWire {
    fn send<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        mut sending: Sending,
        clock: &'a Arc<dyn Clock>,
    ) -> UnderWay<'a> {
        Box::pin(async move {
            let act = self.halts.numbered(&act(&sending.request));
            sending.request.timeout_ms /= u64::from(self.pace);
            let witness = witness(&sending.request, clock);
            self.halts.pass(&act, "before");
            let exchange = self.https.send(endpoint, sending, &witness).await;
            self.halts.pass(&act, "after");
            exchange
        })
    }
}

/// What a send is about: pushing or reading which sale.
fn act(request: &Request) -> String {
    match request.method {
        Method::Post => format!("push {}", pushed(request)),
        Method::Get | Method::Put | Method::Delete => format!("read {}", sold(&request.path)),
    }
}

fn pushed(request: &Request) -> String {
    let body = request.body.as_deref().unwrap_or_default();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["metadata"][REFERENCE_KEY].as_str().unwrap().to_owned()
}

/// The clock that a push is let go by, telling each look at it.
fn witness(request: &Request, clock: &Arc<dyn Clock>) -> Arc<dyn Clock> {
    let key = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(KEY_HEADER));
    match key {
        Some((_, key)) => Arc::new(Witness { key: key.to_string(), clock: Arc::clone(clock) }),
        None => Arc::clone(clock),
    }
}

struct Witness {
    key: String,
    clock: Arc<dyn Clock>,
}

impl Clock for Witness {
    fn now(&self) -> Moment {
        let now = self.clock.now();
        say(&Report::Looked { key: self.key.clone(), wall_ms: now.wall_ms });
        now
    }
}
