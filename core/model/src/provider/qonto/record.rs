//! A terminal payment as Qonto writes it, wherever it writes it.
//!
//! A 202, a read and a notification share one shape; each leaves out what it does not know. Fields
//! of a later version are passed over.

use serde::Deserialize;
use serde_json::Value;

use crate::ids::{ChargeId, PaymentId, TerminalId};
use crate::money::Money;
use crate::payment::event::Reason;
use crate::payment::sighting::{Card, NotTaken, Ours, Sighting, Standing};
use crate::provider::{amount, words_of};
use crate::sale::metadata::PAYMENT_KEY;

/// A terminal payment, in a 202, a read or a notification.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    id: String,
    terminal_id: String,
    amount: Amount,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    authorized_amount: Option<Amount>,
    #[serde(default)]
    tip_amount: Option<Amount>,
    // What only decorates must never make the rest unreadable, whatever type it has one day.
    #[serde(default)]
    failure_reason: Value,
    #[serde(default)]
    payment_method: Value,
    #[serde(default)]
    card_summary: Value,
    #[serde(default)]
    metadata: Value,
}

#[derive(Debug, Deserialize)]
struct Amount {
    value: String,
    currency: String,
}

impl Amount {
    fn money(&self) -> Option<Money> {
        amount(&self.value, &self.currency)
    }
}

impl Record {
    /// Its status, where it has one that is known.
    pub(super) fn status(&self) -> Option<Status> {
        self.status.as_deref().and_then(status)
    }

    /// How it stands; none where its amounts cannot be read, or say the opposite.
    pub(super) fn standing(&self, status: Status) -> Option<Standing> {
        match status {
            Status::Pending => Some(Standing::Pending),
            Status::Authorized => self.taken(),
            Status::Refused => self.not_taken(),
        }
    }

    fn not_taken(&self) -> Option<Standing> {
        if let Some(authorized) = &self.authorized_amount
            && !authorized.money()?.is_zero()
        {
            return None;
        }
        let reason = self.failure_reason.as_str().map(|words| Reason::code(&words_of(words)));
        Some(Standing::NotTaken { how: NotTaken::Declined, reason })
    }

    /// Approved is captured: nothing later is ever shown. A tip comes on top of what was asked for.
    fn taken(&self) -> Option<Standing> {
        let tip = match &self.tip_amount {
            Some(tip) => Some(tip.money()?),
            None => None,
        };
        let authorized = match &self.authorized_amount {
            Some(authorized) => authorized.money()?,
            None => {
                let asked = self.amount.money()?;
                tip.map_or(Some(asked), |tip| asked.checked_add(tip).ok())?
            }
        };
        let captured = authorized;
        Some(Standing::Taken { authorized, captured, tip, returned: None, provisional: false })
    }

    /// The charge as `payment` sees it; none where its ids or amount cannot be read.
    pub(super) fn sighting(&self, standing: Standing, payment: PaymentId) -> Option<Sighting> {
        let ours = match self.payment() {
            Named::Nobody => Ours::Unsaid,
            Named::Payment(named) if named == payment => Ours::Yes,
            Named::Payment(_) | Named::Stranger => Ours::No,
        };
        self.charge(standing, ours)
    }

    /// The charge, whoever it belongs to.
    pub(super) fn charge(&self, standing: Standing, ours: Ours) -> Option<Sighting> {
        Some(Sighting {
            details: None,
            charge: ChargeId::parse(&self.id).ok()?,
            ours,
            asked: Some(self.amount.money()?),
            terminal: Some(TerminalId::parse(&self.terminal_id).ok()?),
            standing,
            operations: Vec::new(),
            card: self.card(),
        })
    }

    fn card(&self) -> Option<Card> {
        let is_last_four =
            |text: &&str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let card = Card {
            scheme: self.payment_method.as_str().map(|scheme| words_of(scheme).into()),
            last_four: self.card_summary.as_str().filter(is_last_four).map(Into::into),
        };
        (card != Card::default()).then_some(card)
    }

    /// Whose payment it says it is. Metadata is an object when read and text in notifications.
    pub(super) fn payment(&self) -> Named {
        let unpacked: Option<Value> =
            self.metadata.as_str().and_then(|text| serde_json::from_str(text).ok());
        match unpacked.as_ref().unwrap_or(&self.metadata).get(PAYMENT_KEY) {
            None => Named::Nobody,
            Some(id) => id
                .as_str()
                .and_then(|id| PaymentId::parse(id).ok())
                .map_or(Named::Stranger, Named::Payment),
        }
    }
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

/// How a terminal payment stands, by the word for it; in capitals when read, small in
/// notifications.
pub(super) const STATUSES: &[(&str, Status)] = &[
    ("PENDING", Status::Pending),
    ("AUTHORIZED", Status::Authorized),
    ("REFUSED", Status::Refused),
];

/// What a word for a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// On the terminal, or waiting for it, possibly for ever.
    Pending,
    /// Approved, and final.
    Authorized,
    /// Declined, and final.
    Refused,
}

/// The status that a word stands for, in any case.
pub(super) fn status(word: &str) -> Option<Status> {
    let row = STATUSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    let status = row.map(|(_, status)| *status);
    #[cfg(mutant = "qonto_new_word_taken_for_no")]
    let status = status.or(Some(Status::Refused));
    status
}
