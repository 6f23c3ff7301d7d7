//! `decide(state, command, now) → events and at most one effect`, pure.
//!
//! Each decision first refuses whatever may not be; past that point nothing fails, and the events
//! are written. An effect happens only once its events are durable.

use super::apply;
use super::command::Command;
use super::event::{Answer, Event, Source, Word};
use super::manners::Manners;
use super::permission::{self, Never, Permission};
use super::plan;
use super::sighting::Sighting;
use super::stage::never_ran;
use super::state::{ConditionAnswer, Driver, Operation, OperationKind, Payment};
use super::view::{self, Progress};
use super::wish::{self, Wish};
use crate::ids::{ChargeId, OperationId, Reference};
use crate::money::Money;
use crate::time::Moment;
use crate::wire::{Request, Window};

/// What is decided: what happened, and what to do outside once that is durable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// What happened; nothing when the command tells nothing new.
    pub events: Vec<Event>,
    /// What to do outside.
    pub effect: Option<Effect>,
}

/// What to do outside. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this request once.
    Send {
        /// For which operation.
        operation: OperationId,
        /// Its how-manieth send.
        number: u32,
        /// Exactly this.
        request: Box<Request>,
        /// Only inside this window.
        window: Window,
    },
    /// Reads of this sale may leave.
    Polls {
        /// Inside this window.
        window: Window,
    },
}

/// Why a command is refused; nothing happened. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It may not be sent, or not yet.
    NotPermitted(Option<Never>),
    /// Its time has not come.
    TooEarly,
    /// There is no such operation.
    NoSuchOperation,
    /// The provider showed no such condition.
    NoSuchCondition,
    /// Another capture or refund has to be known first.
    Unresolved {
        /// Which one.
        reference: Option<Reference>,
    },
    /// The same reference was used for something else.
    Conflict {
        /// What differs first.
        field: &'static str,
    },
    /// Nothing is held that could be captured.
    NothingToCapture,
    /// The provider lets nothing go beside what was captured.
    NoRelease,
    /// Nothing was taken that could be given back.
    NothingToRefund,
    /// More than is there.
    Exceeds {
        /// How much is there.
        remaining: Money,
    },
    /// A person's word does not count here, or not yet.
    NotResolvable,
}

/// What a command comes to.
///
/// # Errors
/// When it may not be; then nothing happened.
pub fn decide(
    payment: &Payment,
    command: Command,
    manners: &Manners,
    now: &Moment,
) -> Result<Decision, Refused> {
    let at = *now;
    match command {
        Command::PermitStart { request, driver } => {
            permit_start(payment, request, driver, manners, now)
        }
        Command::PermitOperation { operation, request, driver } => {
            permit_operation(payment, operation, request, driver, manners, now)
        }
        Command::PermitPolls { driver } => permit_polls(payment, driver, now),
        Command::TakeAnswer { operation, number, answer } => {
            take_answer(payment, operation, number, answer, at)
        }
        Command::Observe { source, sightings, asked_at } => {
            Ok(observe(payment, source, sightings, &asked_at, manners, at))
        }
        Command::Hear { sighting } => Ok(hear(payment, sighting, at)),
        Command::BelieveHint { charge } => believe_hint(payment, &charge, at),
        Command::WishCancel { operation } => Ok(wish::cancel(payment, operation, manners, at)),
        Command::WishMoney { kind, operation, reference, amount, last } => {
            let wish = Wish { kind, operation, reference, amount, last };
            wish::money(payment, wish, manners, at)
        }
        Command::WishAnswer { operation, condition, accept } => {
            let answer = ConditionAnswer { condition, accept };
            wish::answer(payment, operation, answer, manners, at)
        }
        Command::WishWithdrawal { operation, charge } => {
            wish::withdrawal(payment, operation, charge, manners, at)
        }
        Command::WishRelease { operation, charge } => {
            wish::release(payment, operation, charge, manners, at)
        }
        Command::Abandon { why } => match permission::start(payment, manners, now) {
            Permission::GiveUp(reason) if reason == why => one(Event::Abandoned { why, at }),
            Permission::GiveUp(_)
            | Permission::Now(_)
            | Permission::In(_)
            | Permission::Never(_) => Err(Refused::TooEarly),
        },
        Command::Doubt => doubt(payment, now),
        Command::Escalate => escalate(payment, at),
        Command::EndLooking => {
            if payment.looking_ended || !view::is_unsettled(payment) {
                Ok(Decision::default())
            } else if payment.doubted.is_none() && !view::is_settled(payment) {
                Err(Refused::TooEarly)
            } else {
                one(Event::LookingEnded { at })
            }
        }
        Command::Resolve { word, reason } => resolve(payment, word, reason, at),
        Command::ResolveOperation { reference, took_effect, reason } => {
            resolve_operation(payment, &reference, took_effect, reason, at)
        }
        Command::TakeOver { driver } if driver == payment.driver => Ok(Decision::default()),
        Command::TakeOver { driver } => one(Event::TakenOver { driver, at }),
    }
}

pub(super) fn one(event: Event) -> Result<Decision, Refused> {
    Ok(Decision { events: vec![event], effect: None })
}

fn permit_start(
    payment: &Payment,
    request: Request,
    driver: Driver,
    manners: &Manners,
    now: &Moment,
) -> Result<Decision, Refused> {
    let window = allowed(permission::start(payment, manners, now))?;
    let request = new_request(&payment.start, request);
    permit(&payment.start, request, driver, window, *now)
}

fn permit_operation(
    payment: &Payment,
    id: OperationId,
    request: Request,
    driver: Driver,
    manners: &Manners,
    now: &Moment,
) -> Result<Decision, Refused> {
    let operation = view::all_operations(payment)
        .find(|operation| operation.id == id)
        .ok_or(Refused::NoSuchOperation)?;
    let window = allowed(permission::operation(payment, operation, manners, now))?;
    let request = new_request(operation, request);
    permit(operation, request, driver, window, *now)
}

/// What may have run is repeated as it was recorded; whatever was not recorded yet is now, as is a
/// cancel that has gone on to another charge.
fn new_request(operation: &Operation, request: Request) -> Option<Request> {
    let path = operation.request.as_ref().map(|recorded| &recorded.path);
    let goes_on = operation.kind == OperationKind::Cancel && path != Some(&request.path);
    let anew = never_ran(operation) || path.is_none() || goes_on;
    #[cfg(mutant = "refund_under_another_reference")]
    let anew = anew || operation.kind == OperationKind::Refund;
    anew.then_some(request)
}

fn allowed(permission: Permission) -> Result<Window, Refused> {
    match permission {
        Permission::Now(window) => Ok(window),
        Permission::In(_) => Err(Refused::TooEarly),
        Permission::GiveUp(_) => Err(Refused::NotPermitted(None)),
        Permission::Never(why) => Err(Refused::NotPermitted(Some(why))),
    }
}

/// Past the point of no return: the send is allowed, byte for byte as recorded where it may have
/// run.
fn permit(
    operation: &Operation,
    request: Option<Request>,
    driver: Driver,
    window: Window,
    at: Moment,
) -> Result<Decision, Refused> {
    let recorded = operation.request.as_deref().cloned();
    let sent = request.clone().or(recorded).ok_or(Refused::NotPermitted(None))?;
    let number = u32::try_from(operation.sends.len()).unwrap_or(u32::MAX).saturating_add(1);
    let event =
        Event::Permitted { operation: operation.id, at, driver, request: request.map(Box::new) };
    let request = Box::new(sent);
    let effect = Effect::Send { operation: operation.id, number, request, window };
    Ok(Decision { events: vec![event], effect: Some(effect) })
}

fn permit_polls(payment: &Payment, driver: Driver, now: &Moment) -> Result<Decision, Refused> {
    let window = allowed(permission::polls(payment, now))?;
    let event = Event::PollsPermitted { at: *now, driver };
    Ok(Decision { events: vec![event], effect: Some(Effect::Polls { window }) })
}

fn take_answer(
    payment: &Payment,
    id: OperationId,
    number: u32,
    answer: Answer,
    at: Moment,
) -> Result<Decision, Refused> {
    let operation = std::iter::once(&payment.start)
        .chain(view::all_operations(payment))
        .find(|operation| operation.id == id)
        .ok_or(Refused::NoSuchOperation)?;
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let send =
        place.and_then(|place| operation.sends.get(place)).ok_or(Refused::NoSuchOperation)?;
    if send.answer.is_some() {
        return Ok(shown_again(payment, answer, at));
    }
    #[cfg(mutant = "cancel_believed_without_a_look")]
    let believed = believed_cancel(payment, operation, at);
    #[cfg(not(mutant = "cancel_believed_without_a_look"))]
    let believed = None;
    let answered = Event::Answered { operation: id, number, answer, at };
    Ok(Decision { events: std::iter::once(answered).chain(believed).collect(), effect: None })
}

/// A send has one answer, but what a second one shows is a fact all the same.
fn shown_again(payment: &Payment, answer: Answer, at: Moment) -> Decision {
    let sightings = match answer {
        Answer::Accepted { sightings } => sightings,
        Answer::NotExecuted { .. } | Answer::Unknown { .. } => Vec::new(),
    };
    let news = sightings.into_iter().filter(|sighting| apply::tells_news(payment, sighting, &at));
    let seen =
        |sighting| Event::Observed { source: Source::Read, sighting: Box::new(sighting), at };
    Decision { events: news.map(seen).collect(), effect: None }
}

#[cfg(mutant = "cancel_believed_without_a_look")]
fn believed_cancel(payment: &Payment, operation: &Operation, at: Moment) -> Option<Event> {
    use super::sighting::{NotTaken, Ours, Standing};
    let charge = permission::target(payment, operation)?.clone();
    let sighting = Sighting::bare(
        charge,
        Ours::Yes,
        Standing::NotTaken { how: NotTaken::Cancelled, reason: None },
    );
    let cancel = operation.kind == OperationKind::Cancel;
    cancel.then(|| Event::Observed { source: Source::Read, sighting: Box::new(sighting), at })
}

/// Whether a command is a look that tells nothing new, as most are; told without taking it apart.
#[must_use]
pub fn tells_nothing(
    payment: &Payment,
    command: &Command,
    manners: &Manners,
    now: &Moment,
) -> bool {
    let Command::Observe { source, sightings, asked_at } = command else { return false };
    let in_vain = !sightings.iter().any(|sighting| apply::tells_news(payment, sighting, now));
    in_vain && !proves_absence(payment, *source, asked_at, manners)
}

/// Only what tells something new is written: polls are not appended one by one.
fn observe(
    payment: &Payment,
    source: Source,
    sightings: Vec<Sighting>,
    asked_at: &Moment,
    manners: &Manners,
    at: Moment,
) -> Decision {
    let news = sightings.into_iter().filter(|sighting| apply::tells_news(payment, sighting, &at));
    let mut events: Vec<Event> =
        news.map(|sighting| Event::Observed { source, sighting: Box::new(sighting), at }).collect();
    if events.is_empty() && proves_absence(payment, source, asked_at, manners) {
        events.push(Event::AbsenceProven { at });
    }
    Decision { events, effect: None }
}

/// Whether a look that shows nothing new proves that there is nothing.
fn proves_absence(payment: &Payment, source: Source, asked_at: &Moment, manners: &Manners) -> bool {
    source == Source::LookUp
        && !payment.absence_proven
        && plan::absence_is_proof(payment, manners, asked_at)
}

fn hear(payment: &Payment, sighting: Sighting, at: Moment) -> Decision {
    let events = if apply::hints_news(payment, &sighting) {
        vec![Event::Hinted { sighting: Box::new(sighting), at }]
    } else {
        Vec::new()
    };
    Decision { events, effect: None }
}

fn believe_hint(payment: &Payment, charge: &ChargeId, at: Moment) -> Result<Decision, Refused> {
    let hint = payment.hints.get(charge).filter(|hint| view::tells_of_money(hint));
    let sighting = hint.cloned().map(Box::new).ok_or(Refused::NotPermitted(None))?;
    one(Event::Observed { source: Source::Hint, sighting, at })
}

fn doubt(payment: &Payment, now: &Moment) -> Result<Decision, Refused> {
    if payment.doubted.is_some() || view::is_settled(payment) {
        return Ok(Decision::default());
    }
    if now.may_have_passed(&payment.created_at, payment.times.settle_by_ms) {
        one(Event::Doubted { at: *now })
    } else {
        Err(Refused::TooEarly)
    }
}

fn escalate(payment: &Payment, at: Moment) -> Result<Decision, Refused> {
    if payment.doubted.is_none() {
        Err(Refused::TooEarly)
    } else if payment.escalated || view::is_settled(payment) {
        Ok(Decision::default())
    } else {
        one(Event::Escalated { at })
    }
}

fn resolve(
    payment: &Payment,
    word: Word,
    reason: Box<str>,
    at: Moment,
) -> Result<Decision, Refused> {
    let open_to_people = view::gives_way(payment);
    let undecided = !view::is_settled(payment) || payment.word.is_some();
    if !open_to_people || !undecided {
        return Err(Refused::NotResolvable);
    }
    if payment.word == Some(word) {
        return Ok(Decision::default());
    }
    one(Event::Resolved { word, reason, at })
}

fn resolve_operation(
    payment: &Payment,
    reference: &Reference,
    took_effect: bool,
    reason: Box<str>,
    at: Moment,
) -> Result<Decision, Refused> {
    let operation = payment
        .operations
        .iter()
        .find(|known| known.reference.as_ref() == Some(reference))
        .ok_or(Refused::NoSuchOperation)?;
    match view::progress(operation) {
        Progress::Unresolved | Progress::Accepted => {
            one(Event::OperationResolved { operation: operation.id, took_effect, reason, at })
        }
        Progress::Wished | Progress::Done | Progress::Refused => Err(Refused::NotResolvable),
    }
}
