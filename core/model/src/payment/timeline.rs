//! The story of a payment, line by line, for people and for support tickets: no request bodies, no
//! secrets, of a card nothing but its scheme and last four digits.
//!
//! It is told from the stored events alone, so it tells the same story live, after a restart and
//! years later.

use serde::Serialize;

use super::OperationKind;
use super::event::{Abandonment, Again, Answer, Event, Reason, Source, Word};
use super::sighting::{Card, NotTaken, SeenOperation, Sighting, Standing};
use crate::ids::OperationId;
use crate::money::Money;
use crate::time::Moment;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// The event's name, as it is stored.
    pub name: &'static str,
    /// What happened, in one plain sentence.
    pub sentence: String,
    /// More of it, as pairs of a name and a text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(&'static str, String)>,
}

/// The whole story.
#[must_use]
pub fn timeline(events: &[Event]) -> Vec<Entry> {
    let mut known = Vec::new();
    events
        .iter()
        .map(|event| {
            known.extend(named_operation(event));
            entry(event, &known)
        })
        .collect()
}

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
        Event::AnswerWished { .. } => "answer-wished",
        Event::WithdrawalWished { .. } => "withdrawal-wished",
        Event::ReleaseWished { .. } => "release-wished",
        Event::Abandoned { .. } => "abandoned",
        Event::Doubted { .. } => "doubted",
        Event::AbsenceProven { .. } => "absence-proven",
        Event::Escalated { .. } => "escalated",
        Event::Resolved { .. } => "resolved",
        Event::OperationResolved { .. } => "operation-resolved",
        Event::TakenOver { .. } => "taken-over",
        Event::HistoryLost { .. } => "history-lost",
        Event::LookingEnded { .. } => "looking-ended",
    }
}

type Details = Vec<(&'static str, String)>;
/// What people call each operation that was met so far.
type Known = [(OperationId, String)];

fn named_operation(event: &Event) -> Option<(OperationId, String)> {
    match event {
        Event::Created { start, .. } => Some((*start, "the start".to_owned())),
        Event::CancelWished { operation, .. } => Some((*operation, "the cancel".to_owned())),
        Event::OperationWished { kind, operation, reference, .. } => {
            Some((*operation, format!("the {} {reference}", kind_name(*kind))))
        }
        Event::AnswerWished { operation, condition, .. } => {
            Some((*operation, format!("the answer to condition {condition}")))
        }
        Event::WithdrawalWished { operation, charge, .. } => {
            Some((*operation, format!("the withdrawal of charge {charge}")))
        }
        Event::ReleaseWished { operation, charge, .. } => {
            Some((*operation, format!("the release of what charge {charge} still holds")))
        }
        Event::Permitted { .. }
        | Event::Answered { .. }
        | Event::PollsPermitted { .. }
        | Event::Observed { .. }
        | Event::Hinted { .. }
        | Event::Abandoned { .. }
        | Event::Doubted { .. }
        | Event::AbsenceProven { .. }
        | Event::Escalated { .. }
        | Event::Resolved { .. }
        | Event::OperationResolved { .. }
        | Event::TakenOver { .. }
        | Event::HistoryLost { .. }
        | Event::LookingEnded { .. } => None,
    }
}

fn called(known: &Known, id: OperationId) -> String {
    let found = known.iter().find(|(operation, _)| *operation == id);
    found.map_or_else(|| format!("operation {id}"), |(_, name)| name.clone())
}

fn entry(event: &Event, known: &Known) -> Entry {
    Entry {
        at: *event.at(),
        name: name(event),
        sentence: sentence(event, known),
        details: details(event),
    }
}

fn sentence(event: &Event, known: &Known) -> String {
    match event {
        Event::Created { sale, .. } => {
            let place = sale.terminal.as_ref().map(|terminal| format!(" on terminal {terminal}"));
            let place = place.unwrap_or_default();
            format!("A sale of {} was recorded as {}{place}.", amount(sale.amount), sale.reference)
        }
        Event::Permitted { operation, request, .. } => {
            let how = if request.is_some() { "may be sent" } else { "may be sent once more" };
            format!("A request of {} {how}.", called(known, *operation))
        }
        Event::Answered { operation, number, answer, .. } => {
            format!("Send {number} of {} {}.", called(known, *operation), came_to(answer))
        }
        Event::PollsPermitted { .. } => "Reads that may take the money are allowed.".to_owned(),
        Event::Observed { source, sighting, .. } => {
            format!("{} shows that charge {} {}.", by(*source), sighting.charge, stands(sighting))
        }
        Event::Hinted { sighting, .. } => {
            let charge = &sighting.charge;
            format!("A notification tells that charge {charge} {}.", stands(sighting))
        }
        Event::CancelWished { .. } => "Someone asked to cancel.".to_owned(),
        Event::OperationWished { kind, reference, amount: asked, last, .. } => {
            let last = if *last { ", the last one" } else { "" };
            let (kind, asked) = (kind_name(*kind), amount(*asked));
            format!("A {kind} of {asked} was asked for as {reference}{last}.")
        }
        Event::AnswerWished { condition, accept, .. } => {
            let verb = if *accept { "accepts" } else { "declines" };
            format!("The till {verb} condition {condition}.")
        }
        Event::WithdrawalWished { charge, .. } => {
            format!("Charge {charge} waits beside the one that is kept, so it is withdrawn.")
        }
        Event::ReleaseWished { charge, .. } => {
            format!("Nothing more is captured of charge {charge}: what it still holds is let go.")
        }
        Event::OperationResolved { operation, took_effect, .. } => {
            let effect = if *took_effect { "took effect" } else { "took no effect" };
            format!("A person says that {} {effect}.", called(known, *operation))
        }
        Event::Abandoned { why, .. } => format!("The sale was given up{}.", because(*why)),
        Event::Doubted { .. } => {
            "It is not known whether money was taken, so the caller is told unknown.".to_owned()
        }
        Event::AbsenceProven { .. } => {
            "The provider's list would have it by now and does not: no money was taken.".to_owned()
        }
        Event::Escalated { .. } => "Doubt has lasted, so a person is asked.".to_owned(),
        Event::Resolved { word: Word::Paid, .. } => "A person says that it was paid.".to_owned(),
        Event::Resolved { word: Word::NotPaid, .. } => {
            "A person says that it was not paid.".to_owned()
        }
        Event::TakenOver { .. } => "Another process goes on with it.".to_owned(),
        Event::HistoryLost { .. } => {
            "The journal had gone back in time: more may have happened than it shows.".to_owned()
        }
        Event::LookingEnded { .. } => {
            "Scheduled looking has ended; notifications and people still count.".to_owned()
        }
    }
}

const fn because(why: Abandonment) -> &'static str {
    match why {
        Abandonment::Late => ": it certainly never ran, and now it would be too late",
        Abandonment::CancelWished => " as wished: it certainly never ran",
    }
}

const fn came_to(answer: &Answer) -> &'static str {
    match answer {
        Answer::Accepted { .. } => "was accepted",
        Answer::NotExecuted { again: Again::Never, .. } => {
            "was refused for good and certainly did not run"
        }
        Answer::NotExecuted { again: Again::After { .. }, .. } => "certainly did not run",
        Answer::Unknown { .. } => "may have run: no clear answer came",
    }
}

const fn by(source: Source) -> &'static str {
    match source {
        Source::Read => "A read",
        Source::LookUp => "The provider's list",
        Source::Hint => "A notification, believed because no read could be had,",
    }
}

fn stands(sighting: &Sighting) -> String {
    match &sighting.standing {
        Standing::Pending => "waits for a card".to_owned(),
        Standing::Processing => "has a card at the reader".to_owned(),
        Standing::Taken { authorized, provisional: false, .. } => {
            format!("is approved for {}", amount(*authorized))
        }
        Standing::Taken { authorized, provisional: true, .. } => {
            format!("is approved for {} by the device alone", amount(*authorized))
        }
        Standing::NotTaken { how, .. } => ended(*how).to_owned(),
        Standing::Reversed { .. } => "was undone whole".to_owned(),
    }
}

const fn ended(how: NotTaken) -> &'static str {
    match how {
        NotTaken::Declined => "was declined",
        NotTaken::Cancelled => "was cancelled",
        NotTaken::Expired => "has expired unpaid",
        NotTaken::Failed => "failed before money moved",
    }
}

const fn kind_name(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Start => "start",
        OperationKind::Capture => "capture",
        OperationKind::Refund => "refund",
        OperationKind::Cancel => "cancel",
        OperationKind::Answer => "answer",
        OperationKind::Withdraw => "withdrawal",
        OperationKind::Release => "release",
    }
}

fn amount(money: Money) -> String {
    format!("{} {}", money.text(), money.currency().code())
}

/// What the sentence leaves out. Never a request: its path, headers and body stay in the journal.
fn details(event: &Event) -> Details {
    match event {
        Event::Created { id, sale, driver, screen_clear, .. } => {
            let mut details = vec![
                ("payment", id.to_string()),
                ("account", sale.account.name.to_string()),
                ("attempt", sale.attempt.to_string()),
                ("process", driver.process.to_string()),
            ];
            details.extend(screen_clear.iter().map(|id| ("screen_clear", id.to_string())));
            details
        }
        Event::Permitted { operation, driver, .. } => {
            vec![("operation", operation.to_string()), ("process", driver.process.to_string())]
        }
        Event::Answered { answer, .. } => of_answer(answer),
        Event::Observed { sighting, .. } | Event::Hinted { sighting, .. } => of_sighting(sighting),
        Event::PollsPermitted { driver, .. } | Event::TakenOver { driver, .. } => {
            vec![("process", driver.process.to_string())]
        }
        Event::CancelWished { operation, .. }
        | Event::AnswerWished { operation, .. }
        | Event::WithdrawalWished { operation, .. }
        | Event::ReleaseWished { operation, .. } => {
            vec![("operation", operation.to_string())]
        }
        Event::OperationWished { operation, charge, .. } => {
            let charge = charge.iter().map(|charge| ("charge", charge.to_string()));
            std::iter::once(("operation", operation.to_string())).chain(charge).collect()
        }
        Event::Resolved { reason, .. } | Event::OperationResolved { reason, .. } => {
            vec![("reason", reason.to_string())]
        }
        Event::Abandoned { .. }
        | Event::Doubted { .. }
        | Event::AbsenceProven { .. }
        | Event::Escalated { .. }
        | Event::HistoryLost { .. }
        | Event::LookingEnded { .. } => Vec::new(),
    }
}

fn of_answer(answer: &Answer) -> Details {
    match answer {
        Answer::Accepted { sightings } => sightings
            .iter()
            .flat_map(|sighting| {
                let shown = format!("{} {}", sighting.charge, stands(sighting));
                std::iter::once(("charge", shown)).chain(of_sighting(sighting))
            })
            .collect(),
        Answer::NotExecuted { again, reason } => {
            let after = match again {
                Again::Never => None,
                Again::After { ms } => Some(("again_after_ms", ms.to_string())),
            };
            of_reason(reason).into_iter().chain(after).collect()
        }
        Answer::Unknown { reason, .. } => of_reason(reason),
    }
}

fn of_sighting(sighting: &Sighting) -> Details {
    let mut details = Vec::new();
    match &sighting.standing {
        Standing::Taken { captured, tip, returned, .. } => {
            details.push(("captured", amount(*captured)));
            details.extend(tip.map(|tip| ("tip", amount(tip))));
            details.extend(returned.map(|returned| ("returned", amount(returned))));
        }
        Standing::NotTaken { reason, .. } => {
            details.extend(reason.as_ref().map(of_reason).unwrap_or_default());
        }
        Standing::Pending | Standing::Processing | Standing::Reversed { .. } => {}
    }
    details.extend(sighting.operations.iter().map(of_operation));
    details.extend(sighting.card.as_ref().and_then(of_card));
    details
}

fn of_operation(seen: &SeenOperation) -> (&'static str, String) {
    let effect = match seen.took_effect {
        Some(true) => "took effect",
        Some(false) => "took no effect",
        None => "is not decided",
    };
    ("operation", format!("{} {effect}", seen.reference))
}

fn of_card(card: &Card) -> Option<(&'static str, String)> {
    let digits = card.last_four.as_deref().map(last_four);
    let words: Vec<String> =
        card.scheme.as_deref().map(str::to_owned).into_iter().chain(digits).collect();
    (!words.is_empty()).then(|| ("card", words.join(" ")))
}

/// At most four characters, whatever a provider may have sent in their place.
pub(super) fn last_four(digits: &str) -> String {
    let from_the_end: Vec<char> = digits.chars().rev().take(4).collect();
    from_the_end.into_iter().rev().collect()
}

fn of_reason(reason: &Reason) -> Details {
    let mut details = vec![("reason", reason.code.to_string())];
    details.extend(reason.detail.as_ref().map(|detail| ("words", detail.to_string())));
    details.extend(reason.trace.as_ref().map(|trace| ("trace", trace.to_string())));
    details
}
