use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use tillkit_model::time::Clock;
use tower_layer::Layer;
use tower_service::Service;

use super::super::departing::Gate;
use super::HandClock;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Connects at once, but the clock goes on meanwhile.
#[derive(Clone)]
struct Connector {
    clock: Arc<HandClock>,
    takes_ms: u64,
    connections: Arc<AtomicU32>,
}

impl Service<()> for Connector {
    type Response = u32;
    type Error = BoxError;
    type Future = Ready<Result<u32, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        self.clock.forward(self.takes_ms);
        ready(Ok(self.connections.fetch_add(1, Ordering::SeqCst)))
    }
}

async fn connect(takes_ms: u64, leave_within_ms: u64) -> Result<u32, String> {
    let clock = Arc::new(HandClock::default());
    let connector = Connector { clock: Arc::clone(&clock), takes_ms, connections: Arc::default() };
    let departed_at = clock.now();
    let gate = Gate::new(clock, departed_at, leave_within_ms);
    gate.layer(connector).call(()).await.map_err(|fault| fault.to_string())
}

#[tokio::test]
async fn a_connection_in_time_is_given_out() {
    assert_eq!(connect(2_999, 3_000).await, Ok(0));
}

#[tokio::test]
async fn a_connection_that_stands_too_late_is_not_given_out() {
    let late = Err("its time was over before a connection stood".to_owned());
    assert_eq!(connect(3_000, 3_000).await, late);
    // As after two hours of sleep with the connection half made.
    assert_eq!(connect(7_200_000, 90_000).await, late);
}
