//! The desk: everything at a provider that is not a payment.
//!
//! Terminals, subscriptions, lists to compare with, probes of rights, keys of signatures, the end
//! of a terminal's day. None of it may move money, so none of it needs a permit; and none of it is
//! recorded, so its requests may hold secrets. Pure translation, like an adapter.

use super::{Delivery, Fault, Notice, Refused, Secret, Trust};
use crate::error::{Code, Error};
use crate::ids::{ChargeId, PaymentId};
use crate::money::Money;
use crate::payment::sighting::Standing;
use crate::time::Moment;
use crate::wire::{Exchange, Request};

/// One provider's desk, for one merchant's settings.
pub trait Desk: Send + Sync {
    /// Checks what only this provider's rules can tell of an errand, before anything is sent.
    ///
    /// # Errors
    /// The first rule that the errand breaks.
    fn check(&self, _: &Errand) -> Result<(), Fault> {
        Ok(())
    }

    /// The request of an errand; none where this provider has no such thing.
    fn request(&self, errand: &Errand) -> Option<DeskRequest>;

    /// What the errand came to.
    ///
    /// # Errors
    /// What the provider refused, in its own words; or that its answer cannot be read.
    fn answer(&self, errand: &Errand, exchange: &Exchange) -> Result<Finding, Error>;

    /// What to ask when an account is connected, so that a missing right is named before it costs
    /// a sale.
    fn probes(&self) -> Vec<Errand>;

    /// Checks a notification against its exact bytes and translates it.
    ///
    /// # Errors
    /// Why it is refused.
    fn notified(
        &self,
        delivery: &Delivery<'_>,
        trust: &Trust<'_>,
        now: &Moment,
    ) -> Result<Notice, Refused>;

    /// Translates an event of a terminal's own stream: nobody signed it, so whatever it says is
    /// looked at and never believed.
    ///
    /// # Errors
    /// That there is no such stream, or that the event cannot be read.
    fn streamed(&self, _: &[u8]) -> Result<Notice, Refused> {
        Err(Refused::Malformed { why: "this account has no terminal that streams events" })
    }
}

/// Something that is asked of a provider beside payments. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Lists the merchant's terminals.
    Terminals {
        /// Where to go on.
        cursor: Option<String>,
    },
    /// Reads one terminal.
    Terminal {
        /// Which one.
        id: String,
    },
    /// Registers a terminal.
    RegisterTerminal {
        /// The number on the device, or the code that it shows.
        serial: String,
        /// Where it stands.
        store: Option<String>,
        /// Which make.
        model: Option<String>,
    },
    /// Registers a store.
    RegisterStore {
        /// The merchant's own id for it.
        id: String,
        /// What people call it.
        name: String,
        /// The merchant's number in the public register, where that is asked for.
        organization: Option<String>,
    },
    /// Lists the merchant's stores or locations.
    Stores {
        /// Where to go on.
        cursor: Option<String>,
    },
    /// Asks to be notified at an address.
    Subscribe {
        /// The address.
        url: String,
        /// Of what; empty means of everything that a till needs.
        events: Vec<String>,
    },
    /// Lists who is notified.
    Subscriptions {
        /// Where to go on.
        cursor: Option<String>,
    },
    /// Ends a subscription.
    Unsubscribe {
        /// Which one.
        id: String,
    },
    /// Asks for the secret by which callbacks are signed.
    CallbackSecret,
    /// Lists payments of a period, to be compared with ours.
    Payments {
        /// From when on.
        from: Moment,
        /// Until when.
        to: Moment,
        /// Where to go on.
        cursor: Option<String>,
    },
    /// Lists what was or should have been notified, since a moment.
    Events {
        /// Since when.
        since: Moment,
        /// Where to go on.
        cursor: Option<String>,
    },
    /// Tells a terminal to do something, such as ending its day; the same key never acts twice.
    TerminalOperation {
        /// Which terminal.
        terminal: String,
        /// What, as the provider names it: `end_of_day`.
        operation: String,
        /// Our key of it.
        key: String,
    },
    /// Reads what became of one.
    TerminalOperationRead {
        /// Which terminal.
        terminal: String,
        /// The provider's id of it.
        id: String,
    },
    /// Whether money can be paid out to where the settings say.
    PayoutDestination,
    /// Whether the payment profile is one for terminals.
    Profile,
    /// Whether payments can be looked for by our reference.
    LookUpRight,
    /// The keys by which notifications are signed.
    Keys,
}

/// A request of the desk: the request itself, where it goes and what of it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskRequest {
    /// One of the provider's named hosts; none is where payments go.
    pub host: Option<&'static str>,
    /// The request, without what is secret.
    pub request: Request,
    /// Headers of it that are secret, instead of the account's own.
    pub secret_headers: Option<Vec<(&'static str, Secret)>>,
    /// Its body, where that is secret.
    pub secret_body: Option<Secret>,
}

impl DeskRequest {
    /// A request to where payments go, with the account's credentials.
    #[must_use]
    pub const fn of(request: Request) -> Self {
        Self { host: None, request, secret_headers: None, secret_body: None }
    }

    /// The same at another of the provider's hosts.
    #[must_use]
    pub const fn at(host: &'static str, request: Request) -> Self {
        Self { host: Some(host), request, secret_headers: None, secret_body: None }
    }
}

/// What an errand came to. Closed: one for each kind of errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Terminals.
    Terminals(Page<Terminal>),
    /// Stores or locations.
    Stores(Page<Store>),
    /// Subscriptions; one that was just made may carry its secret.
    Subscriptions(Page<Subscription>),
    /// Payments of a period.
    Payments(Page<Listed>),
    /// What was or should have been notified.
    Events(Page<Notice>),
    /// A secret, to be kept by the host.
    Secret(Secret),
    /// What became of an operation of a terminal.
    TerminalOperation(TerminalOperation),
    /// Whether a right is there; where it is not, which one.
    Right(Result<(), Box<str>>),
    /// The keys of signatures.
    Keys(SigningKeys),
    /// It is done.
    Done,
}

/// Part of a list, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to say as cursor for the next page; none after the last.
    pub next: Option<String>,
}

/// A device that takes cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// The provider's id of it, which a sale names.
    pub id: Box<str>,
    /// What people call it, or its serial number.
    pub name: Option<Box<str>>,
    /// Its serial number.
    pub serial: Option<Box<str>>,
    /// Where it stands.
    pub store: Option<Box<str>>,
    /// Whether it can take a sale, as far as the provider tells.
    pub readiness: Readiness,
    /// The provider's own word for that.
    pub status: Option<Box<str>>,
}

/// Whether a terminal can take a sale. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// The provider says so.
    Ready,
    /// The provider says not.
    NotReady,
    /// The provider does not tell.
    Unsaid,
}

/// A store or location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The id that settings and terminals name.
    pub id: Box<str>,
    /// What people call it.
    pub name: Option<Box<str>>,
}

/// Who is notified of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The provider's id of it.
    pub id: Box<str>,
    /// Where notifications go.
    pub url: Option<Box<str>>,
    /// Of what.
    pub events: Vec<Box<str>>,
    /// The secret by which they are signed; told once, when it is made.
    pub secret: Option<Secret>,
}

/// A payment as a provider's own list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The provider's id of it.
    pub charge: ChargeId,
    /// Our payment id, where it carries one.
    pub payment: Option<PaymentId>,
    /// The till's reference, where it carries one.
    pub reference: Option<Box<str>>,
    /// What was asked for.
    pub asked: Option<Money>,
    /// How it stands; none where the list's word for it is not known.
    pub standing: Option<Standing>,
    /// When it was made, in milliseconds since 1970, where that is shown.
    pub created_at_ms: Option<i64>,
}

/// What became of an operation of a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalOperation {
    /// The provider's id of it.
    pub id: Box<str>,
    /// Whether it is over, and how; none while it runs.
    pub succeeded: Option<bool>,
    /// The provider's own words for it.
    pub status: Box<str>,
}

/// The public keys by which notifications are signed, as the provider publishes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeys {
    /// Each key's id, and its bytes: an uncompressed point of P-256.
    pub keys: Vec<(Box<str>, Box<[u8]>)>,
    /// How long they may be kept.
    pub life_ms: u64,
}

/// The desk of a provider that offers payments and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedDesk;

impl Desk for ClosedDesk {
    fn request(&self, _: &Errand) -> Option<DeskRequest> {
        None
    }

    fn answer(&self, _: &Errand, _: &Exchange) -> Result<Finding, Error> {
        Err(Error::new(Code::Unsupported))
    }

    fn probes(&self) -> Vec<Errand> {
        Vec::new()
    }

    fn notified(&self, _: &Delivery<'_>, _: &Trust<'_>, _: &Moment) -> Result<Notice, Refused> {
        Err(Refused::BadSignature)
    }
}
