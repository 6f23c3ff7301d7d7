//! Sockets: requests in, answers out, and webhooks on their way.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{DATE, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tillkit_model::wire::{Method, Request, Response as Answer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::Hall;
use super::booth::{Outcome, Told};
use super::notify::Delivery;
use super::{control, dates, faults};

/// The longest body that a provider reads.
const BODY_MAX: usize = 1 << 20;
/// The longest that a receiver of webhooks may take.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(5);

/// What is sent as an answer: whole, or as it comes about.
pub(super) type Body = BoxBody<Bytes, Infallible>;

/// A request as it came.
pub(super) struct Arrival {
    pub(super) method: Method,
    /// Path and query, below the provider's own.
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Arrival {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same as the fakes read it.
    pub(super) fn request(&self) -> Request {
        let text = String::from_utf8_lossy(&self.body);
        let pairs = self.headers.iter();
        Request {
            method: self.method,
            path: self.path.as_str().into(),
            headers: pairs
                .map(|(key, value)| (key.as_str().into(), value.as_str().into()))
                .collect(),
            body: (!self.body.is_empty()).then(|| text.into()),
            may_move_money: false,
            timeout_ms: 0,
            fresh_connection: false,
        }
    }
}

/// Serves until it is told to stop.
pub(super) async fn serve(
    listener: std::net::TcpListener,
    hall: Arc<Hall>,
    stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::from_std(listener).expect("it was made ready for this");
    tokio::select! {
        () = listen(&listener, &hall) => {}
        () = work(&hall) => {}
        _ = stopped => {}
    }
}

async fn listen(listener: &TcpListener, hall: &Arc<Hall>) {
    loop {
        // A connection that failed before it began is its caller's to try again.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let hall = Arc::clone(hall);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&hall), request));
            let connection = hyper::server::conn::http1::Builder::new();
            connection.serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

/// The connection ends without an answer.
#[derive(Debug)]
struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer is lost on purpose")
    }
}

impl std::error::Error for Lost {}

async fn answer(
    hall: Arc<Hall>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Body>, Lost> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE));
    };
    let body = body.to_bytes();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let (place, path) = below(target);
    if place == "control" && comes_from_elsewhere(&head.headers) {
        let why = serde_json::json!({ "error": "a page of another site does not pull levers" });
        return Ok(as_http(crate::fakes::json(403, why.to_string())));
    }
    if place == "control" {
        return Ok(as_http(control::answer(&hall, head.method.as_str(), &path, &body)));
    }
    let Some(method) = faults::method(head.method.as_str()) else {
        return Ok(plain(StatusCode::NOT_FOUND));
    };
    let arrival = |path| Arrival { method, path, headers: texts(&head.headers), body: body.into() };
    #[cfg(feature = "counter")]
    if let Some(annex) = hall.annex.at(place) {
        return Ok(annex.answer(arrival(target.to_owned())).await);
    }
    let Some(booth) = hall.booths.get(place) else {
        return Ok(plain(StatusCode::NOT_FOUND));
    };
    let arrival = arrival(path);
    let (outcome, date_ahead_ms) = {
        let mut booth = booth.lock().expect("no booth is left in a panic");
        (booth.handle(&arrival, hall.clock.now_ms()), booth.date_ahead_ms)
    };
    hall.clock.nudge();
    hall.stir();
    match outcome {
        Outcome::Answer { response, after_ms } => {
            hall.clock.work(after_ms).await;
            Ok(dated(as_http(response), date_ahead_ms))
        }
        Outcome::Drop { after_ms } => {
            hall.clock.work(after_ms).await;
            Err(Lost)
        }
    }
}

/// Whether a browser sends this for a page that is not this server's own. Programs say no origin.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let host = text("host").unwrap_or_default();
    // A name that leads here only since a moment ago is another site's.
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = ["127.0.0.1", "localhost"].contains(&name);
    headers.contains_key("origin")
        && !(is_here && text("origin").is_some_and(|origin| origin == format!("http://{host}")))
}

/// `/qonto/v2/terminals?page=2` is `qonto` and `/v2/terminals?page=2`.
fn below(target: &str) -> (&str, String) {
    let target = target.trim_start_matches('/');
    let end = target.find(['/', '?']).unwrap_or(target.len());
    let rest = &target[end..];
    let slash = if rest.starts_with('/') { "" } else { "/" };
    (&target[..end], format!("{slash}{rest}"))
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

fn as_http(answer: Answer) -> Response<Body> {
    let mut response = Response::new(whole(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).expect("a fake answers with a status of HTTP");
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a fake names its headers well");
        let value = HeaderValue::from_str(value).expect("a fake writes plain header values");
        response.headers_mut().insert(name, value);
    }
    response
}

/// With what the provider's clock shows.
fn dated(mut response: Response<Body>, ahead_ms: i64) -> Response<Body> {
    let date = HeaderValue::from_str(&dates::ahead_by(ahead_ms));
    response.headers_mut().insert(DATE, date.expect("a date is plain text"));
    response
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(whole(Vec::new()));
    *response.status_mut() = status;
    response
}

/// A body that is there already.
pub(super) fn whole(bytes: Vec<u8>) -> Body {
    Full::new(Bytes::from(bytes)).boxed()
}

/// Lets time do its work: customers, expiries, webhooks.
async fn work(hall: &Arc<Hall>) {
    loop {
        let now_ms = hall.clock.now_ms();
        let (mut next_ms, mut happens) = (None, false);
        for (name, booth) in &hall.booths {
            let mut booth = booth.lock().expect("no booth is left in a panic");
            happens |= booth.next_ms().is_some_and(|at_ms| at_ms <= now_ms);
            booth.tick(now_ms);
            while let Some(delivery) = booth.outbox.due(now_ms) {
                tokio::spawn(deliver(Arc::clone(hall), name, delivery));
            }
            next_ms = next_ms.into_iter().chain(booth.next_ms()).min();
        }
        if happens {
            hall.stir();
        }
        hall.clock.until_or_moved(next_ms).await;
    }
}

async fn deliver(hall: Arc<Hall>, name: &'static str, delivery: Delivery) {
    let began_ms = hall.clock.now_ms();
    let answered = tokio::time::timeout(WEBHOOK_TIMEOUT, send(&delivery)).await.ok().flatten();
    let taken = answered.as_ref().is_some_and(|(status, _)| status.is_success());
    let Some(booth) = hall.booths.get(name) else { return };
    {
        let mut booth = booth.lock().expect("no booth is left in a panic");
        let now_ms = hall.clock.now_ms();
        let after_ms = now_ms - began_ms;
        let (status, body) =
            answered.map_or((0, Vec::new()), |(status, body)| (status.as_u16(), body));
        booth.note_told(&delivery, &Told { status, body, after_ms }, began_ms);
        let wait_ms = booth.door.retries_ms().get(delivery.tries).copied();
        if let Some(wait_ms) = wait_ms.filter(|_| !taken) {
            booth.outbox.again(delivery, now_ms + wait_ms);
        }
    }
    hall.clock.nudge();
    hall.stir();
}

/// The status and body that came back; none where nobody answered.
async fn send(delivery: &Delivery) -> Option<(StatusCode, Vec<u8>)> {
    let address = format!("{}{}", delivery.target.url, delivery.outgoing.query);
    let address: Uri = address.parse().ok()?;
    let authority = address.authority()?.as_str().to_owned();
    let stream = TcpStream::connect(&authority).await.ok()?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    let mut request = hyper::Request::builder()
        .method(delivery.outgoing.method)
        .uri(path)
        .header("host", authority);
    for (name, value) in &delivery.outgoing.headers {
        request = request.header(name, value);
    }
    let body = Full::<Bytes>::new(delivery.outgoing.body.clone().into());
    let response = sender.send_request(request.body(body).ok()?).await.ok()?;
    let status = response.status();
    let body = Limited::new(response.into_body(), BODY_MAX).collect().await;
    Some((status, body.map_or_else(|_| Vec::new(), |body| body.to_bytes().into())))
}
