//! `till answer`: a condition that the provider puts before a payment.

use clap::{Args, ValueEnum};

use super::{Ended, payment_ended};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::follow::Interruptions;
use crate::target::Target;

/// Accept or decline a condition of the provider's, such as a check of age
#[derive(Debug, Args)]
pub struct Answer {
    #[command(flatten)]
    target: Target,
    /// The condition's id, as `till show` tells it
    condition: String,
    /// Whether it is met; declining cancels the sale
    #[arg(value_enum)]
    word: Reply,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reply {
    Accept,
    Decline,
}

impl Answer {
    /// Answers.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let (till, summary) = self.target.work(desk).await?;
        desk.console.spin("the provider is told");
        let accept = self.word == Reply::Accept;
        let mut heed = Interruptions::new();
        let answer = till.answer(summary.id, &self.condition, accept);
        let (answered, _) = heed.during(&mut desk.console, "the answer", answer).await;
        desk.close(&till).await;
        payment_ended(desk, &answered.map_err(Failure::of_money)?)
    }
}
