//! Whole exchanges of the real wire with small servers on loopback that behave well, badly and
//! worse.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::arithmetic_side_effects)]

mod answers;
mod failures;
mod once;
mod permits;
mod server;

use std::sync::{Arc, Mutex};

use tillkit::transport::{Endpoint, Https, Level, Limits, LogSink, Reach, Secret, Transport};
use tillkit_model::time::{BootId, Clock, Moment};
use tillkit_model::wire::{Clearance, Exchange, Method, Request, SendFailure, Sending};

const LIMITS: Limits = Limits { connect_ms_max: 10_000, response_bytes_max: 1_048_576 };

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment { wall_ms: 1_700_000_000_000, boot_ms: 1_000, boot: BootId(1) }
    }
}

#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl LogSink for Lines {
    fn line(&self, _: Level, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

/// The wire, and what it logs.
struct Wire {
    https: Https,
    clock: Arc<dyn Clock>,
    lines: Arc<Lines>,
}

impl Wire {
    fn new(limits: Limits) -> Self {
        let lines = Arc::new(Lines::default());
        let https = Https::new(limits, Arc::clone(&lines) as Arc<dyn LogSink>).unwrap();
        Self { https, clock: Arc::new(Still), lines }
    }

    async fn send(&self, base: &str, request: Request) -> Exchange {
        let endpoint = Endpoint::parse(base, Reach::Internet)
            .unwrap()
            .secret_header("Authorization", Secret::new("Bearer tok-4711"))
            .unwrap();
        let sending = Sending { request, clearance: Clearance::Harmless };
        self.https.send(&endpoint, sending, &self.clock).await
    }

    fn lines(&self) -> Vec<String> {
        self.lines.0.lock().unwrap().clone()
    }
}

fn get(path: &str) -> Request {
    Request {
        method: Method::Get,
        path: path.into(),
        headers: Vec::new(),
        body: None,
        may_move_money: false,
        timeout_ms: 20_000,
        fresh_connection: false,
    }
}

fn post(path: &str) -> Request {
    Request { method: Method::Post, body: Some("{\"a\":1}".into()), ..get(path) }
}

fn is_not_sent(exchange: &Exchange) -> bool {
    matches!(exchange, Err(SendFailure::NotSent { .. }))
}

fn is_maybe_sent(exchange: &Exchange) -> bool {
    matches!(exchange, Err(SendFailure::MaybeSent { .. }))
}
