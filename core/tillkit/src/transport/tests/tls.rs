use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, Stream};
use tillkit_model::time::Clock;
use tillkit_model::wire::{Exchange, SendFailure};

use super::super::{Endpoint, Https, Limits, Reach, Silent, Transport};
use super::{HandClock, harmless, post};

/// Made for these tests: nothing else trusts it.
const CERTIFICATE: &[u8] = include_bytes!("loopback.cert.der");
const KEY: &[u8] = include_bytes!("loopback.key.der");

/// Answers one request over TLS and tells what it read; nothing when the handshake failed.
fn serve_once() -> (u16, JoinHandle<Option<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut tls = ServerConnection::new(Arc::new(server_config())).unwrap();
        let mut stream = Stream::new(&mut tls, &mut tcp);
        let mut heard = vec![0; 4_096];
        let length = stream.read(&mut heard).ok()?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").ok()?;
        Some(String::from_utf8_lossy(&heard[..length]).into_owned())
    });
    (port, server)
}

fn server_config() -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key)
        .unwrap()
}

async fn send(wire: &Https, base: &str) -> Exchange {
    let endpoint = Endpoint::parse(base, Reach::Internet).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(HandClock::default());
    wire.send(&endpoint, harmless(post("/a")), &clock).await
}

fn trusting_the_test() -> Https {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(CERTIFICATE)).unwrap();
    Https::trusting(roots, Limits::default(), Arc::new(Silent)).unwrap()
}

#[tokio::test]
async fn tls_works_without_a_provider_of_the_whole_process() {
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    let (port, server) = serve_once();
    let answer = send(&trusting_the_test(), &format!("https://127.0.0.1:{port}")).await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(server.join().unwrap().unwrap().starts_with("POST /a HTTP/1.1\r\n"));
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn a_stranger_behind_the_right_address_hears_nothing() {
    let (port, server) = serve_once();
    let wire = Https::new(Limits::default(), Arc::new(Silent)).unwrap();
    let exchange = send(&wire, &format!("https://127.0.0.1:{port}")).await;
    assert!(matches!(exchange, Err(SendFailure::NotSent { .. })), "{exchange:?}");
    assert_eq!(server.join().unwrap(), None);
}
