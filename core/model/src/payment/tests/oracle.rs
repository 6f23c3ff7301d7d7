//! The rules about sending, written down a second time: judged from the journal alone, by code that
//! shares nothing with the decisions.

use super::life::Life;
use crate::ids::OperationId;
use crate::payment::Payment;
use crate::payment::event::{Again, Answer, Event};
use crate::payment::manners::{Absence, Manner};
use crate::time::Moment;

/// A send as the journal alone tells of it.
pub struct Told {
    at: Moment,
    answered: Option<Moment>,
    proven_not_run: bool,
}

fn sends_of(events: &[Event], of: OperationId) -> Vec<Told> {
    let mut sends = Vec::new();
    for event in events {
        match event {
            Event::Permitted { operation, at, .. } if *operation == of => {
                sends.push(Told { at: *at, answered: None, proven_not_run: false });
            }
            Event::Answered { operation, number, answer, at } if *operation == of => {
                let send = &mut sends[usize::try_from(*number).unwrap() - 1];
                send.answered = Some(*at);
                send.proven_not_run = matches!(answer, Answer::NotExecuted { .. });
            }
            _ => {}
        }
    }
    sends
}

pub fn may_have_run(life: &Life) -> Vec<Told> {
    let mut sends = sends_of(&life.events, life.payment.start.id);
    sends.retain(|send| !send.proven_not_run);
    sends
}

/// What speaks against sending the start now, judged from the journal by rules written down twice.
pub fn objection(before: &Life) -> Option<&'static str> {
    let Life { payment, manners, events, now } = before;
    let created = *events[0].at();
    let boot_ms = |since: &Moment| i128::from(now.boot_ms) - i128::from(since.boot_ms);
    let wall_ms = |since: &Moment| i128::from(now.wall_ms) - i128::from(since.wall_ms);
    let younger = |since: &Moment, limit: u64| {
        now.boot == since.boot
            && boot_ms(since) < i128::from(limit)
            && wall_ms(since) < i128::from(limit)
    };
    let ran = may_have_run(before);
    let unanswered = ran.iter().filter(|send| send.answered.is_none());
    let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
    let life_ms = match manners.start.manner {
        Manner::Keyed { life_ms } => Some(life_ms),
        Manner::SameEffect | Manner::Once => None,
    };
    let objections = [
        (now.boot != created.boot, "another boot"),
        (!younger(&created, payment.times.start_by_ms), "after start_by"),
        (has(|event| matches!(event, Event::CancelWished { .. })), "after a cancel wish"),
        (has(|event| matches!(event, Event::Resolved { .. })), "after a person's word"),
        (has(|event| matches!(event, Event::Abandoned { .. })), "after it was given up"),
        (!payment.charges.is_empty(), "after a charge was shown"),
        (life_ms.is_none() && !ran.is_empty(), "once, and it may have run"),
        (
            ran.first().is_some_and(|send| !younger(&send.at, life_ms.unwrap_or(0))),
            "beyond the key's life",
        ),
        (ran.len() > usize::try_from(manners.start.replays_max).unwrap(), "too many replays"),
        (
            unanswered.clone().any(|send| now.boot == send.at.boot && boot_ms(&send.at) < 90_000),
            "before the send horizon",
        ),
        (
            ran.iter().filter_map(|send| send.answered).any(|at| {
                now.boot == at.boot && boot_ms(&at) < i128::from(manners.start.quiet_gap_ms)
            }),
            "inside the quiet gap",
        ),
        (
            ran.iter().any(|send| now.boot == send.at.boot && boot_ms(&send.at) < 60_000),
            "while the first may still arrive",
        ),
        (key_was_not_kept(events, payment), "the key was not kept"),
        (last_answer(events, payment) == Some(Again::Never), "refused for good"),
    ];
    objections.into_iter().find(|(holds, _)| *holds).map(|(_, why)| why)
}

/// What speaks against sending a capture, refund or cancel now, by rules written down twice.
pub fn objection_to_operation(
    before: &Life,
    operation: OperationId,
    manner: Manner,
) -> Option<&'static str> {
    let now = &before.now;
    let age_ms = |since: &Moment| i128::from(now.boot_ms) - i128::from(since.boot_ms);
    let mut ran = sends_of(&before.events, operation);
    ran.retain(|send| !send.proven_not_run);
    let young =
        |limit_ms| ran.iter().any(|send| now.boot == send.at.boot && age_ms(&send.at) < limit_ms);
    match manner {
        Manner::SameEffect => young(5_000).then_some("at once"),
        Manner::Once => (!ran.is_empty()).then_some("once, and it may have run"),
        Manner::Keyed { life_ms } => {
            let old = |send: &Told| {
                now.boot != send.at.boot
                    || age_ms(&send.at) >= i128::from(life_ms)
                    || now.wall_since_ms(&send.at) >= life_ms
            };
            let forgotten = ran.first().is_some_and(old);
            let unanswered = ran.iter().any(|send| send.answered.is_none()) && young(60_000);
            forgotten
                .then_some("beyond the key's life")
                .or(unanswered.then_some("while the first may still arrive"))
        }
    }
}

fn key_was_not_kept(events: &[Event], payment: &Payment) -> bool {
    events.iter().any(|event| match event {
        Event::Answered { operation, answer: Answer::Unknown { replayable, .. }, .. } => {
            *operation == payment.start.id && !replayable
        }
        _ => false,
    })
}

fn last_answer(events: &[Event], payment: &Payment) -> Option<Again> {
    events.iter().rev().find_map(|event| match event {
        Event::Answered { operation, answer: Answer::NotExecuted { again, .. }, .. }
            if *operation == payment.start.id =>
        {
            Some(*again)
        }
        _ => None,
    })
}

/// Whether nothing that was sent could still have been there, unexpired, when the list was asked.
pub fn absence_was_proof(life: &Life, asked_at: &Moment) -> bool {
    let Absence::ProofAfterExpiry { margin_ms } = life.manners.absence else { return false };
    let expires_ms = life.payment.times.expires_ms.unwrap_or(u64::MAX);
    let shown = life.events.iter().find_map(|event| match event {
        Event::AbsenceProven { at } => Some(*at),
        _ => None,
    });
    let asked_at = shown.unwrap_or(*asked_at);
    let age_ms = |since: &Moment| match asked_at.boot == since.boot {
        true => asked_at.boot_ms - since.boot_ms,
        false => asked_at.boot_ms,
    };
    shown.is_some()
        && may_have_run(life)
            .iter()
            .all(|send| age_ms(&send.at) >= expires_ms.saturating_add(margin_ms))
}
