//! What an answer means, as tables. Whatever stands in none of them is *unknown*.

use serde::Deserialize;

use super::record::Record;
use crate::error::ProviderWords;
use crate::ids::ChargeId;
use crate::payment::Payment;
use crate::payment::event::{Again, Answer, Reason};
use crate::payment::sighting::{Ours, Standing};
use crate::provider::{Reading, is_ambiguous, words_of};
use crate::time::SECOND_MS;
use crate::wire::{Exchange, Response, SendFailure};

/// Qonto cannot do it.
pub(super) const UNSUPPORTED: &str = "unsupported";

/// A refusal that proves that nothing was pushed.
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) status: u16,
    /// The code in the error envelope; none is any.
    pub(super) code: Option<&'static str>,
    again: Again,
}

const fn refusal(status: u16, code: &'static str) -> Refusal {
    Refusal { status, code: Some(code), again: Again::Never }
}

/// Every such refusal. A 401 is worth another try, as the token may be refreshed meanwhile; many of
/// them in an hour would throttle the merchant.
pub(super) const REFUSALS: &[Refusal] = &[
    refusal(400, "missing_amount"),
    refusal(400, "invalid_value"),
    refusal(400, "currency_not_supported"),
    refusal(400, "invalid_terminal_id"),
    refusal(400, "invalid_metadata"),
    refusal(400, "idempotency_header_missing"),
    Refusal { status: 401, code: None, again: Again::After { ms: 2 * SECOND_MS } },
    Refusal { status: 403, code: None, again: Again::Never },
    refusal(404, "terminal_not_found"),
    refusal(404, "not_found"),
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

/// Every such doubt; the first that holds is told. Only a success is kept for its key, so no push
/// is replayed once the API itself has failed; what is no JSON never came from the API.
pub(super) const DOUBTS: &[Doubt] = &[
    #[cfg(mutant = "qonto_replay_after_a_5xx")]
    doubt(|response| response.status >= 500, "server-error", true),
    doubt(|response| response.status >= 500, "server-error", false),
    doubt(|response| (300..400).contains(&response.status), "redirected", true),
    doubt(|response| !response.is_json(), "not-json", true),
    doubt(|response| response.truncated && response.status >= 400, "truncated", false),
    doubt(|response| response.truncated, "truncated", true),
    doubt(|response| response.status >= 400 && is_ambiguous(&response.body), "ambiguous", false),
    doubt(|response| is_ambiguous(&response.body), "ambiguous", true),
];

/// After a request that never left.
const NOT_SENT_WAIT_MS: u64 = SECOND_MS;
/// After a 429 that names no time: the shorter of the two windows that Qonto counts in.
const RATE_LIMIT_WAIT_MS: u64 = 10 * SECOND_MS;
/// After a read without a valid token: 200 of these in an hour would throttle the merchant.
const TOKEN_WAIT_MS: u64 = 20 * SECOND_MS;

/// What a push came to.
pub(super) fn of_push(payment: &Payment, exchange: &Exchange) -> Answer {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { why }) => {
            let again = Again::After { ms: NOT_SENT_WAIT_MS };
            return Answer::NotExecuted { again, reason: in_words("not-sent", why) };
        }
        Err(SendFailure::MaybeSent { why }) => {
            return Answer::Unknown { replayable: true, reason: in_words("maybe-sent", why) };
        }
    };
    if response.status == 429 {
        let again = Again::After { ms: rate_limit_wait_ms(response) };
        return Answer::NotExecuted { again, reason: traced("rate-limited", response) };
    }
    if let Some(doubt) = first_doubt(response) {
        return unknown(doubt.replayable, doubt.code, response);
    }
    match response.status {
        202 => accepted(payment, response),
        400..500 => refused(response),
        _ => unknown(true, "unexpected-status", response),
    }
}

/// What a read of a charge showed.
pub(super) fn of_read(payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { .. } | SendFailure::MaybeSent { .. }) => {
            return unclear("no-answer", None);
        }
    };
    if response.status == 429 {
        return unclear("rate-limited", Some(rate_limit_wait_ms(response)));
    }
    if let Some(doubt) = first_doubt(response) {
        return unclear(doubt.code, None);
    }
    match response.status {
        200 => shown(payment, charge, response),
        401 => unclear("unauthorized", Some(TOKEN_WAIT_MS)),
        403 => unclear("forbidden", None),
        // We were given this id, so it is not absent: it is hidden from us.
        404 => unclear("not-found", None),
        _ => unclear("unexpected-status", None),
    }
}

/// A 202 is adopted if it is ours, or says nothing against it; it may answer for another payment if
/// a key was used twice.
fn accepted(payment: &Payment, response: &Response) -> Answer {
    let Some(record) = record(response) else {
        return unknown(true, "unreadable", response);
    };
    let Some(sighting) = record.sighting(Standing::Pending, payment.id) else {
        return unknown(true, "unreadable", response);
    };
    match sighting.ours {
        Ours::Yes => Answer::Accepted { sightings: vec![sighting] },
        Ours::Unsaid if sighting.agrees_with(&payment.sale) => {
            Answer::Accepted { sightings: vec![sighting] }
        }
        Ours::Unsaid => unknown(false, "another-sale", response),
        Ours::No => unknown(false, "another-payment", response),
    }
}

/// Every error in the envelope must be a listed one; the first is the reason.
fn refused(response: &Response) -> Answer {
    let Ok(Envelope { errors, trace_id }) = serde_json::from_slice(&response.body) else {
        return unknown(false, "unreadable", response);
    };
    let agains: Option<Vec<Again>> =
        errors.iter().map(|error| again(response.status, &error.code)).collect();
    match (agains.as_deref(), errors.first()) {
        (Some([again, ..]), Some(error)) => {
            Answer::NotExecuted { again: *again, reason: said(error, trace_id, response) }
        }
        (_, Some(error)) => {
            Answer::Unknown { replayable: false, reason: said(error, trace_id, response) }
        }
        (_, None) => unknown(false, "unreadable", response),
    }
}

fn again(status: u16, code: &str) -> Option<Again> {
    let matches =
        |row: &&Refusal| row.status == status && row.code.is_none_or(|named| named == code);
    REFUSALS.iter().find(matches).map(|row| row.again)
}

fn first_doubt(response: &Response) -> Option<&'static Doubt> {
    DOUBTS.iter().find(|doubt| (doubt.holds)(response))
}

fn shown(payment: &Payment, charge: &ChargeId, response: &Response) -> Reading {
    let Some(record) = record(response) else { return unclear("unreadable", None) };
    let Some(status) = record.status() else {
        return unclear("unknown-status", None);
    };
    let standing = record.standing(status);
    let sighting = standing.and_then(|standing| record.sighting(standing, payment.id));
    match sighting {
        None => unclear("unreadable", None),
        Some(sighting) if sighting.charge != *charge => unclear("another-charge", None),
        Some(sighting) if sighting.ours == Ours::No => unclear("another-payment", None),
        Some(sighting) => Reading::Clear(vec![sighting]),
    }
}

#[derive(Deserialize)]
struct Wrapped {
    terminal_payment: Record,
}

fn record(response: &Response) -> Option<Record> {
    let wrapped: Option<Wrapped> = serde_json::from_slice(&response.body).ok();
    wrapped.map(|wrapped| wrapped.terminal_payment)
}

/// The envelope of every error that the API itself tells.
#[derive(Deserialize)]
struct Envelope {
    errors: Vec<Told>,
    #[serde(default)]
    trace_id: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    code: String,
    #[serde(default)]
    detail: Option<String>,
}

fn said(error: &Told, trace_id: Option<String>, response: &Response) -> Reason {
    Reason {
        code: words_of(&error.code).into(),
        detail: error.detail.as_deref().map(|detail| words_of(detail).into()),
        trace: trace_id.map(|trace| words_of(&trace).into()).or_else(|| trace(response)),
    }
}

/// What Qonto says of a refusal, as far as it can be read.
pub(super) fn words(response: &Response) -> ProviderWords {
    let envelope: Option<Envelope> = serde_json::from_slice(&response.body).ok();
    let (errors, trace_id) = envelope.map(|told| (told.errors, told.trace_id)).unwrap_or_default();
    let first = errors.first();
    ProviderWords {
        code: first.map(|error| words_of(&error.code)),
        detail: first.and_then(|error| error.detail.as_deref()).map(words_of),
        trace: trace_id.as_deref().map(words_of).or_else(|| trace(response).map(String::from)),
    }
}

fn unknown(replayable: bool, code: &str, response: &Response) -> Answer {
    Answer::Unknown { replayable, reason: traced(code, response) }
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
    response.header("x-tyk-trace-id").map(|trace| words_of(trace).into())
}

/// How long to wait after a 429.
pub(super) fn rate_limit_wait_ms(response: &Response) -> u64 {
    response.retry_after_ms().unwrap_or(RATE_LIMIT_WAIT_MS)
}
