//! What an answer means, as tables. Whatever stands in none of them is *unknown*.

use serde::Deserialize;
use serde_json::Value;

use super::record::{Named, Transaction, named};
use super::session::Session;
use crate::error::ProviderWords;
use crate::ids::ChargeId;
use crate::payment::event::{Again, Answer, Reason};
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::payment::state::{Answered, Send};
use crate::payment::{Operation, OperationKind, Payment};
use crate::provider::{Reading, is_ambiguous, words_of};
use crate::time::{MINUTE_MS, SECOND_MS};
use crate::wire::{Exchange, Response, SendFailure};

/// What a refusal refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Creating a session.
    Create,
    /// A capture or a refund.
    Move,
    /// A cancel or a void, which running twice is running once.
    Undo,
}

/// An answer that proves that nothing ran.
pub(super) struct Refusal {
    /// Of what.
    pub(super) of: Of,
    /// The HTTP status.
    pub(super) status: u16,
    again: Again,
}

const fn refusal(of: Of, status: u16, again: Again) -> Refusal {
    Refusal { of, status, again }
}

/// A token is renewed by whoever sends; a second later there is a new one.
const ANOTHER_TOKEN: Again = Again::After { ms: 2 * SECOND_MS };

/// Every such refusal, each documented for its endpoint. 404 and 409 stand for no creation, and 409
/// for no movement: nobody documents that nothing ran. A 503 never does.
pub(super) const REFUSALS: &[Refusal] = &[
    refusal(Of::Create, 400, Again::Never),
    refusal(Of::Create, 401, ANOTHER_TOKEN),
    refusal(Of::Create, 403, Again::Never),
    refusal(Of::Move, 400, Again::Never),
    refusal(Of::Move, 401, ANOTHER_TOKEN),
    refusal(Of::Move, 403, Again::Never),
    refusal(Of::Move, 404, Again::Never),
    refusal(Of::Undo, 400, Again::Never),
    refusal(Of::Undo, 401, ANOTHER_TOKEN),
    refusal(Of::Undo, 403, Again::Never),
    refusal(Of::Undo, 404, Again::Never),
    refusal(Of::Undo, 409, Again::Never),
];

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
/// After a 429 that names no time; only tokens document one at all.
const RATE_LIMIT_WAIT_MS: u64 = 5 * SECOND_MS;
/// After a read without a valid token.
const TOKEN_WAIT_MS: u64 = 2 * SECOND_MS;
/// How long a refund waits for a capture that has not been seen.
const CAPTURE_WAIT_MS: u64 = MINUTE_MS;

/// How long a cancel waits for one that was accepted before it.
const EARLIER_WAIT_MS: u64 = MINUTE_MS;

/// What the creation of a session came to.
pub(super) fn of_create(payment: &Payment, exchange: &Exchange) -> Answer {
    match sound(Of::Create, exchange) {
        Err(answer) => answer,
        Ok(response) => match response.status {
            200 | 201 => created(payment, response),
            _ => unknown("unexpected-status", response),
        },
    }
}

/// What a capture, a refund or a cancel came to.
pub(super) fn of_operation(
    payment: &Payment,
    operation: &Operation,
    exchange: &Exchange,
) -> Answer {
    let of = match operation.kind {
        OperationKind::Start => Of::Create,
        OperationKind::Cancel | OperationKind::Withdraw => Of::Undo,
        _ => Of::Move,
    };
    let answer = match sound(of, exchange) {
        Err(answer) => answer,
        // Accepted and not done: an event will tell.
        Ok(Response { status: 202, .. }) => Answer::Accepted { sightings: Vec::new() },
        Ok(response) if response.status == 200 => operated(payment, operation, response),
        Ok(response) => unknown("unexpected-status", response),
    };
    #[cfg(mutant = "dintero_refused_cancel_believed")]
    let answer = believed(payment, operation, answer);
    match operation.kind {
        OperationKind::Refund => await_capture(payment, operation, answer),
        OperationKind::Cancel | OperationKind::Withdraw => await_earlier(operation, answer),
        OperationKind::Start
        | OperationKind::Capture
        | OperationKind::Answer
        | OperationKind::Release => answer,
    }
}

/// What a read of a session or of its transaction showed.
pub(super) fn of_read(payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
    let response = match readable(exchange) {
        Ok(response) => response,
        Err(reading) => return reading,
    };
    let Ok(body) = serde_json::from_slice::<Value>(&response.body) else {
        return unclear("unreadable", None);
    };
    match sighting(payment, &body) {
        None => unclear("unreadable", None),
        Some(sighting) if sighting.charge != *charge => unclear("another-charge", None),
        Some(sighting) if sighting.ours == Ours::No => unclear("another-payment", None),
        Some(sighting) => Reading::Clear(vec![sighting]),
    }
}

/// What a list of transactions or of sessions showed of ours. A search may find others too.
pub(super) fn of_look_up(payment: &Payment, exchange: &Exchange) -> Reading {
    let response = match readable(exchange) {
        Ok(response) => response,
        Err(reading) => return reading,
    };
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let Some(list) = listed(&body) else { return unclear("unreadable", None) };
    let ours = list.iter().filter(|entry| is_ours(payment, entry));
    let sightings: Option<Vec<Sighting>> = ours.map(|entry| sighting(payment, entry)).collect();
    sightings.map_or_else(|| unclear("unreadable", None), Reading::Clear)
}

/// A bare array is documented; others wrap theirs.
pub(super) fn listed(body: &Value) -> Option<&[Value]> {
    let wrapped = ["transactions", "sessions", "items"].iter().find_map(|name| body.get(name));
    body.as_array().or_else(|| wrapped?.as_array()).map(Vec::as_slice)
}

fn is_ours(payment: &Payment, entry: &Value) -> bool {
    let own = entry.get("merchant_reference");
    let ordered = entry.get("order").and_then(|order| order.get("merchant_reference"));
    own.or(ordered).is_some_and(|reference| named(reference) == Named::Payment(payment.id))
}

/// A transaction says of which session it is; a session has an order.
fn sighting(payment: &Payment, body: &Value) -> Option<Sighting> {
    if body.get("session_id").is_some() {
        Transaction::deserialize(body).ok()?.sighting(payment)
    } else {
        Session::deserialize(body).ok()?.sighting(payment)
    }
}

/// A session's answer names it, and shows it where that was asked for.
#[derive(Deserialize)]
struct Created {
    id: String,
    #[serde(default)]
    session: Value,
}

/// Adopted if it is ours, or says nothing against it.
fn created(payment: &Payment, response: &Response) -> Answer {
    let Ok(Created { id, session }) = serde_json::from_slice(&response.body) else {
        return unknown("unreadable", response);
    };
    let Ok(charge) = ChargeId::parse(&id) else { return unknown("unreadable", response) };
    let shown = sighting(payment, &session).filter(|shown| shown.charge == charge);
    let sighting = shown.unwrap_or(Sighting::bare(charge, Ours::Unsaid, Standing::Pending));
    match sighting.ours {
        Ours::Yes | Ours::Unsaid => Answer::Accepted { sightings: vec![sighting] },
        Ours::No => unknown("another-payment", response),
    }
}

/// What a done operation shows. A cancelled session is not believed to stay so before a look: the
/// card may have been at the reader.
fn operated(payment: &Payment, operation: &Operation, response: &Response) -> Answer {
    let Ok(body) = serde_json::from_slice::<Value>(&response.body) else {
        return unknown("unreadable", response);
    };
    let cancels = matches!(operation.kind, OperationKind::Cancel | OperationKind::Withdraw);
    if cancels && body.get("session_id").is_none() {
        return Answer::Accepted { sightings: Vec::new() };
    }
    match sighting(payment, &body) {
        Some(sighting) if payment.charges.contains_key(&sighting.charge) => {
            Answer::Accepted { sightings: vec![sighting] }
        }
        Some(_) => unknown("another-charge", response),
        None => unknown("unreadable", response),
    }
}

/// A refund that was refused while its capture is still to come is asked for again.
fn await_capture(payment: &Payment, operation: &Operation, answer: Answer) -> Answer {
    let captured = |amount| {
        let mut charges = payment.charges.values().filter_map(|charge| charge.standing_approval());
        charges.any(|taken| taken.captured.checked_sub(amount).is_ok())
    };
    match answer {
        Answer::NotExecuted { again: Again::Never, reason }
            if operation.amount.is_some_and(|amount| !captured(amount)) =>
        {
            Answer::NotExecuted { again: Again::After { ms: CAPTURE_WAIT_MS }, reason }
        }
        answer => answer,
    }
}

/// A cancel that is refused after one that may be on its way is not refused for good.
fn await_earlier(operation: &Operation, answer: Answer) -> Answer {
    let mut earlier = operation.sends.iter().rev().skip(1);
    let may_run = |send: &Send| !matches!(send.answer, Some((Answered::NotExecuted { .. }, _)));
    let may_have_run = operation.untold_until.is_some() || earlier.any(may_run);
    match answer {
        Answer::NotExecuted { again: Again::Never, reason } if may_have_run => {
            Answer::NotExecuted { again: Again::After { ms: EARLIER_WAIT_MS }, reason }
        }
        answer => answer,
    }
}

#[cfg(mutant = "dintero_refused_cancel_believed")]
fn believed(payment: &Payment, operation: &Operation, answer: Answer) -> Answer {
    use crate::payment::sighting::NotTaken;
    let refused = matches!(answer, Answer::NotExecuted { again: Again::Never, .. });
    let undecided = payment.charges.iter().find(|(_, charge)| charge.is_undecided());
    match undecided {
        Some((charge, _)) if operation.kind == OperationKind::Cancel && refused => {
            let standing = Standing::NotTaken { how: NotTaken::Cancelled, reason: None };
            let sighting = Sighting::bare(charge.clone(), Ours::Yes, standing);
            Answer::Accepted { sightings: vec![sighting] }
        }
        _ => answer,
    }
}

/// A response whose content counts; else what its lack comes to.
fn sound(of: Of, exchange: &Exchange) -> Result<&Response, Answer> {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { why }) => {
            let again = Again::After { ms: NOT_SENT_WAIT_MS };
            return Err(Answer::NotExecuted { again, reason: in_words("not-sent", why) });
        }
        Err(SendFailure::MaybeSent { why }) => {
            let reason = in_words("maybe-sent", why);
            return Err(Answer::Unknown { replayable: true, reason });
        }
    };
    if response.status == 429 {
        let again = Again::After { ms: rate_limit_wait_ms(response) };
        return Err(Answer::NotExecuted { again, reason: traced("rate-limited", response) });
    }
    if let Some(doubt) = DOUBTS.iter().find(|doubt| (doubt.holds)(response)) {
        return Err(unknown(doubt.code, response));
    }
    if (400..500).contains(&response.status) {
        return Err(refused(of, response));
    }
    Ok(response)
}

/// Only what is listed, and in Dintero's own envelope, proves that nothing ran.
fn refused(of: Of, response: &Response) -> Answer {
    let Some(reason) = told(response) else { return unknown("unreadable-error", response) };
    let row = REFUSALS.iter().find(|row| row.of == of && row.status == response.status);
    match row {
        Some(row) => Answer::NotExecuted { again: row.again, reason },
        None => Answer::Unknown { replayable: true, reason },
    }
}

fn readable(exchange: &Exchange) -> Result<&Response, Reading> {
    let Ok(response) = exchange else { return Err(unclear("no-answer", None)) };
    if response.status == 429 {
        return Err(unclear("rate-limited", Some(rate_limit_wait_ms(response))));
    }
    if let Some(doubt) = DOUBTS.iter().find(|doubt| (doubt.holds)(response)) {
        return Err(unclear(doubt.code, None));
    }
    match response.status {
        200 => Ok(response),
        401 => Err(unclear("unauthorized", Some(TOKEN_WAIT_MS))),
        403 => Err(unclear("forbidden", None)),
        // We were given this id, so it is not absent: it is hidden from us.
        404 => Err(unclear("not-found", None)),
        _ => Err(unclear("unexpected-status", None)),
    }
}

/// Dintero's envelope, or its gateway's: a message, perhaps with a code.
pub(super) fn told(response: &Response) -> Option<Reason> {
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let error = body.get("error").filter(|error| error.is_object()).unwrap_or(&body);
    let message = error.get("message").and_then(Value::as_str)?;
    let code = error.get("code").and_then(Value::as_str).filter(|code| !code.is_empty());
    let plain = format!("refused-{}", response.status);
    Some(Reason {
        code: words_of(code.unwrap_or(&plain)).into(),
        detail: Some(words_of(message).into()),
        trace: trace(response),
    })
}

/// The same as an error carries it.
pub(super) fn words(reason: &Reason) -> ProviderWords {
    ProviderWords {
        code: Some(reason.code.to_string()),
        detail: reason.detail.as_deref().map(str::to_owned),
        trace: reason.trace.as_deref().map(str::to_owned),
    }
}

fn unknown(code: &str, response: &Response) -> Answer {
    Answer::Unknown { replayable: true, reason: traced(code, response) }
}

fn unclear(why: &str, retry_after_ms: Option<u64>) -> Reading {
    Reading::Unclear { why: why.into(), retry_after_ms }
}

fn traced(code: &str, response: &Response) -> Reason {
    let detail = Some(format!("HTTP status {}", response.status).into());
    Reason { code: code.into(), detail, trace: trace(response) }
}

fn in_words(code: &str, why: &str) -> Reason {
    Reason { code: code.into(), detail: Some(words_of(why).into()), trace: None }
}

fn trace(response: &Response) -> Option<Box<str>> {
    let header = response.header("event-request-id").or_else(|| response.header("request-id"));
    header.map(|trace| words_of(trace).into())
}

fn rate_limit_wait_ms(response: &Response) -> u64 {
    response.retry_after_ms().unwrap_or(RATE_LIMIT_WAIT_MS)
}
