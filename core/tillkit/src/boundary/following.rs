//! What happens to a payment, line by line, until it is settled or needs a person.

use std::time::Duration;

use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::view::Outcome;

use super::failure::Answer;
use super::payment::{Event, Payment};
use crate::till::{PaymentId, Summary, Till};

/// How long one look lasts, by the till's own clock.
const LOOK_MS: u64 = 250;

/// What has happened since the last look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What was not told before, in order; empty only where it is over.
    pub events: Vec<Event>,
    /// The payment as it is now.
    pub payment: Payment,
    /// Nothing more is waited for: it is settled, or a person has to look.
    pub over: bool,
}

/// Waits until there is more to tell than so many events, or the payment's story is over.
pub(super) async fn news(till: &Till, payment: PaymentId, told: u64) -> Answer<News> {
    let told = usize::try_from(told).unwrap_or(usize::MAX);
    loop {
        let summary = till.wait(payment, Some(Duration::from_millis(LOOK_MS))).await?;
        let over = is_over(&summary);
        let entries = till.timeline(payment).await?;
        let events: Vec<Event> = entries.into_iter().skip(told).map(Event::from).collect();
        if over || !events.is_empty() {
            return Ok(News { events, payment: summary.into(), over });
        }
        if summary.outcome != Outcome::Open {
            // A wait for what is not open any more ends at once.
            till.pause(LOOK_MS).await?;
        }
    }
}

fn is_over(summary: &Summary) -> bool {
    match summary.outcome {
        Outcome::Open | Outcome::Unknown => summary.status == Stage::NeedsPerson,
        Outcome::Paid
        | Outcome::Held
        | Outcome::PartPaid
        | Outcome::NotPaid
        | Outcome::Returned => true,
    }
}
