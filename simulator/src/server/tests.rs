//! The server over real sockets: what comes back, what gets lost, and who is told.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::door::qonto::{ACCESS_TOKEN, terminal};
use super::{Fault, Loss, Options, Planned, Simulator, Target, Wanted};
use crate::fakes::ledger::Standing;

/// As much of HTTP as a test needs: none where the connection ended without an answer.
fn ask(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

struct Shop {
    simulator: Simulator,
}

impl Shop {
    fn open() -> Self {
        let options = Options { pace: 20, ..Options::default() };
        Self { simulator: Simulator::start(options).unwrap() }
    }

    fn ask(&self, method: &str, path: &str, key: &str, body: &str) -> Option<(u16, String)> {
        let bearer = format!("Bearer {ACCESS_TOKEN}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("X-Qonto-Staging-Token", "st"),
            ("x-qonto-idempotency-key", key),
        ];
        ask(self.simulator.address(), method, &format!("/qonto{path}"), &headers, body)
    }

    fn push(&self, key: &str) -> Option<(u16, String)> {
        let body = json!({ "amount": { "value": "13.30", "currency": "EUR" } });
        let path = format!("/v2/terminals/{}/payment", terminal(0));
        self.ask("POST", &path, key, &body.to_string())
    }

    /// Reads until the status is no longer PENDING.
    fn settled(&self, id: &str) -> String {
        loop {
            let path = format!("/v2/terminal_payments/{id}");
            let (status, body) = self.ask("GET", &path, "", "").unwrap();
            assert_eq!(status, 200);
            let body: Value = serde_json::from_str(&body).unwrap();
            let status = body["terminal_payment"]["status"].as_str().unwrap().to_owned();
            if status != "PENDING" {
                return status;
            }
        }
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let at = self.simulator.address();
        let path = format!("/control{path}");
        let (status, body) = ask(at, method, &path, &[], &body.to_string()).unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }
}

fn id(answer: &(u16, String)) -> String {
    let body: Value = serde_json::from_str(&answer.1).unwrap();
    body["terminal_payment"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_customer_stands_ready_unless_told_otherwise() {
    let shop = Shop::open();
    let pushed = shop.push("k-1").unwrap();
    assert_eq!(pushed.0, 202);
    assert_eq!(shop.settled(&id(&pushed)), "AUTHORIZED");
    shop.simulator.control().next("qonto", Wanted::Declines { after_ms: 0 });
    assert_eq!(shop.settled(&id(&shop.push("k-2").unwrap())), "REFUSED");
    assert_eq!(shop.settled(&id(&shop.push("k-3").unwrap())), "AUTHORIZED");
    let ledger = shop.simulator.control().ledger("qonto");
    assert_eq!((ledger.prompts.len(), ledger.charges.len()), (3, 3));
}

#[test]
fn a_lost_answer_ends_without_a_byte_and_the_same_key_finds_it() {
    let shop = Shop::open();
    let lost = Fault::Lose { when: Loss::AfterWork };
    shop.simulator.control().fault("qonto", Planned::once(lost));
    assert_eq!(shop.push("k-1"), None);
    let before = Fault::Lose { when: Loss::BeforeArrival };
    shop.simulator.control().fault("qonto", Planned::once(before));
    assert_eq!(shop.push("k-2"), None);
    // While the first may still be running, an equal one would run beside it.
    shop.simulator.control().forward(5_000);
    assert_eq!(shop.push("k-1").unwrap().0, 202);
    assert_eq!(shop.simulator.control().ledger("qonto").charges.len(), 1);
    // Thirty minutes later the key is a new one.
    shop.simulator.control().forward(31 * 60_000);
    assert_eq!(shop.push("k-1").unwrap().0, 202);
    assert_eq!(shop.simulator.control().ledger("qonto").charges.len(), 2);
}

#[test]
fn who_brings_no_token_is_not_let_in() {
    let shop = Shop::open();
    let at = shop.simulator.address();
    let (status, body) = ask(at, "GET", "/qonto/v2/terminals", &[], "").unwrap();
    assert_eq!((status, body.contains("<html>")), (302, true));
    let staging = ("X-Qonto-Staging-Token", "st");
    let (status, body) = ask(at, "GET", "/qonto/v2/terminals", &[staging], "").unwrap();
    assert_eq!((status, body.contains("authorization_header_missing")), (401, true));
    let wrong = ("authorization", "Bearer wrong");
    let (status, _) = ask(at, "GET", "/qonto/v2/terminals", &[staging, wrong], "").unwrap();
    assert_eq!(status, 401);
    assert_eq!(ask(at, "GET", "/nobody", &[], "").unwrap().0, 404);
}

#[test]
fn tokens_rotate_and_a_used_one_is_good_for_a_minute() {
    let shop = Shop::open();
    let at = shop.simulator.address();
    let staging = [("X-Qonto-Staging-Token", "st")];
    let path = "/qonto/oauth2/auth?redirect_uri=https%3A%2F%2Fshop.example%2Fback&state=s-1";
    assert_eq!(ask(at, "GET", path, &staging, "").unwrap().0, 302);
    let token = |grant: &str| {
        let body = format!("client_id=c&client_secret=s&{grant}");
        let (status, body) = ask(at, "POST", "/qonto/oauth2/token", &staging, &body).unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        (status, body["refresh_token"].as_str().unwrap_or_default().to_owned())
    };
    let (status, first) = token("grant_type=authorization_code&code=ory_ac_00000001");
    assert_eq!(status, 200);
    let refresh = format!("grant_type=refresh_token&refresh_token={first}");
    assert_eq!(token(&refresh).0, 200);
    assert_eq!(token(&refresh).0, 200);
    shop.simulator.control().forward(61_000);
    assert_eq!(token(&refresh).0, 400);
}

#[test]
fn whoever_asked_for_it_is_told_and_told_again_until_it_is_taken() {
    let shop = Shop::open();
    let ear = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", ear.local_addr().unwrap());
    let target = Target { url, secret: "shh".into() };
    shop.simulator.control().notify("qonto", target);
    shop.push("k-1").unwrap();
    let hear = |answer: &str| {
        let (mut stream, _) = ear.accept().unwrap();
        let mut text = String::new();
        while !text.contains("\"type\":\"v1/terminal-payments\"") {
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap();
            text += &String::from_utf8_lossy(&bytes[..count]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        text
    };
    let first = hear("HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n");
    assert!(first.starts_with("POST /hook") && first.to_lowercase().contains("x-qonto-signature"));
    assert!(first.contains("\"event\":\"authorized\""));
    shop.simulator.control().forward(60_000);
    hear("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
}

#[test]
fn every_lever_is_pulled_over_http_too() {
    let shop = Shop::open();
    let (_, shown) = shop.control("GET", "", &Value::Null);
    assert!(shown["providers"].as_array().unwrap().contains(&json!("qonto")));
    let walks_away = json!({ "customer": "walks-away" });
    assert_eq!(shop.control("POST", "/qonto/next", &walks_away).0, 200);
    let fault = json!({ "fault": { "kind": "error-after" }, "path": "/payment" });
    assert_eq!(shop.control("POST", "/qonto/faults", &fault).0, 200);
    assert!(shop.push("k-1").unwrap().0 >= 500);
    let (_, ledger) = shop.control("GET", "/qonto/ledger", &Value::Null);
    let charge = ledger["charges"][0]["id"].clone();
    assert_eq!(ledger["charges"][0]["standing"], "pending");
    for step in ["tap", "approve"] {
        let act = json!({ "charge": charge, "step": step, "tip_minor": 70 });
        assert_eq!(shop.control("POST", "/qonto/act", &act).0, 200);
    }
    let ledger = shop.simulator.control().ledger("qonto");
    assert_eq!(ledger.charges[0].standing, Standing::Taken);
    assert_eq!(ledger.charges[0].authorized_minor, 1_400);
    let (_, exchanges) = shop.control("GET", "/qonto/exchanges", &Value::Null);
    let text = exchanges.to_string();
    assert!(text.contains("/payment") && !text.contains(ACCESS_TOKEN));
    for (path, body) in [
        ("/nobody/next", json!({})),
        ("/qonto/next", json!({ "customer": "dances" })),
        ("/qonto/act", json!({ "charge": "none", "step": "tap" })),
        ("/qonto/act", json!({ "charge": charge, "step": "fly" })),
        ("/qonto/levitate", json!({})),
    ] {
        let (status, answer) = shop.control("POST", path, &body);
        assert_eq!((status, answer["error"].is_string()), (400, true), "{path}");
    }
}

#[test]
fn a_page_of_another_site_pulls_no_lever() {
    let shop = Shop::open();
    let at = shop.simulator.address();
    let origins = ["https://shop.example", "null", "http://127.0.0.1:1", "http://rebound.example"];
    for origin in origins {
        let headers = [("origin", origin), ("content-type", "text/plain")];
        let (status, _) = ask(at, "POST", "/control/clock", &headers, "{\"ms\":60000}").unwrap();
        assert_eq!((status, shop.simulator.control().ahead_ms()), (403, 0), "{origin}");
    }
    let own = format!("http://{at}");
    let (status, _) =
        ask(at, "POST", "/control/clock", &[("origin", &own)], "{\"ms\":60000}").unwrap();
    assert_eq!((status, shop.simulator.control().ahead_ms()), (200, 60_000));
}
