//! A server of a few lines: each connection has a thread and does what the test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What arrived, each request with the number of its connection.
type Heard = Arc<Mutex<Vec<(usize, String)>>>;

pub struct Server {
    port: u16,
    heard: Heard,
}

/// One connection, seen from the server.
pub struct Peer {
    pub number: usize,
    stream: BufReader<TcpStream>,
    heard: Heard,
}

impl Server {
    /// Listens on a free port of loopback and lets `serve` deal with each connection.
    pub fn start(serve: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Heard::default();
        let (serve, hearing) = (Arc::new(serve), Arc::clone(&heard));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (serve, heard) = (Arc::clone(&serve), Arc::clone(&hearing));
                let stream = BufReader::new(stream.unwrap());
                std::thread::spawn(move || serve(&mut Peer { number, stream, heard }));
            }
        });
        Self { port, heard }
    }

    /// Answers every request alike, on connections that stay open.
    pub fn answering(answer: &'static str) -> Self {
        Self::start(move |peer| {
            while peer.hear().is_some() {
                peer.say(answer);
            }
        })
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    pub fn secure_base(&self) -> String {
        format!("https://127.0.0.1:{}/v2", self.port)
    }

    /// Every request that arrived, as it was on the wire.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(_, request)| request.clone()).collect()
    }

    /// The connection of each request that arrived.
    pub fn connections(&self) -> Vec<usize> {
        self.heard.lock().unwrap().iter().map(|(connection, _)| *connection).collect()
    }
}

impl Peer {
    /// One whole request, or nothing when the other side is gone.
    pub fn hear(&mut self) -> Option<String> {
        let mut request = String::new();
        while !request.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut request).ok()? == 0 {
                return None;
            }
        }
        let length = request
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        request.push_str(std::str::from_utf8(&body).ok()?);
        self.heard.lock().unwrap().push((self.number, request.clone()));
        Some(request)
    }

    /// Says it, whether or not anybody listens still.
    pub fn say(&mut self, text: &str) {
        self.stream.get_mut().write_all(text.as_bytes()).ok();
    }

    /// Waits until the other side hangs up.
    pub fn wait_for_end(&mut self) {
        self.stream.read_to_end(&mut Vec::new()).ok();
    }
}
