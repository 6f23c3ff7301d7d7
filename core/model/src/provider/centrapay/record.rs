//! A payment request as Centrapay writes it: when created, read or listed.
//!
//! Lists abridge it, so almost everything may be missing; fields of a later version are passed
//! over. What only decorates must never make the rest unreadable, whatever type it has one day.

use serde::Deserialize;
use serde_json::Value;

use crate::ids::{ChargeId, PaymentId, TerminalId};
use crate::money::{Currency, Money};
use crate::payment::Payment;
use crate::payment::details::{Asset, Condition, ConditionStatus, Details, Entry};
use crate::payment::event::Reason;
use crate::payment::sighting::{Card, Charge, NotTaken, Ours, Sighting, Standing};
use crate::provider::words_of;
use crate::sale::{Environment, Sale};

/// A payment request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) status: String,
    value: Monetary,
    #[serde(default)]
    external_ref: Value,
    #[serde(default)]
    liveness: Value,
    #[serde(default)]
    remaining_amount: Value,
    #[serde(default)]
    pre_auth: Value,
    #[serde(default)]
    pre_auth_status: Value,
    #[serde(default)]
    cancellation_reason: Value,
    #[serde(default)]
    paid_by: Value,
    #[serde(default)]
    terminal_id: Value,
    #[serde(default)]
    url: Value,
    #[serde(default)]
    short_code: Value,
    #[serde(default)]
    merchant_conditions: Value,
}

/// An amount in minor units: as text, or in some examples as a number.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Monetary {
    amount: Value,
    currency: String,
}

impl Monetary {
    /// The amount; none where it is no whole number of minor units.
    pub(super) fn money(&self) -> Option<Money> {
        money(&self.amount, Currency::parse(&self.currency).ok()?)
    }
}

/// Minor units as text or as a number; never a fraction.
pub(super) fn money(amount: &Value, currency: Currency) -> Option<Money> {
    let minor = match amount {
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok()?
        }
        Value::Number(number) => number.as_i64()?,
        _ => return None,
    };
    Money::from_minor(minor, currency).ok()
}

/// How a payment request stands, by the word for it.
pub(super) const STATUSES: &[(&str, Status)] = &[
    ("new", Status::New),
    ("paid", Status::Paid),
    ("cancelled", Status::Cancelled),
    ("expired", Status::Expired),
];

/// What a word for a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It may be paid.
    New,
    /// It was paid, whole or in part; a pre-authorization was approved.
    Paid,
    /// It was cancelled before or voided after it was paid.
    Cancelled,
    /// Nobody paid in time.
    Expired,
}

/// The status that a word stands for, in any case.
pub(super) fn status(word: &str) -> Option<Status> {
    let row = STATUSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, status)| *status)
}

/// Why a request was cancelled, by Centrapay's word for it. The list may grow: another word is a
/// cancellation all the same.
pub(super) const CANCELLATIONS: &[(&str, NotTaken)] = &[
    ("CANCELLED_BY_MERCHANT", NotTaken::Cancelled),
    ("CANCELLED_BY_PATRON", NotTaken::Cancelled),
    ("PATRON_CODE_INVALID", NotTaken::Failed),
    ("PATRON_CODE_EXPIRED", NotTaken::Failed),
    ("PAYMENT_FAILED", NotTaken::Failed),
    ("DECLINED_BY_PATRON", NotTaken::Declined),
    ("DECLINED_BY_MERCHANT", NotTaken::Declined),
    ("PAYMENT_DECLINED", NotTaken::Declined),
    ("PAYMENT_REQUEST_EXPIRED", NotTaken::Expired),
    ("NO_AVAILABLE_PAYMENT_OPTIONS", NotTaken::Failed),
    ("INACTIVE_ASSET", NotTaken::Declined),
];

/// A cancellation without money, for the reason that is given.
pub(super) fn cancelled(reason: &Value) -> Standing {
    let word = reason.as_str();
    let row = CANCELLATIONS.iter().find(|(name, _)| Some(*name) == word);
    Standing::NotTaken {
        how: row.map_or(NotTaken::Cancelled, |(_, how)| *how),
        reason: word.map(|word| Reason::code(&words_of(word))),
    }
}

/// Where a pre-authorization stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PreAuth {
    /// It is none.
    None,
    /// Approved, and drawn on by confirmations alone.
    Authorized,
    /// Given up; only the activities tell what was drawn before.
    Released,
    /// In a state of a later version.
    Unknown,
}

impl Record {
    /// The charge as `payment` sees it; none where it cannot be believed. `ours` is what its way to
    /// us says of whose it is, where it carries no reference itself.
    pub(super) fn sighting(&self, payment: &Payment, ours: Ours) -> Option<Sighting> {
        let charge = ChargeId::parse(&self.id).ok()?;
        let standing = self.standing(&payment.sale, payment.charges.get(&charge))?;
        Some(Sighting { standing, ..self.unsaid(payment, ours)? })
    }

    /// The charge, whatever has become of it.
    pub(super) fn unsaid(&self, payment: &Payment, ours: Ours) -> Option<Sighting> {
        Some(Sighting {
            charge: ChargeId::parse(&self.id).ok()?,
            ours: self.ours(payment.id).unwrap_or(ours),
            asked: Some(self.value.money()?),
            terminal: self.terminal_id.as_str().and_then(|id| TerminalId::parse(id).ok()),
            standing: Standing::Pending,
            operations: Vec::new(),
            card: self.methods(),
            details: Some(Box::new(self.details())),
        })
    }

    /// Whose it says it is; none where it does not say.
    fn ours(&self, payment: PaymentId) -> Option<Ours> {
        let reference = self.external_ref.as_str()?;
        let same = PaymentId::parse(reference).is_ok_and(|id| id == payment);
        Some(if same { Ours::Yes } else { Ours::No })
    }

    /// Whether it takes the kind of money that the account is for.
    pub(super) fn lives_in(&self, environment: Environment) -> bool {
        match self.liveness.as_str() {
            Some("main") => environment == Environment::Production,
            Some("test") => environment == Environment::Sandbox,
            // A word of a later version, or none in an abridged list.
            _ => true,
        }
    }

    fn standing(&self, sale: &Sale, known: Option<&Charge>) -> Option<Standing> {
        let was_taken = known.is_some_and(|charge| charge.taken.is_some());
        match status(&self.status)? {
            Status::New => Some(Standing::Pending),
            Status::Paid => self.taken(sale),
            // What was paid before is given back: voiding is the only way from one to the other.
            Status::Cancelled if was_taken => Some(Standing::Reversed { authorized: None }),
            Status::Cancelled | Status::Expired if self.may_hold_part() => None,
            Status::Cancelled => Some(cancelled(&self.cancellation_reason)),
            Status::Expired => Some(Standing::NotTaken { how: NotTaken::Expired, reason: None }),
        }
    }

    fn taken(&self, sale: &Sale) -> Option<Standing> {
        let authorized = self.paid(sale)?;
        let captured = match self.pre_auth() {
            PreAuth::None => authorized,
            PreAuth::Authorized => Money::zero(authorized.currency()),
            PreAuth::Released | PreAuth::Unknown => return None,
        };
        Some(Standing::Taken {
            authorized,
            captured,
            tip: None,
            returned: None,
            provisional: false,
        })
    }

    fn pre_auth(&self) -> PreAuth {
        match self.pre_auth_status.as_str() {
            Some(word) if word.eq_ignore_ascii_case("authorized") => PreAuth::Authorized,
            Some(word) if word.eq_ignore_ascii_case("released") => PreAuth::Released,
            Some(_) => PreAuth::Unknown,
            None if self.pre_auth.as_bool() == Some(true) => PreAuth::Authorized,
            None => PreAuth::None,
        }
    }

    /// How much was paid. What remains tells, as the guide says; where it tells nothing, the assets
    /// do; where a part may be paid, one of them has to.
    fn paid(&self, sale: &Sale) -> Option<Money> {
        let value = self.value.money()?;
        let remaining = match &self.remaining_amount {
            Value::Null => None,
            amount => Some(money(amount, value.currency())?),
        };
        let rest = remaining.and_then(|remaining| value.checked_sub(remaining).ok());
        let assets = self.asset_sum(value.currency());
        let told = [rest, assets].into_iter().flatten().find(|paid| !paid.is_zero());
        told.or_else(|| (!sale.allow_part).then_some(value))
    }

    /// Whether it is over and shows that something was paid towards it, or shows it so that it
    /// cannot be read: only its activities tell whether that went back.
    pub(super) fn may_hold_part(&self) -> bool {
        let Some(value) = self.value.money() else { return true };
        let ended = matches!(status(&self.status), Some(Status::Cancelled | Status::Expired));
        let rest_paid = match &self.remaining_amount {
            Value::Null => false,
            rest => money(rest, value.currency()).is_none_or(|rest| rest.minor() < value.minor()),
        };
        let assets_paid = self.asset_sum(value.currency()).is_none_or(|sum| !sum.is_zero());
        ended && (rest_paid || assets_paid)
    }

    /// Whether it shows anything of what was paid; an abridged one of a list does not.
    pub(super) fn tells_of_parts(&self) -> bool {
        !self.remaining_amount.is_null() || !self.paid_by.is_null()
    }

    fn asset_totals(&self) -> impl Iterator<Item = &Value> {
        self.paid_by.get("assetTotals").and_then(Value::as_array).into_iter().flatten()
    }

    fn asset_sum(&self, currency: Currency) -> Option<Money> {
        let zero = Money::zero(currency);
        self.asset_totals().try_fold(zero, |sum, asset| sum.checked_add(total(asset)?).ok())
    }

    fn details(&self) -> Details {
        let text = |value: &Value| value.as_str().map(|text| words_of(text).into());
        let conditions = self.merchant_conditions.as_array().into_iter().flatten();
        let asset =
            |asset: &Value| Some(Asset { kind: text(asset.get("type")?)?, amount: total(asset) });
        let mut details = Details {
            short_code: text(&self.short_code),
            url: text(&self.url),
            entry: status(&self.status).filter(|it| *it == Status::Paid).map(|_| Entry::Code),
            part_left: self.may_hold_part(),
            ..Details::default()
        };
        // Joined one by one, so that the lists come to the order in which they are kept.
        let assets: Vec<Asset> = self.asset_totals().filter_map(asset).collect();
        details.join(&Details { assets, ..Details::default() });
        let conditions: Vec<Condition> = conditions.filter_map(condition).collect();
        details.join(&Details { conditions, ..Details::default() });
        details
    }

    /// How it was paid, in the words that are for the customer.
    fn methods(&self) -> Option<Card> {
        let described = self.asset_totals().filter_map(|asset| asset.get("description")?.as_str());
        let words: Vec<String> = described.map(words_of).collect();
        (!words.is_empty()).then(|| Card { scheme: Some(words.join(", ").into()), last_four: None })
    }
}

fn total(asset: &Value) -> Option<Money> {
    let total: Monetary = serde_json::from_value(asset.get("total")?.clone()).ok()?;
    total.money()
}

/// Where a condition stands, by the word for it.
pub(super) const CONDITION_STATUSES: &[(&str, ConditionStatus)] = &[
    ("awaiting-merchant", ConditionStatus::AwaitingTill),
    ("awaiting-patron", ConditionStatus::AwaitingCustomer),
    ("accepted", ConditionStatus::Accepted),
    ("declined", ConditionStatus::Declined),
    ("void", ConditionStatus::Void),
];

fn condition(written: &Value) -> Option<Condition> {
    let text = |name: &str| written.get(name).and_then(Value::as_str).map(words_of);
    let id = match written.get("id")? {
        Value::String(id) => words_of(id),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let word = text("status")?;
    let row = CONDITION_STATUSES.iter().find(|(name, _)| *name == word);
    Some(Condition {
        id: id.into(),
        name: text("name").unwrap_or_default().into(),
        message: text("message").unwrap_or_default().into(),
        status: row.map(|(_, status)| *status)?,
    })
}
