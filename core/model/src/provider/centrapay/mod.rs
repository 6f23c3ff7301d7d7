//! Centrapay: a payment request is shown as a QR code or made from a scanned one, and read until it
//! is paid.
//!
//! There is no key for a start, so none is ever repeated; our payment id travels as `externalRef`,
//! by which a lost request is looked for. A request is over at its expiry, so finding nothing after
//! it is proof, provided that the key may list at all. Reading a request made from a code may take
//! the money, so its polls have a permit and end with it.
//!
//! Where the documents are silent or contradict each other, this is what is built:
//!
//! - *403* is a missing resource, a missing right or a broken rule. Only rules by their documented
//!   names mean that nothing ran; a bare `Forbidden` answers no look, and finding nothing is proof
//!   only where the setting `look_up_right` says that the key was seen to list (a probe asks when
//!   the account is connected). The role's table of rights does not name the list.
//! - *Every scanned code* counts as quick pay: which ones are depends on the asset. Whether a list
//!   by reference polls what it lists is not said, so one that may show such a request for the
//!   first time counts as its first read.
//! - *Void*: `cancellation` means that nothing was paid, `refund` or `ALREADY_REFUNDED` that all of
//!   it goes back, `REQUEST_EXPIRED` and `REQUEST_CANCELLED` that there is nothing to undo, which
//!   its activities have to confirm. A voided request may read `cancelled` or stay `paid`, so once
//!   a void may have run the activities are read and not the request; and a list, which shows
//!   neither, says no more than that there is one.
//! - *A refund* is done once Centrapay has recorded it: nothing that can be read tells of its end,
//!   only a notification does. Our reference of it travels as `externalRef`, which makes it one,
//!   and as `invoiceRef`, under which activities show it.
//! - *A hold* may be confirmed any number of times, each by a key of its own, and only the till
//!   knows which order is the last. So nothing is released before it says so, with its last capture
//!   or by a cancel; then a release is sent once every confirmation is known. It says nothing of
//!   what was confirmed, and its refusal as released before is as good as done. A refund is of one
//!   confirmation, by whose key it goes.
//! - *A key of a confirmation* stands in its own record, so it is relied on as long as we look.
//! - *Part paid*: what was paid is `value` without `remainingAmount`; where that tells nothing, the
//!   sum of `paidBy.assetTotals`; where a part was allowed and neither tells, it is not known.
//! - *Ended with a part paid*: several assets may pay one request, and nothing says what becomes of
//!   the first when the last never comes. It is in doubt until a refund of all of it shows.
//! - *Amounts* are minor units as text; numbers are read too. *Page keys* are read under both
//!   names.
//! - *`liveness`* that contradicts the environment is never money of this account.
//! - *A notification* that is authentic and old is a hint all the same; `aud` is `public_url` or
//!   its origin. One that tells of a refund is only a reason to look.

mod activity;
mod auth;
mod config;
mod desk;
mod envelope;
mod outcome;
mod record;
mod refusals;
mod request;
mod resolve;
mod webhook;

use std::sync::Arc;

use super::{
    Adapter, Beside, Budget, Capabilities, Counted, Credentials, Fault, Offer, Presence, Reach,
    Reading, Settings, Setup,
};
use crate::ids::ChargeId;
use crate::payment::event::{Answer, Reason};
use crate::payment::manners::Manners;
use crate::payment::sighting::{Charge, Standing};
use crate::payment::{Operation, OperationKind, Payment, view};
use crate::sale::{Capture, Sale};
use crate::wire::{Exchange, Request};

pub use config::{Config, Profile};
pub use desk::Office;

/// Its name in the registry.
pub const NAME: &str = "centrapay";

/// The host of the keys by which notifications are signed.
const AUTH_HOST: &str = "auth";

/// Two hundred requests a minute are allowed for each key. A full budget and what comes in during
/// one minute stay below that; a look each second is sixty.
const BUDGET: Budget = Budget { per_minute: 98, reserve: 20, counted: Counted::ByCredentials };

/// Below one million of the main unit, in the currencies that any of the assets is in.
static CAPABILITIES: Capabilities = Capabilities {
    terminal: Presence::Optional,
    currencies: &["NZD", "AUD", "USD", "CAD", "EUR"],
    amount_min_minor: Some(1),
    amount_max_minor: Some(99_999_999),
    metadata_bytes_max: None,
    manual_capture: true,
    part_payment: true,
    cancel: true,
    release: true,
    refund: true,
    partial_capture: true,
    partial_refund: true,
    items: true,
    customer_absent: true,
    scanned_code: true,
    conditions: true,
    beside: Beside { notifications: true, reconcile: true, ..Beside::NOTHING },
};

/// What the registry tells of it: what finding nothing proves goes by what the settings allow.
pub(super) static OFFERS: &[Offer] = &[
    Offer { mode: "without list", capabilities: &CAPABILITIES, manners: &WITHOUT_LIST },
    Offer { mode: "with list", capabilities: &CAPABILITIES, manners: &WITH_LIST },
    Offer { mode: "with list and right", capabilities: &CAPABILITIES, manners: &WITH_RIGHT },
];
static WITHOUT_LIST: Manners = resolve::manners(false, false);
static WITH_LIST: Manners = resolve::manners(true, false);
static WITH_RIGHT: Manners = resolve::manners(true, true);

/// The translator of one merchant's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Centrapay {
    profile: Profile,
    manners: Manners,
}

impl Centrapay {
    /// For this merchant.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        let look_up = profile.merchant_account_id.is_some();
        let manners = resolve::manners(look_up, profile.may_list);
        Self { profile, manners }
    }
}

/// Reads a merchant's settings.
///
/// # Errors
/// The first setting that is missing, unknown or not what it should be.
pub fn set_up(settings: &Settings) -> Result<Setup, Fault> {
    let config = Config::parse(settings)?;
    let headers = auth::headers(&config);
    let Config { merchant_config, profile, base_url, auth_url, .. } = config;
    Ok(Setup {
        merchant: merchant_config,
        environment: profile.environment,
        desk: Arc::new(Office::new(profile.clone())),
        adapter: Arc::new(Centrapay::new(profile)),
        base_url,
        hosts: vec![(AUTH_HOST, auth_url)],
        reach: Reach::Internet,
        credentials: Credentials::Fixed(headers),
        webhook_secrets: Vec::new(),
        budget: Some(BUDGET),
    })
}

impl Adapter for Centrapay {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn manners(&self) -> &Manners {
        &self.manners
    }

    fn check(&self, sale: &Sale) -> Result<(), Fault> {
        if sale.capture == Capture::Automatic {
            return Ok(());
        }
        if sale.items.is_empty() {
            let sentence = "a pre-authorization at Centrapay lists its items: hand them in, or ask \
                            for automatic capture";
            return Err(Fault::invalid("items", "required", sentence));
        }
        if sale.allow_part {
            let sentence = "Centrapay authorizes the whole amount with one asset or nothing: leave \
                            allow_part out";
            return Err(Fault::unsupported("allow_part", "whole-amount-only", sentence));
        }
        Ok(())
    }

    /// Which codes are quick pay depends on the asset behind them.
    fn read_may_pay(&self, sale: &Sale) -> bool {
        sale.scanned
    }

    fn start(&self, payment: &Payment, left_ms: Option<u64>) -> Request {
        request::create(&self.profile, payment, left_ms)
    }

    fn started(&self, payment: &Payment, exchange: &Exchange, _: bool) -> Answer {
        outcome::of_start(payment, self.profile.environment, exchange)
    }

    fn read(&self, payment: &Payment, charge: &ChargeId) -> Request {
        // Where a part may be paid, activities tell how much, and the request whether that is all.
        let told = !payment.sale.allow_part || was_paid(payment, charge);
        let history = told && has_history(payment, charge) || holds_part(payment, charge);
        let read = if history { request::activities } else { request::read };
        Request { may_move_money: payment.sale.scanned, ..read(charge) }
    }

    fn seen(&self, payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
        outcome::of_read(payment, self.profile.environment, charge, exchange)
    }

    /// What is paid cannot be taken by a look any more, so its activities may be read; before that
    /// only the list may.
    fn look_up(&self, payment: &Payment) -> Option<Request> {
        let account = self.profile.merchant_account_id.as_deref()?;
        let list = || Request {
            may_move_money: payment.sale.scanned,
            ..request::look_up(&payment.id.to_string(), account)
        };
        Some(known_charge(payment).map_or_else(list, request::activities))
    }

    /// Nothing is said of lists that would make them harmless.
    fn look_up_may_pay(&self, payment: &Payment) -> bool {
        payment.sale.scanned && known_charge(payment).is_none()
    }

    fn found(&self, payment: &Payment, exchange: &Exchange) -> Reading {
        outcome::of_look_up(payment, self.profile.environment, exchange)
    }

    fn operate(
        &self,
        payment: &Payment,
        operation: &Operation,
        charge: &ChargeId,
    ) -> Option<Request> {
        match operation.kind {
            OperationKind::Start => None,
            OperationKind::Capture => Some(request::confirm(payment, operation, charge)),
            OperationKind::Release => Some(request::release(charge)),
            OperationKind::Refund => Some(request::refund(payment, operation, charge)),
            OperationKind::Answer => {
                operation.answer.as_deref().map(|answer| request::answer(charge, answer))
            }
            OperationKind::Cancel | OperationKind::Withdraw if is_pre_auth(payment) => {
                Some(request::release(charge))
            }
            OperationKind::Cancel | OperationKind::Withdraw => Some(request::void(charge)),
        }
    }

    fn operated(&self, payment: &Payment, operation: &Operation, exchange: &Exchange) -> Answer {
        match target(payment, operation) {
            Some(charge) => outcome::of_operation(payment, operation, charge, exchange),
            None => {
                Answer::Unknown { replayable: true, reason: Reason::code(outcome::UNSUPPORTED) }
            }
        }
    }
}

/// Whether the sale is a pre-authorization, as Centrapay calls what is captured later.
fn is_pre_auth(payment: &Payment) -> bool {
    payment.sale.capture == Capture::Manual
}

/// The charge that the operation's recorded request names.
fn target<'a>(payment: &'a Payment, operation: &Operation) -> Option<&'a ChargeId> {
    let path = &operation.request.as_ref()?.path;
    payment.charges.keys().find(|charge| request::is_below(path, charge))
}

/// The confirmation that a refund is of: the one that was chosen as it was wished, else the first.
fn confirmation<'a>(payment: &'a Payment, refund: &Operation) -> Option<&'a Operation> {
    let chosen = refund.capture.as_deref();
    let confirmed = |operation: &&Operation| {
        operation.kind == OperationKind::Capture
            && view::progress(operation) != view::Progress::Refused
            && chosen.is_none_or(|id| *id == operation.id)
    };
    payment.operations.iter().find(confirmed)
}

/// Whether more may have been done to a charge than a read of it shows.
fn has_history(payment: &Payment, charge: &ChargeId) -> bool {
    let taken = payment.charges.get(charge).is_some_and(|charge| charge.taken.is_some());
    let reversal = payment
        .hints
        .get(charge)
        .is_some_and(|hint| matches!(hint.standing, Standing::Reversed { .. }));
    let sent = view::all_operations(payment).any(|operation| {
        let of_it = operation.charge.as_ref().is_none_or(|id| id == charge);
        of_it && operation.kind != OperationKind::Answer && view::may_have_left(operation)
    });
    taken || reversal || sent || payment.history_lost.is_some()
}

/// Whether a look showed that the charge ended with a part of it paid.
fn holds_part(payment: &Payment, charge: &ChargeId) -> bool {
    payment.charges.get(charge).is_some_and(|known| {
        let left = known.details.as_ref().is_some_and(|details| details.part_left);
        left && !was_paid(payment, charge)
    })
}

/// Whether some look or notification showed that the charge was paid, whatever became of it since.
fn was_paid(payment: &Payment, charge: &ChargeId) -> bool {
    let told = payment.hints.get(charge).is_some_and(view::tells_of_money);
    told || payment.charges.get(charge).is_some_and(|charge| {
        let entry = charge.details.as_ref().and_then(|details| details.entry);
        charge.taken.is_some() || entry.is_some()
    })
}

/// The charge that cannot be taken by a look any more: it was paid, or its void was answered, be it
/// by a refusal that says so.
fn known_charge(payment: &Payment) -> Option<&ChargeId> {
    let answered = payment.cancel.as_ref().is_some_and(|cancel| {
        view::was_accepted(cancel) || view::progress(cancel) == view::Progress::Refused
    });
    let paid = |charge: &Charge| charge.taken.is_some() || answered && charge.is_undecided();
    payment.charges.iter().find(|(_, charge)| paid(charge)).map(|(id, _)| id)
}

#[cfg(test)]
mod tests;
