use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, SignatureAlgorithm, SignatureScheme, Stream,
};
use sha2::{Digest, Sha256};
use tillkit_model::time::Clock;
use tillkit_model::wire::{Exchange, SendFailure};

use super::super::{Endpoint, Https, Limits, Reach, Silent, Transport};
use super::{HandClock, harmless, post};

/// Made for these tests: nothing else trusts it.
const CERTIFICATE: &[u8] = include_bytes!("loopback.cert.der");
const KEY: &[u8] = include_bytes!("loopback.key.der");

/// Answers one request over TLS and tells what it read; nothing when the handshake failed.
fn serve_once() -> (u16, JoinHandle<Option<String>>) {
    serve_with(server_config())
}

fn serve_with(config: ServerConfig) -> (u16, JoinHandle<Option<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut tls = ServerConnection::new(Arc::new(config)).unwrap();
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

async fn send_pinned(pin: [u8; 32], port: u16) -> Exchange {
    let wire = Https::new(Limits::default(), Arc::new(Silent)).unwrap();
    let base = format!("https://127.0.0.1:{port}");
    let endpoint = Endpoint::parse(&base, Reach::Pinned(pin)).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(HandClock::default());
    wire.send(&endpoint, harmless(post("/a")), &clock).await
}

#[tokio::test]
async fn a_device_is_believed_by_exactly_its_certificate() {
    let (port, server) = serve_once();
    let pin = Sha256::digest(CERTIFICATE).into();
    assert_eq!(send_pinned(pin, port).await.unwrap().status, 200);
    assert!(server.join().unwrap().is_some());
}

#[tokio::test]
async fn a_device_with_another_certificate_hears_nothing() {
    let (port, server) = serve_once();
    let mut pin: [u8; 32] = Sha256::digest(CERTIFICATE).into();
    pin[31] ^= 1;
    let exchange = send_pinned(pin, port).await;
    assert!(matches!(exchange, Err(SendFailure::NotSent { .. })), "{exchange:?}");
    assert_eq!(server.join().unwrap(), None);
}

/// The certificate is no secret: whoever shows it without its key is a stranger.
#[tokio::test]
async fn whoever_only_shows_the_devices_certificate_hears_nothing() {
    let mut config = server_config();
    config.cert_resolver = Arc::new(Copied(server_config()));
    let (port, server) = serve_with(config);
    let exchange = send_pinned(Sha256::digest(CERTIFICATE).into(), port).await;
    assert!(matches!(exchange, Err(SendFailure::NotSent { .. })), "{exchange:?}");
    assert_eq!(server.join().unwrap(), None);
}

#[test]
fn a_pinned_device_is_never_spoken_to_without_encryption() {
    for place in ["http://127.0.0.1:1", "http://192.168.1.9:8443", "http://localhost:1"] {
        let error = Endpoint::parse(place, Reach::Pinned([0; 32])).unwrap_err();
        assert_eq!(error.code, tillkit_model::error::Code::InsecureUrl, "{place}");
    }
}

/// The right certificate, signed for with another key.
#[derive(Debug)]
struct Copied(ServerConfig);

impl ResolvesServerCert for Copied {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let right = self.0.cert_resolver.resolve(hello)?;
        let key = Arc::new(Forger(right.key.clone()));
        Some(Arc::new(CertifiedKey { cert: right.cert.clone(), key, ocsp: None }))
    }
}

/// Signs something else than it was asked to.
#[derive(Debug)]
struct Forger(Arc<dyn SigningKey>);

impl SigningKey for Forger {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        self.0.choose_scheme(offered).map(|signer| -> Box<dyn Signer> { Box::new(Forged(signer)) })
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}

#[derive(Debug)]
struct Forged(Box<dyn Signer>);

impl Signer for Forged {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.0.sign(b"another handshake")
    }

    fn scheme(&self) -> SignatureScheme {
        self.0.scheme()
    }
}

#[tokio::test]
async fn a_stranger_behind_the_right_address_hears_nothing() {
    let (port, server) = serve_once();
    let wire = Https::new(Limits::default(), Arc::new(Silent)).unwrap();
    let exchange = send(&wire, &format!("https://127.0.0.1:{port}")).await;
    assert!(matches!(exchange, Err(SendFailure::NotSent { .. })), "{exchange:?}");
    assert_eq!(server.join().unwrap(), None);
}
