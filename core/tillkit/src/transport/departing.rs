//! The gate between a connection and the request that waits for it.
//!
//! Connecting takes time, and a machine may sleep meanwhile: so the clock is looked at once more
//! when the connection stands, just before the first byte. A request that is late then never
//! leaves, and the failure is one of connecting, which proves it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tillkit_model::time::{Clock, Moment};
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Until when a request may leave.
#[derive(Clone)]
pub(super) struct Gate {
    clock: Arc<dyn Clock>,
    departed_at: Moment,
    leave_within_ms: u64,
}

impl Gate {
    /// Closes so long after the departure.
    pub(super) fn new(clock: Arc<dyn Clock>, departed_at: Moment, leave_within_ms: u64) -> Self {
        Self { clock, departed_at, leave_within_ms }
    }

    fn is_closed(&self) -> bool {
        self.clock.now().may_have_passed(&self.departed_at, self.leave_within_ms)
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated { connector, gate: self.clone() }
    }
}

/// A connector whose connections are given out only while the gate is open.
#[derive(Clone)]
pub(super) struct Gated<S> {
    connector: S,
    gate: Gate,
}

impl<S, R> Service<R> for Gated<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, address: R) -> Self::Future {
        let connecting = self.connector.call(address);
        let gate = self.gate.clone();
        Box::pin(async move {
            let connection = connecting.await?;
            if gate.is_closed() { Err(Late.into()) } else { Ok(connection) }
        })
    }
}

/// Its time ran out while the connection was being made.
#[derive(Debug)]
struct Late;

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("its time was over before a connection stood")
    }
}

impl std::error::Error for Late {}
