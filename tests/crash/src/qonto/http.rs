//! HTTP/1.1 on loopback, as little of it as it takes: one request a connection, a thread for each.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::{KEY_HEADER, Qonto, Reply, Scene};
use crate::clock::ShopClock;

/// A Qonto that listens until it is dropped.
pub struct Server {
    qonto: Arc<Qonto>,
    address: SocketAddr,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port.
    #[must_use]
    pub fn start(clock: Arc<ShopClock>, scenes: BTreeMap<String, Scene>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let qonto = Arc::new(Qonto::new(clock, scenes));
        let serving = Arc::clone(&qonto);
        let listening = std::thread::spawn(move || listen(&listener, &serving));
        Self { qonto, address, listening: Some(listening) }
    }

    /// Waits until everything was heard that was on its way to it: whatever the dead had still said
    /// is in the ledger then, before anybody looks.
    pub fn hear_out(&self) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // Connections are taken in their order, so every earlier one is counted by its answer.
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        self.qonto.hear_out();
    }

    /// Where it is.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Deref for Server {
    type Target = Qonto;

    fn deref(&self) -> &Qonto {
        &self.qonto
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.qonto.close();
        // The listener looks up when somebody comes; one that has gone needs no call.
        TcpStream::connect(self.address).ok();
        if let Some(listening) = self.listening.take() {
            listening.join().ok();
        }
    }
}

fn listen(listener: &TcpListener, qonto: &Arc<Qonto>) {
    for stream in listener.incoming() {
        if qonto.is_closing() {
            return;
        }
        let Ok(stream) = stream else { continue };
        let qonto = Arc::clone(qonto);
        qonto.expect();
        std::thread::spawn(move || serve(stream, &qonto));
    }
}

/// A client that went away in the middle is nobody's concern.
fn serve(stream: TcpStream, qonto: &Qonto) {
    let mut stream = BufReader::new(stream);
    let Some(Heard { method, path, key, body }) = hear(&mut stream) else {
        return qonto.dismiss();
    };
    if let Some(text) = written(qonto.answer(&method, &path, key.as_deref(), &body)) {
        stream.get_mut().write_all(text.as_bytes()).ok();
    }
}

struct Heard {
    method: String,
    path: String,
    key: Option<String>,
    body: String,
}

fn hear(stream: &mut BufReader<TcpStream>) -> Option<Heard> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    Some(Heard { method, path, key: header(KEY_HEADER), body: String::from_utf8(body).ok()? })
}

fn written(reply: Reply) -> Option<String> {
    let (status, body) = reply?;
    let body = body.to_string();
    let length = body.len();
    Some(format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    ))
}
