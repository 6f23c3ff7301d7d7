//! What this process holds of each budget: tokens that it drew from the journal, in small numbers
//! and for a short time, so that one draw serves many looks and little is lost with a process.
//!
//! A draw asks for what waits and for as much as was used of late. What may move money may use any
//! token, a look that somebody waits for those of looks and searches, a search its own.

use std::collections::{BTreeMap, VecDeque};

use super::queue::{Queue, Urgency};
use crate::engine::budget::{Draw, Drawn, Tokens};
use crate::engine::lease::LEASE_MS;
use crate::engine::port::{Purse, Terms};
use crate::ids::PaymentId;
use crate::time::{Moment, SECOND_MS};

/// How long a token may be spent: no longer than a process that is not heard counts as alive.
const LIFE_MS: u64 = LEASE_MS;
/// How much time of use a draw provides for, about.
const AHEAD_MS: u64 = 5 * SECOND_MS;
/// How long after one draw looks may ask for another.
const PAUSE_MS: u64 = SECOND_MS;

/// What is held of every budget.
#[derive(Debug, Default)]
pub(super) struct Budgets(BTreeMap<Purse, Held>);

/// What is held of one.
#[derive(Debug, Default)]
struct Held {
    /// The oldest first.
    grants: VecDeque<Grant>,
    waiting: Queue,
    used: Used,
    drawing: bool,
    /// Until when nothing more is asked for, even for money.
    empty_until_boot_ms: u64,
    /// Until when nothing more is asked for looks.
    resting_until_boot_ms: u64,
    left_alone_until_boot_ms: u64,
}

/// Tokens of one draw.
#[derive(Debug)]
struct Grant {
    tokens: Tokens,
    until_boot_ms: u64,
}

/// How many tokens were used, in the span that is under way and in the one before.
#[derive(Debug, Default)]
struct Used {
    span: u64,
    now: Tokens,
    before: Tokens,
}

impl Budgets {
    /// Spends a token, or says in how long to try again: whoever waits is woken when one is drawn.
    pub(super) fn spend(
        &mut self,
        payment: PaymentId,
        purse: Purse,
        terms: &Terms,
        urgency: Urgency,
        now: &Moment,
    ) -> Result<(), u64> {
        let alone = self.0.get(&purse).map_or(0, |held| held.left_alone_until_boot_ms);
        if urgency != Urgency::Money && alone > now.boot_ms {
            return Err(alone.saturating_sub(now.boot_ms));
        }
        if terms.requests_per_minute.is_none() {
            return Ok(());
        }
        let held = self.0.entry(purse).or_default();
        if held.take(urgency, now) {
            held.waiting.remove(payment);
            return Ok(());
        }
        held.waiting.push(payment, urgency);
        Err(held.patience_ms(urgency, now))
    }

    /// What to ask of a budget now, if anything; it is under way from then on. A sale that is only
    /// about to be recorded wants a token too.
    pub(super) fn draw(
        &mut self,
        purse: Purse,
        terms: &Terms,
        sale: bool,
        now: &Moment,
    ) -> Option<Draw> {
        let per_minute = terms.requests_per_minute?;
        let held = self.0.entry(purse).or_default();
        let wanted = held.wanted(sale, now)?;
        held.drawing = true;
        let reserve = terms.reserve_per_minute;
        Some(Draw { purse, per_minute, reserve, life_ms: LIFE_MS, wanted })
    }

    /// Whether there is a token for what may move money, now.
    pub(super) fn holds(&mut self, purse: Purse, now: &Moment) -> bool {
        self.0.get_mut(&purse).is_some_and(|held| held.tokens(now).count() > 0)
    }

    /// Whether a draw is under way.
    pub(super) fn draws(&self, purse: Purse) -> bool {
        self.0.get(&purse).is_some_and(|held| held.drawing)
    }

    /// Takes in what was drawn, and tells who may try again.
    pub(super) fn drawn(
        &mut self,
        purse: Purse,
        drawn: Option<Drawn>,
        asked_at: &Moment,
        now: &Moment,
    ) -> Vec<PaymentId> {
        let Some(held) = self.0.get_mut(&purse) else { return Vec::new() };
        held.drawing = false;
        let pause_until = now.boot_ms.saturating_add(PAUSE_MS);
        let Some(Drawn { tokens, again_ms }) = drawn else {
            (held.resting_until_boot_ms, held.empty_until_boot_ms) = (pause_until, pause_until);
            return Vec::new();
        };
        let again = now.boot_ms.saturating_add(again_ms);
        held.resting_until_boot_ms = again.max(pause_until);
        let lacks_money = held.waiting.waiting().money > tokens.money;
        held.empty_until_boot_ms = if lacks_money { again } else { 0 };
        let until_boot_ms = asked_at.boot_ms.saturating_add(LIFE_MS);
        held.grants.push_back(Grant { tokens, until_boot_ms });
        let mut woken = Vec::new();
        for _ in 0..tokens.count() {
            woken.extend(held.waiting.pop());
        }
        woken
    }

    /// The provider wants looks of this budget to pause.
    pub(super) fn leave_alone(&mut self, purse: Purse, ms: u64, now: &Moment) {
        let held = self.0.entry(purse).or_default();
        let until = now.boot_ms.saturating_add(ms);
        held.left_alone_until_boot_ms = held.left_alone_until_boot_ms.max(until);
    }
}

impl Held {
    fn take(&mut self, urgency: Urgency, now: &Moment) -> bool {
        self.forget_old(now);
        let (money, looks, searches) = (Urgency::Money, Urgency::Look, Urgency::Search);
        let usable: &[Urgency] = match urgency {
            Urgency::Money => &[money, looks, searches],
            Urgency::Look => &[looks, searches],
            Urgency::Search => &[searches],
        };
        let taken = usable.iter().any(|kind| {
            self.grants.iter_mut().any(|grant| {
                let left = kind.of(&mut grant.tokens);
                let there = *left > 0;
                *left = left.saturating_sub(1);
                there
            })
        });
        if taken {
            let used = urgency.of(self.used.at(now));
            *used = used.saturating_add(1);
        }
        taken
    }

    fn forget_old(&mut self, now: &Moment) {
        self.grants.retain(|grant| grant.until_boot_ms > now.boot_ms && grant.tokens.count() > 0);
    }

    /// What is held and may be spent.
    fn tokens(&mut self, now: &Moment) -> Tokens {
        self.forget_old(now);
        self.grants.iter().fold(Tokens::default(), |all, grant| all.and(grant.tokens))
    }

    fn wanted(&mut self, sale: bool, now: &Moment) -> Option<Tokens> {
        let waiting =
            self.waiting.waiting().and(Tokens { money: sale.into(), ..Tokens::default() });
        let resting = now.boot_ms < self.resting_until_boot_ms;
        let for_money = waiting.money > 0 && now.boot_ms >= self.empty_until_boot_ms;
        if self.drawing || waiting.count() == 0 || (resting && !for_money) {
            return None;
        }
        let held = self.tokens(now);
        let wanted = waiting.and(self.used.of_late(now)).less(held);
        (wanted.count() > 0).then_some(wanted)
    }

    /// How long until whoever waits tries again without having been woken.
    fn patience_ms(&self, urgency: Urgency, now: &Moment) -> u64 {
        let again = match urgency {
            Urgency::Money => self.empty_until_boot_ms,
            Urgency::Look | Urgency::Search => self.resting_until_boot_ms,
        };
        again.saturating_sub(now.boot_ms).max(self.waiting.patience_ms())
    }
}

impl Used {
    /// The uses of the span that is under way.
    fn at(&mut self, now: &Moment) -> &mut Tokens {
        let span = now.boot_ms.checked_div(AHEAD_MS).unwrap_or(0);
        if span != self.span {
            let followed = self.span.checked_add(1) == Some(span);
            self.before = if followed { self.now } else { Tokens::default() };
            self.now = Tokens::default();
            self.span = span;
        }
        &mut self.now
    }

    /// The more of the two.
    fn of_late(&mut self, now: &Moment) -> Tokens {
        let under_way = *self.at(now);
        Tokens {
            money: under_way.money.max(self.before.money),
            looks: under_way.looks.max(self.before.looks),
            searches: under_way.searches.max(self.before.searches),
        }
    }
}

#[cfg(test)]
mod tests;
