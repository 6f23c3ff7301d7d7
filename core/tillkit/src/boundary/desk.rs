//! What is asked of a provider beside payments, and what is answered to its notifications.

use serde::Serialize;
use tillkit_model::provider::{
    Readiness, Store as ModelStore, Subscription as ModelSubscription, Terminal as ModelTerminal,
    TerminalOperation as ModelOperation,
};
use tillkit_model::sale::{Beside, Capabilities as ModelCapabilities, Presence};

use super::failure::Failure;
use super::named::Named;
use super::payment::text;
use crate::till::{
    Consent as TillConsent, Recovered as TillRecovered, WebhookAnswer as TillAnswer,
};
use crate::webhook::Heard;

/// A device that takes cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terminal {
    /// The provider's id of it, which a sale names.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Where it stands.
    pub store: Option<String>,
    /// Whether it can take a sale, as far as the provider tells: `yes`, `no` or `unsaid`.
    #[serde(serialize_with = "as_word")]
    pub ready: Readiness,
    /// The provider's own word for that.
    pub status: Option<String>,
}

/// A store or location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Store {
    /// The id that settings and terminals name.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
}

/// Who is notified of what.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The provider's id of it.
    pub id: String,
    /// Where notifications go.
    pub url: Option<String>,
    /// Of what.
    pub events: Vec<String>,
    /// The secret by which they are signed; told once, when it is made.
    pub secret: Option<String>,
}

/// What became of an operation of a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TerminalOperation {
    /// The provider's id of it.
    pub id: String,
    /// Whether it is over, and how; none while it runs.
    pub succeeded: Option<bool>,
    /// The provider's own words for it.
    pub status: String,
}

/// A consent that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Where to send the merchant.
    pub url: String,
    /// What has to come back with the code, unchanged.
    pub state: String,
    /// Where the merchant comes back to.
    pub redirect_uri: String,
}

/// What was made up for from a provider's list of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// How many notifications it showed.
    pub listed: u32,
    /// How many of them had not been heard before, and are about a payment.
    pub missed: u32,
    /// How many of them are about a payment whose record cannot be read.
    pub unheard: u32,
}

/// What to answer to a notification, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body, as plain text.
    pub body: String,
    /// What became of it, where it was believed; for the host, and no part of the answer.
    pub heard: Option<Heard>,
    /// Why it was refused, likewise.
    pub error: Option<Failure>,
}

/// What an account's provider can do, and within which limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether a sale names a terminal.
    pub terminal: Presence,
    /// The currencies that it takes; empty means any.
    pub currencies: Vec<String>,
    /// The least amount, in minor units of each listed currency.
    pub amount_min_minor: Option<i64>,
    /// The most, likewise.
    pub amount_max_minor: Option<i64>,
    /// How many bytes of metadata; none where it takes none.
    pub metadata_bytes_max: Option<u64>,
    /// A sale may be approved now and captured later.
    pub manual_capture: bool,
    /// Less than the amount may be paid.
    pub part_payment: bool,
    /// An undecided payment can be cancelled.
    pub cancel: bool,
    /// What is held can be let go by a cancel.
    pub release: bool,
    /// Money can be given back.
    pub refund: bool,
    /// Less than what was approved may be captured.
    pub partial_capture: bool,
    /// Less than what was captured may be given back.
    pub partial_refund: bool,
    /// A sale may list its items.
    pub items: bool,
    /// A customer may be elsewhere.
    pub customer_absent: bool,
    /// The till may scan a customer's code.
    pub scanned_code: bool,
    /// There may be conditions that the till has to answer.
    pub conditions: bool,
    /// Its terminals can be listed.
    pub terminals: bool,
    /// It notifies of what happens to payments.
    pub notifications: bool,
    /// Notifications can be subscribed to through its API.
    pub subscriptions: bool,
    /// It lists payments of a period, to be compared with ours.
    pub reconcile: bool,
    /// Terminals can be told to end their day.
    pub end_of_day: bool,
    /// It lists what it notified.
    pub recover_hints: bool,
}

impl WebhookAnswer {
    /// Where nobody could look at it: the provider tries again.
    pub(super) fn unheard(failure: Box<Failure>) -> Self {
        let body = "try again later".to_owned();
        Self { status: 503, body, heard: None, error: Some(*failure) }
    }
}

pub(super) fn as_word<T: Named, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.word())
}

impl From<ModelTerminal> for Terminal {
    fn from(terminal: ModelTerminal) -> Self {
        let ModelTerminal { id, name, serial, store, readiness, status } = terminal;
        Self {
            id: id.into(),
            name: text(name),
            serial: text(serial),
            store: text(store),
            ready: readiness,
            status: text(status),
        }
    }
}

impl From<ModelStore> for Store {
    fn from(store: ModelStore) -> Self {
        let ModelStore { id, name } = store;
        Self { id: id.into(), name: text(name) }
    }
}

impl From<ModelSubscription> for Subscription {
    fn from(subscription: ModelSubscription) -> Self {
        let ModelSubscription { id, url, events, secret } = subscription;
        Self {
            id: id.into(),
            url: text(url),
            events: events.into_iter().map(String::from).collect(),
            secret: secret.map(|secret| secret.expose().to_owned()),
        }
    }
}

impl std::fmt::Debug for Subscription {
    /// Without its secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, url, events, secret: _ } = self;
        f.debug_struct("Subscription")
            .field("id", id)
            .field("url", url)
            .field("events", events)
            .finish_non_exhaustive()
    }
}

impl From<ModelOperation> for TerminalOperation {
    fn from(operation: ModelOperation) -> Self {
        let ModelOperation { id, succeeded, status } = operation;
        Self { id: id.into(), succeeded, status: status.into() }
    }
}

impl From<TillConsent> for Consent {
    fn from(consent: TillConsent) -> Self {
        let TillConsent { url, state, redirect_uri } = consent;
        Self { url, state, redirect_uri }
    }
}

impl From<Consent> for TillConsent {
    fn from(consent: Consent) -> Self {
        let Consent { url, state, redirect_uri } = consent;
        Self { url, state, redirect_uri }
    }
}

impl From<TillRecovered> for Recovered {
    fn from(recovered: TillRecovered) -> Self {
        let TillRecovered { listed, missed, unheard } = recovered;
        Self { listed, missed, unheard }
    }
}

impl From<TillAnswer> for WebhookAnswer {
    fn from(answer: TillAnswer) -> Self {
        let TillAnswer { status, body, heard } = answer;
        let (heard, error) = match heard {
            Ok(heard) => (Some(heard), None),
            Err(error) => (None, Some(error.into())),
        };
        Self { status, body: body.to_owned(), heard, error }
    }
}

impl From<ModelCapabilities> for Capabilities {
    fn from(capabilities: ModelCapabilities) -> Self {
        let ModelCapabilities {
            terminal,
            currencies,
            amount_min_minor,
            amount_max_minor,
            metadata_bytes_max,
            manual_capture,
            part_payment,
            cancel,
            release,
            refund,
            partial_capture,
            partial_refund,
            items,
            customer_absent,
            scanned_code,
            conditions,
            beside,
        } = capabilities;
        let Beside {
            terminals,
            notifications,
            subscriptions,
            reconcile,
            end_of_day,
            recover_hints,
        } = beside;
        Self {
            terminal,
            currencies: currencies.iter().map(|code| (*code).to_owned()).collect(),
            amount_min_minor,
            amount_max_minor,
            metadata_bytes_max: metadata_bytes_max
                .map(|max| u64::try_from(max).unwrap_or(u64::MAX)),
            manual_capture,
            part_payment,
            cancel,
            release,
            refund,
            partial_capture,
            partial_refund,
            items,
            customer_absent,
            scanned_code,
            conditions,
            terminals,
            notifications,
            subscriptions,
            reconcile,
            end_of_day,
            recover_hints,
        }
    }
}
