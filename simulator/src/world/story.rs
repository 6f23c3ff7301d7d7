//! A life in plain words: what was asked, recorded, sent, shown and said, for someone who has read
//! nothing else.

use tillkit_model::engine::port::CancelTruth;
use tillkit_model::engine::store::{Append, Refusal};
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::event::{Abandonment, Answer, Event, Reason, Source, Word};
use tillkit_model::payment::sighting::{Sighting, Standing};
use tillkit_model::wire::SendFailure;

use super::workload::{Job, Visit};

/// What an append would record.
#[must_use]
pub fn append(append: &Append, sale: &str) -> String {
    let events: Vec<String> = append.events.iter().map(event).collect();
    format!("records for {sale}: {}", events.join("; "))
}

/// Why an append was not made.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Moved { .. } => "someone else wrote first".to_owned(),
        Refusal::IdentityTaken { .. } => "the reference is taken".to_owned(),
        Refusal::TerminalTaken { .. } => "the terminal is taken".to_owned(),
        Refusal::Fenced => "the lease is over".to_owned(),
        Refusal::Restored => "the journal is restored and starts nothing".to_owned(),
        Refusal::Failed(failure) => failure.detail.clone(),
    }
}

fn event(event: &Event) -> String {
    match event {
        Event::Created { sale, .. } => {
            format!("a sale of {} as {}, attempt {}", sale.amount, sale.reference, sale.attempt)
        }
        Event::Permitted { request: Some(request), .. } => {
            format!("permit to send {}", request.path)
        }
        Event::Permitted { request: None, .. } => "permit to send the same again".to_owned(),
        Event::Answered { answer, .. } => answered(answer),
        Event::PollsPermitted { .. } => "permit for reads that may pay".to_owned(),
        Event::Observed { source, sighting, .. } => {
            let how = match source {
                Source::Read => "a read shows",
                Source::LookUp => "the list shows",
                Source::Hint => "a webhook is believed:",
            };
            format!("{how} {}", shown(sighting))
        }
        Event::Hinted { sighting, .. } => format!("a webhook told {}", shown(sighting)),
        Event::CancelWished { .. } => "someone wishes it cancelled".to_owned(),
        Event::OperationWished { kind, reference, amount, .. } => {
            let verb = if *kind == OperationKind::Refund { "give back" } else { "capture" };
            format!("someone wishes to {verb} {amount} as {reference}")
        }
        Event::AnswerWished { condition, accept, .. } => {
            let verb = if *accept { "accepts" } else { "declines" };
            format!("the till {verb} the condition {condition}")
        }
        Event::WithdrawalWished { charge, .. } => format!("{charge} is one too many: withdrawn"),
        Event::ReleaseWished { charge, .. } => format!("what {charge} still holds is let go of"),
        Event::Abandoned { why: Abandonment::Late, .. } => "given up: its time is over".to_owned(),
        Event::Abandoned { why: Abandonment::CancelWished, .. } => {
            "given up: it was cancelled first".to_owned()
        }
        Event::Doubted { .. } => "in doubt".to_owned(),
        Event::AbsenceProven { .. } => "nothing is there, and that is proof".to_owned(),
        Event::Escalated { .. } => "a person is asked".to_owned(),
        Event::Resolved { word: Word::Paid, .. } => "a person says it is paid".to_owned(),
        Event::Resolved { word: Word::NotPaid, .. } => "a person says it is not paid".to_owned(),
        Event::OperationResolved { took_effect: true, .. } => {
            "a person says it took effect".to_owned()
        }
        Event::OperationResolved { took_effect: false, .. } => {
            "a person says it did not take effect".to_owned()
        }
        Event::TakenOver { .. } => "taken over".to_owned(),
        Event::HistoryLost { .. } => "its history is lost".to_owned(),
        Event::LookingEnded { .. } => "looking ends".to_owned(),
    }
}

fn answered(answer: &Answer) -> String {
    let code = |reason: &Reason| reason.code.clone();
    match answer {
        Answer::Accepted { sightings } if sightings.is_empty() => "accepted".to_owned(),
        Answer::Accepted { sightings } => {
            let shown: Vec<String> = sightings.iter().map(shown).collect();
            format!("accepted, {}", shown.join(" and "))
        }
        Answer::NotExecuted { reason, .. } => format!("it did not run ({})", code(reason)),
        Answer::Unknown { reason, .. } => format!("it may have run ({})", code(reason)),
    }
}

/// A charge as some source shows it.
#[must_use]
pub fn shown(sighting: &Sighting) -> String {
    let charge = &sighting.charge;
    match &sighting.standing {
        Standing::Pending => format!("{charge} waiting for a card"),
        Standing::Processing => format!("{charge} with a card at the reader"),
        Standing::Taken { authorized, captured, tip, returned, .. } => {
            let mut text = format!("{charge} approved for {authorized}");
            if captured.is_zero() {
                text.push_str(", not captured");
            }
            for (amount, word) in [(tip, "tip"), (returned, "given back")] {
                if let Some(amount) = amount {
                    text = format!("{text}, {amount} {word}");
                }
            }
            text
        }
        Standing::NotTaken { how, .. } => {
            format!("{charge} not paid ({})", format!("{how:?}").to_lowercase())
        }
        Standing::Reversed { .. } => format!("{charge} undone"),
    }
}

/// What someone at a till asks for.
#[must_use]
pub fn asks(job: Job, visits: &[Visit]) -> String {
    let sale = |visit: usize| format!("{}/{}", visits[visit].reference, visits[visit].attempt);
    match job {
        Job::Connect => "connects its account".to_owned(),
        Job::Close => "closes".to_owned(),
        Job::Hint { .. } => "hands a webhook over".to_owned(),
        Job::Sell { visit } => format!("asks to sell {}", sale(visit)),
        Job::Conflict { visit } => format!("asks to sell {} for another amount", sale(visit)),
        Job::Watch { visit } => format!("asks how {} stands", sale(visit)),
        Job::Cancel { visit } => format!("asks to cancel {}", sale(visit)),
        Job::Capture { visit, number, share } => {
            format!("asks to capture {} ({share:?}, {number})", sale(visit))
        }
        Job::Refund { visit, number, .. } => {
            format!("asks for refund {number} of {}", sale(visit))
        }
        Job::Answer { visit, accept } => {
            let verb = if accept { "accepts" } else { "declines" };
            format!("{verb} the condition of {}", sale(visit))
        }
        Job::Person { visit } => format!("has looked, and says how {} stands", sale(visit)),
    }
}

/// What became of a wish to cancel.
#[must_use]
pub const fn truth(truth: CancelTruth) -> &'static str {
    match truth {
        CancelTruth::Cancelled => "cancelled",
        CancelTruth::AlreadyPaid => "already paid",
        CancelTruth::AlreadyNotPaid => "already not paid",
        CancelTruth::TooLate => "too late",
        CancelTruth::NotSupported => "cannot be cancelled there",
        CancelTruth::Unknown => "not known yet whether it is cancelled",
    }
}

/// Why there is no answer.
#[must_use]
pub fn failure(failure: &SendFailure) -> String {
    match failure {
        SendFailure::NotSent { why } => format!("nothing left ({why})"),
        SendFailure::MaybeSent { why } => format!("no answer ({why})"),
    }
}
