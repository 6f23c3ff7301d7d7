//! A life in plain words.

use tillkit_model::engine::store::Append;
use tillkit_model::payment::event::{Answer, Event};

/// What an append would record.
#[must_use]
pub fn append(append: &Append) -> String {
    let events: Vec<String> = append.events.iter().map(event).collect();
    format!("records of {}: {}", append.payment, events.join(", "))
}

fn event(event: &Event) -> String {
    match event {
        Event::Created { sale, .. } => {
            format!("a sale of {} as {}/{}", sale.amount.minor(), sale.reference, sale.attempt)
        }
        Event::Permitted { request: Some(request), .. } => format!("a send to {}", request.path),
        Event::Permitted { request: None, .. } => "a replay".to_owned(),
        Event::Answered { answer, .. } => match answer {
            Answer::Accepted { sightings } => {
                let seen: Vec<String> = sightings
                    .iter()
                    .map(|seen| format!("{} {:?}", seen.charge, seen.standing))
                    .collect();
                format!("accepted ({})", seen.join("; "))
            }
            Answer::NotExecuted { again, reason } => {
                format!("not executed ({}, {again:?})", reason.code)
            }
            Answer::Unknown { reason, .. } => format!("unknown ({})", reason.code),
        },
        Event::PollsPermitted { .. } => "reads that may pay".to_owned(),
        Event::Observed { source, sighting, .. } => {
            format!("seen by {source:?}: {} {:?}", sighting.charge, sighting.standing)
        }
        Event::Hinted { sighting, .. } => {
            format!("told by a webhook: {} {:?}", sighting.charge, sighting.standing)
        }
        Event::CancelWished { .. } => "a wish to cancel".to_owned(),
        Event::OperationWished { kind, reference, amount, .. } => {
            format!("a wish: {kind:?} {reference} of {}", amount.minor())
        }
        Event::Abandoned { why, .. } => format!("given up: {why:?}"),
        Event::Doubted { .. } => "in doubt".to_owned(),
        Event::AbsenceProven { .. } => "absence is proven".to_owned(),
        Event::Escalated { .. } => "a person is asked".to_owned(),
        Event::Resolved { word, .. } => format!("a person says {word:?}"),
        Event::OperationResolved { took_effect, .. } => {
            format!("a person says that it took effect: {took_effect}")
        }
        Event::TakenOver { .. } => "taken over".to_owned(),
        Event::HistoryLost { .. } => "its history is lost".to_owned(),
        Event::LookingEnded { .. } => "looking ends".to_owned(),
    }
}
