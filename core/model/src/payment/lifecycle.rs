//! The lifecycle, computed from what `decide` and `apply` really do, and written as a document.
//!
//! Every command is asked of every representative at several times; whatever moves a payment from
//! one stage to another, or an operation from one progress to another, is a line of the document.
//! So the picture cannot drift from the code, and a stage that nothing reaches would show.

pub mod commands;
mod document;
pub mod representatives;

use std::collections::{BTreeMap, BTreeSet};

pub use document::document;

use super::apply::apply;
use super::decide::decide;
use super::details::ConditionStatus;
use super::event::{Abandonment, Again, Answer, Event, Word};
use super::sighting::{NotTaken, Sighting, Standing};
use super::stage::{Stage, stage};
use super::view::{self, Outcome, Progress};
use super::{OperationKind, Payment};
use crate::time::{HOUR_MS, Moment};
use commands::{ASKED, command};
use representatives::{Representative, later};

/// What moves a payment, and what each stage means to a till.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// From a stage, by what, to which stage.
    pub stages: BTreeSet<(Stage, &'static str, Stage)>,
    /// The outcomes that each stage can mean.
    pub outcomes: BTreeMap<Stage, BTreeSet<Outcome>>,
    /// From a progress, by what, to which progress, for captures and refunds.
    pub money: BTreeSet<(Progress, &'static str, Progress)>,
    /// The same for cancels, withdrawals and releases.
    pub cancels: BTreeSet<(Progress, &'static str, Progress)>,
    /// The same for answers to conditions.
    pub answers: BTreeSet<(Progress, &'static str, Progress)>,
}

/// Computes it.
///
/// # Errors
/// When the story of a representative cannot have happened; it names the story.
pub fn lifecycle() -> Result<Lifecycle, &'static str> {
    let mut lifecycle = Lifecycle::default();
    for representative in representatives::all()? {
        lifecycle.learn_story(&representative);
        for now in times(&representative) {
            for (asked, _) in ASKED {
                lifecycle.learn(&representative, asked, &now);
            }
        }
    }
    Ok(lifecycle)
}

/// When a representative is looked at, and after each of its own deadlines.
fn times(representative: &Representative) -> Vec<Moment> {
    let Representative { payment, now, .. } = representative;
    let since_call = [payment.times.start_by_ms, payment.times.settle_by_ms, HOUR_MS];
    let after = since_call.into_iter().map(|ms| later(&payment.created_at, ms));
    std::iter::once(*now).chain(after.filter(|then| then.boot_ms > now.boot_ms)).collect()
}

impl Lifecycle {
    fn learn_story(&mut self, representative: &Representative) {
        let mut state = None;
        for event in &representative.events {
            let Ok(after) = apply(state.clone(), event) else { return };
            if let Some(before) = &state {
                self.learn_step(before, event, &after);
            }
            self.outcomes.entry(stage(&after)).or_default().insert(view::outcome(&after));
            state = Some(after);
        }
    }

    fn learn(&mut self, representative: &Representative, asked: &str, now: &Moment) {
        let Representative { payment, manners, .. } = representative;
        let Some(command) = command(asked, payment, now) else { return };
        let Ok(decision) = decide(payment, command, manners, now) else { return };
        let mut before = payment.clone();
        for event in &decision.events {
            let Ok(after) = apply(Some(before.clone()), event) else { return };
            self.learn_step(&before, event, &after);
            before = after;
        }
    }

    fn learn_step(&mut self, before: &Payment, event: &Event, after: &Payment) {
        let (from, to) = (stage(before), stage(after));
        if from != to {
            self.stages.insert((from, cause(event, before), to));
        }
        for operation in view::all_operations(after) {
            let earlier = view::all_operations(before).find(|known| known.id == operation.id);
            let Some(earlier) = earlier else { continue };
            let (from, to) = (view::progress(earlier), view::progress(operation));
            if from != to {
                let steps = match operation.kind {
                    OperationKind::Cancel | OperationKind::Withdraw | OperationKind::Release => {
                        &mut self.cancels
                    }
                    OperationKind::Answer => &mut self.answers,
                    OperationKind::Start | OperationKind::Capture | OperationKind::Refund => {
                        &mut self.money
                    }
                };
                steps.insert((from, cause(event, before), to));
            }
        }
    }
}

/// What an event says, in a few words.
fn cause(event: &Event, before: &Payment) -> &'static str {
    match event {
        Event::Created { .. } => "a sale is recorded",
        Event::Permitted { operation, .. } if *operation == before.start.id => {
            "a send of the start is permitted"
        }
        Event::Permitted { .. } => "a send is permitted",
        Event::Answered { answer, .. } => answered(answer),
        Event::PollsPermitted { .. } => "polls are permitted",
        Event::Observed { sighting, .. } if lets_go(sighting, before) => {
            "a read shows nothing held"
        }
        Event::Observed { sighting, .. } => shown(sighting),
        Event::Hinted { .. } => "a hint tells of a charge",
        Event::CancelWished { .. } => "a cancel is wished",
        Event::OperationWished { kind: OperationKind::Capture, .. } => "a capture is wished",
        Event::OperationWished { .. } => "a refund is wished",
        Event::AnswerWished { .. } => "the till answers a condition",
        Event::WithdrawalWished { .. } => "a second charge is withdrawn",
        Event::ReleaseWished { .. } => "what is left is let go of",
        Event::Abandoned { why: Abandonment::Late, .. } => "`start_by` passes, and nothing ran",
        Event::Abandoned { why: Abandonment::CancelWished, .. } => {
            "a cancel was wished, and nothing ran"
        }
        Event::Doubted { .. } => "`settle_by` passes",
        Event::AbsenceProven { .. } => "absence is proven",
        Event::Escalated { .. } => "doubt lasts",
        Event::Resolved { word: Word::Paid, .. } => "a person says it was paid",
        Event::Resolved { word: Word::NotPaid, .. } => "a person says it was not paid",
        Event::OperationResolved { took_effect: true, .. } => "a person says it took effect",
        Event::OperationResolved { took_effect: false, .. } => "a person says it did not",
        Event::TakenOver { .. } => "another process takes over",
        Event::HistoryLost { .. } => "a restored journal is acknowledged",
        Event::LookingEnded { .. } => "scheduled looking ends",
    }
}

/// Whether it shows that nothing is held beside what was captured before.
fn lets_go(sighting: &Sighting, before: &Payment) -> bool {
    let charge = before.charges.get(&sighting.charge);
    let captured = charge
        .and_then(|charge| charge.standing_approval())
        .is_some_and(|taken| !taken.captured.is_zero());
    captured && sighting.details.as_ref().is_some_and(|details| details.released)
}

const fn answered(answer: &Answer) -> &'static str {
    match answer {
        Answer::Accepted { .. } => "the provider accepts",
        Answer::NotExecuted { again: Again::Never, .. } => "refused for good, proven not run",
        Answer::NotExecuted { again: Again::After { .. }, .. } => "proven not run, later again",
        Answer::Unknown { .. } => "the answer is lost",
    }
}

fn shown(sighting: &Sighting) -> &'static str {
    if !sighting.operations.is_empty() {
        return "a read shows the operation";
    }
    let conditions = sighting.details.iter().flat_map(|details| &details.conditions);
    let mut decided = conditions.filter(|one| one.status > ConditionStatus::AwaitingTill);
    if decided.next().is_some() {
        return "a read shows the condition answered";
    }
    match &sighting.standing {
        Standing::Pending => "a read shows it waiting",
        Standing::Processing => "a read shows a card",
        Standing::Taken { captured, .. } if captured.is_zero() => "a read shows it approved",
        Standing::Taken { .. } => "a read shows it captured",
        Standing::NotTaken { how: NotTaken::Declined, .. } => "a read shows it declined",
        Standing::NotTaken { how: NotTaken::Cancelled, .. } => "a read shows it cancelled",
        Standing::NotTaken { how: NotTaken::Expired, .. } => "a read shows it expired",
        Standing::NotTaken { how: NotTaken::Failed, .. } => "a read shows it failed",
        Standing::Reversed { .. } => "a read shows it undone",
    }
}
