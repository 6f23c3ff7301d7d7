//! A terminal payment as VINR writes it, in any of the spellings of its pages.
//!
//! What decides over money is read strictly: a field that is there twice or has the wrong type
//! makes the whole record unreadable. What only decorates never does.

use serde::Deserialize;
use serde_json::Value;

use super::config::{OwnId, Terms, Tips};
use crate::ids::{ChargeId, PaymentId, TerminalId};
use crate::money::{Currency, Money};
use crate::payment::details::{Details, Entry};
use crate::payment::event::Reason;
use crate::payment::sighting::{Card, NotTaken, Ours, Sighting, Standing};
use crate::provider::words_of;
use crate::sale::metadata::PAYMENT_KEY;
use crate::time::from_rfc3339;

/// A terminal payment, in an answer, a list or a notification.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    id: String,
    #[serde(default, alias = "terminal_id", alias = "terminal")]
    terminal_id: Option<String>,
    amount: i64,
    currency: String,
    status: String,
    #[serde(default, alias = "capture_method")]
    capture_method: Option<String>,
    #[serde(default, alias = "amount_captured")]
    amount_captured: Option<i64>,
    #[serde(default, alias = "amount_capturable")]
    amount_capturable: Option<i64>,
    #[serde(default)]
    tip: Option<Tip>,
    #[serde(default, alias = "tip_amount")]
    tip_amount: Option<i64>,
    #[serde(default)]
    total: Option<i64>,
    #[serde(default)]
    offline: Option<bool>,
    #[serde(default)]
    reference: Value,
    #[serde(default)]
    metadata: Value,
    #[serde(default, alias = "payment_method")]
    payment_method: Value,
    #[serde(default)]
    brand: Value,
    #[serde(default)]
    last4: Value,
    #[serde(default, alias = "decline_code")]
    decline_code: Value,
    #[serde(default)]
    failure: Value,
    #[serde(default, alias = "payment_id", alias = "payment")]
    payment_id: Value,
    #[serde(default, alias = "created_at", alias = "created")]
    created_at: Value,
}

#[derive(Debug, Deserialize)]
struct Tip {
    amount: i64,
}

/// What is known of the sale that a record may belong to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// What the till asked for.
    pub(super) asked: Option<Money>,
    /// An approval of it was seen that may end by itself: held, or made offline.
    pub(super) may_lapse: bool,
}

/// The amounts of a record, in its own currency.
struct Amounts {
    currency: Currency,
    asked: i64,
    tip: i64,
    whole: i64,
    /// Captured and capturable together, where they are shown.
    shown: i64,
    captured: Option<i64>,
}

impl Record {
    pub(super) fn id(&self) -> Option<ChargeId> {
        ChargeId::parse(&self.id).ok()
    }

    /// Its status, where its word for it is known.
    pub(super) fn status(&self) -> Option<Status> {
        status(&self.status)
    }

    /// Whose payment it says it is.
    pub(super) fn named(&self, terms: Terms) -> Named {
        let id = |value: &Value| value.as_str().and_then(|text| PaymentId::parse(text).ok());
        let noted = self.metadata.get(PAYMENT_KEY);
        if let Some(payment) = noted.and_then(id).or_else(|| id(&self.reference)) {
            return Named::Payment(payment);
        }
        let other = terms.own_id == OwnId::Reference && self.reference.is_string();
        if noted.is_some() || other { Named::Stranger } else { Named::Nobody }
    }

    /// Whether it is this payment's.
    pub(super) fn ours(&self, payment: PaymentId, terms: Terms) -> Ours {
        match self.named(terms) {
            Named::Nobody => Ours::Unsaid,
            Named::Payment(named) if named == payment => Ours::Yes,
            Named::Payment(_) | Named::Stranger => Ours::No,
        }
    }

    /// How it stands; none where its amounts cannot be read, or say the opposite.
    pub(super) fn standing(&self, status: Status, terms: Terms, known: Known) -> Option<Standing> {
        let amounts = self.amounts(terms, known)?;
        match status {
            Status::Pending => Some(Standing::Pending),
            Status::Processing => Some(Standing::Processing),
            Status::Authorized | Status::Completed => self.taken(&amounts, status, terms),
            Status::Failed | Status::Cancelled | Status::Expired => {
                let nothing = amounts.captured.unwrap_or(0) == 0;
                nothing.then(|| self.not_taken(status, known))
            }
        }
    }

    fn not_taken(&self, status: Status, known: Known) -> Standing {
        if known.may_lapse {
            return Standing::Reversed { authorized: None };
        }
        let code = self.decline_code.as_str().or_else(|| self.failure.get("code")?.as_str());
        let how = match status {
            Status::Cancelled => NotTaken::Cancelled,
            Status::Expired => NotTaken::Expired,
            _ if code.is_some() => NotTaken::Declined,
            _ => NotTaken::Failed,
        };
        Standing::NotTaken { how, reason: code.map(|code| Reason::code(&words_of(code))) }
    }

    fn taken(&self, amounts: &Amounts, status: Status, terms: Terms) -> Option<Standing> {
        let money = |minor| Money::from_minor(minor, amounts.currency).ok();
        let manual = self.is_manual();
        // A page that has tips on top may show as captured what was asked for without them.
        let short = terms.tips == Tips::OnTop && amounts.shown == amounts.asked;
        let authorized = match status {
            _ if amounts.shown == 0 || short => amounts.whole,
            // What is not captured of an approval may be released, and was approved all the same.
            Status::Completed if manual => amounts.whole.max(amounts.shown),
            _ => amounts.shown,
        };
        let captured = match (status, amounts.captured) {
            (Status::Completed, Some(captured)) if short && captured == amounts.shown => authorized,
            (_, Some(captured)) => captured,
            (Status::Completed, None) if !manual => authorized,
            (_, None) => 0,
        };
        Some(Standing::Taken {
            authorized: money(authorized.max(captured))?,
            captured: money(captured)?,
            tip: if amounts.tip > 0 { Some(money(amounts.tip)?) } else { None },
            returned: None,
            provisional: self.offline == Some(true),
        })
    }

    fn is_manual(&self) -> bool {
        self.capture_method.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("manual"))
    }

    fn amounts(&self, terms: Terms, known: Known) -> Option<Amounts> {
        let currency = Currency::parse(&self.currency.to_ascii_uppercase()).ok()?;
        let tip = match (self.tip.as_ref().map(|tip| tip.amount), self.tip_amount) {
            (Some(one), Some(other)) if one != other => return None,
            (one, other) => one.or(other).unwrap_or(0),
        };
        let with_tip = self.amount.checked_add(tip)?;
        let sale = known.asked.filter(|asked| asked.currency() == currency).map(Money::minor);
        let inside = sale.map_or(terms.tips == Tips::Included, |sale| {
            sale.checked_add(tip) == Some(self.amount)
                || sale != self.amount && terms.tips == Tips::Included
        });
        #[cfg(mutant = "vinr_tip_inside_and_on_top")]
        let inside = false & inside;
        let asked = if inside { self.amount.checked_sub(tip)? } else { self.amount };
        let whole = match self.total {
            Some(total) => total,
            None if inside || terms.tips == Tips::Included => self.amount,
            None => with_tip,
        };
        let (captured, capturable) = (self.amount_captured, self.amount_capturable.unwrap_or(0));
        let shown = captured.unwrap_or(0).checked_add(capturable)?;
        let all = [self.amount, tip, whole, asked, captured.unwrap_or(0), capturable];
        let sound = all.iter().all(|minor| *minor >= 0) && whole >= self.amount;
        sound.then_some(Amounts { currency, asked, tip, whole, shown, captured })
    }

    /// The charge as `ours` says it is; none where its ids or amounts cannot be read.
    pub(super) fn sighting(
        &self,
        standing: Standing,
        ours: Ours,
        terms: Terms,
        known: Known,
    ) -> Option<Sighting> {
        let amounts = self.amounts(terms, known)?;
        // Without the sale, nobody can tell what was asked for beside a tip.
        let tells_asked = amounts.tip == 0 || known.asked.is_some();
        let asked = Money::from_minor(amounts.asked, amounts.currency).ok()?;
        let terminal = match &self.terminal_id {
            Some(id) => Some(TerminalId::parse(id).ok()?),
            None => None,
        };
        Some(Sighting {
            charge: self.id()?,
            ours,
            asked: tells_asked.then_some(asked),
            terminal,
            standing,
            operations: Vec::new(),
            card: self.card(),
            details: self.details(),
        })
    }

    fn card(&self) -> Option<Card> {
        let is_last_four =
            |text: &&str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let inner = self.payment_method.get("card").unwrap_or(&Value::Null);
        let part = |name: &str, outer: &Value| {
            inner.get(name).or(Some(outer)).and_then(Value::as_str).map(str::to_owned)
        };
        let card = Card {
            scheme: part("brand", &self.brand).map(|scheme| words_of(&scheme).into()),
            last_four: part("last4", &self.last4).as_deref().filter(is_last_four).map(Into::into),
        };
        (card != Card::default()).then_some(card)
    }

    fn details(&self) -> Option<Box<Details>> {
        let method = &self.payment_method;
        let entry = method.get("entryMode").or_else(|| method.get("entry_mode"));
        let entry = entry.and_then(Value::as_str).and_then(entry_of);
        let transaction = self.payment_id.as_str().filter(|id| is_online(id)).map(Into::into);
        let details = Details { entry, transaction, ..Details::default() };
        (details != Details::default()).then(|| Box::new(details))
    }

    /// The till's reference, where it travels as such.
    pub(super) fn reference(&self) -> Option<Box<str>> {
        let noted = self.metadata.get(crate::sale::metadata::REFERENCE_KEY);
        noted.or(Some(&self.reference)).and_then(Value::as_str).map(|text| words_of(text).into())
    }

    /// What was asked for.
    pub(super) fn asked(&self, terms: Terms) -> Option<Money> {
        let amounts = self.amounts(terms, Known::default())?;
        Money::from_minor(amounts.asked, amounts.currency).ok()
    }

    /// When it was made, in milliseconds since 1970.
    pub(super) fn created_at_ms(&self) -> Option<i64> {
        match &self.created_at {
            Value::Number(seconds) => seconds.as_i64()?.checked_mul(1_000),
            Value::String(text) => from_rfc3339(text),
            _ => None,
        }
    }
}

/// Whether an object is a terminal payment, by its id or by the terminal that it names.
pub(super) fn is_terminal_payment(object: &Value) -> bool {
    let prefixes = ["tpy_", "tpay_"];
    let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
    let named = object.get("terminalId").or_else(|| object.get("terminal_id")).is_some();
    let acts = object.get("action").is_some();
    prefixes.iter().any(|prefix| id.starts_with(prefix)) || named && !acts
}

/// The id of an online payment, by which refunds go.
pub(super) fn is_online(id: &str) -> bool {
    id.starts_with("pay_") && ChargeId::parse(id).is_ok()
}

/// How the card was read, by VINR's word.
pub(super) const ENTRIES: &[(&str, Entry)] = &[
    ("contactless", Entry::Contactless),
    ("chip", Entry::Chip),
    ("swipe", Entry::Swipe),
    ("manual_key", Entry::Manual),
];

fn entry_of(word: &str) -> Option<Entry> {
    ENTRIES.iter().find(|(name, _)| *name == word).map(|(_, entry)| *entry)
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

/// How a terminal payment stands, by the word for it.
pub(super) const STATUSES: &[(&str, Status)] = &[
    ("created", Status::Pending),
    ("pending", Status::Pending),
    ("processing", Status::Processing),
    ("authorized", Status::Authorized),
    ("completed", Status::Completed),
    ("failed", Status::Failed),
    ("cancelled", Status::Cancelled),
    ("canceled", Status::Cancelled),
    ("expired", Status::Expired),
];

/// What a word for a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// On its way to the terminal, or waiting there.
    Pending,
    /// A card is at the reader.
    Processing,
    /// Approved and held.
    Authorized,
    /// Captured; or, with manual capture, authorized.
    Completed,
    /// Declined, or broken.
    Failed,
    /// Cancelled; on one page also what ran out of time.
    Cancelled,
    /// Nobody paid in time, or an approval lapsed.
    Expired,
}

/// The status that a word stands for, in any case.
pub(super) fn status(word: &str) -> Option<Status> {
    let row = STATUSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, status)| *status)
}
