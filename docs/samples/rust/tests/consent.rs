//! A merchant consents once; the process after that sells with what the journal kept.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use tillkit::till::{Connect, Consent, Outcome, SaleRequest, Till};
use tillkit_samples::consent;
use tillkit_simulator::server::{Options, Simulator, doors};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

async fn connected(folder: &tempfile::TempDir, simulator: &Simulator) -> Till {
    let till = consent::open(&folder.path().join("till.db"), KEY).unwrap();
    let url = simulator.base_url("qonto");
    let settings: BTreeMap<String, String> = [
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("client_id", "client-1"),
        ("client_secret", "secret-1"),
        ("staging_token", "staging"),
        ("base_url", &url),
        ("oauth_url", &url),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    till.connect(Connect::new("shop-1", "qonto", &settings).unwrap()).await.unwrap();
    till
}

/// The merchant says yes, and comes back with what the address holds.
fn says_yes(asked: &Consent) -> BTreeMap<String, String> {
    let rest = asked.url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    write!(stream, "{head}X-Qonto-Staging-Token: staging\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let back = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    let (_, query) = back.split_once('?').unwrap();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[tokio::test]
async fn a_merchant_consents_once() {
    let simulator = Simulator::start(Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let till = connected(&folder, &simulator).await;
    let asked = consent::ask(&till).unwrap();
    let back = says_yes(&asked);
    consent::came_back(&till, &asked, &back["state"], &back["code"]).await.unwrap();
    till.close().await.unwrap();

    let later = connected(&folder, &simulator).await;
    let terminal = doors::qonto::terminal(0);
    let sale = SaleRequest::new("shop-1", Some(&terminal), "13.30", "EUR", "order-1");
    assert_eq!(later.pay(sale).await.unwrap().outcome, Outcome::Paid);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(consent::open(&folder.path().join("till.db"), "short").is_err());
}
