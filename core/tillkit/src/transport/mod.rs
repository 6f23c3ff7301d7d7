//! The wire: one request out, one exchange back, and a truthful word on whether anything left.
//!
//! A [`Transport`] promises that the last look at the clock and the hand-over are one step, that a
//! request is sent at most once by one call, and that *not sent* is said only where it is proved;
//! every other failure is *maybe sent*. It adds the account's secrets and never prints them. It
//! knows nothing of payments, schedules or what an answer means.

mod departing;
mod drift;
mod endpoint;
mod https;
mod pinned;
mod redact;
mod scripted;
mod secret;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tillkit_model::time::Clock;
use tillkit_model::wire::{Exchange, Sending};

pub(crate) use drift::Drift;
pub use endpoint::{Endpoint, Reach};
pub use https::{Https, Limits};
pub use redact::{Level, LogSink, Silent, log_line};
pub use scripted::{Handed, Play, Scripted};
pub use secret::Secret;

/// An exchange that is under way. Dropping it leaves open whether the request was sent.
pub type UnderWay<'a> = Pin<Box<dyn Future<Output = Exchange> + Send + 'a>>;

/// Carries requests to providers.
pub trait Transport: Send + Sync {
    /// Looks at the clock for the last time, lets the request leave if its clearance still holds,
    /// and waits for the answer.
    fn send<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        sending: Sending,
        clock: &'a Arc<dyn Clock>,
    ) -> UnderWay<'a>;
}
