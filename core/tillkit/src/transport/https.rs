//! The real wire: HTTP over TLS, with everything off that could send a request twice.
//!
//! - TLS is rustls with ring and bundled roots, handed over ready-made: it starts on Android
//!   without any platform set-up and without a process-wide provider.
//! - HTTP/1.1 only: HTTP/2 libraries resend requests on their own when a stream is refused, and one
//!   provider's sandbox reads a header's name only with its capital letters, which HTTP/2 cannot
//!   carry.
//! - A device that is known by its certificate is believed by that alone; nothing switches the
//!   check of certificates off.
//! - No redirects, no retries, no proxies.
//! - A request that may move money, and every other that is no plain read, gets a client of its
//!   own: below it no connection is ever reused, so that nothing below may hand it to a second one.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Url, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use tillkit_model::error::{Code, Error};
use tillkit_model::time::{Clock, Moment};
use tillkit_model::wire::{Departure, Exchange, Method, Request, Response, SendFailure, Sending};

use super::departing::Gate;
use super::endpoint::Endpoint;
use super::pinned;
use super::redact::{Level, LogSink, log_line};
use super::{Transport, UnderWay};

const USER_AGENT: &str = concat!("tillkit/", env!("CARGO_PKG_VERSION"));

/// Headers that decide where a request ends or goes: only the wire itself may write them.
const FRAMING: &[&str] =
    &["connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"];

/// How long and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest that a connection may take to stand, TLS included.
    pub connect_ms_max: u64,
    /// The most that is read of a response's body.
    pub response_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect_ms_max: 10_000, response_bytes_max: 1_048_576 }
    }
}

/// Requests over HTTPS.
pub struct Https {
    tls: ClientConfig,
    reads: Client,
    limits: Limits,
    log: Arc<dyn LogSink>,
}

impl Https {
    /// A wire that trusts the bundled roots.
    ///
    /// # Errors
    /// `internal` when the TLS library refuses its own defaults.
    pub fn new(limits: Limits, log: Arc<dyn LogSink>) -> Result<Self, Error> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self::trusting(roots, limits, log)
    }

    /// A wire that trusts these roots and no others.
    pub(super) fn trusting(
        roots: RootCertStore,
        limits: Limits,
        log: Arc<dyn LogSink>,
    ) -> Result<Self, Error> {
        let tls = tls_config(roots)?;
        let reads = builder(&tls)
            .connect_timeout(Duration::from_millis(limits.connect_ms_max))
            .build()
            .map_err(|fault| unusable(&fault))?;
        Ok(Self { tls, reads, limits, log })
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        sending: Sending,
        clock: &Arc<dyn Clock>,
    ) -> Exchange {
        let request = message(endpoint, &sending)?;
        let departed_at = clock.now();
        let departure = sending.depart(&departed_at)?;
        let pin = endpoint.pin();
        let exchange = self.hand_over(&departure, request, pin, clock, departed_at).await;
        let exchange = exchange.map_err(|failure| redacted(endpoint, failure));
        let level = if exchange.is_ok() { Level::Debug } else { Level::Warn };
        if self.log.wants(level) {
            let took_ms = clock.now().age_at_least_ms(&departed_at);
            self.log.line(level, &log_line(endpoint, departure.request(), &exchange, took_ms));
        }
        exchange
    }

    async fn hand_over(
        &self,
        departure: &Departure,
        message: reqwest::Request,
        pin: Option<[u8; 32]>,
        clock: &Arc<dyn Clock>,
        departed_at: Moment,
    ) -> Exchange {
        let own_client;
        let client = if is_plain_read(departure.request()) && pin.is_none() {
            &self.reads
        } else {
            own_client = self.client_of_its_own(departure, pin, clock, departed_at)?;
            &own_client
        };
        let response = client.execute(message).await.map_err(failure)?;
        Ok(read(response, self.limits.response_bytes_max).await)
    }

    /// A client for one request: no connection is kept, and none is given out too late.
    fn client_of_its_own(
        &self,
        departure: &Departure,
        pin: Option<[u8; 32]>,
        clock: &Arc<dyn Clock>,
        departed_at: Moment,
    ) -> Result<Client, SendFailure> {
        let pinned = pin.map(pinned::tls_config).transpose();
        let pinned = pinned.map_err(|_| not_sent("the TLS library cannot be used"))?;
        let mut own = builder(pinned.as_ref().unwrap_or(&self.tls))
            .pool_max_idle_per_host(0)
            .connect_timeout(Duration::from_millis(connect_ms(
                departure,
                self.limits.connect_ms_max,
            )));
        if let Some(leave_within_ms) = departure.leave_within_ms() {
            own = own.connector_layer(Gate::new(Arc::clone(clock), departed_at, leave_within_ms));
        }
        own.build().map_err(failure)
    }
}

impl Transport for Https {
    fn send<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        sending: Sending,
        clock: &'a Arc<dyn Clock>,
    ) -> UnderWay<'a> {
        Box::pin(self.exchange(endpoint, sending, clock))
    }
}

fn tls_config(roots: RootCertStore) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| unusable(&fault))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(quiet(config))
}

/// Data sent ahead of the handshake can be replayed by whoever listens.
pub(super) fn quiet(mut config: ClientConfig) -> ClientConfig {
    config.enable_early_data = false;
    config
}

fn builder(tls: &ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .user_agent(USER_AGENT)
        .http1_only()
        .http1_title_case_headers()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
}

pub(super) fn unusable(fault: &dyn std::error::Error) -> Error {
    Error::new(Code::Internal).message(format!("the TLS library cannot be used: {fault}"))
}

fn is_plain_read(request: &Request) -> bool {
    request.method == Method::Get && !request.may_move_money && !request.fresh_connection
}

/// Less than the whole exchange may take, so that a connection that never stands is told as such.
fn connect_ms(departure: &Departure, connect_ms_max: u64) -> u64 {
    let whole_ms = departure.request().timeout_ms;
    let quarter_ms = whole_ms.checked_div(4).unwrap_or(0);
    let leave_ms = departure.leave_within_ms().unwrap_or(u64::MAX);
    connect_ms_max.min(leave_ms).min(whole_ms.saturating_sub(quarter_ms))
}

/// The request as the wire takes it, with its secrets.
fn message(endpoint: &Endpoint, sending: &Sending) -> Result<reqwest::Request, SendFailure> {
    let request = &sending.request;
    let address: Url = endpoint.address(&request.path).map_err(not_sent)?;
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut message = reqwest::Request::new(method, address);
    for (name, value) in &request.headers {
        add_header(message.headers_mut(), name, value)?;
    }
    for (name, value) in endpoint.secret_headers() {
        message.headers_mut().insert(name, value);
    }
    *message.body_mut() = sending.body().map(|body| body.into_owned().into());
    *message.timeout_mut() = Some(Duration::from_millis(request.timeout_ms));
    Ok(message)
}

fn add_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), SendFailure> {
    let unfit = |_| not_sent("one of its headers cannot be one");
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit(()))?;
    if FRAMING.contains(&name.as_str()) {
        return Err(not_sent("one of its headers is for the wire alone to write"));
    }
    let value = HeaderValue::from_str(value).map_err(|_| unfit(()))?;
    headers.append(name, value);
    Ok(())
}

/// Reads no more than the limit; what ends early or goes on beyond it is marked as cut.
async fn read(mut response: reqwest::Response, bytes_max: usize) -> Response {
    let status = response.status().as_u16();
    let headers = lower_case(response.headers());
    let mut body = Vec::new();
    let truncated = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = bytes_max.saturating_sub(body.len());
                body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if chunk.len() > room {
                    break true;
                }
            }
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    Response { status, headers, body, truncated }
}

fn lower_case(headers: &HeaderMap) -> Vec<(Box<str>, Box<str>)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().into(), text(value).into())).collect()
}

/// Only an error of building or of connecting proves that no byte left; a total timeout does not,
/// even one that ran out while connecting.
fn failure(fault: reqwest::Error) -> SendFailure {
    let nothing_left = fault.is_builder() || fault.is_connect();
    let why = in_words(&fault.without_url());
    if nothing_left { SendFailure::NotSent { why } } else { SendFailure::MaybeSent { why } }
}

/// The fault and what caused it, each once.
fn in_words(fault: &reqwest::Error) -> Box<str> {
    let mut words = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(deeper) = cause {
        let text = deeper.to_string();
        if !words.ends_with(&text) {
            words.push_str(": ");
            words.push_str(&text);
        }
        cause = deeper.source();
    }
    words.into()
}

fn redacted(endpoint: &Endpoint, failure: SendFailure) -> SendFailure {
    match failure {
        SendFailure::NotSent { why } => {
            SendFailure::NotSent { why: endpoint.redacted(&why).into() }
        }
        SendFailure::MaybeSent { why } => {
            SendFailure::MaybeSent { why: endpoint.redacted(&why).into() }
        }
    }
}

fn not_sent(why: &str) -> SendFailure {
    SendFailure::NotSent { why: why.into() }
}
