//! The bounded pool of requests, and each account's budget.
//!
//! Looks may use neither the last places of the pool nor the reserve of a budget: those are for
//! starts, cancels, captures and refunds. And whoever stands at the counter comes before what has
//! been in doubt for long, so that a backlog of doubt holds nobody up.

use std::collections::BTreeSet;

use super::budgets::Budgets;
use super::queue::{Queue, Urgency};
use crate::engine::port::Terms;
use crate::ids::{AccountName, PaymentId};
use crate::time::Moment;

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
    pub(super) budgets: Budgets,
    /// Accounts for which nothing that moves money can be sent at present.
    withheld: BTreeSet<AccountName>,
}

/// How long until a payment of an account that is cut off thinks again: its deadlines go on.
const WITHHELD_MS: u64 = 1_000;

impl Pool {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: places.max(2),
            taken: 0,
            waiting: Queue::default(),
            budgets: Budgets::default(),
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
        let purse = terms.counted_by(account);
        self.budgets.spend(payment, purse, terms, urgency, now).map_err(Full::Budget)?;
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
        self.budgets.leave_alone(terms.counted_by(account), ms, now);
    }
}
