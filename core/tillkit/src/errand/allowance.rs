//! How many errands a minute an account may run, or all that a provider counts together.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tillkit_model::engine::port::Purse;
use tillkit_model::provider::{Budget, Counted};
use tillkit_model::time::{MINUTE_MS, Moment};

/// The part of a budget that errands of the same credentials may use, however large the whole is.
/// Those of a whole machine may be of many merchants, and have their tenth.
const SHARE_MAX: u32 = 20;

/// What of a budget is for errands, and what is left for payments.
pub(crate) fn share(budget: Budget) -> (u32, Budget) {
    let most = match budget.counted {
        Counted::ByCredentials => SHARE_MAX,
        Counted::ByMachine => u32::MAX,
    };
    let errands = budget.per_minute.checked_div(10).unwrap_or(0).clamp(1, most);
    let per_minute = budget.per_minute.saturating_sub(errands).max(1);
    (errands, Budget { per_minute, ..budget })
}

/// What all accounts' errands have used, as their providers count them.
#[derive(Debug, Default)]
pub(crate) struct Allowances(Mutex<BTreeMap<Purse, Arc<Mutex<Allowance>>>>);

impl Allowances {
    /// That of an account: its own, or that of its purse. Where accounts of one purse name
    /// different numbers the smallest holds, and connecting once more forgets nothing.
    pub(crate) fn of(
        &self,
        purse: Option<Purse>,
        per_minute: Option<u32>,
    ) -> Arc<Mutex<Allowance>> {
        let new = || Arc::new(Mutex::new(Allowance::of(per_minute)));
        let Some(purse) = purse else { return new() };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = Arc::clone(all.entry(purse).or_insert_with(new));
        drop(all);
        shared.lock().unwrap_or_else(PoisonError::into_inner).narrow(per_minute);
        shared
    }
}

/// The errands of the last minute.
#[derive(Debug)]
pub(crate) struct Allowance {
    per_minute: Option<u32>,
    ran: VecDeque<Moment>,
}

impl Allowance {
    /// So many a minute; unlimited without a number.
    pub(super) const fn of(per_minute: Option<u32>) -> Self {
        Self { per_minute, ran: VecDeque::new() }
    }

    fn narrow(&mut self, per_minute: Option<u32>) {
        self.per_minute = self.per_minute.into_iter().chain(per_minute).min();
    }

    /// Lets one more run, or tells how long to wait.
    pub(super) fn take(&mut self, now: &Moment) -> Result<(), u64> {
        self.take_of(self.per_minute, now)
    }

    /// The same for what nobody waits for, which leaves half to whoever does.
    pub(super) fn take_behind(&mut self, now: &Moment) -> Result<(), u64> {
        self.take_of(self.per_minute.map(|most| most.div_ceil(2)), now)
    }

    fn take_of(&mut self, most: Option<u32>, now: &Moment) -> Result<(), u64> {
        let Some(most) = most else { return Ok(()) };
        while self.ran.front().is_some_and(|ran| now.has_surely_passed(ran, MINUTE_MS)) {
            self.ran.pop_front();
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        // The one after which there is room again.
        let last = self.ran.len().checked_sub(most).and_then(|over| self.ran.get(over));
        match last {
            Some(last) => Err(now.until_surely_passed_ms(last, MINUTE_MS).max(1)),
            None => {
                self.ran.push_back(*now);
                Ok(())
            }
        }
    }
}
