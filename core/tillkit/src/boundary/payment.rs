//! A payment and its parts, as every language shows them.

use serde::Serialize;
use tillkit_model::money::Money as Sum;
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::details::{
    Asset as ModelAsset, Condition as ModelCondition, ConditionStatus, Details as ModelDetails,
    Entry, Holder, ReceiptText as ModelText,
};
use tillkit_model::payment::event::Reason as ModelReason;
use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::summary::{Amount, Amounts as ModelAmounts, OperationSummary, Summary};
use tillkit_model::payment::timeline::Entry as Line;
use tillkit_model::payment::view::{Alarm, Outcome, Progress};

use super::failure::Failure;
use crate::till::{CancelTruth, Cancellation as Cancelled, Payments};

/// A payment as a till sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payment {
    /// Its id, which never changes.
    pub id: String,
    /// The host's name for the account.
    pub account: String,
    /// The device, where the flow has one.
    pub terminal: Option<String>,
    /// The till's own name for the sale.
    pub reference: String,
    /// Which try it is.
    pub attempt: u32,
    /// What a till reads.
    pub outcome: Outcome,
    /// What a screen shows.
    pub status: Stage,
    /// How much of what.
    pub amounts: Amounts,
    /// What a person should know.
    pub alarms: Vec<Alarm>,
    /// The approval may yet be reversed.
    pub provisional: bool,
    /// The attempt that may come next; none while this one is not known or was paid.
    pub next_attempt: Option<u32>,
    /// It existed before the call that this answers.
    pub replayed: bool,
    /// Why it is as it is, in the provider's words where there are any.
    pub reason: Option<Reason>,
    /// Everything after the start, in the order of the wishes, the cancel last.
    pub operations: Vec<Operation>,
    /// The provider's ids of it.
    pub charges: Vec<String>,
    /// The card's scheme, as the provider spells it.
    pub card_scheme: Option<String>,
    /// The card's last four digits.
    pub card_last_four: Option<String>,
    /// What else the provider showed of it.
    pub details: Option<Details>,
    /// When the till called, in milliseconds since 1970.
    pub created_at_ms: i64,
    /// When it first became settled, in milliseconds since 1970.
    pub settled_at_ms: Option<i64>,
}

/// An amount as a whole number and as text, so that no reader has to place a decimal point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Money {
    /// Whole minor units.
    pub minor: i64,
    /// The same as decimal text.
    pub text: String,
    /// The ISO 4217 code.
    pub currency: String,
}

/// The amounts of a payment, all in the currency of its sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amounts {
    /// What the till asked for.
    pub asked: Money,
    /// What was approved, tip included.
    pub authorized: Money,
    /// Of it, captured.
    pub captured: Money,
    /// Of it, the tip.
    pub tip: Money,
    /// What a capture may still take, as far as is seen; it may have lapsed.
    pub held: Money,
    /// Captured or held, and not given back.
    pub remaining: Money,
    /// On its way back.
    pub returning: Money,
    /// Given back.
    pub returned: Money,
}

/// A capture, a refund, a cancel or another operation after the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Which of them.
    pub kind: OperationKind,
    /// The till's own name for it; a cancel has none.
    pub reference: Option<String>,
    /// How much; a cancel is of everything.
    pub amount: Option<Money>,
    /// The provider's id of the charge that it is for, where one was chosen.
    pub charge: Option<String>,
    /// The provider's id of the condition that it answers.
    pub condition: Option<String>,
    /// Whether it accepts that condition.
    pub accept: Option<bool>,
    /// What became of it.
    pub progress: Progress,
}

/// Why something is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// A short machine-readable code: the provider's, or ours in kebab-case.
    pub code: String,
    /// The provider's sentence.
    pub detail: Option<String>,
    /// The provider's own id of the exchange, for a support ticket.
    pub trace: Option<String>,
}

/// What else a provider shows of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Details {
    /// The provider's second id of it, by which captures and refunds go.
    pub transaction: Option<String>,
    /// A short name that a customer can read out.
    pub short_code: Option<String>,
    /// Where the customer pays, shown as a QR code.
    pub url: Option<String>,
    /// How the card or code was read.
    pub entry: Option<Entry>,
    /// What it was paid with, in the provider's own kinds.
    pub assets: Vec<Asset>,
    /// The provider's own receipt texts.
    pub receipts: Vec<ReceiptText>,
    /// What has to be answered before the customer may pay.
    pub conditions: Vec<Condition>,
    /// The provider says that its automatic capture failed.
    pub capture_failed: bool,
    /// It ended with a part of it paid, and nothing in it tells whether that went back.
    pub part_left: bool,
    /// It holds nothing more than what was captured: the rest was let go of, or lapsed.
    pub released: bool,
}

/// How much was paid with one kind of asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asset {
    /// The provider's name of the kind.
    pub kind: String,
    /// How much, where it is shown.
    pub amount: Option<Money>,
}

/// A receipt as the provider words it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptText {
    /// For whom.
    pub holder: Holder,
    /// The text.
    pub text: String,
}

/// Something that has to be answered before the customer may pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The provider's id of it, by which it is answered.
    pub id: String,
    /// Its name, for programs.
    pub name: String,
    /// What to ask at the counter.
    pub message: String,
    /// Where it stands.
    pub status: ConditionStatus,
}

/// One thing that happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Its name, as it is stored.
    pub name: String,
    /// What happened, in one plain sentence.
    pub sentence: String,
    /// More of it, as pairs of a name and a text.
    pub details: Vec<(String, String)>,
}

/// What became of a wish to cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The one truth.
    pub truth: CancelTruth,
    /// The payment as it is now.
    pub payment: Payment,
}

/// Some payments, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Newest first.
    pub payments: Vec<Payment>,
    /// Those of the page that are stored and cannot be read: told, never left out.
    pub damaged: Vec<Failure>,
    /// What to say as `before` for the next page; none after the last.
    pub next: Option<String>,
}

pub(super) fn text(part: Option<Box<str>>) -> Option<String> {
    part.map(String::from)
}

impl From<Summary> for Payment {
    fn from(summary: Summary) -> Self {
        let Summary {
            id,
            account,
            terminal,
            reference,
            attempt,
            outcome,
            status,
            amounts,
            alarms,
            provisional,
            next_attempt,
            replayed,
            reason,
            operations,
            charges,
            card_scheme,
            card_last_four,
            details,
            created_at_ms,
            settled_at_ms,
        } = summary;
        Self {
            id: id.to_string(),
            account: account.to_string(),
            terminal: terminal.map(|terminal| terminal.to_string()),
            reference: reference.to_string(),
            attempt,
            outcome,
            status,
            amounts: amounts.into(),
            alarms: alarms.into_iter().collect(),
            provisional,
            next_attempt,
            replayed,
            reason: reason.map(Reason::from),
            operations: operations.into_iter().map(Operation::from).collect(),
            charges: charges.iter().map(ToString::to_string).collect(),
            card_scheme: text(card_scheme),
            card_last_four: text(card_last_four),
            details: details.map(|details| (*details).into()),
            created_at_ms,
            settled_at_ms,
        }
    }
}

impl From<Amount> for Money {
    fn from(amount: Amount) -> Self {
        let Amount { minor, text, currency } = amount;
        Self { minor, text: text.into(), currency: currency.into() }
    }
}

impl From<Sum> for Money {
    fn from(sum: Sum) -> Self {
        Amount::from(sum).into()
    }
}

impl From<ModelAmounts> for Amounts {
    fn from(amounts: ModelAmounts) -> Self {
        let ModelAmounts { asked, authorized, captured, tip, held, remaining, returning, returned } =
            amounts;
        Self {
            asked: asked.into(),
            authorized: authorized.into(),
            captured: captured.into(),
            tip: tip.into(),
            held: held.into(),
            remaining: remaining.into(),
            returning: returning.into(),
            returned: returned.into(),
        }
    }
}

impl From<OperationSummary> for Operation {
    fn from(operation: OperationSummary) -> Self {
        let OperationSummary { kind, reference, amount, charge, condition, accept, progress } =
            operation;
        Self {
            kind,
            reference: reference.map(|reference| reference.to_string()),
            amount: amount.map(Money::from),
            charge: charge.map(|charge| charge.to_string()),
            condition: text(condition),
            accept,
            progress,
        }
    }
}

impl From<ModelReason> for Reason {
    fn from(reason: ModelReason) -> Self {
        let ModelReason { code, detail, trace } = reason;
        Self { code: code.into(), detail: text(detail), trace: text(trace) }
    }
}

impl From<ModelDetails> for Details {
    fn from(details: ModelDetails) -> Self {
        let ModelDetails {
            transaction,
            short_code,
            url,
            entry,
            assets,
            receipts,
            conditions,
            capture_failed,
            part_left,
            released,
        } = details;
        Self {
            transaction: text(transaction),
            short_code: text(short_code),
            url: text(url),
            entry,
            assets: assets.into_iter().map(Asset::from).collect(),
            receipts: receipts.into_iter().map(ReceiptText::from).collect(),
            conditions: conditions.into_iter().map(Condition::from).collect(),
            capture_failed,
            part_left,
            released,
        }
    }
}

impl From<ModelAsset> for Asset {
    fn from(asset: ModelAsset) -> Self {
        let ModelAsset { kind, amount } = asset;
        Self { kind: kind.into(), amount: amount.map(Money::from) }
    }
}

impl From<ModelText> for ReceiptText {
    fn from(receipt: ModelText) -> Self {
        let ModelText { holder, text } = receipt;
        Self { holder, text: text.into() }
    }
}

impl From<ModelCondition> for Condition {
    fn from(condition: ModelCondition) -> Self {
        let ModelCondition { id, name, message, status } = condition;
        Self { id: id.into(), name: name.into(), message: message.into(), status }
    }
}

impl From<Line> for Event {
    fn from(line: Line) -> Self {
        let Line { at, name, sentence, details } = line;
        let details = details.into_iter().map(|(name, text)| (name.to_owned(), text));
        Self { at_ms: at.wall_ms, name: name.to_owned(), sentence, details: details.collect() }
    }
}

impl From<Cancelled> for Cancellation {
    fn from(cancelled: Cancelled) -> Self {
        let Cancelled { truth, payment } = cancelled;
        Self { truth, payment: payment.into() }
    }
}

impl From<Payments> for Page {
    fn from(page: Payments) -> Self {
        let Payments { payments: listed, next } = page;
        let (mut payments, mut damaged) = (Vec::new(), Vec::new());
        for one in listed {
            match one {
                Ok(summary) => payments.push(summary.into()),
                Err(error) => damaged.push(error.into()),
            }
        }
        Self { payments, damaged, next: next.map(|id| id.to_string()) }
    }
}
