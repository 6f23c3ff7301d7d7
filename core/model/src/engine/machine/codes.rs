//! Scanned codes, kept in memory for as long as their start may yet leave, and nowhere else.
//!
//! A code that a process has lost comes back only by a repeat of the call, and only while it is
//! certain that nothing of the start ran.

use std::collections::BTreeMap;

use super::Engine;
use super::slot::Errand;
use crate::ids::PaymentId;
use crate::payment::Payment;
use crate::payment::event::{Answer, Reason};
use crate::payment::manners::Manners;
use crate::payment::permission::{self, Permission};
use crate::payment::sighting::Standing;
use crate::payment::stage::never_ran;
use crate::sale::CODE_PLACEHOLDER;
use crate::secret::Secret;
use crate::time::Moment;
use crate::wire::{Clearance, Permit, Request, Sending};

/// The codes of payments whose start may yet leave.
#[derive(Debug, Default)]
pub(super) struct Codes(BTreeMap<PaymentId, Secret>);

impl Codes {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Keeps the code of a new payment.
    pub(super) fn keep(&mut self, payment: PaymentId, code: Option<Secret>) {
        if let Some(code) = code {
            self.0.insert(payment, code);
        }
    }

    /// Takes a code from a repeat of the call, where it was lost and nothing ran.
    pub(super) fn keep_again(&mut self, payment: &Payment, code: Option<Secret>) {
        let wanted = payment.sale.scanned && !self.0.contains_key(&payment.id);
        if wanted && payment.charges.is_empty() && never_ran(&payment.start) {
            self.keep(payment.id, code);
        }
    }

    /// Whether the start of this payment needs a code that is not here.
    pub(super) fn lacks(&self, payment: &Payment) -> bool {
        payment.sale.scanned && !self.0.contains_key(&payment.id)
    }

    /// Forgets it.
    pub(super) fn forget(&mut self, payment: PaymentId) {
        self.0.remove(&payment);
    }

    /// Forgets all of them.
    pub(super) fn forget_all(&mut self) {
        self.0.clear();
    }
}

impl Codes {
    /// A provider may repeat a code in its words; they are recorded without it.
    pub(super) fn hide(&self, payment: PaymentId, answer: &mut Answer) {
        let Some(code) = self.0.get(&payment) else { return };
        match answer {
            Answer::NotExecuted { reason, .. } | Answer::Unknown { reason, .. } => {
                hide_in(reason, code);
            }
            Answer::Accepted { sightings } => {
                for sighting in sightings {
                    if let Standing::NotTaken { reason: Some(reason), .. } = &mut sighting.standing
                    {
                        hide_in(reason, code);
                    }
                }
            }
        }
    }
}

fn hide_in(reason: &mut Reason, code: &Secret) {
    let Reason { code: word, detail, trace } = reason;
    for text in std::iter::once(word).chain(detail).chain(trace) {
        *text = text.replace(code.expose(), CODE_PLACEHOLDER).into();
    }
}

impl Engine {
    /// Forgets a code whose start is not on its way and will not leave any more.
    pub(super) fn forget_spent_code(&mut self, id: PaymentId, manners: &Manners, now: &Moment) {
        let Some(slot) = self.slots.get(&id).filter(|slot| slot.flight.is_none()) else { return };
        if !self.codes.0.contains_key(&id) {
            return;
        }
        match permission::start(&slot.payment, manners, now) {
            Permission::Now(_) | Permission::In(_) => {}
            Permission::GiveUp(_) | Permission::Never(_) => self.codes.forget(id),
        }
    }

    /// What the shell is asked to send once its permit is durable; a start takes its code along.
    pub(super) fn permitted(
        &self,
        id: PaymentId,
        what: &Errand,
        request: Request,
        permit: Permit,
    ) -> Sending {
        let starts = |slot: &super::slot::Slot| match what {
            Errand::Operation { operation, .. } => slot.payment.start.id == *operation,
            Errand::Read(_) | Errand::LookUp => false,
        };
        let code = self.codes.0.get(&id).filter(|_| self.slots.get(&id).is_some_and(|s| starts(s)));
        let permit = match code {
            Some(code) => permit.spending(code.clone()),
            None => permit,
        };
        Sending { request, clearance: Clearance::Permit(permit) }
    }
}
