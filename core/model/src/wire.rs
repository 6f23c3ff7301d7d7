//! Requests and responses as plain data, and the permits without which nothing that may move money
//! leaves.
//!
//! A [`Permit`] exists only because the append that holds it became durable (see
//! [`crate::engine::store::Append::recorded`]); it allows one send and is used up by it. A
//! [`PollPermit`] allows the polls of one sale where a read may pay. A read that moves nothing
//! needs neither. This module knows nothing of sockets, and credentials are never in a request: the
//! shell adds them when it hands a [`Departure`] to the wire.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::ids::{OperationId, PaymentId};
use crate::sale::CODE_PLACEHOLDER;
use crate::secret::Secret;
use crate::time::{MINUTE_MS, Moment, from_http_date};

/// How a request is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Reads.
    #[serde(rename = "GET")]
    Get,
    /// Creates or acts.
    #[serde(rename = "POST")]
    Post,
    /// Replaces.
    #[serde(rename = "PUT")]
    Put,
    /// Takes away.
    #[serde(rename = "DELETE")]
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What is sent, byte for byte, credentials apart: a replay repeats exactly this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Path and query, below the account's base address.
    pub path: Box<str>,
    /// Headers that are no secret, such as the idempotency key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// The body, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<str>>,
    /// Whether this request may start a prompt or move money; a read may, at some providers.
    pub may_move_money: bool,
    /// How long the whole exchange may take.
    pub timeout_ms: u64,
    /// Whether it must leave on a connection of its own (operations of manner *once*).
    pub fresh_connection: bool,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// The body as it came, cut where `truncated` says so.
    pub body: Vec<u8>,
    /// The body was longer than the transport reads, or ended early.
    pub truncated: bool,
}

impl Response {
    /// The first header of that lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| &**key == name).map(|(_, value)| &**value)
    }

    /// Whether the response calls itself JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|value| {
            let kind = value.split(';').next().unwrap_or(value).trim();
            kind.eq_ignore_ascii_case("application/json") || kind.ends_with("+json")
        })
    }

    /// How far the wall clock here is ahead of that of whoever answered, in milliseconds; negative
    /// where it is behind. None where no clock was told, or an answer out of a cache tells an old
    /// one.
    ///
    /// `Date` tells whole seconds, and was written somewhere between asking and the answer's
    /// coming: this is the least that all of it allows.
    #[must_use]
    pub fn clock_ahead_ms(&self, asked: &Moment, came: &Moment) -> Option<i64> {
        let theirs = from_http_date(self.header("date")?)?;
        if self.header("age").is_some() {
            return None;
        }
        let least = asked.wall_ms.saturating_sub(theirs).saturating_sub(999);
        let most = came.wall_ms.saturating_sub(theirs);
        Some(if least > 0 { least } else { most.min(0) })
    }

    /// `Retry-After` in milliseconds, where it is given in seconds.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<u64> {
        let seconds: u64 = self.header("retry-after")?.trim().parse().ok()?;
        Some(seconds.saturating_mul(1_000).min(RETRY_AFTER_MAX_MS))
    }
}

/// The longest that a provider is left alone because it said so: what can be found out is found
/// out.
const RETRY_AFTER_MAX_MS: u64 = 10 * MINUTE_MS;

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFailure {
    /// Proof that no byte of the request left.
    NotSent {
        /// What stopped it, without secrets.
        why: Box<str>,
    },
    /// Anything else: it may have arrived.
    MaybeSent {
        /// What went wrong, without secrets.
        why: Box<str>,
    },
}

/// What a send came to.
pub type Exchange = Result<Response, SendFailure>;

/// A durable record that allows one send of one request. Not `Clone`: sending uses it up.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit {
    payment: PaymentId,
    operation: OperationId,
    number: u32,
    window: Window,
    code: Option<Secret>,
}

/// How long a permit holds: none of its limits may have passed when the request is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Pairs of a moment and the milliseconds after it.
    pub limits: Vec<(Moment, u64)>,
}

impl Window {
    /// Whether the window is still open.
    #[must_use]
    pub fn is_open(&self, now: &Moment) -> bool {
        !self.limits.iter().any(|(since, limit_ms)| now.may_have_passed(since, *limit_ms))
    }

    /// How long it stays open, as far as this moment can tell.
    #[must_use]
    pub fn left_ms(&self, now: &Moment) -> Option<u64> {
        self.limits
            .iter()
            .map(|(since, limit_ms)| now.until_may_have_passed_ms(since, *limit_ms))
            .min()
    }
}

impl Permit {
    /// Only a durable append makes one: see [`crate::engine::store::Append::recorded`].
    pub(crate) const fn new(
        payment: PaymentId,
        operation: OperationId,
        number: u32,
        window: Window,
    ) -> Self {
        Self { payment, operation, number, window, code: None }
    }

    /// The same for a request that spends a scanned code, which takes its place as it leaves.
    #[must_use]
    pub fn spending(self, code: Secret) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The payment that it is for.
    #[must_use]
    pub const fn payment(&self) -> PaymentId {
        self.payment
    }

    /// The operation that it is for.
    #[must_use]
    pub const fn operation(&self) -> OperationId {
        self.operation
    }

    /// Which permit of that operation it is, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Uses the permit up: the request may leave, now or not at all.
    ///
    /// # Errors
    /// [`Late`] when the window has closed; then nothing leaves.
    pub fn hand_over(self, request: Request, now: &Moment) -> Result<Departure, Late> {
        let in_time = self.window.is_open(now);
        #[cfg(mutant = "send_after_start_by")]
        let in_time = true || in_time;
        if in_time {
            let leave_within_ms = self.window.left_ms(now);
            Ok(Departure { leave_within_ms, request, code: self.code })
        } else {
            Err(Late)
        }
    }
}

/// A durable record that allows the polls of one sale where a read may pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollPermit {
    payment: PaymentId,
    window: Window,
}

impl PollPermit {
    /// Only a durable append makes one.
    pub(crate) const fn new(payment: PaymentId, window: Window) -> Self {
        Self { payment, window }
    }

    /// The same for one poll: at once, and under the lease of whoever asks for it now.
    #[must_use]
    pub(crate) fn within(&self, limits: Vec<(Moment, u64)>) -> Self {
        let own = self.window.limits.iter().copied();
        Self { payment: self.payment, window: Window { limits: own.chain(limits).collect() } }
    }

    /// The payment whose polls it allows.
    #[must_use]
    pub const fn payment(&self) -> PaymentId {
        self.payment
    }

    /// Lets one poll leave.
    ///
    /// # Errors
    /// [`Late`] when the polls' time is over.
    pub fn hand_over(&self, request: Request, now: &Moment) -> Result<Departure, Late> {
        let in_time = self.window.is_open(now);
        #[cfg(mutant = "send_after_start_by")]
        let in_time = true || in_time;
        if in_time {
            Ok(Departure { leave_within_ms: self.window.left_ms(now), request, code: None })
        } else {
            Err(Late)
        }
    }
}

/// The time for this request is over; nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late;

/// The request may move money, so it needs a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeedsPermit;

/// A request that may leave: the only thing a transport takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Departure {
    request: Request,
    leave_within_ms: Option<u64>,
    code: Option<Secret>,
}

impl Departure {
    /// A read that moves nothing may always leave.
    ///
    /// # Errors
    /// [`NeedsPermit`] for a request that may move money.
    pub fn harmless(request: Request) -> Result<Self, NeedsPermit> {
        if request.may_move_money {
            Err(NeedsPermit)
        } else {
            Ok(Self { request, leave_within_ms: None, code: None })
        }
    }

    /// What leaves, as it is recorded.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The body as it leaves, a scanned code in its place: for the wire alone, never for a log.
    #[must_use]
    pub fn body(&self) -> Option<Cow<'_, str>> {
        filled(&self.request, self.code.as_ref())
    }

    /// Its first byte must have left within so many milliseconds, or none at all.
    #[must_use]
    pub const fn leave_within_ms(&self) -> Option<u64> {
        self.leave_within_ms
    }
}

/// What the engine asks the shell to send: a request, and the right to send it.
#[derive(Debug, PartialEq, Eq)]
pub struct Sending {
    /// The request.
    pub request: Request,
    /// What allows it.
    pub clearance: Clearance,
}

/// What allows a request to leave.
#[derive(Debug, PartialEq, Eq)]
pub enum Clearance {
    /// It moves nothing.
    Harmless,
    /// A permit of its own.
    Permit(Permit),
    /// A poll of a sale whose polls were permitted.
    Poll(PollPermit),
}

impl Sending {
    /// The last look at the clock: checking and handing over are one step.
    ///
    /// # Errors
    /// Proof that nothing left, when the permit is late or missing, or a scanned code is.
    pub fn depart(self, now: &Moment) -> Result<Departure, SendFailure> {
        if names_code(&self.request) && self.code().is_none() {
            return Err(not_sent("its scanned code is not held any more"));
        }
        let late = |_: Late| not_sent("its time was over before it could leave");
        match self.clearance {
            Clearance::Harmless => Departure::harmless(self.request)
                .map_err(|_: NeedsPermit| not_sent("it may move money and had no permit")),
            Clearance::Permit(permit) => permit.hand_over(self.request, now).map_err(late),
            Clearance::Poll(permit) => permit.hand_over(self.request, now).map_err(late),
        }
    }

    /// The body as it would leave, a scanned code in its place: for the wire alone, never for a
    /// log.
    #[must_use]
    pub fn body(&self) -> Option<Cow<'_, str>> {
        filled(&self.request, self.code())
    }

    const fn code(&self) -> Option<&Secret> {
        match &self.clearance {
            Clearance::Permit(permit) => permit.code.as_ref(),
            Clearance::Harmless | Clearance::Poll(_) => None,
        }
    }
}

fn names_code(request: &Request) -> bool {
    request.body.as_ref().is_some_and(|body| body.contains(CODE_PLACEHOLDER))
}

/// A code has no character that a JSON text would escape.
fn filled<'a>(request: &'a Request, code: Option<&Secret>) -> Option<Cow<'a, str>> {
    let body = request.body.as_deref()?;
    Some(match code {
        Some(code) => Cow::Owned(body.replace(CODE_PLACEHOLDER, code.expose())),
        None => Cow::Borrowed(body),
    })
}

fn not_sent(why: &str) -> SendFailure {
    SendFailure::NotSent { why: why.into() }
}

#[cfg(test)]
mod tests;
