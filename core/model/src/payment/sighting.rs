//! A charge as one source shows it, and a charge as all sources together know it.
//!
//! [`Charge`] is a join: every field only grows, so observations from polls, hints and look-ups
//! lead to the same charge in any order and however often they are repeated. What contradicts is
//! kept side by side, and the view raises the alarm.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::details::Details;
use super::event::Reason;
use crate::ids::{ChargeId, Reference, TerminalId};
use crate::money::Money;
use crate::sale::Sale;

/// What one source says about one charge at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The provider's id of it.
    pub charge: ChargeId,
    /// Whether our payment id is in it.
    pub ours: Ours,
    /// The amount that was asked for there, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Money>,
    /// The terminal, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// How it stands.
    pub standing: Standing,
    /// Captures and refunds that are shown with our references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<SeenOperation>,
    /// The card, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// What else is shown of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Details>>,
}

impl Sighting {
    /// Of a charge of which nothing is shown but whose it is and how it stands.
    #[must_use]
    pub const fn bare(charge: ChargeId, ours: Ours, standing: Standing) -> Self {
        Self {
            charge,
            ours,
            asked: None,
            terminal: None,
            standing,
            operations: Vec::new(),
            card: None,
            details: None,
        }
    }
}

/// Whether a charge is ours, by our payment id and by nothing else. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ours {
    /// It carries this payment's id.
    Yes,
    /// It carries no id; it is ours only if we know it by the provider's id.
    Unsaid,
    /// It carries another id.
    No,
}

/// How a charge stands. Closed: what an adapter cannot place is no sighting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Standing {
    /// Waiting for a card.
    Pending,
    /// A card is at the reader; cancelling may come too late.
    Processing,
    /// Approved.
    Taken {
        /// Held or taken on the card, tip included.
        authorized: Money,
        /// Of it, captured so far; with automatic capture all of it unless the provider says less.
        captured: Money,
        /// Of it, the tip.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tip: Option<Money>,
        /// Of it, given back so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned: Option<Money>,
        /// Approved by the device alone; may yet be reversed.
        #[serde(default)]
        provisional: bool,
    },
    /// No money was taken, and none will be.
    NotTaken {
        /// In which way.
        how: NotTaken,
        /// The provider's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// An approval was undone whole: voided, released, or reversed after an offline approval.
    Reversed {
        /// How much had been approved, where it is shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authorized: Option<Money>,
    },
}

/// In which way no money was taken. Closed; in the order in which a screen prefers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotTaken {
    /// The card or its holder said no.
    Declined,
    /// Someone cancelled.
    Cancelled,
    /// Nobody paid in time.
    Expired,
    /// Something broke.
    Failed,
}

/// A capture, refund or cancel as the provider shows it, found by our reference or key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenOperation {
    /// Our reference of it.
    pub reference: Reference,
    /// How much, where it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Whether it took effect; pending ones are not decided.
    pub took_effect: Option<bool>,
}

/// What may be known of a card: never its number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The scheme, as the provider spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Box<str>>,
    /// The last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_four: Option<Box<str>>,
}

/// A charge as all sources together know it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charge {
    /// A card was seen at the reader.
    pub processing: bool,
    /// The approval, if any source showed one.
    pub taken: Option<Taken>,
    /// The refusal, if any source showed one.
    pub not_taken: Option<(NotTaken, Option<Reason>)>,
    /// The approval was undone whole.
    pub reversed: bool,
    /// Amount, currency or terminal differ from what we asked.
    pub disagrees: bool,
    /// The card, if shown.
    pub card: Option<Box<Card>>,
    /// Captures and refunds that were shown with our references.
    pub operations: Vec<SeenOperation>,
    /// What else was shown of it.
    pub details: Option<Box<Details>>,
}

/// The amounts of an approval: each the most that any source showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Held or taken on the card.
    pub authorized: Money,
    /// Of it, captured.
    pub captured: Money,
    /// Of it, the tip.
    pub tip: Option<Money>,
    /// Of it, given back.
    pub returned: Option<Money>,
    /// Approved by the device alone, as far as all sources say.
    pub provisional: bool,
}

impl Sighting {
    /// Whether amount, currency and terminal are what was asked for, tips allowed for.
    #[must_use]
    pub fn agrees_with(&self, sale: &Sale) -> bool {
        let amount = self.asked.is_none_or(|asked| asked == sale.amount);
        let terminal = match (&self.terminal, &sale.terminal) {
            (Some(seen), Some(asked)) => seen == asked,
            (Some(_), None) | (None, _) => true,
        };
        amount && terminal && self.goods_agree(sale)
    }

    fn goods_agree(&self, sale: &Sale) -> bool {
        let Standing::Taken { authorized, tip, .. } = &self.standing else { return true };
        let tip = tip.unwrap_or(Money::zero(authorized.currency()));
        authorized.checked_sub(tip).is_ok_and(|goods| {
            goods == sale.amount
                || sale.allow_part && goods.checked_cmp(sale.amount).is_ok_and(Ordering::is_lt)
        })
    }
}

impl Charge {
    /// Takes one more sighting in. Any order and any number of repeats lead to the same charge.
    pub fn join(&mut self, sighting: &Sighting, sale: &Sale) {
        self.disagrees |= !sighting.agrees_with(sale);
        self.join_card(sighting.card.as_ref());
        if let Some(details) = &sighting.details {
            self.details.get_or_insert_default().join(details);
        }
        for seen in &sighting.operations {
            self.join_operation(seen);
        }
        match &sighting.standing {
            Standing::Pending => {}
            Standing::Processing => self.processing = true,
            Standing::Taken { authorized, captured, tip, returned, provisional } => {
                self.join_taken(&Taken {
                    authorized: *authorized,
                    captured: *captured,
                    tip: *tip,
                    returned: *returned,
                    provisional: *provisional,
                });
            }
            Standing::NotTaken { how, reason } => self.join_not_taken(*how, reason.as_ref()),
            Standing::Reversed { authorized } => {
                self.reversed = true;
                if let Some(authorized) = *authorized {
                    let zero = Money::zero(authorized.currency());
                    self.join_taken(&Taken {
                        authorized,
                        captured: zero,
                        tip: None,
                        returned: None,
                        provisional: true,
                    });
                }
            }
        }
    }

    /// Whether no source has said yet how it ends.
    #[must_use]
    pub const fn is_undecided(&self) -> bool {
        self.taken.is_none() && self.not_taken.is_none() && !self.reversed
    }

    /// The approval, unless it was undone whole.
    #[must_use]
    pub const fn standing_approval(&self) -> Option<&Taken> {
        match &self.taken {
            Some(taken) if !self.reversed => Some(taken),
            Some(_) | None => None,
        }
    }

    fn join_taken(&mut self, seen: &Taken) {
        match &mut self.taken {
            None => self.taken = Some(seen.clone()),
            Some(known) => {
                known.authorized = most(known.authorized, seen.authorized);
                known.captured = most(known.captured, seen.captured);
                known.tip = most_of(known.tip, seen.tip);
                known.returned = most_of(known.returned, seen.returned);
                known.provisional &= seen.provisional;
            }
        }
    }

    fn join_not_taken(&mut self, how: NotTaken, reason: Option<&Reason>) {
        let seen = (how, reason.cloned());
        match &mut self.not_taken {
            Some(known) if rank(known) <= rank(&seen) => {}
            known => *known = Some(seen),
        }
    }

    fn join_card(&mut self, seen: Option<&Card>) {
        let Some(seen) = seen else { return };
        let known = self.card.get_or_insert_default();
        known.scheme = known.scheme.take().max(seen.scheme.clone());
        known.last_four = known.last_four.take().max(seen.last_four.clone());
    }

    fn join_operation(&mut self, seen: &SeenOperation) {
        match self.operations.binary_search_by(|known| known.reference.cmp(&seen.reference)) {
            Err(place) => self.operations.insert(place, seen.clone()),
            Ok(place) => {
                if let Some(known) = self.operations.get_mut(place) {
                    known.amount = most_of(known.amount, seen.amount);
                    known.took_effect = known.took_effect.max(seen.took_effect);
                }
            }
        }
    }
}

/// Of two refusals the smaller is kept; one with words comes before one without.
const fn rank(not_taken: &(NotTaken, Option<Reason>)) -> (NotTaken, bool, &Option<Reason>) {
    (not_taken.0, not_taken.1.is_none(), &not_taken.1)
}

/// The greater of two amounts; of two currencies the later in the alphabet, so that joining
/// commutes.
fn most(one: Money, other: Money) -> Money {
    let rank = |money: Money| (money.currency().code(), money.minor());
    if rank(one) >= rank(other) { one } else { other }
}

fn most_of(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match (one, other) {
        (Some(one), Some(other)) => Some(most(one, other)),
        (found, None) | (None, found) => found,
    }
}
