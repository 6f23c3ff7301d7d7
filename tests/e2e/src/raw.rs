//! Requests as somebody else sends them: another till, a web shop, a merchant's browser.

use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends one request to an address below `http://`, and returns what came back, head and body.
///
/// # Panics
/// When the server cannot be reached.
#[must_use]
pub fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> String {
    let (place, path) =
        url.strip_prefix("http://").and_then(|url| url.split_once('/')).expect("a path");
    let mut stream = TcpStream::connect(place).expect("the server listens");
    let named: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nhost: {place}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n{named}\r\n{body}"
    )
    .expect("it takes the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers in text");
    answer
}
