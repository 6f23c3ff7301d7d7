//! What a journal keeps beside payments: sealed credentials, claims on work that only one process
//! may do, notifications that were taken in, and hints for payments that nobody knows yet.
//!
//! It promises that whatever was answered is durable. It knows nothing of what is sealed, of who
//! signs, or of what a hint means; and none of it allows a send.

use serde::{Deserialize, Serialize};
use tillkit_model::engine::store::{Failure, Look};
use tillkit_model::ids::{PaymentId, ProcessId};
use tillkit_model::payment::sighting::Sighting;
use tillkit_model::provider::Hint;
use tillkit_model::time::{DAY_MS, Moment};

/// How long hints for unknown payments, and the ids of notifications, are kept.
pub const SHELF_LIFE_MS: u64 = 14 * DAY_MS;
/// How many hints for unknown payments one account may have; the oldest make room.
pub const HINTS_MAX: u32 = 100_000;

/// What stands beside the payments. Calls block until the disk has answered.
pub trait Shelf {
    /// An account's sealed credentials.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn sealed(&mut self, account: &str) -> Look<Sealed>;

    /// Keeps an account's sealed credentials instead of those of version `after` (0 where there
    /// were none); false where somebody else was first.
    ///
    /// # Errors
    /// When it could not be made durable.
    fn seal(&mut self, account: &str, after: u64, bytes: &[u8]) -> Result<bool, Failure>;

    /// Claims a piece of work for a while; false while another claim on it holds.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn claim(&mut self, claim: &Claim, now: &Moment) -> Result<bool, Failure>;

    /// Ends a claim early.
    ///
    /// # Errors
    /// When it could not be made durable; then it lapses.
    fn unclaim(&mut self, claim: &Claim) -> Result<(), Failure>;

    /// Whether a notification of this id was taken in before.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn knows_notice(&mut self, account: &str, id: &str) -> Result<bool, Failure>;

    /// Remembers that it was.
    ///
    /// # Errors
    /// When it could not be made durable.
    fn keep_notice(&mut self, account: &str, id: &str, now: &Moment) -> Result<(), Failure>;

    /// Keeps a hint for a payment that is not known; the same hint is kept once.
    ///
    /// # Errors
    /// When it could not be made durable.
    fn keep_hint(&mut self, account: &str, hint: &Hint, now: &Moment) -> Result<(), Failure>;

    /// The kept hints whose payment is known by now, some at a time.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn matched_hints(&mut self, account: &str) -> Result<Vec<KeptHint>, Failure>;

    /// When the newest of an account's kept hints came, by the wall clock; absent without any.
    ///
    /// # Errors
    /// When the journal cannot tell.
    fn newest_hint_wall_ms(&mut self, account: &str) -> Look<i64>;

    /// Takes a hint away that was passed on.
    ///
    /// # Errors
    /// When it could not be made durable.
    fn forget_hint(&mut self, number: u64) -> Result<(), Failure>;
}

/// Credentials as the journal has them: it cannot read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Grows with each change.
    pub version: u64,
    /// What was sealed.
    pub bytes: Vec<u8>,
}

/// A claim on a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The work.
    pub work: String,
    /// Who claims it.
    pub claimant: ProcessId,
    /// How long it holds unless it is ended.
    pub life_ms: u64,
}

/// A hint on the shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHint {
    /// Its number there.
    pub number: u64,
    /// The hint.
    pub hint: Hint,
}

/// A hint as text; what is equal has equal texts.
pub(crate) fn hint_text(hint: &Hint) -> String {
    let Hint { payment, sighting } = hint.clone();
    // Ids and amounts always make JSON.
    serde_json::to_string(&StoredHint { payment, sighting }).unwrap_or_default()
}

/// The hint in a text; none where it is not one of ours.
pub(super) fn hint_of(text: &str) -> Option<Hint> {
    let StoredHint { payment, sighting } = serde_json::from_str(text).ok()?;
    Some(Hint { payment, sighting })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHint {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentId>,
    sighting: Sighting,
}
