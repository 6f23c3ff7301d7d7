//! What a provider shows of a charge beside its standing: what a screen, a receipt or a report may
//! need, and nothing that decides whether money was taken.
//!
//! Every field joins: any order of sightings and any number of repeats lead to the same details.

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// What else a provider shows of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The provider's second id of it, by which captures and refunds go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Box<str>>,
    /// A short name that a customer can read out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_code: Option<Box<str>>,
    /// Where the customer pays, shown as a QR code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Box<str>>,
    /// How the card or code was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// What it was paid with, in the provider's own kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<Asset>,
    /// The provider's own receipt texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<ReceiptText>,
    /// What has to be answered before the customer may pay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The provider says that its automatic capture failed. It may be captured all the same later,
    /// which the standing shows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub capture_failed: bool,
    /// It ended with a part of it paid, and nothing in it tells whether that went back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part_left: bool,
    /// It holds nothing more than what was captured: the rest was let go of, or lapsed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub released: bool,
}

/// How the card or code was read. Closed; what an adapter cannot place is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// Held to the reader.
    Contactless,
    /// Put into it.
    Chip,
    /// Drawn through it.
    Swipe,
    /// Typed in.
    Manual,
    /// A code that the till or the customer scanned.
    Code,
}

/// How much was paid with one kind of asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The provider's name of the kind.
    pub kind: Box<str>,
    /// How much, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// A receipt as the provider words it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptText {
    /// For whom.
    pub holder: Holder,
    /// The text.
    pub text: Box<str>,
}

/// Whose copy of a receipt. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// The customer's.
    Customer,
    /// The merchant's.
    Merchant,
}

/// Something that has to be answered before the customer may pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The provider's id of it, by which it is answered.
    pub id: Box<str>,
    /// Its name, for programs.
    pub name: Box<str>,
    /// What to ask at the counter.
    pub message: Box<str>,
    /// Where it stands.
    pub status: ConditionStatus,
}

/// Where a condition stands, in the order in which it gets there. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionStatus {
    /// The customer has to answer.
    AwaitingCustomer,
    /// The till has to answer.
    AwaitingTill,
    /// It was accepted.
    Accepted,
    /// It no longer applies.
    Void,
    /// It was declined, which cancels the payment.
    Declined,
}

impl Details {
    /// Takes one more look in.
    pub fn join(&mut self, seen: &Self) {
        // In full, so that a new field cannot be forgotten.
        let Self {
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
        } = seen;
        self.capture_failed |= capture_failed;
        self.part_left |= part_left;
        self.released |= released;
        greater(&mut self.transaction, transaction.as_ref());
        greater(&mut self.short_code, short_code.as_ref());
        greater(&mut self.url, url.as_ref());
        greater(&mut self.entry, entry.as_ref());
        for seen in assets {
            join_by(&mut self.assets, seen, |asset| &asset.kind, join_asset);
        }
        for seen in receipts {
            join_by(&mut self.receipts, seen, |receipt| &receipt.holder, join_receipt);
        }
        for seen in conditions {
            join_by(&mut self.conditions, seen, |condition| &condition.id, join_condition);
        }
    }
}

fn join_asset(known: &mut Asset, seen: &Asset) {
    known.amount = [known.amount, seen.amount].into_iter().flatten().max_by_key(rank);
}

fn join_receipt(known: &mut ReceiptText, seen: &ReceiptText) {
    if seen.text > known.text {
        known.text.clone_from(&seen.text);
    }
}

fn join_condition(known: &mut Condition, seen: &Condition) {
    let rank = |one: &Condition| (one.status, one.name.clone(), one.message.clone());
    if rank(seen) > rank(known) {
        known.clone_from(seen);
    }
}

fn greater<T: Ord + Clone>(known: &mut Option<T>, seen: Option<&T>) {
    if known.as_ref() < seen {
        *known = seen.cloned();
    }
}

/// Of two currencies the later in the alphabet counts as more, so that joining commutes.
fn rank(money: &Money) -> (&'static str, i64) {
    (money.currency().code(), money.minor())
}

/// Joins into the entry of the same key, or adds one; entries are kept in the order of their keys.
fn join_by<T: Clone, K: Ord>(
    known: &mut Vec<T>,
    seen: &T,
    key: impl Fn(&T) -> &K,
    join: impl Fn(&mut T, &T),
) {
    match known.binary_search_by(|entry| key(entry).cmp(key(seen))) {
        Err(place) => known.insert(place, seen.clone()),
        Ok(place) => {
            if let Some(entry) = known.get_mut(place) {
                join(entry, seen);
            }
        }
    }
}
