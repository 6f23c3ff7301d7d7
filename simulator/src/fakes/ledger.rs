//! What a fake provider really did: every prompt that it put on a screen, and what became of the
//! money.
//!
//! Only the fakes write here; the auditor judges by it. Neither shares a line with the model's
//! decisions.

use tillkit_model::ids::{ChargeId, PaymentId};

/// A moment at which a customer could be asked for money: a terminal lit up, or a read took a
/// scanned code's money.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// When.
    pub at_ms: u64,
    /// Our payment id, as the request carried it.
    pub payment: Option<PaymentId>,
}

/// A payment at the provider.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The provider's id of it.
    pub id: ChargeId,
    /// Our payment id, where the request carried one; a stranger's has none of ours.
    pub payment: Option<PaymentId>,
    /// The terminal, where there is one.
    pub terminal: Option<Box<str>>,
    /// What was asked for, in minor units.
    pub asked_minor: i64,
    /// The currency.
    pub currency: Box<str>,
    /// Whether it is captured only when the till says so.
    pub manual: bool,
    /// How its card is read.
    pub reader: Reader,
    /// How it stands.
    pub standing: Standing,
    /// Approved, tip included.
    pub authorized_minor: i64,
    /// Of it, the tip.
    pub tip_minor: i64,
    /// Of it, captured.
    pub captured_minor: i64,
    /// When the money was approved.
    pub taken_at_ms: Option<u64>,
    /// When the approval was undone whole.
    pub reversed_at_ms: Option<u64>,
    /// Captures and refunds that ran, in their order.
    pub moves: Vec<Move>,
    /// What the customer will still do; steps that a cancel or an expiry takes away are not done.
    pub open: bool,
}

/// How a card is read. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reader {
    /// It is held to the reader.
    #[default]
    Contactless,
    /// It is put into it.
    Chip,
    /// It is drawn through it.
    Stripe,
}

/// How a charge stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waiting for a card.
    Pending,
    /// A card is at the reader.
    Processing,
    /// Approved.
    Taken,
    /// The card said no.
    Declined,
    /// Someone cancelled.
    Cancelled,
    /// Nobody paid in time; at some providers it may still be charged.
    Expired,
    /// The approval was undone.
    Reversed,
}

impl Standing {
    /// Whether nothing more can become of it, at any provider.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Taken | Self::Declined | Self::Cancelled | Self::Reversed)
    }
}

/// A capture or a refund that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// A refund, or else a capture.
    pub refund: bool,
    /// The till's own name for it, as the request carried it.
    pub reference: Box<str>,
    /// How much.
    pub minor: i64,
    /// When.
    pub at_ms: u64,
}

impl Charge {
    /// What was approved for goods, without the tip.
    #[must_use]
    pub const fn goods_minor(&self) -> i64 {
        self.authorized_minor - self.tip_minor
    }

    /// Given back so far.
    #[must_use]
    pub fn returned_minor(&self) -> i64 {
        self.moves.iter().filter(|step| step.refund).map(|step| step.minor).sum()
    }

    /// Whether the customer's money was with the merchant, or held for it, at that time.
    #[must_use]
    pub fn holds_money_at(&self, now_ms: u64) -> bool {
        self.taken_at_ms.is_some_and(|at| at <= now_ms)
            && self.reversed_at_ms.is_none_or(|at| at > now_ms)
    }
}

/// A condition that a till answered, which nobody can answer again.
#[derive(Debug, Clone)]
pub struct ConditionAnswer {
    /// Our payment id, as its charge carries it.
    pub payment: Option<PaymentId>,
    /// Whether it was accepted.
    pub accept: bool,
    /// When.
    pub at_ms: u64,
}

/// What a hold still held was given up.
#[derive(Debug, Clone)]
pub struct Release {
    /// Our payment id, as its charge carries it.
    pub payment: Option<PaymentId>,
    /// Of which charge.
    pub charge: ChargeId,
    /// How much had been captured of it by then.
    pub captured_minor: i64,
    /// When.
    pub at_ms: u64,
}

/// A capture that came after a release, and was refused for that.
#[derive(Debug, Clone)]
pub struct Starved {
    /// Our payment id, as its charge carries it.
    pub payment: Option<PaymentId>,
    /// The till's own name for it, as the request carried it.
    pub reference: Box<str>,
    /// When.
    pub at_ms: u64,
}

/// Everything that a fake did.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// In the order of their times.
    pub prompts: Vec<Prompt>,
    /// In the order of their making.
    pub charges: Vec<Charge>,
    /// In the order of their times.
    pub answers: Vec<ConditionAnswer>,
    /// In the order of their times.
    pub releases: Vec<Release>,
    /// In the order of their times.
    pub starved: Vec<Starved>,
    /// How many looks asked for the money of what they showed for the first time.
    pub first_polls: u32,
}

impl Ledger {
    /// Puts a new charge into the book and says its place.
    pub fn open(&mut self, charge: Charge) -> usize {
        self.charges.push(charge);
        self.charges.len() - 1
    }

    /// The place of the charge with that id.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<usize> {
        self.charges.iter().position(|charge| charge.id.as_str() == id)
    }

    /// The charges that carry our payment's id.
    pub fn of(&self, payment: PaymentId) -> impl Iterator<Item = &Charge> {
        self.charges.iter().filter(move |charge| charge.payment == Some(payment))
    }
}
