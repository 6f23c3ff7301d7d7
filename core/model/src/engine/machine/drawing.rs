//! Drawing on the budgets that all processes of a journal share.

use super::schedule::Timer;
use super::{Engine, Purpose};
use crate::engine::budget::Drawn;
use crate::engine::port::{Ask, Purse};
use crate::engine::store::{Failure, IdentityKey};
use crate::ids::AccountName;
use crate::time::Moment;

impl Engine {
    /// Asks the journal for what an account's payments wait for, unless that is under way.
    pub(super) fn draw(&mut self, account: &AccountName, now: &Moment) {
        self.draw_for(account, false, now);
    }

    /// A sale is best recorded together with its first permit, so its token is drawn before: true
    /// where it has to wait for that.
    pub(super) fn draws_first(
        &mut self,
        key: &IdentityKey,
        account: &AccountName,
        now: &Moment,
    ) -> bool {
        let Some(member) = self.accounts.get(account) else { return false };
        let purse = member.connection.terms.counted_by(account);
        if self.pool.budgets.holds(purse, now) {
            return false;
        }
        self.draw_for(account, true, now);
        let draws = self.pool.budgets.draws(purse);
        if let Some(starting) = self.starting.get_mut(key).filter(|_| draws) {
            starting.awaits = Some(purse);
        }
        draws
    }

    fn draw_for(&mut self, account: &AccountName, sale: bool, now: &Moment) {
        if self.closed {
            return;
        }
        let Some(member) = self.accounts.get(account) else { return };
        let terms = &member.connection.terms;
        let purse = terms.counted_by(account);
        if let Some(draw) = self.pool.budgets.draw(purse, terms, sale, now) {
            self.ask(Ask::Draw(draw), Purpose::Draw { purse, asked_at: *now });
        }
    }

    /// Whoever waited tries again. Without the journal nothing is given, and those wait on.
    pub(super) fn drawn(
        &mut self,
        purse: Purse,
        asked_at: &Moment,
        told: Result<Drawn, Failure>,
        now: &Moment,
    ) {
        for payment in self.pool.budgets.drawn(purse, told.ok(), asked_at, now) {
            self.schedule.set(Timer::Payment(payment), now.boot_ms);
        }
        let waiting = self.starting.iter_mut().filter(|(_, one)| one.awaits == Some(purse));
        let waiting: Vec<IdentityKey> = waiting
            .map(|(key, starting)| {
                starting.awaits = None;
                key.clone()
            })
            .collect();
        for key in waiting {
            self.look_round(&key);
        }
    }
}
