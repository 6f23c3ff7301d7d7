//! The story of a payment, line by line, for people: no bodies, no secrets.

use tillkit_model::payment::event::{Abandonment, Answer, Event, Reason, Source, Word};
use tillkit_model::payment::sighting::{NotTaken, Sighting, Standing};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When, in milliseconds since 1970.
    pub at_wall_ms: i64,
    /// What, as a sentence.
    pub text: String,
}

impl Line {
    pub(super) fn of(event: &Event) -> Self {
        Self { at_wall_ms: event.at().wall_ms, text: told(event) }
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::Created { sale, .. } => {
            let on = sale.terminal.as_ref().map_or(String::new(), |device| format!(" on {device}"));
            format!(
                "{} was asked for{on} as {}, attempt {}",
                sale.amount, sale.reference, sale.attempt
            )
        }
        Event::Permitted { operation, .. } => format!("a request of {operation} may leave"),
        Event::Answered { operation, number, answer, .. } => {
            format!("request {number} of {operation} {}", answered(answer))
        }
        Event::PollsPermitted { .. } => "reads that may take the money were allowed".to_owned(),
        Event::Observed { source, sighting, .. } => {
            format!("{} showed {}", source_of(*source), seen(sighting))
        }
        Event::Hinted { sighting, .. } => format!("a notification told of {}", seen(sighting)),
        Event::CancelWished { .. } => "a cancel was wished".to_owned(),
        Event::OperationWished { kind, reference, amount, .. } => {
            format!(
                "a {} of {amount} was wished as {reference}",
                format!("{kind:?}").to_lowercase()
            )
        }
        Event::Abandoned { why: Abandonment::Late, .. } => {
            "the sale was given up: it could not start in time".to_owned()
        }
        Event::Abandoned { why: Abandonment::CancelWished, .. } => {
            "the sale was given up before it started, as wished".to_owned()
        }
        Event::Doubted { .. } => "the outcome is not known; it is looked for".to_owned(),
        Event::AbsenceProven { .. } => {
            "nothing was found, which proves that no money was taken".to_owned()
        }
        Event::Escalated { .. } => "a person is asked; looking goes on".to_owned(),
        Event::Resolved { word, reason, .. } => {
            format!("a person said {}: {reason}", word_of(*word))
        }
        Event::OperationResolved { operation, took_effect: true, reason, .. } => {
            format!("a person said that {operation} took effect: {reason}")
        }
        Event::OperationResolved { operation, took_effect: false, reason, .. } => {
            format!("a person said that {operation} took no effect: {reason}")
        }
        Event::TakenOver { driver, .. } => format!("process {} took it over", driver.process),
        Event::LookingEnded { .. } => "scheduled looking ended".to_owned(),
    }
}

fn answered(answer: &Answer) -> String {
    match answer {
        Answer::Accepted { sightings } => {
            let shown: Vec<String> = sightings.iter().map(seen).collect();
            format!("was taken: {}", shown.join("; "))
        }
        Answer::NotExecuted { reason, .. } => format!("did not run: {}", in_words(reason)),
        Answer::Unknown { reason, .. } => format!("may have run: {}", in_words(reason)),
    }
}

fn seen(sighting: &Sighting) -> String {
    let charge = &sighting.charge;
    match &sighting.standing {
        Standing::Pending => format!("{charge} waiting for a card"),
        Standing::Processing => format!("{charge} with a card at the reader"),
        Standing::Taken { authorized, provisional: false, .. } => {
            format!("{charge} approved for {authorized}")
        }
        Standing::Taken { authorized, provisional: true, .. } => {
            format!("{charge} approved for {authorized} by the device alone")
        }
        Standing::NotTaken { how, reason } => {
            let why = reason.as_ref().map_or(String::new(), |why| format!(": {}", in_words(why)));
            format!("{charge} {}{why}", ended(*how))
        }
        Standing::Reversed { .. } => format!("{charge} undone"),
    }
}

const fn ended(how: NotTaken) -> &'static str {
    match how {
        NotTaken::Declined => "declined",
        NotTaken::Cancelled => "cancelled",
        NotTaken::Expired => "expired",
        NotTaken::Failed => "failed",
    }
}

const fn source_of(source: Source) -> &'static str {
    match source {
        Source::Read => "a read",
        Source::LookUp => "a search",
        Source::Hint => "a notification, believed because no read could be had,",
    }
}

const fn word_of(word: Word) -> &'static str {
    match word {
        Word::Paid => "that it was paid",
        Word::NotPaid => "that it was not paid",
    }
}

fn in_words(reason: &Reason) -> String {
    match &reason.detail {
        Some(detail) => format!("{} ({detail})", reason.code),
        None => reason.code.to_string(),
    }
}
