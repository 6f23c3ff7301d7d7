//! `till webhooks serve`: a receiver for development and small shops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use clap::Args;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tillkit::till::{Till, WebhookAnswer};
use tillkit::webhook::BODY_BYTES_MAX;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::Purpose;
use crate::places::Places;
use crate::show::{paint, times};
use crate::stop::Stop;

/// Receive notifications, each account below a path of its own name; payments are driven meanwhile
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; TLS ends before it, at a proxy or a tunnel
    #[arg(long, default_value = "127.0.0.1:8043")]
    listen: SocketAddr,
    /// The address below which providers reach it, where they sign it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// One notification, and what became of it.
struct Line {
    account: String,
    answer: WebhookAnswer,
}

impl Serve {
    /// Receives until it is asked to stop.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let mut stop = Stop::listen();
        let office = Arc::new(self.open(desk).await?);
        let listener = TcpListener::bind(self.listen).await.map_err(|fault| {
            Failure::said("port", format!("nothing can listen at {}: {fault}", self.listen))
        })?;
        let address = listener.local_addr()?;
        tell_addresses(desk, address)?;
        let (tell, mut lines) = mpsc::channel(64);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&office), tell));
        let mut asked = std::pin::pin!(stop.asked());
        loop {
            tokio::select! {
                line = lines.recv() => match line {
                    Some(line) => say(desk, &line)?,
                    None => break,
                },
                () = &mut asked => break,
            }
        }
        accepting.abort();
        office.till.close().await?;
        Ok(exit::DONE)
    }

    async fn open(&self, desk: &Desk) -> Result<Office, Failure> {
        let office = Office {
            till: desk.open(Purpose::Work)?,
            places: desk.places.clone(),
            public_url: self.public_url.clone(),
            known: Mutex::default(),
        };
        *office.known.lock().await = office.stored();
        office.connect().await?;
        Ok(office)
    }
}

/// The till that is told, and the accounts as they are known to it.
struct Office {
    till: Till,
    places: Places,
    public_url: Option<String>,
    /// When the accounts that are known were stored.
    known: Mutex<Option<SystemTime>>,
}

impl Office {
    async fn connect(&self) -> Result<(), Failure> {
        let book = Book::read(&self.places)?;
        for name in book.names() {
            let connect = book.connect(name)?;
            let connect = match &self.public_url {
                Some(url) => connect.reached_at(&format!("{}/{name}", url.trim_end_matches('/'))),
                None => connect,
            };
            self.till.connect(connect).await?;
        }
        Ok(())
    }

    /// When the accounts were last stored, where there are some.
    fn stored(&self) -> Option<SystemTime> {
        std::fs::metadata(self.places.accounts().ok()?).ok()?.modified().ok()
    }

    /// Connects the accounts once more where they were stored since; whether they were.
    async fn renewed(&self) -> bool {
        let mut known = self.known.lock().await;
        let stored = self.stored();
        if *known == stored {
            return false;
        }
        *known = stored;
        self.connect().await.is_ok()
    }

    /// Hears a notification. One that is refused may be signed with a secret, or be for an account,
    /// that came after this began.
    async fn hear(
        &self,
        account: &str,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> WebhookAnswer {
        let answer = self.till.webhook(account, method, url, headers, body).await;
        if answer.heard.is_err() && self.renewed().await {
            return self.till.webhook(account, method, url, headers, body).await;
        }
        answer
    }
}

fn tell_addresses(desk: &mut Desk, address: SocketAddr) -> Result<(), Failure> {
    let book = Book::read(&desk.places)?;
    let urls: Vec<String> = book.names().map(|name| format!("http://{address}/{name}")).collect();
    desk.console.document(&json!({ "listening": urls }))?;
    for url in &urls {
        desk.console.line(url)?;
    }
    desk.console.line("Ctrl-C ends it")
}

fn say(desk: &mut Desk, line: &Line) -> Result<(), Failure> {
    let Line { account, answer } = line;
    let (word, why) = match &answer.heard {
        Ok(heard) => (format!("{heard:?}"), None),
        Err(error) => ("Refused".to_owned(), Some(error)),
    };
    let word = kebab(&word);
    desk.console.document(&json!({ "webhook": {
        "account": account, "status": answer.status, "heard": word, "error": why,
    } }))?;
    let text = format!("{}  {account}: {word}", paint::dim(times::clock(times::now_ms())));
    let why = why.map(|error| format!(": {}", error.message)).unwrap_or_default();
    desk.console.line(format!("{text}{why}"))
}

/// `NothingForUs` as `nothing-for-us`.
fn kebab(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

async fn accept(listener: TcpListener, office: Arc<Office>, tell: mpsc::Sender<Line>) {
    loop {
        // Whoever could not be let in tries again, as providers do.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (office, tell) = (Arc::clone(&office), tell.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let (office, tell) = (Arc::clone(&office), tell.clone());
                async move { Ok::<_, std::convert::Infallible>(answer(request, &office, &tell).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            // A connection that breaks off is the provider's to open again.
            connection.serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    office: &Office,
    tell: &mpsc::Sender<Line>,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let account = parts.uri.path().trim_matches('/').to_owned();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return response(413, "too large");
    };
    let url = parts.uri.path_and_query().map_or("/", |url| url.as_str());
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<(&str, String)> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = body.to_bytes();
    let answer = office.hear(&account, parts.method.as_str(), url, &headers, &body).await;
    let response = response(answer.status, answer.body);
    // Nobody listens any more while the program ends.
    tell.send(Line { account, answer }).await.ok();
    response
}

fn response(status: u16, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response
}
