//! Notifications that never arrived, made up for from the provider's own list of them.
//!
//! Where a provider lists what it notified, the list is read at connect, back to where it was read
//! last and at most for as long as hints are kept, and then each hour; and whenever somebody asks.
//! What was heard before is passed over, and all of it is only a reason to look.
//!
//! Only a list that was read to its end is marked as read. Where it breaks off it is read on from
//! there, and what stood in the way is told in health; one payment whose record cannot be read is
//! counted, and holds up nothing else.
//!
//! How far a list was read is forgotten with the process: the next one begins anew with the newest,
//! back to the last day that was read to its end. That is harmless, for nothing is marked before
//! the end, what was heard is passed over, and no payment waits for it: each is looked at anyway.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use tillkit_model::error::{Code, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Errand, Finding, Notice, Page};
use tillkit_model::time::{DAY_MS, HOUR_MS, MINUTE_MS, Moment, SECOND_MS};

use super::{Heard, is_known, remember, stops_its_payment, take_in};
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
    /// How many of them are about a payment whose record cannot be read: nothing of these is heard.
    pub unheard: u32,
}

/// How the hearing of notifications stands, beside those that arrive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hearing {
    /// Why the provider's list of notifications was not read to its end the last time.
    pub error: Option<Error>,
    /// How many that it listed are about a payment whose record cannot be read.
    pub unheard: u32,
    /// How many that arrived before their payment was known cannot be passed on, for its record
    /// cannot be read; they are kept.
    pub kept: u32,
}

/// More pages than this are no list of a merchant's, but one without an end.
const PAGES_MAX: u32 = 10_000;
/// Clocks differ, and an event may be written down a little after it happened.
const OVERLAP_MS: u64 = HOUR_MS;
/// Days that hints are kept.
const DAYS_MAX: i64 = 14;
/// The shortest and the longest pause before a list that broke off is read on.
const PAUSE_MS: (u64, u64) = (5 * SECOND_MS, 10 * MINUTE_MS);

/// Takes in everything that the provider lists since a moment.
pub(crate) async fn recover(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    since: Moment,
) -> Result<Recovered, Error> {
    let mut list = List::since(since, runner.now());
    while list.turn(line, runner, account).await? {}
    list.end()
}

/// A list that is being read.
struct List {
    since: Moment,
    began: Moment,
    cursor: Option<String>,
    /// Where its pages began: none begins twice.
    turned: BTreeSet<String>,
    /// It broke off here once already.
    stuck: bool,
    came: Recovered,
    /// The first thing that could not be taken in although its payment's record is sound.
    failed: Option<Error>,
}

impl List {
    fn since(since: Moment, began: Moment) -> Self {
        let (came, turned) = (Recovered::default(), BTreeSet::new());
        Self { since, began, cursor: None, turned, stuck: false, came, failed: None }
    }

    /// Takes in one page; whether there is another.
    async fn turn(
        &mut self,
        line: &Line,
        runner: &Runner,
        account: &AccountName,
    ) -> Result<bool, Error> {
        let Page { items, next } = page(line, runner, self.since, self.cursor.clone()).await?;
        for notice in items {
            self.take(take_in(line, runner, account, notice).await, runner)?;
        }
        let Some(next) = next else { return Ok(false) };
        let turned = u32::try_from(self.turned.len()).unwrap_or(u32::MAX);
        if turned >= PAGES_MAX || !self.turned.insert(next.clone()) {
            return Err(endless());
        }
        (self.cursor, self.stuck) = (Some(next), false);
        Ok(true)
    }

    fn take(&mut self, heard: Result<Heard, Error>, runner: &Runner) -> Result<(), Error> {
        let Recovered { listed, missed, unheard } = &mut self.came;
        *listed = listed.saturating_add(1);
        match heard {
            Ok(Heard::Taken | Heard::Kept) => *missed = missed.saturating_add(1),
            Ok(Heard::Repeated | Heard::NothingForUs) => {}
            Err(error) if stops_its_payment(&error) => *unheard = unheard.saturating_add(1),
            Err(error) if runner.is_over() => return Err(error),
            Err(error) => {
                self.failed.get_or_insert(error);
            }
        }
        Ok(())
    }

    fn end(self) -> Result<Recovered, Error> {
        self.failed.map_or(Ok(self.came), Err)
    }
}

fn endless() -> Error {
    Error::new(Code::ProviderUnreachable).message(
        "the provider's list of notifications says that it goes on, and shows the same page again: \
         nothing is taken for read, and it is read anew; tell the provider",
    )
}

/// One page, once the background's part of the errands' budget lets it be asked for.
async fn page(
    line: &Line,
    runner: &Runner,
    since: Moment,
    cursor: Option<String>,
) -> Result<Page<Notice>, Error> {
    let errand = Errand::Events { since, cursor };
    loop {
        match line.run_behind(runner, &errand).await {
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
            let (mut read_at, mut open, mut pause_ms) = (None, None, PAUSE_MS.0);
            while let Some(held) = line.upgrade() {
                let went = catch_up(&held, &own, &account, &mut open, read_at).await;
                drop(held);
                match went {
                    Ok(Caught::GoesOn) => pause_ms = PAUSE_MS.0,
                    Ok(Caught::Up(began)) => {
                        (read_at, pause_ms) = (Some(began), PAUSE_MS.0);
                        own.pause(HOUR_MS).await;
                    }
                    Err(_) => {
                        own.pause(pause_ms).await;
                        pause_ms = pause_ms.saturating_mul(2).min(PAUSE_MS.1);
                    }
                }
            }
        });
    }

    /// How the hearing of notifications stands.
    pub(crate) fn hearing(&self) -> Hearing {
        self.hearing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn tell_hearing(&self, told: impl FnOnce(&mut Hearing)) {
        told(&mut self.hearing.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// How far a list was read.
enum Caught {
    /// There is another page.
    GoesOn,
    /// To its end, as of then.
    Up(Moment),
}

/// Reads one page further from where it was read last, by this process or by an earlier one.
async fn catch_up(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    open: &mut Option<List>,
    read_at: Option<Moment>,
) -> Result<Caught, Error> {
    let caught = read_on(line, runner, account, open, read_at).await;
    let error = caught.as_ref().err().cloned();
    match &caught {
        Ok(Caught::GoesOn) => {}
        Ok(Caught::Up(_)) | Err(_) => line.tell_hearing(|hearing| hearing.error = error),
    }
    caught
}

async fn read_on(
    line: &Line,
    runner: &Runner,
    account: &AccountName,
    open: &mut Option<List>,
    read_at: Option<Moment>,
) -> Result<Caught, Error> {
    let mut list = match open.take() {
        Some(list) => list,
        None => match begin(runner, account, read_at).await? {
            Some(list) => list,
            None => return caught_up(runner, account, runner.now()).await,
        },
    };
    match list.turn(line, runner, account).await {
        Ok(true) => {
            *open = Some(list);
            Ok(Caught::GoesOn)
        }
        Ok(false) => {
            let began = list.began;
            line.tell_hearing(|hearing| hearing.unheard = list.came.unheard);
            list.end()?;
            caught_up(runner, account, began).await
        }
        // It is read on from here once; then anew, so that what came since is heard all the same.
        Err(error) => {
            if list.cursor.is_some() && !list.stuck {
                list.stuck = true;
                *open = Some(list);
            }
            Err(error)
        }
    }
}

async fn begin(
    runner: &Runner,
    account: &AccountName,
    read_at: Option<Moment>,
) -> Result<Option<List>, Error> {
    let now = runner.now();
    let since = match read_at {
        Some(read_at) => Some(read_at),
        None => unread_since(runner, account, &now).await?,
    };
    Ok(since.map(|since| List::since(earlier(since, OVERLAP_MS), now)))
}

async fn caught_up(runner: &Runner, account: &AccountName, began: Moment) -> Result<Caught, Error> {
    remember(runner, account, mark(day(&began).saturating_sub(1))).await?;
    Ok(Caught::Up(began))
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
