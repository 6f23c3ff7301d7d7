//! A transaction as Dintero writes it, wherever it writes it.
//!
//! A read, a list, an answer and a webhook share one shape; each leaves out what it does not know.

use serde::Deserialize;
use serde_json::Value;

use super::event::{Deed, Events};
use crate::ids::{ChargeId, PaymentId, TerminalId};
use crate::money::{Currency, Money};
use crate::payment::details::{Details, Entry, Holder, ReceiptText};
use crate::payment::sighting::{Card, NotTaken, Ours, SeenOperation, Sighting, Standing};
use crate::payment::{OperationKind, Payment};
use crate::provider::words_of;

/// A transaction.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Transaction {
    id: String,
    session_id: String,
    status: String,
    amount: i64,
    currency: String,
    // What only decorates must never make the rest unreadable, whatever type it has one day.
    #[serde(default)]
    merchant_reference: Value,
    #[serde(default)]
    merchant_reference_2: Value,
    #[serde(default)]
    store: Value,
    #[serde(default)]
    card: Value,
    #[serde(default)]
    events: Value,
    #[serde(default)]
    created_at: Value,
}

/// What a word for a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Begun, held back for a look by people, or not known even there.
    Undecided,
    /// Approved; nothing captured.
    Authorized,
    /// Part of it captured, perhaps part of that given back.
    PartlyCaptured,
    /// All of it captured, perhaps part of it given back.
    Captured,
    /// All that was captured was given back.
    Refunded,
    /// The approval was undone, or there never was one.
    Voided,
    /// The card or its holder said no.
    Declined,
    /// Something broke before money moved.
    Failed,
}

/// Every word; the prose has another for the first than the list.
pub(super) const STATUSES: &[(&str, Status)] = &[
    ("INITIATED", Status::Undecided),
    ("INITIALIZED", Status::Undecided),
    ("ON_HOLD", Status::Undecided),
    ("UNKNOWN", Status::Undecided),
    ("AUTHORIZED", Status::Authorized),
    ("AUTHORIZATION_VOIDED", Status::Voided),
    ("PARTIALLY_CAPTURED", Status::PartlyCaptured),
    ("PARTIALLY_CAPTURED_REFUNDED", Status::PartlyCaptured),
    ("CAPTURED", Status::Captured),
    ("PARTIALLY_REFUNDED", Status::Captured),
    ("REFUNDED", Status::Refunded),
    ("DECLINED", Status::Declined),
    ("FAILED", Status::Failed),
];

/// The status that a word stands for, in any case.
pub(super) fn status(word: &str) -> Option<Status> {
    let row = STATUSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, status)| *status)
}

impl Transaction {
    /// The session that it came of.
    pub(super) fn session(&self) -> Option<ChargeId> {
        ChargeId::parse(&self.session_id).ok()
    }

    /// Whose payment it says it is.
    pub(super) fn payment(&self) -> Named {
        named(&self.merchant_reference)
    }

    /// The till's own name for the sale, where it says.
    pub(super) fn till_reference(&self) -> Option<&str> {
        self.merchant_reference_2.as_str()
    }

    /// When it was made, as it is written.
    pub(super) fn created_at(&self) -> Option<&str> {
        self.created_at.as_str()
    }

    /// The amount that it is about.
    pub(super) fn amount(&self) -> Option<Money> {
        self.money(self.amount)
    }

    /// How it stands; none where its status is not known or its amounts cannot be read.
    pub(super) fn standing(&self, asked: Option<Money>) -> Option<Standing> {
        let events = Events::read(&self.events);
        let taken = |captured: Money, returned: Option<Money>| {
            Some(Standing::Taken {
                authorized: self.amount()?,
                captured,
                tip: self.tip(&events, asked),
                returned,
                provisional: false,
            })
        };
        let not_taken = |how| Some(Standing::NotTaken { how, reason: events.failure() });
        match status(&self.status)? {
            Status::Undecided => Some(Standing::Pending),
            Status::Authorized => {
                taken(self.summed(&events, Deed::Capture)?, self.returned(&events))
            }
            Status::PartlyCaptured => {
                let captured = self.summed(&events, Deed::Capture)?;
                // Something was, so an event that says nothing of it makes the rest unreadable.
                (!captured.is_zero()).then_some(())?;
                taken(captured, self.returned(&events))
            }
            Status::Captured => taken(self.amount()?, self.returned(&events)),
            Status::Refunded => {
                let summed = self.summed(&events, Deed::Capture);
                let captured = summed.filter(|sum| !sum.is_zero()).or(self.amount())?;
                taken(captured, Some(captured))
            }
            Status::Voided => {
                let approved = events.succeeded(Deed::Authorize);
                Some(Standing::Reversed { authorized: self.amount().filter(|_| approved) })
            }
            Status::Declined => not_taken(NotTaken::Declined),
            Status::Failed => not_taken(NotTaken::Failed),
        }
    }

    /// How it stands as a notification may say it, which does not know what was asked for: taken
    /// only where the events are shown, our references among them, and no tip is in the amount.
    pub(super) fn told_standing(&self) -> Option<Standing> {
        let standing = self.standing(None)?;
        if !matches!(standing, Standing::Taken { .. }) {
            return Some(standing);
        }
        let events = Events::read(&self.events);
        let base = events.said(BASE)?;
        let amount = self.amount()?;
        let whole = base == amount.minor().to_string() || base == amount.text();
        whole.then_some(standing)
    }

    /// The charge as `payment` sees it; none where its ids cannot be read.
    pub(super) fn sighting(&self, payment: &Payment) -> Option<Sighting> {
        let ours = match self.payment() {
            Named::Nobody => Ours::Unsaid,
            Named::Payment(named) if named == payment.id => Ours::Yes,
            Named::Payment(_) | Named::Stranger => Ours::No,
        };
        let standing = self.standing(Some(payment.sale.amount))?;
        let mut sighting = self.charge(standing, ours)?;
        sighting.operations.extend(self.undone_whole(payment));
        Some(sighting)
    }

    /// The charge, whoever it belongs to.
    pub(super) fn charge(&self, standing: Standing, ours: Ours) -> Option<Sighting> {
        let events = Events::read(&self.events);
        let operations = Currency::parse(&self.currency).ok().map(|known| events.operations(known));
        Some(Sighting {
            charge: self.session()?,
            ours,
            asked: None,
            terminal: terminal(&self.store),
            standing,
            operations: operations.unwrap_or_default(),
            card: self.card(),
            details: Some(Box::new(self.details(&events))),
        })
    }

    /// A refund of all that was approved goes as a void while nothing is captured; once the
    /// approval is undone, that refund has had its effect.
    fn undone_whole(&self, payment: &Payment) -> Vec<SeenOperation> {
        if status(&self.status) != Some(Status::Voided) {
            return Vec::new();
        }
        let whole = payment.operations.iter().filter(|operation| {
            operation.kind == OperationKind::Refund && operation.amount == self.amount()
        });
        let seen = whole.filter_map(|operation| {
            let reference = operation.reference.clone()?;
            Some(SeenOperation { reference, amount: operation.amount, took_effect: Some(true) })
        });
        seen.collect()
    }

    fn money(&self, minor: i64) -> Option<Money> {
        Money::from_minor(minor, Currency::parse(&self.currency).ok()?).ok()
    }

    fn summed(&self, events: &Events, deed: Deed) -> Option<Money> {
        self.money(events.sum(deed)?)
    }

    fn returned(&self, events: &Events) -> Option<Money> {
        self.summed(events, Deed::Refund).filter(|returned| !returned.is_zero())
    }

    /// What is above the amount of the sale, where the terminal says that this was its base.
    fn tip(&self, events: &Events, asked: Option<Money>) -> Option<Money> {
        let (asked, base) = (asked?, events.said(BASE)?);
        let same = base == asked.minor().to_string() || base == asked.text();
        let tip = self.amount()?.checked_sub(asked).ok()?;
        (same && !tip.is_zero()).then_some(tip)
    }

    fn card(&self) -> Option<Card> {
        let text = |name: &str| self.card.get(name).and_then(Value::as_str);
        let last_four = |masked: &str| {
            let digits: String = masked.chars().rev().take_while(char::is_ascii_digit).collect();
            let last: String = digits.chars().take(4).collect();
            (last.len() == 4).then(|| last.chars().rev().collect::<String>().into())
        };
        let card = Card {
            scheme: text("brand").map(|brand| words_of(brand).into()),
            last_four: text("masked_pan").and_then(last_four),
        };
        (card != Card::default()).then_some(card)
    }

    fn details(&self, events: &Events) -> Details {
        let word = self.card.get("entry_method").and_then(Value::as_str);
        let receipts = RECEIPTS.iter().filter_map(|(holder, name, rest)| {
            let mut text = events.said(name)?.to_owned();
            text.push_str(events.said(rest).unwrap_or_default());
            let text = text.chars().take(RECEIPT_MAX).collect::<String>().into();
            Some(ReceiptText { holder: *holder, text })
        });
        Details {
            transaction: Some(self.id.as_str().into()),
            entry: word.and_then(entry),
            receipts: receipts.collect(),
            capture_failed: events.capture_failed(),
            ..Details::default()
        }
    }
}

/// How a card was read, by Dintero's word for it.
pub(super) const ENTRIES: &[(&str, Entry)] =
    &[("chip", Entry::Chip), ("contactless", Entry::Contactless), ("magstripe", Entry::Swipe)];

fn entry(word: &str) -> Option<Entry> {
    let row = ENTRIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, entry)| *entry)
}

/// What the terminal asked for, before any tip.
const BASE: &str = "seitatech:saleAmount";

/// Receipts come in two parts, in the order in which receipts are kept.
const RECEIPTS: [(Holder, &str, &str); 2] = [
    (Holder::Customer, "seitatech:customerReceipt", "seitatech:customerReceiptPart2"),
    (Holder::Merchant, "seitatech:merchantReceipt", "seitatech:merchantReceiptPart2"),
];
/// The most characters of a receipt that are kept.
const RECEIPT_MAX: usize = 4_000;

/// The transaction that a charge is known to have.
pub(super) fn transaction_of<'a>(payment: &'a Payment, charge: &ChargeId) -> Option<&'a str> {
    payment.charges.get(charge)?.details.as_ref()?.transaction.as_deref()
}

/// The terminal that a store names.
pub(super) fn terminal(store: &Value) -> Option<TerminalId> {
    TerminalId::parse(store.get("terminal_id")?.as_str()?).ok()
}

/// Whose payment a record says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// It does not say.
    Nobody,
    /// A payment of Tillkit's.
    Payment(PaymentId),
    /// Something that no payment of Tillkit's is called.
    Stranger,
}

/// Whose payment a reference names.
pub(super) fn named(reference: &Value) -> Named {
    if reference.is_null() {
        return Named::Nobody;
    }
    let id = reference.as_str().and_then(|id| PaymentId::parse(id).ok());
    id.map_or(Named::Stranger, Named::Payment)
}
