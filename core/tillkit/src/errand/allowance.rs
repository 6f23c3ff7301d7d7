//! How many errands a minute an account may run.

use std::collections::VecDeque;

use tillkit_model::provider::Budget;
use tillkit_model::time::{MINUTE_MS, Moment};

/// The part of an account's budget that errands may use, however large the whole is.
const SHARE_MAX: u32 = 20;

/// What of a budget is for errands, and what is left for payments.
pub(crate) fn share(budget: Budget) -> (u32, Budget) {
    let errands = budget.per_minute.checked_div(10).unwrap_or(0).clamp(1, SHARE_MAX);
    let per_minute = budget.per_minute.saturating_sub(errands).max(1);
    (errands, Budget { per_minute, ..budget })
}

/// The errands of the last minute.
#[derive(Debug)]
pub(crate) struct Allowance {
    per_minute: Option<u32>,
    ran: VecDeque<Moment>,
}

impl Allowance {
    /// So many a minute; unlimited without a number.
    pub(crate) const fn of(per_minute: Option<u32>) -> Self {
        Self { per_minute, ran: VecDeque::new() }
    }

    /// Lets one more run, or tells how long to wait.
    pub(super) fn take(&mut self, now: &Moment) -> Result<(), u64> {
        let Some(per_minute) = self.per_minute else { return Ok(()) };
        while self.ran.front().is_some_and(|ran| now.has_surely_passed(ran, MINUTE_MS)) {
            self.ran.pop_front();
        }
        let most = usize::try_from(per_minute).unwrap_or(usize::MAX);
        match self.ran.front() {
            Some(first) if self.ran.len() >= most => {
                Err(now.until_surely_passed_ms(first, MINUTE_MS).max(1))
            }
            Some(_) | None => {
                self.ran.push_back(*now);
                Ok(())
            }
        }
    }
}
