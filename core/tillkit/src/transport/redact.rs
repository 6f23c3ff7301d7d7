//! What may be said of an exchange in a log: method, path, status, sizes and harmless headers.
//!
//! Bodies and queries never, secrets never.

use std::fmt::Write;

use tillkit_model::wire::{Exchange, Request, SendFailure};

use super::endpoint::Endpoint;

/// How much a line matters. Open: a sink that does not know a level takes it as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// What happened, for whoever looks closely.
    Debug,
    /// What an operator may want to know.
    Info,
    /// What an operator should know.
    Warn,
    /// What somebody must look at.
    Error,
}

/// Where a host wants Tillkit's log lines. They hold no secrets.
pub trait LogSink: Send + Sync {
    /// Whether a line of this level would be of use; where not, it is not even put together.
    fn wants(&self, _: Level) -> bool {
        true
    }

    /// Takes one line, without a line break. It must not block and must not call back.
    fn line(&self, level: Level, line: &str);
}

/// Takes no notice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl LogSink for Silent {
    fn wants(&self, _: Level) -> bool {
        false
    }

    fn line(&self, _: Level, _: &str) {}
}

/// Headers that help to find a request again and hold nothing to be kept from a log.
const SAFE_HEADERS: &[&str] = &[
    "cf-ray",
    "content-length",
    "content-type",
    "date",
    "idempotency-key",
    "request-id",
    "retry-after",
    "x-correlation-id",
    "x-qonto-idempotency-key",
    "x-ratelimit-remaining",
    "x-request-id",
];

/// One exchange as one line.
#[must_use]
pub fn log_line(
    endpoint: &Endpoint,
    request: &Request,
    exchange: &Exchange,
    took_ms: u64,
) -> String {
    let mut line = format!("{} {}", request.method.as_str(), path_without_query(&request.path));
    let sent = request.body.as_ref().map_or(0, |body| body.len());
    append(&mut line, format_args!(" ({sent} bytes"));
    append_headers(&mut line, &request.headers);
    line.push_str(") -> ");
    match exchange {
        Ok(response) => {
            let cut = if response.truncated { ", cut" } else { "" };
            let size = response.body.len();
            append(&mut line, format_args!("{} ({size} bytes{cut}", response.status));
            append_headers(&mut line, &response.headers);
            line.push(')');
        }
        Err(SendFailure::NotSent { why }) => append(&mut line, format_args!("not sent: {why}")),
        Err(SendFailure::MaybeSent { why }) => append(&mut line, format_args!("maybe sent: {why}")),
    }
    append(&mut line, format_args!(" after {took_ms} ms"));
    one_line(&endpoint.redacted(&line))
}

fn path_without_query(path: &str) -> String {
    path.split_once('?').map_or_else(|| path.to_owned(), |(place, _)| format!("{place}?…"))
}

fn append_headers(line: &mut String, headers: &[(Box<str>, Box<str>)]) {
    for (name, value) in headers {
        let name = name.to_lowercase();
        if SAFE_HEADERS.contains(&name.as_str()) {
            append(line, format_args!(", {name}: {value}"));
        }
    }
}

/// Writing into a text cannot fail.
fn append(line: &mut String, text: std::fmt::Arguments<'_>) {
    let written = line.write_fmt(text);
    debug_assert!(written.is_ok(), "a String takes all that is written");
}

/// A provider's header cannot forge a second line.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
