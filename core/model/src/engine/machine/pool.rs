//! The bounded pool of requests, and each account's budget.
//!
//! Looks may use neither the last places of the pool nor the reserve of a budget: those are for
//! starts, cancels, captures and refunds.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::port::Terms;
use crate::ids::{AccountName, PaymentId};
use crate::time::{MINUTE_MS, Moment};

/// What kind of place a request wants. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// It may move money, or stop it.
    Money,
    /// It only looks.
    Look,
}

/// Why there is no place now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The pool is full: the payment is remembered and woken when a place is free.
    Pool,
    /// The account's budget is spent, or the provider wants to be left alone, for so long.
    Budget(u64),
}

/// Places and budgets.
#[derive(Debug)]
pub(super) struct Pool {
    places: usize,
    taken: usize,
    waiting: BTreeSet<PaymentId>,
    budgets: BTreeMap<AccountName, Budget>,
}

/// Tokens that refill evenly through each minute, counted in thousandths.
#[derive(Debug)]
struct Budget {
    millitokens: u64,
    refilled_boot_ms: u64,
    left_alone_until_boot_ms: u64,
}

impl Pool {
    pub(super) fn new(places: usize) -> Self {
        Self { places: places.max(2), taken: 0, waiting: BTreeSet::new(), budgets: BTreeMap::new() }
    }

    /// Takes a place and a token.
    pub(super) fn enter(
        &mut self,
        payment: PaymentId,
        account: &AccountName,
        terms: &Terms,
        urgency: Urgency,
        now: &Moment,
    ) -> Result<(), Full> {
        let reserve = match urgency {
            Urgency::Money => 0,
            Urgency::Look => self.places.checked_div(4).unwrap_or(0).max(1),
        };
        if self.taken.saturating_add(reserve) >= self.places {
            self.waiting.insert(payment);
            return Err(Full::Pool);
        }
        self.spend(account, terms, urgency, now).map_err(Full::Budget)?;
        self.taken = self.taken.saturating_add(1);
        Ok(())
    }

    /// Gives a place back; whoever waited for one is next.
    pub(super) fn leave(&mut self) -> Option<PaymentId> {
        self.taken = self.taken.saturating_sub(1);
        self.waiting.pop_first()
    }

    /// The provider wants this account to pause its looks.
    pub(super) fn leave_alone(&mut self, account: &AccountName, ms: u64, now: &Moment) {
        let budget = self.budgets.entry(account.clone()).or_insert_with(|| Budget::empty(now));
        let until = now.boot_ms.saturating_add(ms);
        budget.left_alone_until_boot_ms = budget.left_alone_until_boot_ms.max(until);
    }

    fn spend(
        &mut self,
        account: &AccountName,
        terms: &Terms,
        urgency: Urgency,
        now: &Moment,
    ) -> Result<(), u64> {
        let known = self.budgets.get(account);
        let alone = known.map_or(0, |budget| budget.left_alone_until_boot_ms);
        if urgency == Urgency::Look && alone > now.boot_ms {
            return Err(alone.saturating_sub(now.boot_ms));
        }
        let Some(per_minute) = terms.requests_per_minute else { return Ok(()) };
        let budget =
            self.budgets.entry(account.clone()).or_insert_with(|| Budget::full(per_minute, now));
        budget.refill(per_minute, now);
        let kept = match urgency {
            Urgency::Money => 0,
            Urgency::Look => u64::from(terms.reserve_per_minute).saturating_mul(TOKEN),
        };
        budget.take(kept, per_minute)
    }
}

const TOKEN: u64 = 1_000;

impl Budget {
    const fn empty(now: &Moment) -> Self {
        Self { millitokens: 0, refilled_boot_ms: now.boot_ms, left_alone_until_boot_ms: 0 }
    }

    fn full(per_minute: u32, now: &Moment) -> Self {
        Self { millitokens: u64::from(per_minute).saturating_mul(TOKEN), ..Self::empty(now) }
    }

    fn refill(&mut self, per_minute: u32, now: &Moment) {
        let elapsed = now.boot_ms.saturating_sub(self.refilled_boot_ms);
        let full = u64::from(per_minute).saturating_mul(TOKEN);
        let added = elapsed.saturating_mul(full).checked_div(MINUTE_MS).unwrap_or(0);
        if added > 0 {
            self.millitokens = self.millitokens.saturating_add(added).min(full);
            self.refilled_boot_ms = now.boot_ms;
        }
    }

    /// Takes one token, leaving `kept` for others; otherwise tells how long to wait.
    fn take(&mut self, kept: u64, per_minute: u32) -> Result<(), u64> {
        let needed = kept.saturating_add(TOKEN);
        if self.millitokens >= needed {
            self.millitokens = self.millitokens.saturating_sub(TOKEN);
            return Ok(());
        }
        let missing = needed.saturating_sub(self.millitokens);
        let rate = u64::from(per_minute).saturating_mul(TOKEN).max(1);
        let wait = missing.saturating_mul(MINUTE_MS).checked_div(rate).unwrap_or(MINUTE_MS);
        Err(wait.saturating_add(1))
    }
}
