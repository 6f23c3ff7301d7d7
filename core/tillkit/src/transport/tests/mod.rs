//! What the wire promises, piece by piece; whole exchanges are in `tests/transport_loopback`.

mod endpoint;
mod gate;
mod redact;
mod scripted;
mod tls;

use std::sync::atomic::{AtomicU64, Ordering};

use tillkit_model::time::{BootId, Clock, Moment};
use tillkit_model::wire::{Clearance, Method, Request, Sending};

use super::{Endpoint, Reach, Secret};

/// A clock that stands still until it is moved.
#[derive(Default)]
struct HandClock(AtomicU64);

impl HandClock {
    fn forward(&self, by_ms: u64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Moment {
        let boot_ms = self.0.load(Ordering::SeqCst);
        Moment { wall_ms: i64::try_from(boot_ms).unwrap(), boot_ms, boot: BootId(1) }
    }
}

fn local(port: u16) -> Endpoint {
    Endpoint::parse(&format!("http://127.0.0.1:{port}/v2"), Reach::Internet)
        .unwrap()
        .secret_header("Authorization", Secret::new("Bearer tok-4711"))
        .unwrap()
}

fn post(path: &str) -> Request {
    Request {
        method: Method::Post,
        path: path.into(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: Some("{\"amount\":\"13.30\"}".into()),
        may_move_money: false,
        timeout_ms: 5_000,
        fresh_connection: true,
    }
}

fn harmless(request: Request) -> Sending {
    Sending { request, clearance: Clearance::Harmless }
}
