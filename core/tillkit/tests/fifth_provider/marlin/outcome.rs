//! What an answer means, as tables. Whatever stands in none of them is *unknown*.

use serde::Deserialize;
use tillkit_model::ids::ChargeId;
use tillkit_model::payment::event::{Again, Answer, Reason};
use tillkit_model::payment::sighting::{Ours, Sighting};
use tillkit_model::payment::{Operation, OperationKind, Payment};
use tillkit_model::provider::Reading;
use tillkit_model::time::SECOND_MS;
use tillkit_model::wire::{Exchange, Response, SendFailure};

use super::record::Record;

/// Every problem that proves that nothing ran: status, the word for it, whether another try can
/// help.
const REFUSALS: &[(u16, &str, Again)] = &[
    (400, "no_such_device", Again::Never),
    (400, "amount_out_of_range", Again::Never),
    (401, "access_refused", Again::After { ms: 2 * SECOND_MS }),
    (409, "too_late", Again::Never),
    (409, "more_than_was_paid", Again::Never),
    (429, "too_many", Again::After { ms: 5 * SECOND_MS }),
];

#[derive(Deserialize)]
struct One {
    sale: Record,
}

#[derive(Deserialize)]
struct Many {
    sales: Vec<Record>,
}

#[derive(Deserialize)]
struct Problem {
    problem: String,
}

/// What a start came to.
pub(super) fn of_start(payment: &Payment, exchange: &Exchange) -> Answer {
    match whole(exchange) {
        Ok(response) if response.status == 201 => match one(payment, response) {
            Some(sighting) if sighting.ours != Ours::No => {
                Answer::Accepted { sightings: vec![sighting] }
            }
            Some(_) => unknown("another-payment"),
            None => unknown("unreadable"),
        },
        Ok(response) => refused(response),
        Err(answer) => answer,
    }
}

/// What a call-off or a refund came to.
pub(super) fn of_operation(
    payment: &Payment,
    operation: &Operation,
    exchange: &Exchange,
) -> Answer {
    let done = if operation.kind == OperationKind::Refund { 201 } else { 200 };
    match whole(exchange) {
        Ok(response) if response.status == done => match one(payment, response) {
            Some(sighting) => Answer::Accepted { sightings: vec![sighting] },
            None => unknown("unreadable"),
        },
        Ok(response) => refused(response),
        Err(answer) => answer,
    }
}

/// What a read showed.
pub(super) fn of_read(payment: &Payment, charge: &ChargeId, exchange: &Exchange) -> Reading {
    let shown = whole(exchange).ok().filter(|response| response.status == 200);
    match shown.and_then(|response| one(payment, response)) {
        Some(sighting) if sighting.charge == *charge && sighting.ours != Ours::No => {
            Reading::Clear(vec![sighting])
        }
        Some(_) => unclear("another-sale"),
        None => unclear("unreadable"),
    }
}

/// What the list showed: ours alone are taken from it.
pub(super) fn of_look_up(payment: &Payment, exchange: &Exchange) -> Reading {
    let shown = whole(exchange).ok().filter(|response| response.status == 200);
    let many = shown.and_then(|response| serde_json::from_slice::<Many>(&response.body).ok());
    let Some(Many { sales }) = many else { return unclear("unreadable") };
    let sightings: Option<Vec<Sighting>> =
        sales.iter().map(|sale| sale.sighting(payment.id)).collect();
    match sightings {
        Some(sightings) => {
            Reading::Clear(sightings.into_iter().filter(|seen| seen.ours == Ours::Yes).collect())
        }
        None => unclear("unreadable"),
    }
}

/// An answer of the API itself, whole and in JSON; else what its absence means.
fn whole(exchange: &Exchange) -> Result<&Response, Answer> {
    let response = match exchange {
        Ok(response) => response,
        Err(SendFailure::NotSent { .. }) => {
            let again = Again::After { ms: SECOND_MS };
            return Err(Answer::NotExecuted { again, reason: Reason::code("not-sent") });
        }
        Err(SendFailure::MaybeSent { .. }) => return Err(unknown("maybe-sent")),
    };
    if response.is_json() && !response.truncated { Ok(response) } else { Err(unknown("not-json")) }
}

fn one(payment: &Payment, response: &Response) -> Option<Sighting> {
    let One { sale } = serde_json::from_slice(&response.body).ok()?;
    sale.sighting(payment.id)
}

fn refused(response: &Response) -> Answer {
    let told: Option<Problem> = serde_json::from_slice(&response.body).ok();
    let listed = told.and_then(|told| {
        let fits = |(status, word, _): &&(u16, &str, Again)| {
            *status == response.status && *word == told.problem
        };
        REFUSALS.iter().find(fits)
    });
    match listed {
        Some((_, word, again)) => Answer::NotExecuted { again: *again, reason: Reason::code(word) },
        None => unknown("unlisted"),
    }
}

fn unknown(why: &str) -> Answer {
    Answer::Unknown { replayable: true, reason: Reason::code(why) }
}

fn unclear(why: &str) -> Reading {
    Reading::Unclear { why: why.into(), retry_after_ms: None }
}
