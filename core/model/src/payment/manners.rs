//! A provider's manners, as data: what may be repeated, for how long, and what absence proves.
//!
//! The numbers and rules are each adapter's own; this module only gives them their shape.

pub use crate::sale::Times;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// How an operation may be repeated. Closed: a new manner needs a new rule everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// The provider knows the operation's key for so long; inside it the same request may be
    /// replayed.
    Keyed {
        /// Our safe share of the key's life.
        life_ms: u64,
    },
    /// A second run has the effect of the first: void, cancel, release.
    SameEffect,
    /// Never repeated, unless it is proven that it did not run.
    Once,
}

/// What it means that a look-up by our reference finds nothing. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Nothing, however long one looks.
    NeverProof,
    /// Proof that nothing was taken, once this long has surely passed since the expiry that was
    /// told to the provider.
    ProofAfterExpiry {
        /// How long after the expiry.
        margin_ms: u64,
    },
}

/// How the start of a sale behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartManner {
    /// Whether and how long it may be replayed.
    pub manner: Manner,
    /// How long the first exchange may take.
    pub timeout_ms: u64,
    /// How long nothing is sent after an answer was lost, so that two equal requests never meet.
    pub quiet_gap_ms: u64,
    /// How many replays at the most.
    pub replays_max: u32,
}

/// How often to look, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looking {
    /// Between two reads while the customer is at the terminal.
    pub poll_ms: u64,
    /// The first gap after `settle_by`, and the longest within the hour.
    pub doubt_first_ms: u64,
    /// The longest gap while looking densely.
    pub doubt_longest_ms: u64,
    /// How long after `settle_by` looking stays dense.
    pub dense_for_ms: u64,
    /// The gap after that.
    pub sparse_ms: u64,
    /// How long after `settle_by` looking ends; hints still count.
    pub until_ms: u64,
    /// How long after `settle_by` a person is asked.
    pub person_after_ms: u64,
    /// How long reads may fail before a verified hint that says *taken* is believed alone.
    pub hint_alone_after_ms: u64,
    /// How long one read may take.
    pub read_timeout_ms: u64,
    /// How long an automatic capture is watched after the approval.
    pub capture_watch_ms: u64,
}

impl Looking {
    /// The product's own numbers.
    pub const DEFAULT: Self = Self {
        poll_ms: SECOND_MS,
        doubt_first_ms: 5 * SECOND_MS,
        doubt_longest_ms: MINUTE_MS,
        dense_for_ms: HOUR_MS,
        sparse_ms: HOUR_MS,
        until_ms: 3 * DAY_MS,
        person_after_ms: 10 * MINUTE_MS,
        hint_alone_after_ms: 30 * SECOND_MS,
        read_timeout_ms: 10 * SECOND_MS,
        capture_watch_ms: 48 * HOUR_MS,
    };
}

/// Everything that decides how doubt is settled at one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// The start.
    pub start: StartManner,
    /// Capturing an approved payment; none where the provider cannot.
    pub capture: Option<Manner>,
    /// Giving money back; none where the provider cannot.
    pub refund: Option<Manner>,
    /// Cancelling, voiding or releasing; none where the provider cannot.
    pub cancel: Option<Manner>,
    /// Letting go of what captures leave of a hold, without touching what they took; none where the
    /// provider cannot.
    pub release: Option<Manner>,
    /// Whether one hold may be captured more than once.
    pub several_captures: bool,
    /// Accepting or declining a condition; none where there are no conditions.
    pub answer: Option<Manner>,
    /// Whether a lost start can be looked for by our own reference.
    pub look_up: bool,
    /// What it means when that finds nothing.
    pub absence: Absence,
    /// How long past the expiry an unpaid sale is voided unasked; none where it never is. Such a
    /// void undoes even what was paid, so a safe look comes before it.
    pub void_after_expiry_ms: Option<u64>,
    /// The three times, unless the till says otherwise.
    pub times: Times,
    /// How often to look.
    pub looking: Looking,
}

impl Manners {
    /// Of a provider that is not connected: nothing may be sent, and a wish to cancel is recorded
    /// for whoever drives the payment.
    pub const UNKNOWN: Self = Self {
        start: StartManner { manner: Manner::Once, timeout_ms: 0, quiet_gap_ms: 0, replays_max: 0 },
        capture: None,
        refund: None,
        cancel: Some(Manner::SameEffect),
        release: None,
        several_captures: false,
        answer: None,
        look_up: false,
        absence: Absence::NeverProof,
        void_after_expiry_ms: None,
        times: Times { start_by_ms: 0, expires_ms: None, settle_by_ms: 0 },
        looking: Looking::DEFAULT,
    };

    /// The manner of an operation after the start; none where it is not supported.
    #[must_use]
    pub const fn of(&self, kind: super::OperationKind) -> Option<Manner> {
        match kind {
            super::OperationKind::Start => Some(self.start.manner),
            super::OperationKind::Capture => self.capture,
            super::OperationKind::Refund => self.refund,
            super::OperationKind::Cancel | super::OperationKind::Withdraw => self.cancel,
            super::OperationKind::Answer => self.answer,
            super::OperationKind::Release => self.release,
        }
    }
}
