//! What an answer means, as tables. Whatever stands in none of them is *unknown*.

use serde::Deserialize;
use serde_json::Value;

use super::config::Terms;
use super::record::{Known, Record};
use super::refunds;
use crate::ids::ChargeId;
use crate::payment::event::{Again, Answer, Reason};
use crate::payment::sighting::{Ours, SeenOperation, Sighting, Standing};
use crate::payment::state::Answered;
use crate::payment::{Operation, OperationKind, Payment, view};
use crate::provider::{Reading, is_ambiguous, words_of};
use crate::sale::Capture;
use crate::time::{DAY_MS, SECOND_MS};
use crate::wire::{Exchange, Response, SendFailure};

/// A refusal that proves that nothing ran.
pub(super) struct Refusal {
    /// The HTTP status; none is any from 400 to 499.
    pub(super) status: Option<u16>,
    /// The code in the error envelope; none is any.
    pub(super) code: Option<&'static str>,
    again: Again,
    /// Whether it proves that of a replay too: where keys are kept, a replay that is judged anew
    /// says nothing of the first.
    pub(super) of_replays: bool,
}

const fn refusal(status: u16, again: Again) -> Refusal {
    Refusal { status: Some(status), code: None, again, of_replays: true }
}

/// Every such refusal, in the order in which they are looked through. 402 and 409 are not among
/// them: see the module's notes.
pub(super) const REFUSALS: &[Refusal] = &[
    Refusal {
        status: None,
        code: Some("terminal_busy"),
        again: Again::After { ms: 3 * SECOND_MS },
        of_replays: false,
    },
    refusal(400, Again::Never),
    refusal(401, Again::After { ms: 2 * SECOND_MS }),
    refusal(403, Again::Never),
    refusal(404, Again::Never),
    refusal(422, Again::Never),
];

/// What makes an answer unclear, whatever its content says.
pub(super) struct Doubt {
    /// Whether an answer is of this kind.
    pub(super) holds: fn(&Response) -> bool,
    /// Its name.
    pub(super) code: &'static str,
    replayable: bool,
}

const fn doubt(holds: fn(&Response) -> bool, code: &'static str, replayable: bool) -> Doubt {
    Doubt { holds, code, replayable }
}

/// Every such doubt; the first that holds is told. After a 5xx the same key is documented as safe;
/// what is no JSON never came from the API; after any refusal that is not listed nobody says
/// whether the key is kept.
pub(super) const DOUBTS: &[Doubt] = &[
    doubt(|response| response.status >= 500, "server-error", true),
    doubt(|response| (300..400).contains(&response.status), "redirected", true),
    doubt(|response| !response.is_json(), "not-json", true),
    doubt(|response| response.truncated && response.status >= 400, "truncated", false),
    doubt(|response| response.truncated, "truncated", true),
    doubt(|response| response.status >= 400 && is_ambiguous(&response.body), "ambiguous", false),
    doubt(|response| is_ambiguous(&response.body), "ambiguous", true),
];

/// After a request that never left.
const NOT_SENT_WAIT_MS: u64 = SECOND_MS;
/// After a 429 that names no time.
const RATE_LIMIT_WAIT_MS: u64 = 2 * SECOND_MS;
/// After a read that was not let in: a key does not mend itself.
const CREDENTIALS_WAIT_MS: u64 = 20 * SECOND_MS;

/// What the start of a sale came to.
pub(super) fn of_create(
    terms: Terms,
    payment: &Payment,
    exchange: &Exchange,
    replay: bool,
) -> Answer {
    match first_look(exchange, replay && may_have_run_before(&payment.start)) {
        Ok(response) if is_success(response) => created(terms, payment, response),
        Ok(response) => unlisted(response),
        Err(answer) => answer,
    }
}

/// A success is adopted if it is ours, or says nothing against it.
fn created(terms: Terms, payment: &Payment, response: &Response) -> Answer {
    let record = record(response);
    let sighting = record.and_then(|record| {
        let known = known(payment, None);
        let standing = match record.status() {
            Some(status) => record.standing(status, terms, known)?,
            None => Standing::Pending,
        };
        record.sighting(standing, record.ours(payment.id, terms), terms, known)
    });
    let Some(sighting) = sighting else { return unknown(true, "unreadable", response) };
    match sighting.ours {
        Ours::Yes => Answer::Accepted { sightings: vec![sighting] },
        Ours::Unsaid if sighting.agrees_with(&payment.sale) => {
            Answer::Accepted { sightings: vec![sighting] }
        }
        Ours::Unsaid => unknown(false, "another-sale", response),
        Ours::No => unknown(false, "another-payment", response),
    }
}

/// What a capture, refund or cancel came to.
pub(super) fn of_operation(
    terms: Terms,
    payment: &Payment,
    operation: &Operation,
    charge: Option<&ChargeId>,
    exchange: &Exchange,
) -> Answer {
    match first_look(exchange, may_have_run_before(operation)) {
        Ok(response) if is_success(response) => {
            let sighting = charge.and_then(|charge| match operation.kind {
                OperationKind::Refund => {
                    refunds::answered(payment, operation, charge, &response.body)
                }
                _ => shown(terms, payment, charge, response).ok(),
            });
            match sighting {
                Some(sighting) => Answer::Accepted { sightings: vec![sighting] },
                None => unknown(true, "unreadable", response),
            }
        }
        Ok(response) if cancels(operation) && response.status == 409 => {
            refused_cancel(payment, charge, response)
        }
        Err(Answer::NotExecuted { again: Again::Never, reason }) if cancels(operation) => {
            too_late(payment, charge, reason)
        }
        Ok(response) => unlisted(response),
        Err(answer) => answer,
    }
}

const fn cancels(operation: &Operation) -> bool {
    matches!(operation.kind, OperationKind::Cancel | OperationKind::Withdraw)
}

/// A cancel that came too late, whichever page words it: only a look tells what became of the sale.
fn refused_cancel(payment: &Payment, charge: Option<&ChargeId>, response: &Response) -> Answer {
    too_late(payment, charge, said(response).unwrap_or_else(|| traced("conflict", response)))
}

#[cfg(not(mutant = "vinr_refused_cancel_believed"))]
fn too_late(_: &Payment, _: Option<&ChargeId>, reason: Reason) -> Answer {
    Answer::NotExecuted { again: Again::Never, reason }
}

#[cfg(mutant = "vinr_refused_cancel_believed")]
fn too_late(payment: &Payment, charge: Option<&ChargeId>, reason: Reason) -> Answer {
    let how = crate::payment::sighting::NotTaken::Cancelled;
    let sighting = |charge: &ChargeId| Sighting {
        charge: charge.clone(),
        ours: Ours::Yes,
        asked: Some(payment.sale.amount),
        terminal: None,
        standing: Standing::NotTaken { how, reason: Some(reason) },
        operations: Vec::new(),
        card: None,
        details: None,
    };
    Answer::Accepted { sightings: charge.map(sighting).into_iter().collect() }
}

/// Whether an earlier send than the one that is being answered may have run.
fn may_have_run_before(operation: &Operation) -> bool {
    let others = operation.sends.len().saturating_sub(1);
    proven_not_run(operation) < others
}

/// Whether more than one send may have run.
fn may_have_run_twice(operation: &Operation) -> bool {
    operation.sends.len().saturating_sub(proven_not_run(operation)) > 1
}

fn proven_not_run(operation: &Operation) -> usize {
    let proven = |send: &&crate::payment::state::Send| {
        matches!(send.answer, Some((Answered::NotExecuted { .. }, _)))
    };
    operation.sends.iter().filter(proven).count()
}

/// What every answer is asked first: did it leave, is it clear, is it a listed refusal?
fn first_look(exchange: &Exchange, replay: bool) -> Result<&Response, Answer> {
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
    if let Some(doubt) = first_doubt(response) {
        return Err(unknown(doubt.replayable, doubt.code, response));
    }
    #[cfg(mutant = "vinr_conflict_taken_for_refusal")]
    if response.status == 409 {
        let reason = traced("conflict", response);
        return Err(Answer::NotExecuted { again: Again::Never, reason });
    }
    match (listed(response), said(response)) {
        (Some(row), Some(reason)) if row.of_replays || !replay => {
            Err(Answer::NotExecuted { again: row.again, reason })
        }
        _ => Ok(response),
    }
}

/// A refusal that no table lists, or that has no envelope.
fn unlisted(response: &Response) -> Answer {
    match said(response) {
        Some(reason) => Answer::Unknown { replayable: false, reason },
        None => unknown(false, "unexpected-answer", response),
    }
}

fn listed(response: &Response) -> Option<&'static Refusal> {
    if !(400..500).contains(&response.status) {
        return None;
    }
    let code = envelope(response).and_then(|error| error.code);
    REFUSALS.iter().find(|row| {
        row.status.is_none_or(|status| status == response.status)
            && row.code.is_none_or(|named| code.as_deref() == Some(named))
    })
}

/// What a read of a charge, or of its refunds, showed.
pub(super) fn of_read(
    terms: Terms,
    payment: &Payment,
    charge: &ChargeId,
    exchange: &Exchange,
) -> Reading {
    let response = match readable(exchange) {
        Ok(response) => response,
        Err(unclear) => return unclear,
    };
    if let Some(sighting) = refunds::listed(payment, charge, &response.body) {
        return Reading::Clear(vec![sighting]);
    }
    match shown(terms, payment, charge, response) {
        Ok(sighting) => Reading::Clear(vec![sighting]),
        Err(why) => unclear(why, None),
    }
}

/// What the list of a terminal's newest payments showed: those that can be read. One of ours that
/// cannot makes all of it unclear.
pub(super) fn of_list(terms: Terms, payment: &Payment, exchange: &Exchange) -> Reading {
    let response = match readable(exchange) {
        Ok(response) => response,
        Err(unclear) => return unclear,
    };
    let Some(items) = envelope_items(&response.body) else { return unclear("unreadable", None) };
    let mut found = Vec::new();
    for item in items {
        let mentions = item.to_string().contains(&payment.id.to_string());
        let sighting = serde_json::from_value::<Record>(item).ok().and_then(|record| {
            let known = known(payment, record.id().as_ref());
            let standing = record.standing(record.status()?, terms, known)?;
            record.sighting(standing, record.ours(payment.id, terms), terms, known)
        });
        match sighting {
            Some(sighting) => found.push(with_capture(payment, sighting)),
            None if mentions => return unclear("unreadable", None),
            None => {}
        }
    }
    Reading::Clear(found)
}

/// The last payment of a page behind which ours may stand; none where it cannot. A sale that is not
/// in doubt yet is among a terminal's newest hundred. Where two sends may have run, finding one
/// payment is no reason to stop: the other may stand on the next page.
pub(super) fn last_before(payment: &Payment, exchange: &Exchange) -> Option<ChargeId> {
    let response = readable(exchange).ok().filter(|_| payment.doubted.is_some())?;
    let items = envelope_items(&response.body).filter(|_| goes_on(&response.body))?;
    let ours = payment.id.to_string();
    let last = items.last()?;
    let record = serde_json::from_value::<Record>(last.clone()).ok();
    let made_ms = record.and_then(|record| record.created_at_ms());
    let bound_ms = payment.created_at.wall_ms.saturating_sub_unsigned(DAY_MS);
    let too_old = made_ms.is_some_and(|made_ms| made_ms < bound_ms);
    let found = || items.iter().any(|item| item.to_string().contains(&ours));
    if too_old || !may_have_run_twice(&payment.start) && found() {
        return None;
    }
    ChargeId::parse(last.get("id")?.as_str()?).ok()
}

/// The response of a read that was let in and is clear; else what stood in the way.
fn readable(exchange: &Exchange) -> Result<&Response, Reading> {
    let Ok(response) = exchange else { return Err(unclear("no-answer", None)) };
    if response.status == 429 {
        return Err(unclear("rate-limited", Some(rate_limit_wait_ms(response))));
    }
    if let Some(doubt) = first_doubt(response) {
        return Err(unclear(doubt.code, None));
    }
    match response.status {
        200 => Ok(response),
        401 => Err(unclear("unauthorized", Some(CREDENTIALS_WAIT_MS))),
        403 => Err(unclear("forbidden", None)),
        // We were given this id, so it is not absent: it is hidden from us.
        404 => Err(unclear("not-found", None)),
        _ => Err(unclear("unexpected-status", None)),
    }
}

/// One charge, as an answer about it shows it; else why it cannot be believed.
fn shown(
    terms: Terms,
    payment: &Payment,
    charge: &ChargeId,
    response: &Response,
) -> Result<Sighting, &'static str> {
    let record = record(response).ok_or("unreadable")?;
    let known = known(payment, Some(charge));
    let status = record.status().ok_or("unknown-status")?;
    let standing = record.standing(status, terms, known).ok_or("unreadable")?;
    let ours = record.ours(payment.id, terms);
    let sighting = record.sighting(standing, ours, terms, known).ok_or("unreadable")?;
    if sighting.charge != *charge {
        Err("another-charge")
    } else if sighting.ours == Ours::No {
        Err("another-payment")
    } else {
        Ok(with_capture(payment, sighting))
    }
}

/// What is known of the sale that helps to read a record of it.
fn known(payment: &Payment, charge: Option<&ChargeId>) -> Known {
    let seen = charge.and_then(|charge| payment.charges.get(charge));
    let approval = seen.and_then(|seen| seen.standing_approval());
    let may_lapse = approval.is_some_and(|taken| {
        let held = payment.sale.capture == Capture::Manual && taken.captured.is_zero();
        held || taken.provisional
    });
    let reversed = seen.is_some_and(|seen| seen.taken.is_some() && approval.is_none());
    Known { asked: Some(payment.sale.amount), may_lapse: may_lapse || reversed }
}

/// VINR shows how much was captured and not by whom: the whole amount of our capture, once that was
/// or may have been sent, is ours.
fn with_capture(payment: &Payment, mut sighting: Sighting) -> Sighting {
    let Standing::Taken { captured, .. } = &sighting.standing else { return sighting };
    let ours = payment.operations.iter().rev().find(|operation| {
        operation.kind == OperationKind::Capture
            && view::may_have_left(operation)
            && operation.amount == Some(*captured)
    });
    let seen = ours.and_then(|operation| {
        let reference = operation.reference.clone()?;
        Some(SeenOperation { reference, amount: operation.amount, took_effect: Some(true) })
    });
    sighting.operations.extend(seen);
    sighting
}

const fn is_success(response: &Response) -> bool {
    matches!(response.status, 200..=202)
}

fn first_doubt(response: &Response) -> Option<&'static Doubt> {
    DOUBTS.iter().find(|doubt| (doubt.holds)(response))
}

fn record(response: &Response) -> Option<Record> {
    serde_json::from_slice(&response.body).ok()
}

/// The items of a list in either envelope.
pub(super) fn envelope_items(body: &[u8]) -> Option<Vec<Value>> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Value>,
    }
    serde_json::from_slice::<List>(body).ok().map(|list| list.data)
}

/// Whether a list in either envelope says that there is more of it.
pub(super) fn goes_on(body: &[u8]) -> bool {
    #[derive(Deserialize, Default)]
    struct Paging {
        #[serde(default)]
        has_more: Option<bool>,
        #[serde(default)]
        page: Option<Box<Self>>,
    }
    let paging = serde_json::from_slice::<Paging>(body).unwrap_or_default();
    paging.has_more.or(paging.page.and_then(|page| page.has_more)).unwrap_or(false)
}

/// The error envelope of both pages.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) request_id: Option<String>,
}

/// What the error envelope says; none without one.
pub(super) fn envelope(response: &Response) -> Option<Told> {
    #[derive(Deserialize)]
    struct Envelope {
        error: Told,
    }
    let envelope = serde_json::from_slice::<Envelope>(&response.body).ok()?;
    envelope.error.code.is_some().then_some(envelope.error)
}

fn said(response: &Response) -> Option<Reason> {
    let Told { code, decline_code, message, request_id } = envelope(response)?;
    Some(Reason {
        code: words_of(&decline_code.or(code)?).into(),
        detail: message.map(|message| words_of(&message).into()),
        trace: request_id.map(|id| words_of(&id).into()),
    })
}

fn unknown(replayable: bool, code: &str, response: &Response) -> Answer {
    Answer::Unknown { replayable, reason: traced(code, response) }
}

fn unclear(why: &str, retry_after_ms: Option<u64>) -> Reading {
    Reading::Unclear { why: why.into(), retry_after_ms }
}

fn traced(code: &str, response: &Response) -> Reason {
    let detail = Some(format!("HTTP status {}", response.status).into());
    let trace = envelope(response).and_then(|told| told.request_id);
    Reason { code: code.into(), detail, trace: trace.map(|id| words_of(&id).into()) }
}

fn in_words(code: &str, why: &str) -> Reason {
    Reason { code: code.into(), detail: Some(words_of(why).into()), trace: None }
}

fn rate_limit_wait_ms(response: &Response) -> u64 {
    response.retry_after_ms().unwrap_or(RATE_LIMIT_WAIT_MS)
}
