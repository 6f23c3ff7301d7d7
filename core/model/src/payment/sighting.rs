//! A charge as one source shows it, and a charge as all sources together know it.
//!
//! [`Charge`] is a join: every field only grows, so observations from polls, hints and look-ups lead to
//! the same charge in any order and however often they are repeated. What contradicts is kept side by
//! side, and the view raises the alarm.

use serde::{Deserialize, Serialize};

use super::event::Reason;
use crate::ids::{ChargeId, Reference, TerminalId};
use crate::money::Money;

/// What one source says about one charge at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The provider's id of it.
    pub charge: ChargeId,
    /// Whether our payment id is in it.
    pub ours: Ours,
    /// The amount that was asked for there, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Money>,
    /// The terminal, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// How it stands.
    pub standing: Standing,
    /// Captures and refunds that are shown with our references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<SeenOperation>,
    /// The card, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// Whether a charge is ours, by our payment id and by nothing else. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ours {
    /// It carries this payment's id.
    Yes,
    /// It carries no id; it is ours only if we know it by the provider's id.
    Unsaid,
    /// It carries another id.
    No,
}

/// How a charge stands. Closed: what an adapter cannot place is no sighting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Standing {
    /// Waiting for a card.
    Pending,
    /// A card is at the reader; cancelling may come too late.
    Processing,
    /// Approved.
    Taken {
        /// Held or taken on the card, tip included.
        authorized: Money,
        /// Of it, captured so far; with automatic capture all of it unless the provider says less.
        captured: Money,
        /// Of it, the tip.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tip: Option<Money>,
        /// Of it, given back so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned: Option<Money>,
        /// Approved by the device alone; may yet be reversed.
        #[serde(default)]
        provisional: bool,
    },
    /// No money was taken, and none will be.
    NotTaken {
        /// In which way.
        how: NotTaken,
        /// The provider's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// An approval was undone whole: voided, released, or reversed after an offline approval.
    Reversed {
        /// How much had been approved, where it is shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authorized: Option<Money>,
    },
}

/// In which way no money was taken. Closed; in the order in which a screen prefers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotTaken {
    /// The card or its holder said no.
    Declined,
    /// Someone cancelled.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// Something broke.
    Failed,
}

/// A capture, refund or cancel as the provider shows it, found by our reference or key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenOperation {
    /// Our reference of it.
    pub reference: Reference,
    /// How much, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Whether it took effect; pending ones are not decided.
    pub took_effect: Option<bool>,
}

/// What may be known of a card: never its number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The scheme, as the provider spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Box<str>>,
    /// The last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_four: Option<Box<str>>,
}

/// A charge as all sources together know it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charge {
    /// A card was seen at the reader.
    pub processing: bool,
    /// The approval, if any source showed one.
    pub taken: Option<Taken>,
    /// The refusal, if any source showed one.
    pub not_taken: Option<(NotTaken, Option<Reason>)>,
    /// The approval was undone whole.
    pub reversed: bool,
    /// Amount, currency or terminal differ from what we asked.
    pub disagrees: bool,
    /// The card, if shown.
    pub card: Option<Box<Card>>,
    /// Captures and refunds that were shown with our references.
    pub operations: Vec<SeenOperation>,
}

/// The amounts of an approval: each the most that any source showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Held or taken on the card.
    pub authorized: Money,
    /// Of it, captured.
    pub captured: Money,
    /// Of it, the tip.
    pub tip: Option<Money>,
    /// Of it, given back.
    pub returned: Option<Money>,
    /// Approved by the device alone, as far as all sources say.
    pub provisional: bool,
}
