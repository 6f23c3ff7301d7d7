//! A call that is repeated across the hour at which a business day begins is still a repeat.
//!
//! Where references restart daily the day is part of a sale's identity. A till that called a minute
//! before that hour and repeats the call a minute after it, or whose clock was set across it in
//! between, would otherwise charge twice. So close to the edge the day beside is looked at first.

use super::starts::Asking;
use super::{Engine, closed};
use crate::engine::errors;
use crate::engine::port::Terms;
use crate::engine::store::{Failure, IdentityKey, Stored, Surroundings};
use crate::identity;
use crate::payment::Payment;
use crate::payment::view::{Outcome, outcome};
use crate::sale::Sale;
use crate::time::Moment;

/// The same reference and attempt on the days that are closer than the time for which a repeat is
/// replayed.
pub(super) fn neighbours(sale: &Sale, terms: &Terms, since: &Moment) -> Vec<IdentityKey> {
    let Some(today) = &sale.business_day else { return Vec::new() };
    let window_ms = terms.replay_window_ms;
    let before = since.wall_ms.saturating_sub_unsigned(window_ms);
    let after = since.wall_ms.saturating_add_unsigned(window_ms);
    let days = [before, after]
        .into_iter()
        .filter_map(|wall_ms| terms.references.business_day(&Moment { wall_ms, ..*since }));
    days.filter(|day| day != today)
        .map(|day| identity::key_of(&sale.account.name, Some(&day), &sale.reference, sale.attempt))
        .collect()
}

impl Engine {
    /// Joins the payment of the day beside that the call repeats, or goes on to the next question.
    pub(super) fn neighbour_told(
        &mut self,
        key: &IdentityKey,
        told: Result<Surroundings, Failure>,
        now: &Moment,
    ) {
        if self.closing.is_some() {
            return self.refuse_all(key, &closed());
        }
        let beside = match told {
            Ok(beside) => beside,
            // A failed read is never taken for an absent payment.
            Err(failure) => return self.refuse_all(key, &errors::of_journal(&failure)),
        };
        let Some(starting) = self.starting.get_mut(key) else { return };
        let Some(mut asking) = starting.asks.pop_front() else { return };
        let window_ms = self
            .accounts
            .get(&asking.sale.account.name)
            .map_or(0, |member| member.connection.terms.replay_window_ms);
        let repeated = beside.attempts.into_iter().find_map(|stored| match stored {
            Stored::Live(payment) if is_repeat(&asking, &payment, window_ms) => Some(payment),
            Stored::Live(_) | Stored::Tombstone(_) => None,
        });
        match repeated {
            Some(payment) => self.join(asking, payment.id, Some(payment), true, now),
            None => {
                asking.neighbours.pop();
                starting.asks.push_front(asking);
            }
        }
        self.look_round(key);
    }
}

/// The very same sale, called for a moment ago by the clock on the wall, or still undecided.
fn is_repeat(asking: &Asking, earlier: &Payment, window_ms: u64) -> bool {
    let undecided = matches!(outcome(earlier), Outcome::Open | Outcome::Unknown);
    let recent = asking.since.wall_ms.abs_diff(earlier.created_at.wall_ms) < window_ms;
    earlier.sale.attempt == asking.sale.attempt
        && earlier.fingerprint == asking.fingerprint
        && (recent || undecided)
}
