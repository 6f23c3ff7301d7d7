//! `till show`: a payment, and what happened to it.

use clap::Args;
use serde_json::json;
use tillkit::till::Entry;

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::{paint, times, words};
use crate::target::Target;

/// Show a payment and its timeline
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    target: Target,
    /// Leave the timeline out
    #[arg(long)]
    brief: bool,
}

impl Show {
    /// Shows it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let (till, summary) = self.target.look(desk).await?;
        let timeline = till.timeline(summary.id).await?;
        let console = &mut desk.console;
        console.document(&json!({ "payment": summary, "timeline": timeline }))?;
        for line in words::facts(&summary) {
            console.line(line)?;
        }
        if !self.brief {
            console.line("")?;
            for entry in &timeline {
                console.line(line(entry))?;
            }
        }
        Ok(exit::of(summary.outcome))
    }
}

fn line(entry: &Entry) -> String {
    let details = entry.details.iter().map(|(name, text)| format!("{name} {text}"));
    let details = details.collect::<Vec<_>>().join(", ");
    let more = if details.is_empty() { details } else { paint::dim(format!("  {details}")) };
    format!("{}  {}{more}", paint::dim(times::local(entry.at.wall_ms)), entry.sentence)
}
