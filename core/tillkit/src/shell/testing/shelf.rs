//! A shelf in memory, with the same manners as the file's.

use std::collections::BTreeMap;

use tillkit_model::engine::store::{Failure, FailureKind, Look};
use tillkit_model::provider::Hint;
use tillkit_model::time::Moment;

use crate::journal::{Claim, HINTS_MAX, KeptHint, SHELF_LIFE_MS, Sealed, hint_text};

/// What stands on it.
#[derive(Debug, Default)]
pub(super) struct MemoryShelf {
    pub(super) broken: bool,
    sealed: BTreeMap<String, Sealed>,
    claims: BTreeMap<String, (Claim, Moment)>,
    notices: BTreeMap<(String, String), i64>,
    hints: BTreeMap<u64, Placed>,
    hints_ever: u64,
}

#[derive(Debug)]
struct Placed {
    account: String,
    hint: Hint,
    came_wall_ms: i64,
}

impl MemoryShelf {
    pub(super) fn works(&self) -> Result<(), Failure> {
        let detail = || "the test wants the shelf to fail".to_owned();
        if self.broken {
            Err(Failure { kind: FailureKind::Full, detail: detail() })
        } else {
            Ok(())
        }
    }

    pub(super) fn sealed(&self, account: &str) -> Look<Sealed> {
        self.works().map(|()| self.sealed.get(account).cloned())
    }

    pub(super) fn seal(
        &mut self,
        account: &str,
        after: u64,
        bytes: &[u8],
    ) -> Result<bool, Failure> {
        self.works()?;
        let known = self.sealed.get(account).map_or(0, |sealed| sealed.version);
        if known == after {
            let sealed = Sealed { version: after.saturating_add(1), bytes: bytes.to_vec() };
            self.sealed.insert(account.to_owned(), sealed);
        }
        Ok(known == after)
    }

    pub(super) fn claim(&mut self, claim: &Claim, now: &Moment) -> Result<bool, Failure> {
        self.works()?;
        let held = self.claims.get(&claim.work);
        let free = held.is_none_or(|(held, since)| now.has_surely_passed(since, held.life_ms));
        if free {
            self.claims.insert(claim.work.clone(), (claim.clone(), *now));
        }
        Ok(free)
    }

    pub(super) fn unclaim(&mut self, claim: &Claim) -> Result<(), Failure> {
        self.works()?;
        self.claims
            .retain(|_, (held, _)| held.work != claim.work || held.claimant != claim.claimant);
        Ok(())
    }

    pub(super) fn knows_notice(&self, account: &str, id: &str) -> Result<bool, Failure> {
        let key = (account.to_owned(), id.to_owned());
        self.works().map(|()| self.notices.contains_key(&key))
    }

    pub(super) fn keep_notice(
        &mut self,
        account: &str,
        id: &str,
        now: &Moment,
    ) -> Result<(), Failure> {
        self.works()?;
        self.notices.retain(|_, came| *came >= oldest_wall_ms(now));
        self.notices.entry((account.to_owned(), id.to_owned())).or_insert(now.wall_ms);
        Ok(())
    }

    pub(super) fn keep_hint(
        &mut self,
        account: &str,
        hint: &Hint,
        now: &Moment,
    ) -> Result<(), Failure> {
        self.works()?;
        self.hints.retain(|_, placed| placed.came_wall_ms >= oldest_wall_ms(now));
        let text = hint_text(hint);
        let of_account = |placed: &&Placed| placed.account == account;
        if self.hints.values().filter(of_account).any(|placed| hint_text(&placed.hint) == text) {
            return Ok(());
        }
        self.hints_ever = self.hints_ever.saturating_add(1);
        let (account, came_wall_ms) = (account.to_owned(), now.wall_ms);
        let numbers = self.hints.iter().filter(|(_, placed)| placed.account == account);
        let numbers: Vec<u64> = numbers.map(|(number, _)| *number).collect();
        if numbers.len() >= usize::try_from(HINTS_MAX).unwrap_or(usize::MAX) {
            numbers.first().map(|oldest| self.hints.remove(oldest));
        }
        self.hints.insert(self.hints_ever, Placed { account, hint: hint.clone(), came_wall_ms });
        Ok(())
    }

    /// The hints of an account whose payment is known.
    pub(super) fn hints(
        &self,
        account: &str,
        is_known: impl Fn(&Hint) -> bool,
    ) -> Result<Vec<KeptHint>, Failure> {
        self.works()?;
        let known = |placed: &Placed| placed.account == account && is_known(&placed.hint);
        let kept = self.hints.iter().filter(|(_, placed)| known(placed));
        let told = |(number, placed): (&u64, &Placed)| KeptHint {
            number: *number,
            hint: placed.hint.clone(),
        };
        Ok(kept.map(told).collect())
    }

    pub(super) fn newest_hint_wall_ms(&self, account: &str) -> Look<i64> {
        self.works()?;
        let mut newest = self.hints.values().rev().filter(|placed| placed.account == account);
        Ok(newest.next().map(|placed| placed.came_wall_ms))
    }

    pub(super) fn forget_hint(&mut self, number: u64) -> Result<(), Failure> {
        self.works()?;
        self.hints.remove(&number);
        Ok(())
    }
}

fn oldest_wall_ms(now: &Moment) -> i64 {
    now.wall_ms.saturating_sub_unsigned(SHELF_LIFE_MS)
}
