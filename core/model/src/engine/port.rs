//! What goes into the machine and what comes out of it: plain data, matched by tokens.
//!
//! The machine never waits. It asks its store and its wire through [`Output`]s, each with a token,
//! and is told the answer through the [`Input`] with the same token; every asking is told exactly
//! once, in any order. A caller is a ticket; a ticket is answered once, or dropped.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::budget::{Draw, Drawn};
use super::store::TerminalKey;
use super::store::{Append, Failure, IdentityKey, Look, Recorded, Refusal, Stored, Surroundings};
use crate::error::Error;
use crate::ids::{AccountName, ChargeId, PaymentId, ProcessId, Reference};
use crate::money::Money;
use crate::payment::event::Word;
use crate::payment::{Driver, Payment};
use crate::provider::{Adapter, Hint};
pub use crate::sale::References;
use crate::sale::{Account, SaleRequest};
use crate::wire::{Exchange, Sending};

/// Pairs an asking with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token(pub u64);

/// One caller who waits for one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the machine is told.
#[derive(Debug)]
pub enum Input {
    /// A caller asks for something.
    Called {
        /// Who waits for the answer.
        ticket: Ticket,
        /// What is asked.
        call: Call,
    },
    /// A caller stopped waiting; nothing else changes.
    Left {
        /// Who left.
        ticket: Ticket,
    },
    /// The store answered.
    Told {
        /// Which asking.
        token: Token,
        /// What it said.
        told: Told,
    },
    /// The wire answered, or failed to.
    Exchanged {
        /// Which sending.
        token: Token,
        /// What came of it.
        exchange: Exchange,
    },
    /// Others appended to these payments.
    Changed {
        /// Which ones.
        payments: Vec<PaymentId>,
    },
    /// What proves who asks is missing for an account, or there again: until then nothing that
    /// needs a permit is asked to be sent.
    Withheld {
        /// Which account.
        account: AccountName,
        /// Whether it is missing.
        withheld: bool,
    },
    /// Time has passed; the moment comes with every input.
    Woken,
}

/// What the machine wants done.
#[derive(Debug)]
pub enum Output {
    /// Ask the store.
    Ask {
        /// Comes back with the answer.
        token: Token,
        /// What to ask.
        ask: Ask,
    },
    /// Let a request leave, if its clearance still holds at that very moment.
    Send {
        /// Comes back with the exchange.
        token: Token,
        /// Whose base address and credentials.
        account: AccountName,
        /// The request and what allows it.
        sending: Sending,
    },
    /// Answer a caller.
    Answer {
        /// Whom.
        ticket: Ticket,
        /// With what.
        reply: Box<Result<Reply, Error>>,
    },
}

/// A question to the store, or an order.
#[derive(Debug)]
pub enum Ask {
    /// Append, on conditions.
    Append(Box<Append>),
    /// Read one payment.
    Payment(PaymentId),
    /// Read what a new sale is judged against.
    Surroundings {
        /// Its identity.
        identity: IdentityKey,
        /// Its terminal.
        terminal: Option<TerminalKey>,
    },
    /// Find the payment of a charge.
    ByCharge {
        /// At which account.
        account: AccountName,
        /// Which charge.
        charge: ChargeId,
    },
    /// List an account's unsettled payments.
    Unsettled {
        /// Which account.
        account: AccountName,
    },
    /// Take out a lease.
    Lease(ProcessId),
    /// Prolong it.
    Heartbeat(Driver),
    /// Give it back.
    Release(Driver),
    /// Whether another driver's lease is over.
    IsOver(Driver),
    /// Take tokens out of a budget.
    Draw(Draw),
}

/// The store's answer to the [`Ask`] of the same name.
#[derive(Debug)]
pub enum Told {
    /// To an append.
    Append(Result<Recorded, Refusal>),
    /// To a read.
    Payment(Look<Stored>),
    /// To a question about surroundings.
    Surroundings(Result<Surroundings, Failure>),
    /// To a search by charge.
    ByCharge(Look<PaymentId>),
    /// To a list.
    Unsettled(Result<Vec<PaymentId>, Failure>),
    /// To a lease.
    Lease(Result<Driver, Failure>),
    /// To a heartbeat: false when the lease had lapsed.
    Heartbeat(Result<bool, Failure>),
    /// To a release.
    Release(Result<(), Failure>),
    /// To a question about another driver.
    IsOver(Result<bool, Failure>),
    /// To a draw.
    Draw(Result<Drawn, Failure>),
}

/// What a caller may ask.
#[derive(Debug)]
pub enum Call {
    /// Make an account known; its unsettled payments are taken up again.
    Connect(Connection),
    /// Forget an account; its payments rest until it is connected again.
    Disconnect(AccountName),
    /// Record a sale and start it; answered at the provider's first answer or after ten seconds.
    Start(Box<SaleRequest>),
    /// Start, and wait until the outcome is not open.
    Pay(Box<SaleRequest>),
    /// Wait until the outcome is not open, or so long.
    Wait {
        /// For which payment.
        payment: PaymentId,
        /// How long at the most; none waits as long as it takes.
        for_ms: Option<u64>,
    },
    /// Wish a cancel, and tell one truth within ten seconds.
    Cancel(PaymentId),
    /// Capture a held payment.
    Capture(MoneyCall),
    /// Give money back.
    Refund(MoneyCall),
    /// Accept or decline a condition of the provider's.
    Answer {
        /// Of which payment.
        payment: PaymentId,
        /// The provider's id of the condition.
        condition: String,
        /// Whether it is accepted.
        accept: bool,
    },
    /// Record a person's word.
    Resolve {
        /// On which payment.
        payment: PaymentId,
        /// What they say.
        word: Word,
        /// Why.
        reason: String,
    },
    /// Record a person's word on a capture or refund whose fate is not known.
    ResolveOperation {
        /// On which payment.
        payment: PaymentId,
        /// Which capture or refund.
        reference: Reference,
        /// Whether it took effect.
        took_effect: bool,
        /// Why they say so.
        reason: String,
    },
    /// Take in a verified hint; answered once it is durable.
    Hint {
        /// At which account it arrived.
        account: AccountName,
        /// What it tells.
        hint: Box<Hint>,
    },
    /// Sell nothing more, finish what is under way for five seconds, give the lease back.
    Close,
}

/// A capture or a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyCall {
    /// Of which payment.
    pub payment: PaymentId,
    /// The till's own name for it.
    pub reference: Reference,
    /// How much; all that is left unless said.
    pub amount: Option<Money>,
    /// Whether it is the last capture, so that what it leaves is let go of.
    pub last: bool,
}

/// An account that is connected: who, through which adapter, on which terms.
#[derive(Clone)]
pub struct Connection {
    /// Who.
    pub account: Account,
    /// The provider's translator.
    pub adapter: Arc<dyn Adapter>,
    /// The host's own terms.
    pub terms: Terms,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What a host may set for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Whether references restart with each business day.
    pub references: References,
    /// How long a repeat returns the settled payment rather than an error.
    pub replay_window_ms: u64,
    /// How many requests a minute this account may make; none is unlimited.
    pub requests_per_minute: Option<u32>,
    /// Of them, how many are kept for starts, cancels and the like.
    pub reserve_per_minute: u32,
    /// What those requests are counted by; none counts them for this account alone.
    pub purse: Option<Purse>,
}

/// What a provider counts requests by, where that is not the account: accounts of one purse spend
/// one budget. Made from a credential, which cannot be read out of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purse([u8; 32]);

impl Purse {
    /// That of these parts, which tell one credential from another.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            // Lengths keep neighbouring parts apart.
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(digest.finalize().into())
    }

    /// That of what is asked beside payments, which has a part of the budget for itself.
    #[must_use]
    pub fn beside(&self) -> Self {
        let mut digest = Sha256::new();
        digest.update(self.0);
        digest.update(b"beside");
        Self(digest.finalize().into())
    }

    /// By what a store tells it from others.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Terms {
    /// What this account's requests are counted by: its own name, unless something else is said.
    #[must_use]
    pub fn counted_by(&self, account: &AccountName) -> Purse {
        self.purse.unwrap_or_else(|| Purse::of(["account", account.as_str()]))
    }
}

impl std::fmt::Debug for Purse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Purse")
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            references: References::Unique,
            replay_window_ms: 10 * crate::time::MINUTE_MS,
            requests_per_minute: None,
            reserve_per_minute: 0,
            purse: None,
        }
    }
}

/// What a caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The account is connected or forgotten.
    Done,
    /// The payment as it is now.
    Payment {
        /// The payment.
        payment: Box<Payment>,
        /// It existed before this call.
        replayed: bool,
    },
    /// What became of a wish to cancel.
    Cancel {
        /// The one truth.
        truth: CancelTruth,
        /// The payment as it is now.
        payment: Box<Payment>,
    },
    /// The hint is durable, or told nothing new.
    HintTaken,
    /// Nothing of this engine is under way any more.
    Closed,
}

/// What became of a wish to cancel. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CancelTruth {
    /// No money was taken, because of the cancel.
    Cancelled,
    /// It is paid; a refund is another call.
    AlreadyPaid,
    /// No money was taken, for another reason.
    AlreadyNotPaid,
    /// The customer is at the reader; still open.
    TooLate,
    /// The provider cannot cancel; the wish stops replays.
    NotSupported,
    /// Not known yet; being resolved.
    Unknown,
}

impl CancelTruth {
    /// The word for it, as in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::AlreadyPaid => "already_paid",
            Self::AlreadyNotPaid => "already_not_paid",
            Self::TooLate => "too_late",
            Self::NotSupported => "not_supported",
            Self::Unknown => "unknown",
        }
    }
}
