//! What an answer means, as tables. Whatever stands in none of them is *unknown*.

use serde::Deserialize;

use super::activity::{Activity, History, Kind};
use super::envelope::{Envelope, Page};
use super::record::{Record, Status};
use super::refusals::{self, Means, Row};
use crate::ids::ChargeId;
use crate::money::Money;
use crate::payment::details::Details;
use crate::payment::event::{Again, Answer, Reason};
use crate::payment::sighting::{NotTaken, Ours, SeenOperation, Sighting, Standing};
use crate::payment::{Operation, OperationKind, Payment, hold, view};
use crate::provider::{Reading, is_ambiguous, words_of};
use crate::sale::{Capture, Environment};
use crate::time::SECOND_MS;
use crate::wire::{Exchange, Response, SendFailure};

/// Centrapay, or this account, cannot do it.
pub(super) const UNSUPPORTED: &str = "unsupported";

/// What makes an answer unclear, whatever its content says.
pub(super) struct Doubt {
    /// Whether an answer is of this kind.
    pub(super) holds: fn(&Response) -> bool,
    /// Its name.
    pub(super) code: &'static str,
}

const fn doubt(holds: fn(&Response) -> bool, code: &'static str) -> Doubt {
    Doubt { holds, code }
}

/// Every such doubt; the first that holds is told.
pub(super) const DOUBTS: &[Doubt] = &[
    doubt(|response| response.status >= 500, "server-error"),
    doubt(|response| (300..400).contains(&response.status), "redirected"),
    doubt(|response| !response.is_json(), "not-json"),
    doubt(|response| response.truncated, "truncated"),
    doubt(|response| is_ambiguous(&response.body), "ambiguous"),
];

/// After a request that never left.
const NOT_SENT_WAIT_MS: u64 = SECOND_MS;
/// After a 429 that names no time.
const RATE_LIMIT_WAIT_MS: u64 = 10 * SECOND_MS;
/// After a look without a valid key.
const KEY_WAIT_MS: u64 = 20 * SECOND_MS;

/// What a start came to.
pub(super) fn of_start(payment: &Payment, environment: Environment, exchange: &Exchange) -> Answer {
    let response = match settled(exchange, false) {
        Ok(response) => response,
        Err(answer) => return answer,
    };
    if response.status >= 400 {
        return match refusal(response, refusals::START) {
            Err(unknown) => unknown,
            Ok((Means::Later(ms), reason)) => {
                Answer::NotExecuted { again: Again::After { ms }, reason }
            }
            Ok((_, reason)) => never(reason),
        };
    }
    let Some(record) = parsed::<Record>(response) else {
        return unknown("unreadable", response);
    };
    if !record.lives_in(environment) {
        return unknown("another-environment", response);
    }
    match record.sighting(payment, Ours::Unsaid) {
        None => unknown("unreadable", response),
        Some(sighting) if sighting.ours == Ours::No => unknown("another-payment", response),
        Some(sighting) => Answer::Accepted { sightings: vec![sighting] },
    }
}

/// What an operation after the start came to.
pub(super) fn of_operation(
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
    exchange: &Exchange,
) -> Answer {
    let response = match settled(exchange, true) {
        Ok(response) => response,
        Err(answer) => return answer,
    };
    if response.status >= 400 {
        return refused(payment, operation, charge, response);
    }
    let Some(activity) = parsed::<Activity>(response) else {
        return unknown("unreadable", response);
    };
    if !activity.is_of(charge) {
        return unknown("another-charge", response);
    }
    match done(payment, operation, charge, &activity) {
        Some(sighting) => Answer::Accepted { sightings: vec![sighting] },
        None => unknown("unexpected-activity", response),
    }
}

/// The response, unless it is clear without its content that it tells nothing.
fn settled(exchange: &Exchange, replayable: bool) -> Result<&Response, Answer> {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { why }) => {
            let again = Again::After { ms: NOT_SENT_WAIT_MS };
            return Err(Answer::NotExecuted { again, reason: in_words("not-sent", why) });
        }
        Err(SendFailure::MaybeSent { why }) => {
            let reason = in_words("maybe-sent", why);
            return Err(Answer::Unknown { replayable, reason });
        }
    };
    if response.status == 429 {
        let again = Again::After { ms: rate_limit_wait_ms(response) };
        return Err(Answer::NotExecuted { again, reason: traced("rate-limited", response) });
    }
    if let Some(doubt) = first_doubt(response) {
        return Err(unknown(doubt.code, response));
    }
    if response.status < 200 {
        return Err(unknown("unexpected-status", response));
    }
    Ok(response)
}

/// What a listed refusal means, with its words; *unknown* for every other.
fn refusal(response: &Response, table: &[Row]) -> Result<(Means, Reason), Answer> {
    let Some(envelope) = parsed::<Envelope>(response) else {
        return Err(unknown("unreadable", response));
    };
    let Some(code) = envelope.code(response.status) else {
        return Err(unknown("unreadable", response));
    };
    let matches =
        |row: &&Row| row.status == response.status && row.code.is_none_or(|listed| listed == code);
    let reason = Reason { code: words_of(code).into(), detail: envelope.detail(), trace: None };
    match table.iter().chain(refusals::EVERYWHERE).find(matches) {
        Some(row) => Ok((row.means, reason)),
        None => Err(Answer::Unknown { replayable: true, reason }),
    }
}

fn never(reason: Reason) -> Answer {
    Answer::NotExecuted { again: Again::Never, reason }
}

fn refused(
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
    response: &Response,
) -> Answer {
    let (means, reason) = match refusal(response, refusals::of(payment, operation.kind)) {
        Ok(listed) => listed,
        Err(unknown) => return unknown,
    };
    let shown = |standing| Answer::Accepted { sightings: vec![plain(charge, standing)] };
    if operation.kind == OperationKind::Release {
        return not_released(charge, means, reason);
    }
    let known = payment.charges.get(charge);
    let was_taken = known.is_some_and(|known| known.taken.is_some());
    match means {
        Means::Refused => never(reason),
        Means::Answered => shown(Standing::Pending),
        Means::Later(ms) => Answer::NotExecuted { again: Again::After { ms }, reason },
        // Of what was paid towards it the refusal says nothing: its activities do.
        Means::Expired | Means::Cancelled if !super::is_pre_auth(payment) && !was_taken => {
            shown(Standing::Pending)
        }
        Means::Expired => {
            shown(Standing::NotTaken { how: NotTaken::Expired, reason: Some(reason) })
        }
        Means::Cancelled if was_taken => shown(Standing::Reversed { authorized: None }),
        Means::Cancelled => {
            shown(Standing::NotTaken { how: NotTaken::Cancelled, reason: Some(reason) })
        }
        // What was drawn before stays drawn.
        Means::Undone if is_drawn_on(payment, charge) => never(reason),
        Means::Undone if may_have_drawn(payment) => shown(Standing::Pending),
        Means::Undone => shown(Standing::Reversed { authorized: None }),
    }
}

/// A refused release of what confirmations have left, which says nothing of what they took.
fn not_released(charge: &ChargeId, means: Means, reason: Reason) -> Answer {
    match means {
        Means::Undone => Answer::Accepted { sightings: vec![released(charge)] },
        Means::Later(ms) => Answer::NotExecuted { again: Again::After { ms }, reason },
        Means::Refused | Means::Answered | Means::Expired | Means::Cancelled => never(reason),
    }
}

/// A charge that holds nothing more than was confirmed.
fn released(charge: &ChargeId) -> Sighting {
    let details = Some(Box::new(Details { released: true, ..Details::default() }));
    Sighting { details, ..plain(charge, Standing::Pending) }
}

fn is_drawn_on(payment: &Payment, charge: &ChargeId) -> bool {
    let known = payment.charges.get(charge).and_then(|known| known.taken.as_ref());
    let manual = payment.sale.capture == Capture::Manual;
    known.is_some_and(|taken| manual && !taken.captured.is_zero())
}

/// Whether something may have been drawn of which nothing is known: a release does not tell of it.
fn may_have_drawn(payment: &Payment) -> bool {
    let unresolved = |known: &Operation| {
        known.kind == OperationKind::Capture && view::progress(known) == view::Progress::Unresolved
    };
    payment.history_lost.is_some() || payment.operations.iter().any(unresolved)
}

/// What the activity that answers an operation shows; none where it answers another one.
fn done(
    payment: &Payment,
    operation: &Operation,
    charge: &ChargeId,
    activity: &Activity,
) -> Option<Sighting> {
    match (operation.kind, activity.kind()?) {
        (OperationKind::Answer, Kind::ConditionAnswered) => Some(plain(charge, Standing::Pending)),
        (OperationKind::Cancel | OperationKind::Withdraw, Kind::Cancellation) => {
            let standing = match payment.charges.get(charge).and_then(|it| it.taken.as_ref()) {
                Some(_) => Standing::Reversed { authorized: None },
                None => activity.cancelled(),
            };
            Some(plain(charge, standing))
        }
        // What was drawn before is not in it: the activities tell.
        // Drawn on meanwhile: what was drawn stays.
        (OperationKind::Cancel | OperationKind::Withdraw, Kind::Release)
            if is_drawn_on(payment, charge) =>
        {
            Some(released(charge))
        }
        (OperationKind::Cancel | OperationKind::Withdraw, Kind::Release)
            if may_have_drawn(payment) =>
        {
            Some(plain(charge, Standing::Pending))
        }
        (OperationKind::Cancel | OperationKind::Withdraw, Kind::Refund | Kind::Release) => {
            Some(plain(charge, Standing::Reversed { authorized: None }))
        }
        (OperationKind::Capture, Kind::Confirmation) => {
            exactly(operation, activity)?;
            let captured = hold::captured_with(payment, charge, operation)?;
            let known = payment.charges.get(charge).and_then(|known| known.taken.as_ref());
            let authorized = known.map_or(captured, |taken| taken.authorized);
            let standing = Standing::Taken {
                authorized,
                captured,
                tip: None,
                returned: None,
                provisional: false,
            };
            Some(ran(operation, plain(charge, standing)))
        }
        (OperationKind::Release, Kind::Release) => Some(released(charge)),
        (OperationKind::Refund, Kind::Refund) => {
            exactly(operation, activity)?;
            Some(ran(operation, plain(charge, Standing::Pending)))
        }
        _ => None,
    }
}

/// The amount of an activity, if it is the operation's own.
fn exactly(operation: &Operation, activity: &Activity) -> Option<Money> {
    activity.money().filter(|amount| operation.amount.is_none_or(|asked| asked == *amount))
}

fn ran(operation: &Operation, sighting: Sighting) -> Sighting {
    let seen = operation.reference.clone().map(|reference| SeenOperation {
        reference,
        amount: operation.amount,
        took_effect: Some(true),
    });
    Sighting { operations: seen.into_iter().collect(), ..sighting }
}

/// A charge of which nothing but its standing is shown.
pub(super) fn plain(charge: &ChargeId, standing: Standing) -> Sighting {
    Sighting::bare(charge.clone(), Ours::Unsaid, standing)
}

/// What a read of a request, or of its activities, showed.
pub(super) fn of_read(
    payment: &Payment,
    environment: Environment,
    charge: &ChargeId,
    exchange: &Exchange,
) -> Reading {
    let response = match looked(exchange) {
        Ok(response) => response,
        Err(unclear) => return unclear,
    };
    match parsed::<Shown>(response) {
        None => unclear("unreadable", None),
        Some(Shown::Activities(page)) => history(payment, charge, &page),
        Some(Shown::Requests(_)) => unclear("another-answer", None),
        Some(Shown::Request(record)) => {
            if record.id != charge.as_str() {
                return unclear("another-charge", None);
            }
            if may_be_undone(payment, &record) || holds_part(payment, &record) {
                return checked(environment, &record, || record.unsaid(payment, Ours::Unsaid));
            }
            request(payment, environment, &record, Ours::Unsaid)
        }
    }
}

fn request(payment: &Payment, environment: Environment, record: &Record, ours: Ours) -> Reading {
    checked(environment, record, || record.sighting(payment, ours))
}

fn checked(
    environment: Environment,
    record: &Record,
    sighting: impl FnOnce() -> Option<Sighting>,
) -> Reading {
    if !record.lives_in(environment) {
        return unclear("another-environment", None);
    }
    if super::record::status(&record.status).is_none() {
        return unclear("unknown-status", None);
    }
    match sighting() {
        None => unclear("unreadable", None),
        Some(sighting) if sighting.ours == Ours::No => unclear("another-payment", None),
        Some(sighting) => Reading::Clear(vec![sighting]),
    }
}

fn history(payment: &Payment, charge: &ChargeId, page: &Page<Activity>) -> Reading {
    if page.goes_on() {
        // What is missing may be what undoes the rest.
        return unclear("more-pages", None);
    }
    let items: Vec<&Activity> = page.items.iter().collect();
    match History::of(&items).sighting(payment, charge) {
        None => unclear("unreadable", None),
        Some(sighting) => Reading::Clear(vec![sighting]),
    }
}

/// What a look by our reference showed, or the activities of what is known by now.
pub(super) fn of_look_up(
    payment: &Payment,
    environment: Environment,
    exchange: &Exchange,
) -> Reading {
    // Takes a refusal, which may be a missing right, for an empty list.
    #[cfg(mutant = "forbidden_taken_for_absent")]
    if exchange.as_ref().is_ok_and(|response| response.status == 403) {
        return Reading::Clear(Vec::new());
    }
    let response = match looked(exchange) {
        Ok(response) => response,
        Err(unclear) => return unclear,
    };
    match parsed::<Shown>(response) {
        None | Some(Shown::Request(_)) => unclear("unreadable", None),
        Some(Shown::Requests(page)) => listed(payment, environment, &page),
        Some(Shown::Activities(page)) => {
            let known = super::known_charge(payment);
            known.map_or_else(|| unclear("another-answer", None), |it| history(payment, it, &page))
        }
    }
}

/// An empty list is a clear *none* only if there is no more of it.
fn listed(payment: &Payment, environment: Environment, page: &Page<Record>) -> Reading {
    if page.items.is_empty() && page.goes_on() {
        return unclear("more-pages", None);
    }
    let mut sightings = Vec::new();
    for record in &page.items {
        let reading = if tells_too_little(payment, record) {
            checked(environment, record, || record.unsaid(payment, Ours::Yes))
        } else {
            request(payment, environment, record, Ours::Yes)
        };
        match reading {
            Reading::Clear(found) => sightings.extend(found),
            // A list that cannot be read whole cannot be told from one without ours.
            unclear @ Reading::Unclear { .. } => return unclear,
        }
    }
    Reading::Clear(sightings)
}

/// A list does not show how much of a request was paid, be it over or not, nor whether what was
/// paid was given back or is only held: then it tells that there is one, and a read or a void has
/// to tell the rest.
fn tells_too_little(payment: &Payment, record: &Record) -> bool {
    let plain = payment.sale.capture == Capture::Automatic && !payment.sale.allow_part;
    let says_too_little = match super::record::status(&record.status) {
        Some(Status::Paid) => !plain,
        Some(Status::Cancelled | Status::Expired) => {
            record.may_hold_part() || !record.tells_of_parts()
        }
        Some(Status::New) | None => false,
    };
    says_too_little || may_be_undone(payment, record)
}

/// Whether a request that reads paid may have been voided since: its activities have to tell.
fn may_be_undone(payment: &Payment, record: &Record) -> bool {
    let of_it = |id: &ChargeId| id.as_str() == record.id;
    let voids = |known: &&Operation| match known.kind {
        OperationKind::Cancel => true,
        OperationKind::Withdraw => known.charge.as_ref().is_none_or(of_it),
        OperationKind::Start
        | OperationKind::Capture
        | OperationKind::Refund
        | OperationKind::Answer
        | OperationKind::Release => false,
    };
    let voided = view::all_operations(payment).filter(voids).any(view::may_have_left);
    let paid = super::record::status(&record.status) == Some(Status::Paid);
    paid && (voided || payment.history_lost.is_some() && payment.sale.allow_part)
}

/// Whether a request is over and something was paid towards it that may not have gone back: its
/// activities have to tell.
fn holds_part(payment: &Payment, record: &Record) -> bool {
    let known = payment.charges.iter().find(|(id, _)| id.as_str() == record.id);
    record.may_hold_part() && known.is_none_or(|(_, charge)| charge.taken.is_none())
}

/// The response of a look, if it can be believed.
fn looked(exchange: &Exchange) -> Result<&Response, Reading> {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { .. } | SendFailure::MaybeSent { .. }) => {
            return Err(unclear("no-answer", None));
        }
    };
    if response.status == 429 {
        return Err(unclear("rate-limited", Some(rate_limit_wait_ms(response))));
    }
    if let Some(doubt) = first_doubt(response) {
        return Err(unclear(doubt.code, None));
    }
    match response.status {
        200 => Ok(response),
        401 => Err(unclear("unauthorized", Some(KEY_WAIT_MS))),
        // Missing, not ours or not allowed: it does not say which.
        403 => Err(unclear("forbidden", None)),
        404 => Err(unclear("not-found", None)),
        _ => Err(unclear("unexpected-status", None)),
    }
}

/// What a look may be answered with, told apart by its fields.
#[derive(Deserialize)]
#[serde(untagged)]
enum Shown {
    Request(Box<Record>),
    // Before activities, of which there is always one: what is empty is a list of requests.
    Requests(Page<Record>),
    Activities(Page<Activity>),
}

pub(super) fn parsed<'a, T: Deserialize<'a>>(response: &'a Response) -> Option<T> {
    serde_json::from_slice(&response.body).ok()
}

fn first_doubt(response: &Response) -> Option<&'static Doubt> {
    DOUBTS.iter().find(|doubt| (doubt.holds)(response))
}

fn unknown(code: &str, response: &Response) -> Answer {
    Answer::Unknown { replayable: true, reason: traced(code, response) }
}

fn unclear(why: &str, retry_after_ms: Option<u64>) -> Reading {
    Reading::Unclear { why: why.into(), retry_after_ms }
}

fn traced(code: &str, response: &Response) -> Reason {
    let detail = Some(format!("HTTP status {}", response.status).into());
    Reason { code: code.into(), detail, trace: None }
}

fn in_words(code: &str, why: &str) -> Reason {
    Reason { code: code.into(), detail: Some(words_of(why).into()), trace: None }
}

fn rate_limit_wait_ms(response: &Response) -> u64 {
    response.retry_after_ms().unwrap_or(RATE_LIMIT_WAIT_MS)
}
