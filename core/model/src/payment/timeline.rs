//! What happened to a payment, in plain sentences.

use super::event::Event;

/// The machine-readable name of an event, as it is stored.
#[must_use]
pub const fn name(event: &Event) -> &'static str {
    match event {
        Event::Created { .. } => "created",
        Event::Permitted { .. } => "permitted",
        Event::Answered { .. } => "answered",
        Event::PollsPermitted { .. } => "polls-permitted",
        Event::Observed { .. } => "observed",
        Event::Hinted { .. } => "hinted",
        Event::CancelWished { .. } => "cancel-wished",
        Event::OperationWished { .. } => "operation-wished",
        Event::Abandoned { .. } => "abandoned",
        Event::Doubted { .. } => "doubted",
        Event::AbsenceProven { .. } => "absence-proven",
        Event::Escalated { .. } => "escalated",
        Event::Resolved { .. } => "resolved",
        Event::OperationResolved { .. } => "operation-resolved",
        Event::TakenOver { .. } => "taken-over",
        Event::LookingEnded { .. } => "looking-ended",
    }
}
