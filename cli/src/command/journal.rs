//! `till journal`: checks, copies and prunes the journal, and ends restored mode.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;
use tillkit::journal::{Journal, OpenError, Opened, Options, Report};
use tillkit::shell::clock::SystemClock;
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::keepsake;
use tillkit_model::engine::errors;
use tillkit_model::time::{Clock as _, DAY_MS};

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::{create_journal, no_journal};
use crate::show::paint;

/// Look after the journal
#[derive(Debug, Subcommand)]
pub enum Keep {
    /// Make a new journal where there is none
    Create,
    /// Walk the whole journal and tell what does not add up
    Check,
    Copy(Copy),
    Prune(Prune),
    Acknowledge(Acknowledge),
}

/// Write a consistent copy, beside whoever sells; it opens in restored mode
#[derive(Debug, Args)]
pub struct Copy {
    /// Where to; nothing may be there yet
    to: PathBuf,
}

/// Keep only a summary of payments that were settled long ago
#[derive(Debug, Args)]
pub struct Prune {
    /// Those last touched more than so many days ago; 30 at least
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(30..))]
    older_than: u32,
}

/// Let a journal sell again that went back in time
#[derive(Debug, Args)]
pub struct Acknowledge {
    /// Why it may; the reason is kept
    #[arg(long)]
    reason: String,
}

impl Keep {
    /// Does it.
    pub fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        match self {
            Self::Create => create(desk),
            Self::Check => check(desk),
            Self::Copy(copy) => copy.run(desk),
            Self::Prune(prune) => prune.run(desk),
            Self::Acknowledge(acknowledge) => acknowledge.run(desk),
        }
    }
}

fn create(desk: &mut Desk) -> Result<Ended, Failure> {
    let path = desk.places.journal()?;
    if !create_journal(desk)? {
        let sentence = format!("there is a journal or a mark of one at {}", path.display());
        return Err(Failure::said("journal-there", sentence));
    }
    desk.console.document(&json!({ "journal": path }))?;
    desk.console.line(format!("a new journal was made: {}", path.display()))?;
    Ok(exit::DONE)
}

fn check(desk: &mut Desk) -> Result<Ended, Failure> {
    let journal = open(desk)?;
    desk.console.spin("the journal is walked through");
    let report = journal.check().map_err(|failure| errors::of_journal(&failure))?;
    desk.console.rest();
    let restored = journal.is_restored().map_err(|failure| errors::of_journal(&failure))?;
    let Report { records, payments, tombstones, faults } = report;
    let texts: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    let console = &mut desk.console;
    console.document(&json!({ "check": {
        "records": records, "payments": payments, "tombstones": tombstones,
        "restored": restored, "faults": texts,
    } }))?;
    console.line(format!("{records} records, {payments} payments, {tombstones} pruned"))?;
    if restored {
        console
            .line(paint::doubt("it went back in time: `till journal acknowledge` lets it sell"))?;
    }
    for text in &texts {
        console.line(format!("{} {text}", paint::bad("fault:")))?;
    }
    if texts.is_empty() {
        console.line(paint::good("everything adds up"))?;
        return Ok(exit::DONE);
    }
    Ok(exit::FAILED)
}

impl Copy {
    fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let journal = open(desk)?;
        desk.console.spin("the journal is copied");
        journal.copy(&self.to).map_err(|failure| errors::of_journal(&failure))?;
        desk.console.rest();
        desk.console.document(&json!({ "copy": self.to }))?;
        desk.console.line(format!("copied to {}", self.to.display()))?;
        desk.console.line("put in the journal's place it sells only once it was acknowledged")?;
        Ok(exit::DONE)
    }
}

impl Prune {
    fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let journal = open(desk)?;
        let now = SystemClock::new(0).now();
        let age_ms = i64::from(self.older_than) * DAY_MS as i64;
        let pruned = journal.prune(now.wall_ms - age_ms, &now, keepsake);
        let pruned = pruned.map_err(|failure| errors::of_journal(&failure))?;
        let unreadable: Vec<&str> =
            pruned.unreadable.iter().map(|failure| failure.detail.as_str()).collect();
        let console = &mut desk.console;
        console.document(&json!({ "pruned": pruned.payments, "unreadable": unreadable }))?;
        console.line(format!("{} payments are kept as summaries now", pruned.payments))?;
        for text in unreadable {
            console.line(format!("{} {text}", paint::bad("cannot be read:")))?;
        }
        Ok(exit::DONE)
    }
}

impl Acknowledge {
    fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let journal = open(desk)?;
        let now = SystemClock::new(0).now();
        let done = journal.acknowledge(&self.reason, &now, &mut OsEntropy::new()?);
        let done = done.map_err(|failure| errors::of_journal(&failure))?;
        desk.console.document(&json!({ "acknowledged": done }))?;
        desk.console.line(if done {
            "it sells again; what was lost is looked for as it is connected"
        } else {
            "there was nothing to acknowledge"
        })?;
        Ok(exit::DONE)
    }
}

/// The journal itself, beside whoever sells.
pub fn open(desk: &Desk) -> Result<Journal, Failure> {
    let path = desk.places.journal()?;
    let mut options = Options::new(Arc::new(SystemClock::new(0)));
    options.mark.clone_from(&desk.places.mark);
    match Journal::open(&path, &options, &mut OsEntropy::new()?) {
        Ok(Opened { journal, .. }) => Ok(journal),
        Err(OpenError::Absent) => Err(no_journal(&path)),
        Err(OpenError::Failed(failure)) => Err(errors::of_journal(&failure).into()),
    }
}
