//! Fake providers: pure, HTTP in and HTTP out, each true to its documented rules and to the worst
//! reading of what is not documented.
//!
//! A fake knows nothing of networks, clocks or the model: requests arrive one by one with the time,
//! its agenda of what customers and devices will do is worked off by [`Provider::tick`], and
//! everything that it did stands in its [`Ledger`].

mod agenda;
pub mod centrapay;
mod customer;
pub mod dintero;
pub mod house;
pub mod ledger;
pub mod qonto;
pub mod vinr;

pub use agenda::Notice;
pub use customer::{Customer, Device, Habits, Step, Tap};

use tillkit_model::wire::{Request, Response};

use crate::rng::Rng;
use ledger::{Ledger, Reader};

/// The wall clock at time zero, in milliseconds since 1970: 20 November 2026.
pub const WALL_MS: u64 = 1_795_132_800_000;

/// What the world orders for one arrival, beside the request itself.
#[derive(Debug)]
pub struct Orders {
    /// What goes wrong at the provider's own door.
    pub trouble: Trouble,
    /// How the terminal is, should it be asked for a card.
    pub device: Device,
    /// What decides how the customer behaves and how long work takes.
    pub draws: Rng,
}

/// What goes wrong at the provider's own door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// 401 or 403, and nothing ran.
    CredentialsRefused,
    /// 429, and nothing ran.
    RateLimited,
    /// 400 out of nothing, and nothing ran.
    Validation,
    /// A login page instead of the API, as 200 or 302, and nothing ran.
    LoginPage,
    /// A 5xx, and nothing ran.
    ErrorBefore,
    /// It ran, and the answer is a 5xx all the same.
    ErrorAfter,
    /// A read of something that is there says 404.
    NotFound,
}

/// What came of one arrival.
#[derive(Debug)]
pub struct Reaction {
    /// The answer.
    pub response: Response,
    /// How long the provider worked on it; what it did, it did at the start.
    pub work_ms: u64,
}

/// A fake provider.
pub trait Provider {
    /// One request has arrived.
    fn handle(&mut self, request: &Request, now_ms: u64, orders: Orders) -> Reaction;

    /// When something happens next by itself.
    fn next_ms(&self) -> Option<u64>;

    /// Lets everything happen that is due, and says what a webhook would tell of it.
    fn tick(&mut self, now_ms: u64) -> Vec<Notice>;

    /// Makes something happen to a charge at that time; false where it cannot happen here.
    fn act(&mut self, _charge: usize, _step: Step, _at_ms: u64) -> bool {
        false
    }

    /// The card of a charge is read in this way, where the provider tells it at all.
    fn read_by(&mut self, _charge: usize, _reader: Reader) {}

    /// From now on terminals approve offline, and what they approved is declined so long after,
    /// when it is passed on; without a time they ask their issuers again. False where none does
    /// that.
    fn approve_offline(&mut self, _declined_after_ms: Option<u64>) -> bool {
        false
    }

    /// Puts a condition before a charge that waits for its customer; false where the provider knows
    /// none, or the till said that it answers none.
    fn put_condition(&mut self, _charge: usize) -> bool {
        false
    }

    /// Another till's payment appears, on this terminal and of this amount.
    fn stranger(&mut self, terminal: Option<&str>, minor: i64, now_ms: u64);

    /// The sender has recorded that this key's request came to a 5xx: a provider that keeps keys
    /// for successes alone does not know it.
    fn forget(&mut self, key: &str);

    /// What its guides hold against the till: rules that cost no money here, and would elsewhere.
    fn complaints(&self) -> &[Complaint] {
        &[]
    }

    /// What it really did.
    fn ledger(&self) -> &Ledger;

    /// What a careful reader with working access can learn from it.
    fn surface(&self) -> Surface;
}

/// A rule of the provider's guide that the till did not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// When that was certain.
    pub at_ms: u64,
    /// The particulars.
    pub words: String,
    /// By when something should have been done that only a request could do and that was left
    /// undone; otherwise a request was not what it should have been.
    pub left_undone: Option<u64>,
}

/// What a provider's readable surface tells a careful reader, beside a charge of known id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surface {
    /// A list shows charges whose id the reader does not know.
    pub list: bool,
    /// Finding nothing proves that nothing was taken, once everything would have expired.
    pub absence_proves: bool,
    /// An expired charge stays expired.
    pub expiry_is_final: bool,
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: String) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.into_bytes(),
        truncated: false,
    }
}

/// The answer of a door that lets nobody in; none where the door is open.
fn door(trouble: Trouble, draws: &mut Rng) -> Option<Response> {
    let word = |status, code: &str| {
        let text = format!(
            "{{\"errors\":[{{\"code\":\"{code}\",\"detail\":\"made up\"}}],\"trace_id\":\"t-1\"}}"
        );
        Some(json(status, text))
    };
    match trouble {
        Trouble::None | Trouble::ErrorAfter | Trouble::NotFound => None,
        Trouble::CredentialsRefused => {
            let (status, code) =
                draws.pick(&[(401, "authorization_token_invalid"), (403, "forbidden")]);
            word(status, code)
        }
        Trouble::RateLimited => word(429, "too_many_requests"),
        Trouble::Validation => word(400, "invalid_value"),
        Trouble::ErrorBefore => Some(server_error(draws)),
        Trouble::LoginPage => Some(login_page(draws)),
    }
}

fn server_error(draws: &mut Rng) -> Response {
    let status = draws.pick(&[500, 502, 503, 504]);
    Response { status, headers: Vec::new(), body: Vec::new(), truncated: false }
}

fn login_page(draws: &mut Rng) -> Response {
    let mut headers = vec![("content-type".into(), "text/html".into())];
    let status = draws.pick(&[200, 302]);
    if status == 302 {
        headers.push(("location".into(), "https://login.example/".into()));
    }
    let body = b"<html>sign in</html>".to_vec();
    Response { status, headers, body, truncated: false }
}
