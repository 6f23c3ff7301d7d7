//! `till recover`: takes up whatever is unsettled, and looks for what happened.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use tillkit::till::{Outcome, Query, Summary, Till};
use tokio::time::Instant;

use super::{Ended, list};
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::follow::Interruptions;
use crate::show::{paint, words};

/// Take up unsettled payments, and look until it is known what became of them
#[derive(Debug, Args)]
pub struct Recover {
    /// Only of this account
    #[arg(long)]
    account: Option<String>,
    /// How many seconds to look at the most
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 60)]
    seconds: u64,
}

/// How often it is looked what is left.
const LOOK: Duration = Duration::from_millis(200);

impl Recover {
    /// Looks until nothing is left, or the time is up.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let mut heed = Interruptions::new();
        let (till, book) = desk.work(self.account.as_deref()).await?;
        if let Some(account) = &self.account {
            book.provider(account)?;
        }
        let found = unsettled(&till, self.account.as_deref()).await?;
        let left = recover(desk, &till, &self, &found, &mut heed).await;
        desk.close(&till).await;
        tell(desk, &found, &left?)
    }
}

async fn recover(
    desk: &mut Desk,
    till: &Till,
    recover: &Recover,
    found: &[Summary],
    heed: &mut Interruptions,
) -> Result<Vec<Summary>, Failure> {
    let until = Instant::now() + Duration::from_secs(recover.seconds);
    let mut left = found.to_vec();
    while !left.is_empty() && Instant::now() < until {
        desk.console.spin(&format!("{} are looked for", left.len()));
        let stopped = tokio::select! {
            () = tokio::time::sleep(LOOK) => false,
            () = heed.next() => true,
        };
        if stopped {
            desk.console.rest();
            desk.console.note(paint::doubt("No longer watching; the payments go on."));
            desk.console.note("`till recover` takes up again what is not settled by then.");
            break;
        }
        let now = unsettled(till, recover.account.as_deref()).await?;
        for gone in left.iter().filter(|one| now.iter().all(|other| other.id != one.id)) {
            if let Some(settled) = till.payment(gone.id).await? {
                desk.console.line(format!("{}  {}", settled.id, words::ending(&settled)))?;
            }
        }
        left = now;
    }
    desk.console.rest();
    Ok(left)
}

/// Everything that is open or in doubt.
async fn unsettled(till: &Till, account: Option<&str>) -> Result<Vec<Summary>, Failure> {
    let mut all = Vec::new();
    let account = account.map(Into::into);
    let mut query = Query { account, unsettled: Some(true), limit: 500, ..Query::default() };
    loop {
        let page = till.payments(query.clone()).await?;
        for payment in page.payments {
            // Looking goes on for some that a person has decided; nobody waits for those.
            all.extend(Some(payment?).filter(is_undecided));
        }
        if page.next.is_none() {
            return Ok(all);
        }
        query.before = page.next;
    }
}

const fn is_undecided(summary: &Summary) -> bool {
    matches!(summary.outcome, Outcome::Open | Outcome::Unknown)
}

fn tell(desk: &mut Desk, found: &[Summary], left: &[Summary]) -> Result<Ended, Failure> {
    let console = &mut desk.console;
    console.document(&json!({ "found": found.len(), "left": left }))?;
    if left.is_empty() {
        console.line(paint::good(format!("{} were unsettled, nothing is left", found.len())))?;
        return Ok(exit::DONE);
    }
    console.line(format!("{} of {} are left:", left.len(), found.len()))?;
    for line in list::table(&left.iter().collect::<Vec<_>>()).lines(console.columns()) {
        console.line(line)?;
    }
    console.line(paint::dim("`till watch` follows one, `till resolve` records a person's word"))?;
    let unknown = left.iter().any(|summary| summary.outcome == Outcome::Unknown);
    Ok(if unknown { exit::UNKNOWN } else { exit::OPEN })
}
