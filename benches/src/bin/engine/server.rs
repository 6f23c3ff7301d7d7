//! The provider as a process of its own, on loopback: HTTP/1.1, kept alive, one thread.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use tillkit_bench::Fault;
use tillkit_bench::provider::Qonto;
use tillkit_model::wire::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The path that tells what was counted.
const COUNTS: &str = "/counts";

/// What the server counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Reads of charges that were answered.
    pub reads: u64,
    /// Connections that carried a read and are open now.
    pub connections: u64,
}

struct Shared {
    provider: Qonto,
    counts: Counts,
}

/// Serves until its input ends; prints its port first.
pub fn serve() -> Result<(), Fault> {
    std::thread::spawn(|| {
        // The parent holds the other end: when it is gone, so is this.
        let ended = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(i32::from(ended.is_err()));
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(in_words)?.block_on(accept())
}

/// Asks a server what it counted so far.
pub fn counts(port: u16) -> Result<Counts, Fault> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(in_words)?;
    let request = format!("GET {COUNTS} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(in_words)?;
    let mut text = String::new();
    stream.read_to_string(&mut text).map_err(in_words)?;
    let body = text.split("\r\n\r\n").nth(1).unwrap_or_default();
    let mut numbers = body.split_whitespace().map_while(|word| word.parse().ok());
    let counts = numbers.next().zip(numbers.next());
    let (reads, connections) = counts.ok_or_else(|| format!("the server told {text:?}"))?;
    Ok(Counts { reads, connections })
}

async fn accept() -> Result<(), Fault> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(in_words)?;
    println!("{}", listener.local_addr().map_err(in_words)?.port());
    let provider = Qonto::new(1 << 16, |_| false);
    let shared = Arc::new(Mutex::new(Shared { provider, counts: Counts::default() }));
    loop {
        let (stream, _) = listener.accept().await.map_err(in_words)?;
        stream.set_nodelay(true).map_err(in_words)?;
        tokio::spawn(converse(stream, Arc::clone(&shared)));
    }
}

/// One connection, until the other side ends it.
async fn converse(mut stream: tokio::net::TcpStream, shared: Arc<Mutex<Shared>>) {
    let (mut waiting, mut reads) = (Vec::new(), 0_u64);
    loop {
        while let Some((request, length)) = Asked::parse(&waiting) {
            let is_read = request.method == Method::Get && request.path != COUNTS;
            let response = answer(&request, &shared, is_read && reads == 0);
            reads += u64::from(is_read);
            waiting.drain(..length);
            if stream.write_all(response.as_bytes()).await.is_err() {
                return leave(&shared, reads);
            }
            if request.closes {
                return leave(&shared, reads);
            }
        }
        match stream.read_buf(&mut waiting).await {
            Ok(0) | Err(_) => return leave(&shared, reads),
            Ok(_) => {}
        }
    }
}

fn leave(shared: &Mutex<Shared>, reads: u64) {
    if reads > 0 {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.counts.connections -= 1;
    }
}

fn answer(request: &Asked, shared: &Mutex<Shared>, first_read: bool) -> String {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.counts.connections += u64::from(first_read);
    let (status, body) = if request.path == COUNTS {
        let Counts { reads, connections } = shared.counts;
        (200, format!("{reads} {connections}"))
    } else {
        shared.counts.reads += u64::from(request.method == Method::Get);
        shared.provider.answer_text(request.method, &request.path, &request.body)
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Answer\r\nContent-Type: application/json; charset=utf-8\r\n\
         Date: Fri, 20 Nov 2026 09:00:00 GMT\r\nX-Request-Id: 6f1a2b3c4d5e6f70\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

/// A request as far as the server needs it.
struct Asked {
    method: Method,
    path: String,
    body: String,
    closes: bool,
}

impl Asked {
    /// The first whole request among these bytes, and how long it is.
    fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut words = head.split(' ');
        let method = if words.next()? == "POST" { Method::Post } else { Method::Get };
        let path = words.next()?.to_owned();
        let header = |name: &str| {
            head.lines().filter_map(|line| line.split_once(':')).find_map(|(key, value)| {
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let length: usize = match method {
            Method::Post => header("content-length")?.parse().ok()?,
            Method::Get | Method::Put | Method::Delete => 0,
        };
        let body = String::from_utf8_lossy(bytes.get(end..end + length)?).into_owned();
        let closes = header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
        Some((Self { method, path, body, closes }, end + length))
    }
}

fn in_words(fault: std::io::Error) -> Fault {
    format!("the server: {fault}")
}
