//! What was done to a payment request, as Centrapay's audit record tells it: one activity in an
//! answer or a notification, or all of them in a list.
//!
//! A request alone does not tell of refunds and confirmations, nor whether a void ran: once one of
//! them may have been done, the activities are read instead.

use serde::Deserialize;
use serde_json::Value;

use super::record::{Monetary, cancelled};
use crate::ids::{ChargeId, Reference};
use crate::money::Money;
use crate::payment::details::Details;
use crate::payment::sighting::{NotTaken, Ours, SeenOperation, Sighting, Standing};
use crate::payment::{Operation, OperationKind, Payment, view};

/// One activity.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Activity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) payment_request_id: String,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    idempotency_key: Value,
    #[serde(default)]
    external_ref: Value,
    #[serde(default)]
    invoice_ref: Value,
    #[serde(default)]
    cancellation_reason: Value,
    #[serde(default)]
    created_at: Value,
}

/// What an activity is, by the word for it.
pub(super) const KINDS: &[(&str, Kind)] = &[
    ("request", Kind::Request),
    ("preAuthRequest", Kind::Request),
    ("paid", Kind::Paid),
    ("payment", Kind::Payment),
    ("refund", Kind::Refund),
    ("cancellation", Kind::Cancellation),
    ("expiry", Kind::Expiry),
    ("accept-condition", Kind::ConditionAnswered),
    ("decline-condition", Kind::ConditionAnswered),
    ("authorization", Kind::Authorization),
    ("confirmation", Kind::Confirmation),
    ("release", Kind::Release),
];

/// What an activity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The request was made.
    Request,
    /// The request was paid.
    Paid,
    /// A payment was made towards it.
    Payment,
    /// Money went back.
    Refund,
    /// It was cancelled.
    Cancellation,
    /// Nobody paid in time.
    Expiry,
    /// A condition was accepted or declined.
    ConditionAnswered,
    /// A pre-authorization was approved.
    Authorization,
    /// It was drawn on.
    Confirmation,
    /// What it still held was given up.
    Release,
}

impl Activity {
    /// What it is; one example writes its word with a capital.
    pub(super) fn kind(&self) -> Option<Kind> {
        let row = KINDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&self.kind));
        row.map(|(_, kind)| *kind)
    }

    /// The amount, where it can be read.
    pub(super) fn money(&self) -> Option<Money> {
        let value: Monetary = serde_json::from_value(self.value.clone()).ok()?;
        value.money()
    }

    /// Whether it is of this request.
    pub(super) fn is_of(&self, charge: &ChargeId) -> bool {
        self.payment_request_id == charge.as_str()
    }

    /// A cancellation's standing.
    pub(super) fn cancelled(&self) -> Standing {
        cancelled(&self.cancellation_reason)
    }

    /// When it was done, as written.
    pub(super) fn created_at(&self) -> Option<&str> {
        self.created_at.as_str()
    }

    /// The till's reference, where one was sent along.
    pub(super) fn reference(&self) -> Option<&str> {
        self.external_ref.as_str().or_else(|| self.invoice_ref.as_str())
    }

    /// The operation of ours that it is.
    fn operation<'a>(&self, payment: &'a Payment) -> Option<&'a Operation> {
        let fits = |operation: &&Operation| match (self.kind(), operation.kind) {
            (Some(Kind::Confirmation), OperationKind::Capture) => {
                let keyed = self.idempotency_key.as_str() == Some(&*operation.id.to_string());
                // A lost part of the journal held the key.
                keyed || payment.history_lost.is_some() && self.names(operation)
            }
            (Some(Kind::Refund), OperationKind::Refund) => self.names(operation),
            _ => false,
        };
        payment.operations.iter().find(fits)
    }

    fn names(&self, operation: &Operation) -> bool {
        let ours = operation.reference.as_ref().map(Reference::as_str);
        self.reference().is_some() && self.reference() == ours
    }

    /// What it shows of an operation of ours.
    fn seen(&self, payment: &Payment) -> Option<SeenOperation> {
        let reference = self.operation(payment)?.reference.clone()?;
        Some(SeenOperation { reference, amount: self.money(), took_effect: Some(true) })
    }
}

/// Activities of one request: all of them, or those on one page of a longer list.
pub(super) struct History<'a>(Vec<&'a Activity>);

impl<'a> History<'a> {
    /// Of these.
    pub(super) fn of(activities: &[&'a Activity]) -> Self {
        Self(activities.to_vec())
    }

    /// What was asked for and how it stands, as far as they tell.
    pub(super) fn told(&self) -> (Option<Money>, Option<Standing>) {
        let standing = match self.approved(false) {
            None => None,
            Some(_) if self.part_of_ended(false).is_some() => None,
            Some(Some(approved)) => self.after_approval(approved, false),
            // Money that went back had come from somewhere.
            Some(None) if self.has(Kind::Refund) || self.has(Kind::Confirmation) => None,
            Some(None) => Some(self.unapproved()),
        };
        (self.sum(Kind::Request).flatten(), standing.and_then(|standing| self.sure(standing)))
    }

    /// The charge as they tell it; none where they cannot all be read.
    pub(super) fn sighting(&self, payment: &Payment, charge: &ChargeId) -> Option<Sighting> {
        let Self(activities) = self;
        if activities.is_empty() || !activities.iter().all(|activity| activity.is_of(charge)) {
            return None;
        }
        let standing = self.standing(payment, charge).and_then(|standing| self.sure(standing))?;
        let shown = activities.iter().filter_map(|activity| activity.seen(payment));
        let mut operations: Vec<SeenOperation> = shown.collect();
        let never = self.never_drawn(payment, charge, &operations);
        operations.extend(never);
        Some(Sighting {
            charge: charge.clone(),
            // They were asked for by an id that is known to be ours.
            ours: Ours::Unsaid,
            asked: self.sum(Kind::Request)?,
            terminal: None,
            standing,
            operations,
            card: None,
            details: self
                .is_released()
                .then(|| Box::new(Details { released: true, ..Details::default() })),
        })
    }

    /// The same, unless it says *no* beside an activity by a word of a later version, which may
    /// stand for money.
    fn sure(&self, standing: Standing) -> Option<Standing> {
        let says_no = matches!(standing, Standing::NotTaken { .. } | Standing::Reversed { .. });
        let all_known = self.0.iter().all(|activity| activity.kind().is_some());
        (all_known || !says_no).then_some(standing)
    }

    fn has(&self, kind: Kind) -> bool {
        self.0.iter().any(|activity| activity.kind() == Some(kind))
    }

    /// All amounts of one kind together, nothing where there is none of it; none where one of them
    /// cannot be read.
    fn sum(&self, kind: Kind) -> Option<Option<Money>> {
        let of_kind = self.0.iter().filter(|activity| activity.kind() == Some(kind));
        of_kind.map(|activity| activity.money()).try_fold(None, |sum: Option<Money>, amount| {
            let amount = amount?;
            match sum {
                None => Some(Some(amount)),
                Some(sum) => sum.checked_add(amount).ok().map(Some),
            }
        })
    }

    fn standing(&self, payment: &Payment, charge: &ChargeId) -> Option<Standing> {
        let was_paid = super::was_paid(payment, charge);
        if let Some(part) = self.part_of_ended(was_paid) {
            let back = self.sum(Kind::Refund)?.is_some_and(|back| back.minor() >= part.minor());
            return back.then_some(Standing::Reversed { authorized: Some(part) });
        }
        let part_is_all = was_paid || self.has(Kind::Refund);
        match self.approved(part_is_all)? {
            Some(approved) => self.after_approval(approved, self.is_voided(payment)),
            None => Some(self.unapproved()),
        }
    }

    /// What was paid towards a request that ended before all of it was: nobody says when that goes
    /// back, so it is money taken until a refund of it shows.
    fn part_of_ended(&self, was_paid: bool) -> Option<Money> {
        let part = self.sum(Kind::Payment)??;
        let asked = self.sum(Kind::Request)?;
        let expired = self.has(Kind::Expiry);
        let whole = asked.map_or(!expired, |asked| part.minor() >= asked.minor());
        let ended = expired || self.has(Kind::Cancellation) && !was_paid;
        (ended && !whole && !self.has(Kind::Paid)).then_some(part)
    }

    /// How much was paid or authorized, if the request was. Of a part alone they do not tell
    /// whether more is to come, unless something else says that it is all.
    fn approved(&self, part_is_all: bool) -> Option<Option<Money>> {
        let asked = self.sum(Kind::Request)?;
        let paid = self.sum(Kind::Paid)?;
        let payments = self.sum(Kind::Payment)?;
        let authorized = self.sum(Kind::Authorization)?;
        let whole = match (payments, asked) {
            (Some(payments), Some(asked)) => payments.minor() >= asked.minor(),
            // The request itself is not among them: then a payment is as much as is known.
            (Some(_), None) => true,
            (None, _) => false,
        };
        let all = whole || part_is_all || paid.is_some();
        let paid = payments.or(paid).filter(|_| all);
        Some(authorized.or(paid))
    }

    /// Whether what its confirmations left of a pre-authorization was given up, or has lapsed.
    fn is_released(&self) -> bool {
        self.has(Kind::Authorization) && self.has(Kind::Confirmation) && self.has(Kind::Release)
    }

    /// The confirmations of ours that are not among them although a release is: nothing draws on
    /// what was released.
    fn never_drawn(
        &self,
        payment: &Payment,
        charge: &ChargeId,
        shown: &[SeenOperation],
    ) -> Vec<SeenOperation> {
        let missing = |known: &&Operation| {
            let of_it = known.charge.as_ref().is_none_or(|id| id == charge);
            let capture = known.kind == OperationKind::Capture && of_it;
            capture && !shown.iter().any(|seen| Some(&seen.reference) == known.reference.as_ref())
        };
        let missing = payment.operations.iter().filter(missing).filter(|_| self.is_released());
        let references = missing.filter_map(|known| known.reference.clone());
        references
            .map(|reference| SeenOperation { reference, amount: None, took_effect: Some(false) })
            .collect()
    }

    fn unapproved(&self) -> Standing {
        let cancellation =
            self.0.iter().find(|activity| activity.kind() == Some(Kind::Cancellation));
        match cancellation {
            Some(cancellation) => cancellation.cancelled(),
            None if self.has(Kind::Expiry) => {
                Standing::NotTaken { how: NotTaken::Expired, reason: None }
            }
            // Given up before it was approved.
            None if self.has(Kind::Release) => {
                Standing::NotTaken { how: NotTaken::Cancelled, reason: None }
            }
            None => Standing::Pending,
        }
    }

    /// `voided` says that a void of ours may have run.
    fn after_approval(&self, authorized: Money, voided: bool) -> Option<Standing> {
        let confirmed = self.sum(Kind::Confirmation)?;
        let returned = self.sum(Kind::Refund)?;
        let pre_authorized = self.has(Kind::Authorization);
        let zero = Money::zero(authorized.currency());
        let captured = if pre_authorized { confirmed.unwrap_or(zero) } else { authorized };
        let given_up = pre_authorized && captured.is_zero() && self.has(Kind::Release);
        // A void of what is paid shows as a refund of all of it.
        let whole = returned.is_some_and(|returned| returned.minor() >= authorized.minor());
        let undone = self.has(Kind::Cancellation) || voided && whole;
        Some(if given_up || undone {
            Standing::Reversed { authorized: Some(authorized) }
        } else {
            Standing::Taken { authorized, captured, tip: None, returned, provisional: false }
        })
    }

    /// Whether a void of ours may have run, and no refund.
    fn is_voided(&self, payment: &Payment) -> bool {
        let of_it = |id: &ChargeId| self.0.iter().any(|activity| activity.is_of(id));
        let voids = |known: &&Operation| match known.kind {
            OperationKind::Cancel => true,
            OperationKind::Withdraw => known.charge.as_ref().is_some_and(of_it),
            OperationKind::Start
            | OperationKind::Capture
            | OperationKind::Refund
            | OperationKind::Answer
            | OperationKind::Release => false,
        };
        let sent = view::all_operations(payment).filter(voids).any(view::may_have_left);
        sent && !payment.operations.iter().any(|known| known.kind == OperationKind::Refund)
    }
}
