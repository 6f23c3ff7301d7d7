//! Holds that are captured in parts: what is left is let go of when the till says so, and only
//! then.

use super::end::End;
use super::{Auditor, File};
use crate::fakes::ledger::{Charge, Ledger, Release, Standing};
use crate::world::verdict::Verdict;
use tillkit_model::ids::PaymentId;

impl Auditor {
    /// A till asked to cancel.
    pub fn cancel_asked(&mut self, now_ms: u64, id: PaymentId) {
        if let Some(file) = self.files.get_mut(&id) {
            file.cancel_asked_ms.get_or_insert(now_ms);
        }
    }

    /// Nothing is let go before the till says so, what it says is done, and no capture that it
    /// asked for earlier finds its hold gone.
    pub(super) fn holds_as_said(&mut self, end: &End<'_>) {
        let mut found = Vec::new();
        for release in end.ledger.releases.iter().filter(|one| one.captured_minor > 0) {
            let known = release.payment.and_then(|id| self.files.get(&id));
            if known.is_some_and(|file| !file.said_so_by(release.at_ms)) {
                let words = format!("{} was released unasked", release.charge);
                found.push((Verdict::RestLost, release.at_ms, words));
            }
        }
        for starved in &end.ledger.starved {
            let file = starved.payment.and_then(|id| self.files.get(&id));
            let asked_ms = file.and_then(|file| file.moves.get(&starved.reference));
            let earlier = file
                .zip(asked_ms)
                .is_some_and(|(file, wished)| !file.said_so_by(wished.at_ms) || wished.last);
            let in_parts = drawn_on_before(end.ledger, starved.payment);
            if earlier && in_parts {
                let words = format!("{} found its hold released", starved.reference);
                found.push((Verdict::RestLost, starved.at_ms, words));
            }
        }
        for (id, file) in &self.files {
            let forgotten = self.restored_at_ms.is_some();
            let Some(ending) = end.endings.get(id).filter(|_| !forgotten) else { continue };
            let settled = matches!(ending.outcome, "paid" | "part_paid" | "returned");
            let held = end.ledger.of(*id).filter(|charge| holds_rest(charge, end.ledger));
            for charge in held.filter(|charge| settled && file.is_to_be_released(charge)) {
                let words = format!("{} of {id} still holds what was let go of", charge.id);
                found.push((Verdict::RestHeld, end.now_ms, words));
            }
        }
        for (verdict, at_ms, words) in found {
            self.find(verdict, at_ms, words);
        }
    }
}

impl File {
    /// Whether the till had said by then that nothing more is captured.
    fn said_so_by(&self, at_ms: u64) -> bool {
        let last = self.moves.values().any(|wished| wished.last && wished.at_ms <= at_ms);
        last || self.cancel_asked_ms.is_some_and(|asked_ms| asked_ms <= at_ms)
    }

    /// Whether a wish to let go of what captures left of this charge is on record.
    fn is_to_be_released(&self, charge: &Charge) -> bool {
        let ran = |reference: &str| {
            charge.moves.iter().any(|step| !step.refund && *step.reference == *reference)
        };
        self.release_wished
            || self.moves.iter().any(|(reference, wished)| wished.last && ran(reference))
    }
}

fn holds_rest(charge: &Charge, ledger: &Ledger) -> bool {
    let drawn_on = charge.captured_minor > 0 && charge.captured_minor < charge.authorized_minor;
    let released = ledger.releases.iter().any(|one| one.charge == charge.id);
    charge.standing == Standing::Taken && drawn_on && !released
}

fn drawn_on_before(ledger: &Ledger, payment: Option<PaymentId>) -> bool {
    let of_it = |one: &&Release| one.payment == payment && payment.is_some();
    ledger.releases.iter().filter(of_it).any(|one| one.captured_minor > 0)
}
