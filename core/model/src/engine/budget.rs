//! Budgets that several processes share: what is left of one, as the journal keeps it, and how
//! much of it whoever asks is given.
//!
//! A budget fills evenly. A process draws a few tokens at a time, each good for one request and
//! only for so long; what it does not spend in time is lost, as is what a dead process held. So
//! nobody needs to know who else lives, and within any span of time all together spend no more
//! than one minute's tokens and what comes in during that span, whoever joins, dies or sleeps.
//!
//! It knows nothing of who asks, of requests, or of how a store keeps what is left.

use serde::{Deserialize, Serialize};

use super::port::Purse;
use crate::time::{MINUTE_MS, Moment};

/// What is left of a budget, and since when it has been filling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pot {
    /// What is left: a token is as many units as a minute has milliseconds, so that each
    /// millisecond brings a whole number of them.
    pub units: u64,
    /// When that was so.
    pub filled_at: Moment,
}

/// What a process asks of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// Which budget.
    pub purse: Purse,
    /// How many tokens it brings each minute.
    pub per_minute: u32,
    /// How many of them are kept for what may move money, or stop it.
    pub reserve: u32,
    /// How long after the asking the tokens may be spent.
    pub life_ms: u64,
    /// How many are asked for.
    pub wanted: Tokens,
}

/// Tokens, by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// For what may move money, or stop it.
    pub money: u32,
    /// For looks that somebody waits for.
    pub looks: u32,
    /// For looks that nobody waits for.
    pub searches: u32,
}

/// What a process is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// The tokens, none above what was asked for.
    pub tokens: Tokens,
    /// In how long the most urgent of what is lacking may be had; 0 when nothing is.
    pub again_ms: u64,
}

impl Tokens {
    /// All of them.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.money.saturating_add(self.looks).saturating_add(self.searches)
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, those: Self) -> Self {
        Self {
            money: self.money.saturating_add(those.money),
            looks: self.looks.saturating_add(those.looks),
            searches: self.searches.saturating_add(those.searches),
        }
    }

    /// What of these is left without those.
    #[must_use]
    pub const fn less(self, those: Self) -> Self {
        Self {
            money: self.money.saturating_sub(those.money),
            looks: self.looks.saturating_sub(those.looks),
            searches: self.searches.saturating_sub(those.searches),
        }
    }
}

/// One token.
const TOKEN: u64 = MINUTE_MS;

/// Takes out of a pot, of which `sharers` processes may want something, and tells what it is
/// afterwards. A pot that nobody has drawn from yet is full.
#[must_use]
pub fn draw(pot: Option<&Pot>, asked: &Draw, sharers: u32, now: &Moment) -> (Pot, Drawn) {
    let mut pot = filled(pot, asked, now);
    let Kept { from_looks, from_searches } = kept(asked);
    let mut again_ms = 0;
    let mut take = |wanted: u32, kept: u64, sharers: u32| {
        let given = give(pot.units, wanted, kept, sharers);
        pot.units = pot.units.saturating_sub(u64::from(given).saturating_mul(TOKEN));
        if given < wanted && again_ms == 0 {
            again_ms = until_ms(pot.units, kept.saturating_add(TOKEN), asked.per_minute);
        }
        given
    };
    let Tokens { money, looks, searches } = asked.wanted;
    let tokens = Tokens {
        // Whoever may move money is not asked to share: this is what the reserve is for.
        money: take(money, 0, 1),
        looks: take(looks, from_looks, sharers),
        searches: take(searches, from_searches, sharers),
    };
    (pot, Drawn { tokens, again_ms })
}

/// What is kept back, and from whom.
struct Kept {
    from_looks: u64,
    from_searches: u64,
}

/// Who stands at the counter comes before what has been in doubt for long, so searches leave a
/// quarter more. However much is kept for others, a full pot always has a token for each.
fn kept(asked: &Draw) -> Kept {
    let full = capacity(asked);
    let most = full.saturating_sub(TOKEN);
    let reserve = u64::from(asked.reserve).saturating_mul(TOKEN).min(most);
    let quarter = full.saturating_sub(reserve).checked_div(4).unwrap_or(0);
    Kept { from_looks: reserve, from_searches: reserve.saturating_add(quarter).min(most) }
}

/// As much as comes in during a minute, less what may be about unspent: whatever was drawn within
/// one life and what is in the pot add up to a minute's tokens at the most.
fn capacity(asked: &Draw) -> u64 {
    let fills_ms = MINUTE_MS.saturating_sub(asked.life_ms);
    u64::from(asked.per_minute).saturating_mul(fills_ms).max(TOKEN)
}

fn filled(pot: Option<&Pot>, asked: &Draw, now: &Moment) -> Pot {
    let full = capacity(asked);
    let Some(pot) = pot else { return Pot { units: full, filled_at: *now } };
    let came = now.age_at_least_ms(&pot.filled_at).saturating_mul(u64::from(asked.per_minute));
    let units = pot.units.saturating_add(came).min(full);
    let filled_at = if is_before(now, &pot.filled_at) { pot.filled_at } else { *now };
    Pot { units, filled_at }
}

/// Whether a moment is before another, as far as processes on one journal overtake each other; a
/// wall clock that was set back by more than that begins anew from where it is.
fn is_before(now: &Moment, then: &Moment) -> bool {
    if now.boot == then.boot {
        return now.boot_ms < then.boot_ms;
    }
    let back_ms = then.wall_since_ms(now);
    back_ms > 0 && back_ms < MINUTE_MS
}

/// How many tokens of what stands above `kept`: a fair part, but at least one where there is one.
fn give(units: u64, wanted: u32, kept: u64, sharers: u32) -> u32 {
    let there = units.saturating_sub(kept).checked_div(TOKEN).unwrap_or(0);
    let part = there.div_ceil(u64::from(sharers.max(1)));
    u32::try_from(part).unwrap_or(u32::MAX).min(wanted)
}

fn until_ms(units: u64, needed: u64, per_minute: u32) -> u64 {
    needed.saturating_sub(units).div_ceil(u64::from(per_minute).max(1)).max(1)
}

#[cfg(test)]
mod tests;
