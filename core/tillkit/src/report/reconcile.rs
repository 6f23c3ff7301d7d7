//! Our payments beside the provider's own list: missing here, missing there, different.
//!
//! A pure comparison. Theirs are matched by the provider's id first, then by our payment id in
//! them; what neither finds is told, never explained away. Lists may lag behind, so a finding is a
//! reason to look, not a fact.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tillkit_model::error::Error;
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::payment::sighting::Standing;
use tillkit_model::payment::summary::Summary;
use tillkit_model::payment::view::Outcome;
use tillkit_model::provider::Listed;

use super::{Period, Unreadable};

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reconciliation {
    /// How many agree.
    pub agreeing: u64,
    /// The provider has them, and we do not.
    pub missing_here: Vec<Theirs>,
    /// We say that money was taken, and the provider does not list it.
    pub missing_there: Vec<PaymentId>,
    /// Both have them, and say different things.
    pub different: Vec<Difference>,
    /// Ours that are stored and cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A payment on the provider's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theirs {
    /// The provider's id of it.
    pub charge: ChargeId,
    /// Our payment id, where it carries one.
    pub payment: Option<PaymentId>,
    /// The till's reference, where it carries one.
    pub reference: Option<Box<str>>,
    /// What was asked for there, in minor units.
    pub asked_minor: Option<i64>,
    /// Whether money was taken there; none where the list does not tell.
    pub taken: Option<bool>,
}

/// Both have it, and say different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Our id of it.
    pub payment: PaymentId,
    /// The provider's id of it.
    pub charge: ChargeId,
    /// In what.
    pub what: Agreement,
    /// What we say.
    pub ours: Box<str>,
    /// What the provider says.
    pub theirs: Box<str>,
}

/// What has to agree. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// What was asked for.
    Amount,
    /// Whether money was taken.
    Taken,
    /// How much was captured.
    Captured,
    /// How much was given back.
    Returned,
    /// One of ours has one of theirs.
    Once,
}

/// Compares our payments with the provider's list; both may reach beyond the period, whose
/// payments alone are told of.
#[must_use]
pub fn reconcile(
    period: Period,
    ours: impl IntoIterator<Item = Result<Summary, Error>>,
    theirs: &[Listed],
) -> Reconciliation {
    let mut result = Reconciliation::default();
    let mut known = Vec::new();
    for payment in ours {
        match payment {
            Ok(summary) => known.push(summary),
            Err(error) => result.unreadable.push(Unreadable::of(&error)),
        }
    }
    let pairs = Pairs::of(&known);
    let mut found = BTreeMap::<PaymentId, BTreeSet<&ChargeId>>::new();
    for listed in theirs {
        match pairs.own(listed) {
            None if listed.created_at_ms.is_none_or(|at_ms| period.contains(at_ms)) => {
                result.missing_here.push(Theirs::of(listed));
            }
            None => {}
            Some(own) => {
                found.entry(own.id).or_default().insert(&listed.charge);
                if period.contains(own.created_at_ms) {
                    result.compare(own, listed);
                }
            }
        }
    }
    for own in known.iter().filter(|own| period.contains(own.created_at_ms)) {
        match found.get(&own.id) {
            None if took(own) == Some(true) => result.missing_there.push(own.id),
            None => {}
            Some(charges) => result.compare_count(own, charges, theirs),
        }
    }
    result
}

/// Ours, by the names under which the provider may have them.
struct Pairs<'a> {
    by_charge: BTreeMap<&'a ChargeId, &'a Summary>,
    by_id: BTreeMap<PaymentId, &'a Summary>,
}

impl<'a> Pairs<'a> {
    fn of(ours: &'a [Summary]) -> Self {
        let charges = |own: &'a Summary| own.charges.iter().map(move |charge| (charge, own));
        Self {
            by_charge: ours.iter().flat_map(charges).collect(),
            by_id: ours.iter().map(|own| (own.id, own)).collect(),
        }
    }

    fn own(&self, listed: &Listed) -> Option<&'a Summary> {
        let by_charge = self.by_charge.get(&listed.charge).copied();
        by_charge.or_else(|| self.by_id.get(&listed.payment?).copied())
    }
}

impl Reconciliation {
    fn compare(&mut self, own: &Summary, listed: &Listed) {
        let differing = [amount(own, listed), fate(own, listed), captured(own, listed)];
        let differing = differing.into_iter().chain([returned(own, listed)]).flatten();
        let before = self.different.len();
        self.different.extend(differing.map(|(what, ours, theirs)| Difference {
            payment: own.id,
            charge: listed.charge.clone(),
            what,
            ours,
            theirs,
        }));
        if self.different.len() == before {
            self.agreeing = self.agreeing.saturating_add(1);
        }
    }

    /// Two of theirs that took money for one of ours are a double charge.
    fn compare_count(&mut self, own: &Summary, found: &BTreeSet<&ChargeId>, theirs: &[Listed]) {
        let took = theirs
            .iter()
            .filter(|listed| found.contains(&listed.charge) && taken(listed) == Some(true));
        let took: BTreeSet<&ChargeId> = took.map(|listed| &listed.charge).collect();
        if let (Some(charge), true) = (took.last(), took.len() > 1) {
            self.different.push(Difference {
                payment: own.id,
                charge: (*charge).clone(),
                what: Agreement::Once,
                ours: "1".into(),
                theirs: took.len().to_string().into(),
            });
        }
    }
}

/// What differs, and how both sides word it.
type Differing = Option<(Agreement, Box<str>, Box<str>)>;

fn amount(own: &Summary, listed: &Listed) -> Differing {
    let asked = listed.asked?;
    let ours = &own.amounts.asked;
    let agrees = *ours.currency == *asked.currency().code() && ours.minor == asked.minor();
    let ours = format!("{} {}", ours.text, ours.currency);
    (!agrees).then(|| (Agreement::Amount, ours.into(), asked.to_string().into()))
}

fn fate(own: &Summary, listed: &Listed) -> Differing {
    let (ours, theirs) = (took(own)?, taken(listed)?);
    let word = |taken| if taken { "taken" } else { "not taken" }.into();
    (ours != theirs).then(|| (Agreement::Taken, word(ours), word(theirs)))
}

fn captured(own: &Summary, listed: &Listed) -> Differing {
    let Some(Standing::Taken { captured, .. }) = &listed.standing else { return None };
    let ours = &own.amounts.captured;
    let agrees = ours.minor == captured.minor();
    (!agrees).then(|| (Agreement::Captured, ours.text.clone(), captured.text().into()))
}

fn returned(own: &Summary, listed: &Listed) -> Differing {
    let Some(Standing::Taken { returned, .. }) = &listed.standing else { return None };
    let theirs = (*returned)?;
    let ours = &own.amounts.returned;
    let agrees = ours.minor == theirs.minor();
    (!agrees).then(|| (Agreement::Returned, ours.text.clone(), theirs.text().into()))
}

impl Theirs {
    fn of(listed: &Listed) -> Self {
        Self {
            charge: listed.charge.clone(),
            payment: listed.payment,
            reference: listed.reference.clone(),
            asked_minor: listed.asked.map(|asked| asked.minor()),
            taken: taken(listed),
        }
    }
}

/// Whether we say that money was taken; none while that is not known.
const fn took(own: &Summary) -> Option<bool> {
    match own.outcome {
        Outcome::Paid | Outcome::Held | Outcome::PartPaid | Outcome::Returned => Some(true),
        Outcome::NotPaid => Some(false),
        Outcome::Open | Outcome::Unknown => None,
    }
}

/// Whether the list says so. What was undone whole is as good as not taken, and as taken and
/// returned.
const fn taken(listed: &Listed) -> Option<bool> {
    match &listed.standing {
        Some(Standing::Taken { .. }) => Some(true),
        Some(Standing::NotTaken { .. }) => Some(false),
        Some(Standing::Pending | Standing::Processing | Standing::Reversed { .. }) | None => None,
    }
}
