//! Nothing that may move money leaves late, however the time was lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tillkit::transport::{Endpoint, Https, Reach, Silent, Transport};
use tillkit_model::engine::conformance::{append, driver, samples};
use tillkit_model::engine::memory::MemoryStore;
use tillkit_model::ids::InstallationId;
use tillkit_model::provider::{CODE_PLACEHOLDER, Secret};
use tillkit_model::time::{Clock, Moment};
use tillkit_model::wire::{Clearance, Exchange, Request, Sending};

use super::server::Server;
use super::{LIMITS, get, is_not_sent, post};

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const TWO_HOURS_MS: u64 = 7_200_000;

/// Shows one moment at the first look, and a later one ever after.
struct Sleeping {
    looks: AtomicU64,
    first_ms: u64,
    then_ms: u64,
}

impl Clock for Sleeping {
    fn now(&self) -> Moment {
        let is_first = self.looks.fetch_add(1, Ordering::SeqCst) == 0;
        samples::moment(if is_first { self.first_ms } else { self.then_ms })
    }
}

/// A permit of the suite's first payment, which holds for 90 s from the suite's begin.
fn permitted(request: Request) -> Sending {
    let mut store = MemoryStore::new(InstallationId::from_bytes([1; 16]));
    let driver = driver(&mut store);
    let permit = append(&mut store, samples::started(1, driver)).unwrap().send.unwrap();
    Sending { request, clearance: Clearance::Permit(permit) }
}

/// A permit of the same sale's polls, with the same limit.
fn poll_permitted(request: Request) -> Sending {
    let mut store = MemoryStore::new(InstallationId::from_bytes([1; 16]));
    let driver = driver(&mut store);
    append(&mut store, samples::created(1, driver)).unwrap();
    let permit = append(&mut store, samples::polls_permitted(1, 1, driver)).unwrap().polls.unwrap();
    Sending { request, clearance: Clearance::Poll(permit) }
}

fn paying(request: Request) -> Request {
    Request { may_move_money: true, ..request }
}

async fn send(base: &str, sending: Sending, first_ms: u64, then_ms: u64) -> Exchange {
    let endpoint = Endpoint::parse(base, Reach::Internet).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(Sleeping { looks: AtomicU64::new(0), first_ms, then_ms });
    let https = Https::new(LIMITS, Arc::new(Silent)).unwrap();
    https.send(&endpoint, sending, &clock).await
}

#[tokio::test]
async fn a_permit_in_time_lets_its_request_leave() {
    let server = Server::answering(EMPTY);
    let started = send(&server.base(), permitted(paying(post("/a"))), 1_000, 89_999).await;
    assert_eq!(started.unwrap().status, 200);
    let polled = send(&server.base(), poll_permitted(paying(get("/a"))), 1_000, 89_999).await;
    assert_eq!(polled.unwrap().status, 200);
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn a_late_permit_lets_nothing_leave() {
    let server = Server::answering(EMPTY);
    for late in [permitted(paying(post("/a"))), poll_permitted(paying(get("/a")))] {
        let exchange = send(&server.base(), late, 90_000, 90_000).await;
        assert!(is_not_sent(&exchange), "{exchange:?}");
    }
    send(&server.base(), permitted(paying(post("/last"))), 0, 0).await.unwrap();
    assert_eq!(server.heard().len(), 1, "only the last one arrived");
}

#[tokio::test]
async fn a_machine_that_slept_while_connecting_sends_nothing() {
    let server = Server::answering(EMPTY);
    for slept in [permitted(paying(post("/a"))), poll_permitted(paying(get("/a")))] {
        let exchange = send(&server.base(), slept, 1_000, TWO_HOURS_MS).await;
        assert!(is_not_sent(&exchange), "{exchange:?}");
    }
    send(&server.base(), permitted(paying(post("/last"))), 0, 0).await.unwrap();
    assert_eq!(server.heard().len(), 1, "only the last one arrived");
    assert_eq!(server.connections(), [2], "the others connected and said nothing");
}

#[tokio::test]
async fn connecting_takes_no_longer_than_the_permit_holds() {
    // It takes the connection and never answers the handshake.
    let server = Server::start(super::server::Peer::wait_for_end);
    let sending = permitted(paying(post("/a")));
    let exchange = send(&server.secure_base(), sending, 89_800, 89_800).await;
    assert!(is_not_sent(&exchange), "{exchange:?}");
}

#[tokio::test]
async fn a_scanned_code_takes_its_place_on_the_wire_alone() {
    let server = Server::answering(EMPTY);
    let body = format!("{{\"barcode\":\"{CODE_PLACEHOLDER}\"}}");
    let scanned = || paying(Request { body: Some(body.as_str().into()), ..post("/a") });
    let codeless = send(&server.base(), permitted(scanned()), 0, 0).await;
    assert!(is_not_sent(&codeless), "{codeless:?}");
    let Sending { request, clearance: Clearance::Permit(permit) } = permitted(scanned()) else {
        panic!("a permit was given");
    };
    let clearance = Clearance::Permit(permit.spending(Secret::new("9504041600000012")));
    let sending = Sending { request, clearance };
    assert!(!format!("{sending:?}").contains("9504041600000012"));
    send(&server.base(), sending, 0, 0).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].ends_with("{\"barcode\":\"9504041600000012\"}"), "{heard:?}");
}
