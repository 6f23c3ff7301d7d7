//! A sale on a real file over a real socket, with nothing scripted but the server.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "transport_loopback/server.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod server;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use server::{Peer, Server};
use tillkit::till::{Connect, Open, Outcome, SaleRequest, Till};
use tillkit::transport::{Level, LogSink};

const TERMINAL: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
const CHARGE: &str = "019dd925-c6cb-7cdd-9e8f-14104f887764";

#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl LogSink for Lines {
    fn line(&self, _: Level, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

/// Takes one push, shows it as pending once and as approved ever after.
fn qonto() -> Server {
    let reads = Arc::new(AtomicUsize::new(0));
    let pushed = Arc::new(Mutex::new(Value::Null));
    Server::start(move |peer: &mut Peer| {
        while let Some(request) = peer.hear() {
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            if head.starts_with("POST /v2/terminals/") {
                let mut payment: Value = serde_json::from_str(body).unwrap();
                payment["id"] = CHARGE.into();
                payment["terminal_id"] = TERMINAL.into();
                *pushed.lock().unwrap() = payment.clone();
                answer(peer, "202 Accepted", &payment);
            } else {
                assert!(
                    head.starts_with(&format!("GET /v2/terminal_payments/{CHARGE} ")),
                    "{head}"
                );
                let mut payment = pushed.lock().unwrap().clone();
                let before = reads.fetch_add(1, Ordering::SeqCst);
                payment["status"] = if before == 0 { "PENDING" } else { "AUTHORIZED" }.into();
                answer(peer, "200 OK", &payment);
            }
        }
    })
}

fn answer(peer: &mut Peer, status: &str, payment: &Value) {
    let body = json!({ "terminal_payment": payment }).to_string();
    let length = body.len();
    peer.say(&format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    ));
}

#[tokio::test]
async fn a_sale_is_paid_once_and_no_secret_is_left_anywhere() {
    let server = qonto();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("till.db");
    let lines = Arc::new(Lines::default());
    let till =
        Till::open(&path, Open { create: true, log: lines.clone(), ..Open::default() }).unwrap();
    let settings = BTreeMap::from([
        ("environment".to_owned(), "sandbox".to_owned()),
        ("organization_id".to_owned(), "org-1".to_owned()),
        ("access_token".to_owned(), "tok-4711".to_owned()),
        ("base_url".to_owned(), server.base().trim_end_matches("/v2").to_owned()),
    ]);
    till.connect(Connect::new("shop-1", "qonto", &settings).unwrap()).await.unwrap();

    let sale = SaleRequest::new("shop-1", Some(TERMINAL), "13.30", "EUR", "order-456");
    let paid = till.pay(sale.clone()).await.unwrap();
    assert_eq!((paid.outcome, paid.replayed), (Outcome::Paid, false));
    let again = till.pay(sale).await.unwrap();
    assert_eq!((again.id, again.replayed), (paid.id, true));
    till.close().await.unwrap();
    drop(till);

    let heard = server.heard();
    let pushes: Vec<_> = heard.iter().filter(|request| request.starts_with("POST ")).collect();
    assert_eq!(pushes.len(), 1, "{heard:?}");
    assert!(pushes[0].contains("X-Qonto-Idempotency-Key: "), "{pushes:?}");
    assert!(heard.iter().all(|request| request.contains("Authorization: Bearer tok-4711")));
    assert_ne!(server.connections()[0], server.connections()[1], "the push had its own");

    let lines = lines.0.lock().unwrap().join("\n");
    assert!(lines.contains("till.db") && lines.contains("-> 202"), "{lines}");
    assert!(!lines.contains("tok-"), "{lines}");
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            // SQLite takes its side files away when the last reader is gone.
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => continue,
            Err(fault) => panic!("{}: {fault}", path.display()),
        };
        let found = bytes.windows(8).any(|window| window == b"tok-4711");
        assert!(!found, "a secret lies in {}", path.display());
    }
}
