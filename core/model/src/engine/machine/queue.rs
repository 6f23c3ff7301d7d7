//! Payments that wait for something of which there is not enough: the most urgent first, among
//! equals whoever came first.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::budget::Tokens;
use crate::ids::PaymentId;

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

impl Urgency {
    /// Those tokens that are for it.
    pub(super) const fn of(self, tokens: &mut Tokens) -> &mut u32 {
        match self {
            Self::Money => &mut tokens.money,
            Self::Look => &mut tokens.looks,
            Self::Search => &mut tokens.searches,
        }
    }
}

/// Who waits.
#[derive(Debug, Default)]
pub(super) struct Queue {
    places: BTreeMap<PaymentId, (Urgency, u64)>,
    order: BTreeSet<(Urgency, u64, PaymentId)>,
    waiting: Tokens,
    came: u64,
}

impl Queue {
    /// Who waits already keeps the place in the queue, unless it became more urgent.
    pub(super) fn push(&mut self, payment: PaymentId, urgency: Urgency) {
        if self.places.get(&payment).is_some_and(|(known, _)| *known == urgency) {
            return;
        }
        self.remove(payment);
        self.came = self.came.saturating_add(1);
        self.places.insert(payment, (urgency, self.came));
        self.order.insert((urgency, self.came, payment));
        let waiting = urgency.of(&mut self.waiting);
        *waiting = waiting.saturating_add(1);
    }

    pub(super) fn remove(&mut self, payment: PaymentId) {
        if let Some((urgency, came)) = self.places.remove(&payment) {
            self.order.remove(&(urgency, came, payment));
            let waiting = urgency.of(&mut self.waiting);
            *waiting = waiting.saturating_sub(1);
        }
    }

    pub(super) fn pop(&mut self) -> Option<PaymentId> {
        let (.., payment) = *self.order.first()?;
        self.remove(payment);
        Some(payment)
    }

    /// How many wait, by what for.
    pub(super) const fn waiting(&self) -> Tokens {
        self.waiting
    }

    /// How long until one of them should think again by itself: a deadline may come before a place,
    /// but a hundred thousand need not all ask four times a second.
    pub(super) fn patience_ms(&self) -> u64 {
        let waiting = u64::try_from(self.order.len()).unwrap_or(u64::MAX);
        waiting.clamp(WAIT_MS.0, WAIT_MS.1)
    }
}

/// The shortest and the longest time until a payment that waits thinks again.
const WAIT_MS: (u64, u64) = (250, 10_000);
