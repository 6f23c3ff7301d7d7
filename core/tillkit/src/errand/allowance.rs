//! How many errands a minute an account may run, or all that a provider counts together: a budget
//! of their own, which all processes of a journal share.

use tillkit_model::engine::budget::{Draw, Tokens};
use tillkit_model::engine::port::{Purse, Terms};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Budget, Counted};

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

/// Whether somebody waits for an errand. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Somebody does.
    Somebody,
    /// Nobody does: half of the budget is left to whoever comes.
    Nobody,
}

/// What an account's errands may draw on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    purse: Purse,
    per_minute: u32,
}

impl Allowance {
    /// That of an account; none is unlimited.
    pub(crate) fn of(
        account: &AccountName,
        terms: &Terms,
        per_minute: Option<u32>,
    ) -> Option<Self> {
        let purse = terms.counted_by(account).beside();
        per_minute.map(|per_minute| Self { purse, per_minute })
    }

    /// What one errand asks for, which leaves at once.
    pub(super) fn draw(&self, whom: For) -> Draw {
        let half = self.per_minute.checked_div(2).unwrap_or(0);
        let wanted = match whom {
            For::Somebody => Tokens { money: 1, ..Tokens::default() },
            For::Nobody => Tokens { looks: 1, ..Tokens::default() },
        };
        let Self { purse, per_minute } = *self;
        Draw { purse, per_minute, reserve: half, life_ms: 0, wanted }
    }
}
