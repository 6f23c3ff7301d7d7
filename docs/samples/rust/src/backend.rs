//! A shop's backend: sales are started and asked after over HTTP, notifications are handed over.
//!
//! `POST /sales`, `GET /sales/{reference}` and `POST /hooks/{account}`. It keeps no state of its
//! own: whatever happens to it, the journal knows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tillkit::till::{Code, Error, Reference, SaleRequest, Summary, Till};
use tokio::net::TcpListener;

/// The shop's only account.
pub const ACCOUNT: &str = "shop-1";
/// A notification is small; whatever is larger is none.
const BODY_MAX: usize = 1 << 20;
/// How long one request waits for an outcome, before the app asks again.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the backend works with.
pub struct Backend {
    /// The till, shared by all requests.
    pub till: Arc<Till>,
    /// The terminal at the counter.
    pub terminal: String,
}

/// Serves until the listener fails.
///
/// # Errors
/// When no connection can be taken any more.
pub async fn serve(backend: Arc<Backend>, listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let backend = Arc::clone(&backend);
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(&backend, request));
            // A client that goes away has changed nothing.
            http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await.ok();
        });
    }
}

async fn answer(
    backend: &Backend,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else {
        return Ok(plain(413, "too much"));
    };
    let body = body.to_bytes();
    let path = head.uri.path().to_owned();
    let told = match (&head.method, path.trim_matches('/').split_once('/')) {
        (&Method::POST, None) if path == "/sales" => start(backend, &body).await,
        (&Method::GET, Some(("sales", reference))) => look(backend, reference).await,
        (_, Some(("hooks", account))) => return Ok(hook(backend, account, &head, &body).await),
        _ => return Ok(plain(404, "nothing here")),
    };
    Ok(told.map_or_else(|error| refused(&error), |payment| shown(&payment)))
}

/// The app asks for money; the answer comes within ten seconds, paid or not.
// ANCHOR: start
async fn start(backend: &Backend, body: &[u8]) -> Result<Summary, Error> {
    let order: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| order[name].as_str().unwrap_or_default();
    let terminal = Some(backend.terminal.as_str());
    let sale = SaleRequest::new(ACCOUNT, terminal, text("amount"), "EUR", text("reference"));
    backend.till.start(sale).await
}
// ANCHOR_END: start

/// The app asks how it stands, as often as it likes: a wait that ends changes nothing.
// ANCHOR: look
async fn look(backend: &Backend, reference: &str) -> Result<Summary, Error> {
    let unknown = || Error::new(Code::UnknownPayment);
    let reference = Reference::parse(reference).map_err(|_| unknown())?;
    let known = backend.till.payment_by_reference(ACCOUNT, &reference).await?;
    let payment = known.ok_or_else(unknown)?;
    backend.till.wait(payment.id, Some(PATIENCE)).await
}
// ANCHOR_END: look

/// A provider notifies: method, address, headers and body go in exactly as they came.
// ANCHOR: hook
async fn hook(
    backend: &Backend,
    account: &str,
    head: &hyper::http::request::Parts,
    body: &[u8],
) -> Response<Full<Bytes>> {
    let headers: Vec<(&str, &str)> = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let (method, url) = (head.method.as_str(), head.uri.to_string());
    let answer = backend.till.webhook(account, method, &url, &headers, body).await;
    match &answer.heard {
        Ok(heard) => println!("notification for {account}: {heard:?}"),
        Err(error) => eprintln!("notification for {account}: {error}"),
    }
    plain(answer.status, answer.body)
}
// ANCHOR_END: hook

/// What an app needs; `id` and `reference` find the payment again after any crash.
fn shown(payment: &Summary) -> Response<Full<Bytes>> {
    let told = json!({
        "id": payment.id.to_string(),
        "reference": payment.reference.to_string(),
        "outcome": payment.outcome.name(),
        "status": payment.status.to_string(),
    });
    plain(200, &told.to_string())
}

// ANCHOR: refused
fn refused(error: &Error) -> Response<Full<Bytes>> {
    let status = if error.code == Code::UnknownPayment { 404 } else { 409 };
    let told = json!({
        "error": error.code.name(),
        "message": error.message,
        "field": error.field,
        "payment": error.payment.map(|id| id.to_string()),
        // `no`, `unknown` or `yes`: whether money may have moved.
        "charged": error.charged.name(),
    });
    plain(status, &told.to_string())
}
// ANCHOR_END: refused

fn plain(status: u16, text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text.to_owned()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}
