//! What is sent once arrives at most once, whatever servers do to connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::server::Server;
use super::{LIMITS, Wire, get, post};

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn reads_share_a_connection_and_acts_never_do() {
    let server = Server::answering(EMPTY);
    let wire = Wire::new(LIMITS);
    let mut fresh_read = get("/d");
    fresh_read.fresh_connection = true;
    for request in [get("/a"), post("/b"), get("/c"), fresh_read, post("/e"), get("/f")] {
        wire.send(&server.base(), request).await.unwrap();
    }
    assert_eq!(server.connections(), [0, 1, 0, 2, 3, 0]);
}

/// The server closes after answering, before answering or before reading, as chance has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_post_arrives_twice_at_a_server_that_hangs_up_at_random() {
    let server = Server::start(|peer| {
        let mut dice = peer.number.wrapping_mul(0x9e37_79b9);
        loop {
            dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12_345) % 0x8000_0000;
            match (dice >> 16) % 5 {
                0 => return,
                1 => return drop(peer.hear()),
                _ if peer.hear().is_none() => return,
                2 => return peer.say(EMPTY),
                _ => peer.say(EMPTY),
            }
        }
    });
    let wire = Arc::new(Wire::new(LIMITS));
    let base = Arc::new(server.base());
    let tills = (0..8).map(|till| {
        let (wire, base) = (Arc::clone(&wire), Arc::clone(&base));
        tokio::spawn(async move {
            let mut answered = 0;
            for number in 0..100 {
                // Reads between them leave connections in the pool that acts could pick up.
                wire.send(&base, get("/read")).await.ok();
                let act = wire.send(&base, post(&format!("/act-{till}-{number}"))).await;
                answered += u32::from(act.is_ok());
            }
            answered
        })
    });
    let mut answered = 0;
    for till in tills.collect::<Vec<_>>() {
        answered += till.await.unwrap();
    }

    let mut arrivals = BTreeMap::<String, u32>::new();
    for request in server.heard().iter().filter(|request| request.starts_with("POST")) {
        *arrivals.entry(request.lines().next().unwrap().to_owned()).or_default() += 1;
    }
    let twice: Vec<_> = arrivals.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let arrived = arrivals.len() as u32;
    assert!((100..800).contains(&answered), "{answered} of 800 were answered");
    assert!(
        arrived > answered && arrived < 800,
        "{arrived} of 800 arrived: the server was too kind"
    );
}
