//! The bounded pool of requests, and each account's budget.
//!
//! Looks may use neither the last places of the pool nor the reserve of a budget: those are for
//! starts, cancels, captures and refunds. And whoever stands at the counter comes before what has
//! been in doubt for long, so that a backlog of doubt holds nobody up.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::port::{Purse, Terms};
use crate::ids::{AccountName, PaymentId};
use crate::time::{MINUTE_MS, Moment};

/// What kind of place a request wants, the most urgent first. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// It may move money, or stop it.
    Money,
    /// It only looks, while somebody waits.
    Look,
    /// It only looks, after the caller was told what is known.
    Search,
}

/// Why there is no place now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The pool is full: the payment is remembered and woken when a place is free, and had better
    /// think again after so long.
    Pool(u64),
    /// The account's budget is spent, or the provider wants to be left alone, for so long.
    Budget(u64),
}

/// Places and budgets.
#[derive(Debug)]
pub(super) struct Pool {
    places: usize,
    taken: usize,
    waiting: Queue,
    budgets: BTreeMap<Payer, Budget>,
    /// Accounts for which nothing that moves money can be sent at present.
    withheld: BTreeSet<AccountName>,
}

/// Whom a provider counts requests by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Payer {
    /// One account alone.
    Account(AccountName),
    /// Every account with the same credentials.
    Purse(Purse),
}

impl Payer {
    fn of(account: &AccountName, terms: &Terms) -> Self {
        terms.purse.map_or_else(|| Self::Account(account.clone()), Self::Purse)
    }
}

/// Payments that wait for a place: the most urgent first, among equals whoever came first.
#[derive(Debug, Default)]
struct Queue {
    places: BTreeMap<PaymentId, (Urgency, u64)>,
    order: BTreeSet<(Urgency, u64, PaymentId)>,
    came: u64,
}

impl Queue {
    /// Who waits already keeps the place in the queue, unless it became more urgent.
    fn push(&mut self, payment: PaymentId, urgency: Urgency) {
        if self.places.get(&payment).is_some_and(|(known, _)| *known == urgency) {
            return;
        }
        self.remove(payment);
        self.came = self.came.saturating_add(1);
        self.places.insert(payment, (urgency, self.came));
        self.order.insert((urgency, self.came, payment));
    }

    fn remove(&mut self, payment: PaymentId) {
        if let Some((urgency, came)) = self.places.remove(&payment) {
            self.order.remove(&(urgency, came, payment));
        }
    }

    fn pop(&mut self) -> Option<PaymentId> {
        let (.., payment) = self.order.pop_first()?;
        self.places.remove(&payment);
        Some(payment)
    }

    /// How long until one of them should think again by itself: a deadline may come before a place,
    /// but a hundred thousand need not all ask four times a second.
    fn patience_ms(&self) -> u64 {
        let waiting = u64::try_from(self.order.len()).unwrap_or(u64::MAX);
        waiting.clamp(POOL_WAIT_MS.0, POOL_WAIT_MS.1)
    }
}

/// The shortest and the longest time until a payment that waits for a place thinks again.
const POOL_WAIT_MS: (u64, u64) = (250, 10_000);

/// How long until a payment of an account that is cut off thinks again: its deadlines go on.
const WITHHELD_MS: u64 = 1_000;

/// Tokens that refill evenly through each minute, counted in thousandths.
#[derive(Debug)]
struct Budget {
    millitokens: u64,
    refilled_boot_ms: u64,
    left_alone_until_boot_ms: u64,
}

impl Pool {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: places.max(2),
            taken: 0,
            waiting: Queue::default(),
            budgets: BTreeMap::new(),
            withheld: BTreeSet::new(),
        }
    }

    /// How many places looks may take.
    pub(super) fn places_for_looks(&self) -> u64 {
        u64::try_from(self.places.saturating_sub(self.reserve())).unwrap_or(u64::MAX)
    }

    /// How many places are kept for requests that may move money, or stop it.
    fn reserve(&self) -> usize {
        self.places.checked_div(4).unwrap_or(0).max(1)
    }

    /// Lets nothing that moves money enter for an account, or lets it enter again; true in the
    /// latter case, if that is new.
    pub(super) fn withhold(&mut self, account: AccountName, withheld: bool) -> bool {
        if withheld {
            self.withheld.insert(account);
            return false;
        }
        self.withheld.remove(&account)
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
        // Looks may go on: what they are told shows how long the account is cut off.
        let withheld = self.withheld.contains(account);
        if cfg!(not(mutant = "permit_without_credentials")) && withheld && urgency == Urgency::Money
        {
            return Err(Full::Budget(WITHHELD_MS));
        }
        let reserve = match urgency {
            Urgency::Money => 0,
            Urgency::Look | Urgency::Search => self.reserve(),
        };
        if self.taken.saturating_add(reserve) >= self.places {
            self.waiting.push(payment, urgency);
            return Err(Full::Pool(self.waiting.patience_ms()));
        }
        self.waiting.remove(payment);
        self.spend(account, terms, urgency, now).map_err(Full::Budget)?;
        self.taken = self.taken.saturating_add(1);
        Ok(())
    }

    /// Gives a place back; whoever waited for one is next.
    pub(super) fn leave(&mut self) -> Option<PaymentId> {
        self.taken = self.taken.saturating_sub(1);
        self.waiting.pop()
    }

    /// The provider wants this account to pause its looks, and so every account of its purse.
    pub(super) fn leave_alone(
        &mut self,
        account: &AccountName,
        terms: &Terms,
        ms: u64,
        now: &Moment,
    ) {
        let payer = Payer::of(account, terms);
        let budget = self.budgets.entry(payer).or_insert_with(|| Budget::empty(now));
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
        let payer = Payer::of(account, terms);
        let known = self.budgets.get(&payer);
        let alone = known.map_or(0, |budget| budget.left_alone_until_boot_ms);
        if urgency != Urgency::Money && alone > now.boot_ms {
            return Err(alone.saturating_sub(now.boot_ms));
        }
        let Some(per_minute) = terms.requests_per_minute else { return Ok(()) };
        let budget = self.budgets.entry(payer).or_insert_with(|| Budget::full(per_minute, now));
        budget.refill(per_minute, now);
        let full = u64::from(per_minute).saturating_mul(TOKEN);
        let reserve = u64::from(terms.reserve_per_minute).saturating_mul(TOKEN);
        // However much is kept for others, a full budget always lets one more look leave.
        let reserve = reserve.min(full.saturating_sub(TOKEN));
        let quarter = full.saturating_sub(reserve).checked_div(4).unwrap_or(0);
        let kept = match urgency {
            Urgency::Money => 0,
            Urgency::Look => reserve,
            Urgency::Search => reserve.saturating_add(quarter).min(full.saturating_sub(TOKEN)),
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
