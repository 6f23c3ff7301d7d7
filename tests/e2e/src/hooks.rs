//! A web server of the shop's, which hands over notifications exactly as they arrive.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, mpsc};

use tillkit::till::{Till, WebhookAnswer};

use crate::ACCOUNT;

/// What arrived, and what it was answered.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The method.
    pub method: String,
    /// Path and query.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// What the till said of it.
    pub answer: WebhookAnswer,
}

impl Arrived {
    /// Hands the same in once more, perhaps to another till or account.
    pub async fn again(&self, till: &Till, account: &str) -> WebhookAnswer {
        self.changed(till, account, &self.body).await
    }

    /// The same with another body.
    pub async fn changed(&self, till: &Till, account: &str, body: &[u8]) -> WebhookAnswer {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        till.webhook(account, &self.method, &self.url, &headers, body).await
    }
}

/// An address that is free, and its listener.
///
/// # Panics
/// When no port is free.
#[must_use]
pub fn address(path: &str) -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let place = listener.local_addr().expect("it has an address");
    (format!("http://{place}/hooks/{path}"), listener)
}

/// Hands over to the till whatever arrives at the listener, and tells of it.
#[must_use]
pub fn serve_at(listener: TcpListener, till: Arc<Till>) -> mpsc::Receiver<Arrived> {
    let (told, arrivals) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            if told.send(serve(&till, stream)).is_err() {
                return;
            }
        }
    });
    arrivals
}

/// Both at once, where the till need not know the address.
#[must_use]
pub fn web_server(till: Arc<Till>, path: &str) -> (String, mpsc::Receiver<Arrived>) {
    let (url, listener) = address(path);
    (url, serve_at(listener, till))
}

fn serve(till: &Till, mut stream: TcpStream) -> Arrived {
    let mut heard = Vec::new();
    let mut byte = [0];
    while !heard.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a whole head");
        heard.push(byte[0]);
    }
    let head = String::from_utf8(heard).expect("a head in text");
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, url) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let named = |line: &str| line.split_once(": ").map(|(name, value)| (name.into(), value.into()));
    let headers: Vec<(String, String)> = lines.filter_map(named).collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, value)| value.trim().parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a whole body");
    let shown: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let answer = runtime.block_on(till.webhook(ACCOUNT, &method, &url, &shown, &body));
    let (status, text) = (answer.status, answer.body);
    let length = text.len();
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
        .and_then(|()| stream.write_all(text.as_bytes()))
        .expect("it listens to the answer");
    Arrived { method, url, headers, body, answer }
}
