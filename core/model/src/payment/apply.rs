//! `apply(state, event) → state`: the only thing that builds a payment, live and in replay.
//!
//! Stored events are believed no further than they fit: one that does not fit the state before it
//! is a [`Misfit`], which stops this payment and is reported.

use std::collections::BTreeMap;
use std::fmt;

use super::charges::Charges;
use super::event::{Answer, Event, Source};
use super::sighting::{Ours, SeenOperation, Sighting, Standing};
use super::stage::never_ran;
use super::state::{Answered, ConditionAnswer, Driver, Operation, OperationKind, Payment, Send};
use super::{conditions, hold, loss, permission, view};
use crate::ids::OperationId;
use crate::time::Moment;
use crate::wire::Request;

/// An event that cannot have happened to this payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What does not fit.
    pub why: &'static str,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

impl std::error::Error for Misfit {}

/// The payment after one more event.
///
/// # Errors
/// When the event does not fit what happened before it.
pub fn apply(state: Option<Payment>, event: &Event) -> Result<Payment, Misfit> {
    let mut payment = match (state, event) {
        (None, Event::Created { .. }) => created(event)?,
        (None, _) => return Err(Misfit { why: "the first event of a payment is its creation" }),
        (Some(_), Event::Created { .. }) => {
            return Err(Misfit { why: "a payment is created once" });
        }
        (Some(mut payment), _) => {
            happen(&mut payment, event)?;
            payment
        }
    };
    payment.sequence = payment.sequence.saturating_add(1);
    if payment.settled_at.is_none() && view::is_settled(&payment) {
        payment.settled_at = Some(Box::new(*event.at()));
    }
    Ok(payment)
}

/// The payment that a whole list of events tells.
///
/// # Errors
/// When the list is empty or one of them does not fit.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Payment, Misfit> {
    events
        .into_iter()
        .try_fold(None, |state, event| apply(state, event).map(Some))?
        .ok_or(Misfit { why: "a payment has at least one event" })
}

fn created(event: &Event) -> Result<Payment, Misfit> {
    let Event::Created { id, sale, at, times, fingerprint, start, driver, screen_clear } = event
    else {
        return Err(Misfit { why: "the first event of a payment is its creation" });
    };
    Ok(Payment {
        id: *id,
        sale: sale.clone(),
        created_at: *at,
        times: *times,
        fingerprint: fingerprint.clone(),
        driver: *driver,
        sequence: 0,
        start: operation(*start, OperationKind::Start, *at),
        cancel: None,
        operations: Vec::new(),
        charges: Charges::new(),
        own: None,
        hints: BTreeMap::new(),
        heard_at: None,
        polls_permitted: None,
        abandoned: None,
        absence_proven: false,
        doubted: None,
        escalated: false,
        history_lost: None,
        looking_ended: false,
        settled_at: None,
        word: None,
        words_differ: false,
        screen_clear: screen_clear.clone(),
    })
}

fn operation(id: OperationId, kind: OperationKind, wished_at: Moment) -> Operation {
    Operation {
        id,
        kind,
        reference: None,
        amount: None,
        charge: None,
        capture: None,
        last: false,
        captured_before_minor: 0,
        answer: None,
        wished_at,
        request: None,
        sends: Vec::new(),
        untold_until: None,
        word: None,
        seen: None,
    }
}

fn happen(payment: &mut Payment, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::Created { .. } => return Err(Misfit { why: "a payment is created once" }),
        Event::Permitted { operation, at, driver, request } => {
            permitted(payment, *operation, *at, *driver, request.as_deref())?;
        }
        Event::Answered { operation, number, answer, at } => {
            answered(payment, *operation, *number, answer, *at)?;
        }
        Event::PollsPermitted { at, .. } => payment.polls_permitted = Some(*at),
        Event::Observed { source, sighting, at } => {
            // A hint tells how it stood when it was written, not how it stands now.
            let looked_at = (*source != Source::Hint).then_some(at);
            see(payment, sighting, looked_at);
        }
        Event::Hinted { sighting, at } => hear(payment, sighting, *at),
        Event::CancelWished { at, operation: id, rest } => {
            if view::may_wish_cancel(payment) {
                wish_cancel(payment, *id, *at, *rest);
            }
        }
        Event::OperationWished { .. } => {
            payment.operations.extend(money_wished(payment, event));
            payment.looking_ended = false;
        }
        Event::AnswerWished { operation: id, charge, condition, accept, at } => {
            let mut wished = operation(*id, OperationKind::Answer, *at);
            wished.charge = Some(charge.clone());
            let answer = ConditionAnswer { condition: condition.clone(), accept: *accept };
            wished.answer = Some(Box::new(answer));
            payment.operations.push(wished);
        }
        Event::WithdrawalWished { operation: id, charge, at } => {
            let mut wished = operation(*id, OperationKind::Withdraw, *at);
            wished.charge = Some(charge.clone());
            payment.operations.push(wished);
        }
        Event::ReleaseWished { operation: id, charge, at } => {
            let mut wished = operation(*id, OperationKind::Release, *at);
            wished.charge = Some(charge.clone());
            payment.operations.push(wished);
            payment.looking_ended = false;
        }
        Event::Abandoned { why, .. } => payment.abandoned = Some(*why),
        Event::Doubted { at } => payment.doubted = payment.doubted.or(Some(*at)),
        Event::AbsenceProven { .. } => payment.absence_proven = true,
        Event::Escalated { .. } => payment.escalated = true,
        Event::Resolved { word, .. } => {
            payment.words_differ |= payment.word.is_some_and(|earlier| earlier != *word);
            payment.word = Some(*word);
        }
        Event::OperationResolved { operation, took_effect, .. } => {
            find(payment, *operation)?.word = Some(*took_effect);
        }
        Event::TakenOver { driver, .. } => payment.driver = *driver,
        Event::HistoryLost { at } => loss::lose_history(payment, *at),
        Event::LookingEnded { .. } => payment.looking_ended = true,
    }
    Ok(())
}

/// A capture or a refund as it was wished.
fn money_wished(payment: &Payment, event: &Event) -> Option<Operation> {
    let Event::OperationWished {
        kind,
        operation: id,
        reference,
        amount,
        charge,
        capture,
        last,
        at,
    } = event
    else {
        return None;
    };
    let mut wished = operation(*id, *kind, *at);
    wished.reference = Some(reference.clone());
    wished.amount = Some(*amount);
    wished.charge.clone_from(charge);
    wished.capture = capture.map(Box::new);
    wished.last = *last;
    wished.captured_before_minor = hold::captured_minor(payment, charge.as_ref());
    loss::recall(payment, &mut wished);
    Some(wished)
}

/// A cancel takes the place of the one before it, which may have run although its last send was
/// refused.
fn wish_cancel(payment: &mut Payment, id: OperationId, at: Moment, rest: bool) {
    let mut wished = operation(id, OperationKind::Cancel, at);
    let strays = |before: &&mut Box<Operation>| before.seen.is_none() && !never_ran(before);
    wished.untold_until = payment.cancel.as_mut().filter(strays).map(|_| Box::new(at));
    payment.cancel = Some(Box::new(wished));
    payment.looking_ended = false;
    let captures = payment.operations.iter_mut();
    for capture in captures.filter(|known| rest && known.kind == OperationKind::Capture) {
        capture.last = true;
    }
}

fn permitted(
    payment: &mut Payment,
    id: OperationId,
    at: Moment,
    driver: Driver,
    request: Option<&Request>,
) -> Result<(), Misfit> {
    let operation = find(payment, id)?;
    if let Some(request) = request {
        operation.request = Some(Box::new(request.clone()));
    } else if operation.request.is_none() {
        return Err(Misfit { why: "a replay repeats a request that was recorded" });
    }
    // Most have one send for all their life: room for more would be most of what they weigh.
    operation.sends.reserve_exact(1);
    operation.sends.push(Send { at, driver, answer: None });
    Ok(())
}

fn answered(
    payment: &mut Payment,
    id: OperationId,
    number: u32,
    answer: &Answer,
    at: Moment,
) -> Result<(), Misfit> {
    let operation = find(payment, id)?;
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let send = place
        .and_then(|place| operation.sends.get_mut(place))
        .ok_or(Misfit { why: "an answer belongs to a permit" })?;
    if send.answer.is_none() {
        send.answer = Some((Answered::of(answer), at));
    }
    let starts = operation.kind == OperationKind::Start;
    if let Answer::Accepted { sightings } = answer {
        // Only a cancel that showed no effect is sent again after an acceptance; for everything
        // else the request need not be kept in memory.
        if !matches!(
            operation.kind,
            OperationKind::Cancel | OperationKind::Withdraw | OperationKind::Release
        ) {
            operation.request = None;
        }
        for sighting in sightings {
            // What answers our own start is ours unless it says otherwise.
            if starts && sighting.ours == Ours::Unsaid {
                payment.charges.admit(&sighting.charge);
            }
            let smaller = payment.own.as_ref().is_none_or(|own| sighting.charge < *own);
            if starts && smaller && is_of(payment, sighting) {
                payment.own = Some(sighting.charge.clone());
            }
            see(payment, sighting, Some(&at));
        }
    }
    Ok(())
}

/// Takes in what a source that settles has shown.
fn see(payment: &mut Payment, sighting: &Sighting, looked_at: Option<&Moment>) {
    if !is_of(payment, sighting) {
        return;
    }
    let Payment { charges, sale, hints, operations, .. } = payment;
    charges.admit(&sighting.charge);
    // What was heard of, or captured meanwhile, may have been given back since: one more look.
    let mut leads_on = hints.contains_key(&sighting.charge);
    if let Some(charge) = charges.get_mut(&sighting.charge) {
        let captured = charge.taken.as_ref().map(|taken| taken.captured);
        charge.join(sighting, sale);
        leads_on |=
            captured.is_some() && charge.taken.as_ref().map(|taken| taken.captured) != captured;
        if !charge.is_undecided() {
            hints.remove(&sighting.charge);
        }
    }
    for operation in operations {
        let charge = charges.get(&sighting.charge);
        let answered = charge.and_then(|it| conditions::shown(operation, &sighting.charge, it));
        let told = shown(operation, &sighting.operations).max(answered);
        operation.seen = operation.seen.max(told);
    }
    let told = |known: &Operation| hold::shown(payment, known, &sighting.charge);
    let held: Vec<Option<bool>> = payment.operations.iter().map(told).collect();
    for (operation, told) in payment.operations.iter_mut().zip(held) {
        operation.seen = operation.seen.max(told);
    }
    if let Some(at) = looked_at {
        loss::look(payment, sighting, at, leads_on);
    }
    let spared = looked_at.map(|at| outlived(payment, sighting, at).collect::<Vec<_>>());
    for id in spared.unwrap_or_default() {
        if let Ok(operation) = find(payment, id) {
            operation.seen = Some(false);
        }
    }
}

/// Cancels and withdrawals of which no lost send can arrive any more, while money is still seen as
/// taken.
fn outlived<'a>(
    payment: &'a Payment,
    sighting: &'a Sighting,
    at: &'a Moment,
) -> impl Iterator<Item = OperationId> + 'a {
    let spares = move |operation: &&Operation| {
        let mut sent =
            operation.sends.iter().map(|send| &send.at).chain(operation.untold_until.as_deref());
        view::cancel_may_yet_undo(payment, operation)
            && operation.charge.as_ref().is_none_or(|charge| *charge == sighting.charge)
            && sent.all(|sent| at.has_surely_passed(sent, permission::LOST_SEND_MS))
    };
    let taken = view::tells_of_money(sighting);
    let all = view::all_operations(payment).filter(move |_| taken);
    all.filter(spares).map(|operation| operation.id)
}

/// What was shown of an operation, found by our reference; a yes outweighs a no.
pub(super) fn shown(operation: &Operation, seen: &[SeenOperation]) -> Option<bool> {
    let same = seen.iter().filter(|seen| {
        Some(&seen.reference) == operation.reference.as_ref()
            && seen.amount.is_none_or(|amount| Some(amount) == operation.amount)
    });
    same.filter_map(|seen| seen.took_effect).max()
}

/// Takes in what a verified hint told: a charge to look at, and perhaps words to fall back on.
///
/// A charge that is decided is looked at again where a hint says more of it: a late approval, a
/// reversal.
fn hear(payment: &mut Payment, sighting: &Sighting, at: Moment) {
    if !hints_news(payment, sighting) {
        return;
    }
    payment.charges.admit(&sighting.charge);
    payment.hints.insert(sighting.charge.clone(), sighting.clone());
    payment.heard_at = Some(Box::new(at));
    payment.looking_ended = false;
}

/// Ours by our payment id, or by an id that we were given before. Whether it also *agrees* is
/// another question, which the charge answers.
fn is_of(payment: &Payment, sighting: &Sighting) -> bool {
    let ours = match sighting.ours {
        Ours::Yes => true,
        Ours::Unsaid | Ours::No => payment.charges.contains_key(&sighting.charge),
    };
    #[cfg(mutant = "skipped_match")]
    let ours = true || ours;
    #[cfg(mutant = "tip_taken_for_a_stranger")]
    let ours = ours && !view::shows_another_amount(sighting, payment);
    ours
}

fn find(payment: &mut Payment, id: OperationId) -> Result<&mut Operation, Misfit> {
    let Payment { start, cancel, operations, .. } = payment;
    std::iter::once(start)
        .chain(cancel.as_deref_mut())
        .chain(operations)
        .find(|operation| operation.id == id)
        .ok_or(Misfit { why: "an event names an operation of its payment" })
}

/// Whether seeing this would change anything.
#[must_use]
pub fn tells_news(payment: &Payment, sighting: &Sighting, at: &Moment) -> bool {
    if !is_of(payment, sighting) {
        return false;
    }
    let Some(known) = payment.charges.get(&sighting.charge) else { return true };
    let mut charge = known.clone();
    charge.join(sighting, &payment.sale);
    let settles_hint = payment.hints.contains_key(&sighting.charge) && !charge.is_undecided();
    let tells_of_operation =
        payment.operations.iter().any(|known| shown(known, &sighting.operations) > known.seen);
    let spared = outlived(payment, sighting, at).next().is_some();
    let found = loss::settles(payment, sighting, at);
    charge != *known || settles_hint || tells_of_operation || spared || found
}

/// Whether hearing this would change anything.
#[must_use]
pub fn hints_news(payment: &Payment, sighting: &Sighting) -> bool {
    if !is_of(payment, sighting) {
        return false;
    }
    let Some(charge) = payment.charges.get(&sighting.charge) else { return true };
    let outweighs =
        |known: &Sighting| view::tells_of_money(sighting) && !view::tells_of_money(known);
    let unheard = payment.hints.get(&sighting.charge).is_none_or(outweighs);
    let on_its_way = matches!(sighting.standing, Standing::Pending | Standing::Processing);
    let mut joined = charge.clone();
    joined.join(sighting, &payment.sale);
    unheard && (charge.is_undecided() || !on_its_way && joined != *charge)
}
