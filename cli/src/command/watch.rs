//! `till watch`: a payment's story as it happens.

use clap::Args;
use tillkit::till::{Outcome, Summary, Till};

use super::{Ended, payment_ended};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::follow::{Interruptions, Story};
use crate::progress::Progress;
use crate::target::Target;

/// Follow a payment, and drive it, until it is settled or needs a person
#[derive(Debug, Args)]
pub struct Watch {
    #[command(flatten)]
    target: Target,
}

impl Watch {
    /// Watches.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let (till, summary) = self.target.work(desk).await?;
        let watched = watch(desk, &till, &summary).await;
        desk.close(&till).await;
        payment_ended(desk, &watched?)
    }
}

async fn watch(desk: &mut Desk, till: &Till, summary: &Summary) -> Result<Summary, Failure> {
    let mut story = Story::of(summary.id);
    let mut progress = Progress::of_any();
    let not_known = [Outcome::Open, Outcome::Unknown];
    let mut heed = Interruptions::new();
    tokio::select! {
        watched = progress.follow(&mut desk.console, till, &mut story, &not_known) => return watched,
        () = heed.next() => {}
    }
    desk.console.rest();
    desk.console.note("No longer watching; the payment goes on.");
    Ok(till.payment(summary.id).await?.unwrap_or_else(|| summary.clone()))
}
