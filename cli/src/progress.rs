//! A payment on the screen while it goes on: its story, a countdown, a code to scan.

use std::collections::BTreeSet;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use serde_json::json;
use tillkit::receipt::qr_code;
use tillkit::till::{Outcome, Stage, Summary, Till};
use tillkit_model::payment::details::ConditionStatus;
use tokio::time::Instant;

use crate::console::Console;
use crate::failure::Failure;
use crate::follow::{Story, Told};
use crate::show::{paint, qr, times};

/// What was shown of a payment so far.
pub struct Progress {
    began: Instant,
    /// How long the caller is to wait, where that is known.
    patience: Option<Duration>,
    shown: BTreeSet<String>,
    /// Programs are told each step, and not only the end.
    streams: bool,
}

impl Progress {
    /// Of a sale that was just made; the caller is told something after `patience`.
    pub fn of_sale(patience: Duration) -> Self {
        Self { patience: Some(patience), streams: false, ..Self::of_any() }
    }

    /// Of a payment that somebody watches.
    pub fn of_any() -> Self {
        Self { began: Instant::now(), patience: None, shown: BTreeSet::new(), streams: true }
    }

    /// Follows a payment until its outcome is none of these, or a person is needed.
    pub async fn follow(
        &mut self,
        console: &mut Console,
        till: &Till,
        story: &mut Story,
        until_not: &[Outcome],
    ) -> Result<Summary, Failure> {
        let told = story.tell(till, until_not, |told| match told {
            Told::Entry(entry) => {
                let (at, sentence) = (times::clock(entry.at.wall_ms), &entry.sentence);
                if self.streams {
                    console.document(&json!({ "event": entry }))?;
                }
                console.line(format!("{}  {sentence}", paint::dim(at)))
            }
            Told::Now(summary) => self.now(console, summary),
        });
        let summary = told.await?;
        console.rest();
        Ok(summary)
    }

    fn now(&mut self, console: &mut Console, summary: &Summary) -> Result<(), Failure> {
        self.code(console, summary)?;
        self.conditions(console, summary)?;
        console.spin(&format!("{}{}", waiting_for(summary), self.left()));
        Ok(())
    }

    /// What the caller still has, in words.
    fn left(&self) -> String {
        let Some(patience) = self.patience else { return String::new() };
        let left = patience.saturating_sub(self.began.elapsed());
        format!(", {} left", times::span(u64::try_from(left.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Where the customer pays, once.
    fn code(&mut self, console: &mut Console, summary: &Summary) -> Result<(), Failure> {
        let url = summary.details.as_ref().and_then(|details| details.url.as_deref());
        let Some(url) = url.filter(|_| summary.outcome == Outcome::Open) else { return Ok(()) };
        if !self.shown.insert(url.to_owned()) {
            return Ok(());
        }
        if console.is_live() {
            let coloured = AutoStream::choice(&std::io::stdout()) != ColorChoice::Never;
            match qr::lines(&qr_code(url)?, console.columns(), coloured) {
                Some(lines) => console.line(lines.join("\n"))?,
                None => console.line("the terminal is too narrow for the code")?,
            }
        }
        if self.streams {
            console.document(&json!({ "scan": url }))?;
        }
        console.line(format!("the customer scans {url}"))
    }

    /// What the provider wants to be asked at the counter, each once.
    fn conditions(&mut self, console: &mut Console, summary: &Summary) -> Result<(), Failure> {
        let details = summary.details.iter().flat_map(|details| &details.conditions);
        for one in details.filter(|one| one.status == ConditionStatus::AwaitingTill) {
            if self.shown.insert(one.id.to_string()) {
                if self.streams {
                    console.document(&json!({ "condition": one }))?;
                }
                console.line(paint::doubt(format!(
                    "{}: `till answer {} {} accept` or decline",
                    one.message, summary.id, one.id
                )))?;
            }
        }
        Ok(())
    }
}

fn waiting_for(summary: &Summary) -> &'static str {
    match summary.status {
        Stage::Created | Stage::Sent => "the provider has not answered yet",
        Stage::Pending => "the customer is asked to pay",
        Stage::Processing => "a card is at the reader",
        Stage::InDoubt => "Tillkit looks for what happened",
        Stage::NeedsPerson => "somebody has to look",
        Stage::Authorized
        | Stage::Completed
        | Stage::Declined
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => "it is over",
    }
}
