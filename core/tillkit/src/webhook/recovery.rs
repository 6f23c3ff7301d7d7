//! Notifications that never arrived, made up for from the provider's own list of them.
//!
//! Where a provider lists what it notified, the list is read at connect, back to where it was read
//! last and at most for as long as hints are kept, and then each hour; and whenever somebody asks.
//! What was heard before is passed over, and all of it is only a reason to look.

use std::sync::Arc;

use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Errand, Finding, Page};
use tillkit_model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Moment};

use super::{Heard, is_known, remember, take_in};
use crate::errand::Line;
use crate::journal::SHELF_LIFE_MS;
use crate::shell::Runner;

/// What came of reading the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    /// How many notifications it showed.
    pub listed: u32,
    /// How many of them had not been heard before, and are about a payment.
    pub missed: u32,
}

/// More pages than this are not turned in one go.
const PAGES_MAX: u32 = 100;
/// Clocks differ, and an event may be written down a little after it happened.
const OVERLAP_MS: u64 = HOUR_MS;
/// Days that hints are kept.
const DAYS_MAX: i64 = 14;

/// Takes in everything that the provider lists since a moment.
pub(crate) async fn recover(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    since: Moment,
) -> Result<Recovered, Error> {
    let (mut came, mut cursor) = (Recovered::default(), None);
    for _ in 0..PAGES_MAX {
        let Page { items, next } = page(line, runner, since, cursor.clone()).await?;
        for notice in items {
            came.listed = came.listed.saturating_add(1);
            let heard = take_in(line, runner, account, notice).await?;
            let missed = u32::from(matches!(heard, Heard::Taken | Heard::Kept));
            came.missed = came.missed.saturating_add(missed);
        }
        if next.is_none() || next == cursor {
            break;
        }
        cursor = next;
    }
    Ok(came)
}

/// One page, once the errands' budget lets it be asked for.
async fn page(
    line: &Line,
    runner: &Runner,
    since: Moment,
    cursor: Option<String>,
) -> Result<Page<tillkit_model::provider::Notice>, Error> {
    let errand = Errand::Events { since, cursor };
    loop {
        match line.run(runner, &errand).await {
            Ok(Finding::Events(page)) => return Ok(page),
            Ok(_) => return Err(Error::new(Code::Internal)),
            Err(error) => match error.retry_after_ms {
                Some(wait_ms) if error.code == Code::RateLimited => runner.pause(wait_ms).await,
                Some(_) | None => return Err(error),
            },
        }
    }
}

impl Line {
    /// Reads the list now and then, until nobody holds this line any more or the shell ends.
    pub(crate) fn tend_recovery(self: &Arc<Self>, account: AccountName, runner: &Runner) {
        let errand = Errand::Events { since: runner.now(), cursor: None };
        if self.desk.request(&errand).is_none() {
            return;
        }
        let (line, own) = (Arc::downgrade(self), runner.clone());
        runner.spawn(async move {
            let mut read_at = None;
            while let Some(held) = line.upgrade() {
                let began = own.now();
                let done = catch_up(&held, &own, &account, read_at).await;
                drop(held);
                if done.is_ok() {
                    read_at = Some(began);
                }
                own.pause(if done.is_ok() { HOUR_MS } else { MINUTE_MS }).await;
            }
        });
    }
}

/// Reads on from where it was read last, by this process or by an earlier one.
async fn catch_up(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    read_at: Option<Moment>,
) -> Result<(), Error> {
    let now = runner.now();
    let since = match read_at {
        Some(read_at) => Some(read_at),
        None => unread_since(runner, account, &now).await?,
    };
    if let Some(since) = since {
        recover(line, runner, account, earlier(since, OVERLAP_MS)).await?;
    }
    remember(runner, account, mark(day(&now).saturating_sub(1))).await
}

/// The end of the last day that was read to its end; none where nothing was ever sold, so that
/// nothing can have been missed.
async fn unread_since(
    runner: &Runner,
    account: &AccountName,
    now: &Moment,
) -> Result<Option<Moment>, Error> {
    for past in 1..=DAYS_MAX {
        let whole = day(now).saturating_sub(past);
        if is_known(runner, account, mark(whole)).await? {
            let end = whole.saturating_add(1).saturating_mul(DAY_MS.cast_signed());
            return Ok(Some(Moment { wall_ms: end, ..*now }));
        }
    }
    let name = account.clone();
    let any = runner.ask(move |journal| journal.any_payment_of(name.as_str())).await?;
    Ok(any.map(|_| earlier(*now, SHELF_LIFE_MS)))
}

/// What is remembered beside the ids of notifications: a day that was read to its end.
fn mark(day: i64) -> Box<str> {
    format!("tillkit: read until day {day}").into()
}

const fn day(now: &Moment) -> i64 {
    now.wall_ms.div_euclid(DAY_MS.cast_signed())
}

const fn earlier(moment: Moment, by_ms: u64) -> Moment {
    Moment { wall_ms: moment.wall_ms.saturating_sub_unsigned(by_ms), ..moment }
}
