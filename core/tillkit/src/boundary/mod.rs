//! What crosses a language border: the only records that do, and their conversion.
//!
//! Everything here is plain and owned: texts, whole numbers, truths, lists, and closed sets of
//! names ([`Named`]). No type of the engine, no generics, no lifetimes. A record is converted once,
//! here, and destructured in full on the way, so that a new field does not compile until it has a
//! place; a carrier destructures it in full once more, so that it does not compile until every
//! language has it.
//!
//! [`Till`] is the public face in these words: ids and references are texts, and whatever is wrong
//! with them is a [`Failure`] with field, rule and way out. A carrier calls it, and decides
//! nothing: same inputs, same outcome, same error, in every language. Its futures need no runtime
//! and may be dropped at any time. [`guarded`] and [`Guarded`] turn a panic into one internal
//! failure.
//!
//! As JSON payments, operations and failures have the names of the core's own, with every field
//! there.

mod account;
mod desk;
mod errands;
mod failure;
mod following;
mod guard;
mod named;
mod paper;
mod payment;
mod sale;
mod standing;
mod till;

#[cfg(test)]
mod tests;

pub use account::{
    AccountOptions, Centrapay, Dintero, ProviderSettings, Qonto, Vinr, setting_names,
};
pub use desk::{
    Capabilities, Consent, Recovered, Store, Subscription, Terminal, TerminalOperation,
    WebhookAnswer,
};
pub use failure::{Answer, Failure, ProviderWords, amount_not_text, example, unread};
pub use following::News;
pub use guard::{Guarded, guarded};
pub use named::{Named, named, named_sets};
pub use paper::{
    Difference, Layout, Paper, Receipt, ReceiptItem, Reconciliation, Report, ReportRow,
    ReportTotal, Theirs, Unreadable,
};
pub use payment::{
    Amounts, Asset, Cancellation, Condition, Details, Event, Money, Operation, Page, Payment,
    Reason, ReceiptText,
};
pub use sale::{Item, Portion, Sale};
pub use standing::{AccountHealth, Health, MissingRight, Standing};
pub use till::{OpenOptions, PaymentQuery, Till, WebhookDelivery};

pub use crate::journal::{Forking, before_fork};
pub use crate::report::Agreement;
pub use crate::webhook::Heard;
pub use tillkit_model::engine::Role;
pub use tillkit_model::engine::port::CancelTruth;
pub use tillkit_model::error::{Cashier, Charged, Class, Code, Retry};
pub use tillkit_model::payment::OperationKind;
pub use tillkit_model::payment::details::{ConditionStatus, Entry, Holder};
pub use tillkit_model::payment::event::Word;
pub use tillkit_model::payment::stage::Stage;
pub use tillkit_model::payment::view::{Alarm, Outcome, Progress};
pub use tillkit_model::provider::Readiness;
pub use tillkit_model::sale::{Capture, Presence};
