//! What only some providers know: part payments, conditions that a till answers, and holds that are
//! captured in parts. Each has draws
//! of its own, so that lives at other providers stay what they are.

use tillkit_model::payment::Payment;
use tillkit_model::payment::details::ConditionStatus;

use super::{Job, Share, Task};
use crate::world::life::World;

impl World {
    /// Whether a customer may pay a part of the next sale.
    pub(super) fn allows_part(&mut self) -> bool {
        let known = self.extras && self.adapter.capabilities().part_payment;
        known && self.draws(0x65).chance(300)
    }

    /// How long a till waits before it looks at what is shown: a condition has to be answered soon.
    pub(super) fn patience_ms(&self) -> u64 {
        let asked = self.extras && self.adapter.capabilities().conditions;
        if asked { 4_000 } else { 30_000 }
    }

    /// A till that is told of a condition answers it, most of the time.
    pub(super) fn plan_answer(&mut self, visit: usize, payment: &Payment) {
        let known = payment.charges.values().filter_map(|charge| charge.details.as_ref());
        let mut conditions = known.flat_map(|details| &details.conditions);
        let waits = conditions.find(|known| known.status == ConditionStatus::AwaitingTill);
        let planned = self.visits[visit].planned.answer || !self.extras;
        let Some(condition) = waits.filter(|_| !planned) else { return };
        self.visits[visit].condition = Some(condition.id.clone());
        self.visits[visit].planned.answer = true;
        let mut draws = self.draws(0x79);
        if draws.chance(900) {
            let wait_ms = draws.pick(&[500, 5_000, 20_000, 60_000]);
            let job = Job::Answer { visit, accept: draws.chance(700) };
            self.later(draws.between(100, wait_ms), Task { job, tries: 0 });
        }
    }

    /// The same answer again, or the other one after all.
    pub(super) fn plan_other_answer(&mut self, visit: usize, accept: bool, tries: u32) {
        let mut draws = self.draws(0x7a);
        if tries == 0 && draws.chance(400) {
            let accept = accept == draws.chance(500);
            let job = Job::Answer { visit, accept };
            self.later(draws.between(5, 20_000), Task { job, tries: 1 });
        }
    }

    /// What is held is captured in parts instead, where the provider knows several captures: one,
    /// two or three of them, the last one called so or a cancel behind it, or neither.
    pub(super) fn in_parts(&mut self, visit: usize, whole: Job, wait_ms: u64) -> Job {
        let known = self.extras && self.adapter.manners().several_captures;
        let captures = matches!(whole, Job::Capture { .. });
        if !known || !captures || !self.draws(0x7b).chance(700) {
            return whole;
        }
        let mut draws = self.draws(0x7c);
        let count = draws.between(1, 4) as u32;
        let says_last = draws.chance(400);
        let share = |number| if number == count && says_last { Share::Last } else { Share::Part };
        let mut at_ms = wait_ms;
        for number in 2..=count {
            at_ms += draws.pick(&[5, 2_000, 30_000, 120_000]);
            let job = Job::Capture { visit, number, share: share(number) };
            self.later(at_ms, Task { job, tries: 0 });
        }
        if draws.chance(400) {
            let cancel_ms = wait_ms + draws.between(1, 200_000);
            self.later(cancel_ms, Task { job: Job::Cancel { visit }, tries: 0 });
        }
        Job::Capture { visit, number: 1, share: share(1) }
    }
}
