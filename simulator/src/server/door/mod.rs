//! What stands before each fake: who is let in, and how its notifications are signed.

pub(super) mod centrapay;
pub(super) mod dintero;
pub(super) mod qonto;
pub(super) mod vinr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tillkit_model::wire::Response;

use super::http::Arrival;
use super::notify::{Outgoing, Target};
use crate::fakes::{Notice, Provider};

/// One provider's door.
pub(super) trait Door: Send {
    /// The fake behind it.
    fn fake(&self) -> Box<dyn Provider + Send>;

    /// Lets a request in, or answers it: tokens, missing credentials, keys of signatures.
    fn enter(&mut self, arrival: &Arrival, now_ms: u64) -> Entry;

    /// What this provider tells of a charge, signed; none where it says nothing.
    fn notification(&mut self, notice: &Notice, target: &Target, now_ms: u64) -> Option<Outgoing>;

    /// The merchant's account lacks this right from now on; false where there is no such right.
    fn withhold(&mut self, _right: &str) -> bool {
        false
    }

    /// How long it waits before each next delivery of what nobody took.
    fn retries_ms(&self) -> &'static [u64];
}

/// What a door does with a request.
pub(super) enum Entry {
    /// The fake answers it.
    Admitted,
    /// The door itself did.
    Answered(Response),
}

/// The door of every provider, by its name.
pub(super) fn all() -> Vec<(&'static str, Box<dyn Door>)> {
    vec![
        ("qonto", Box::new(qonto::Door::default())),
        ("centrapay", Box::new(centrapay::Door::default())),
        ("dintero", Box::new(dintero::Door::default())),
        ("vinr", Box::new(vinr::Door::cloud())),
        ("vinr-local", Box::new(vinr::Door::local())),
    ]
}

/// `t=…,v1=…`: the time in seconds since 1970, and HMAC-SHA256 over it and the body.
fn timestamped(secret: &str, t_s: u64, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{t_s}.").as_bytes());
    mac.update(body);
    Some(format!("t={t_s},v1={}", hex::encode(mac.finalize().into_bytes())))
}
