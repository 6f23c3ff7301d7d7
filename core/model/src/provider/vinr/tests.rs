//! A row without a vector is a row that nobody has looked at.
//!
//! What the vectors come to is tested from outside, in `tests/vinr/`.

use serde_json::Value;

use super::{desk, outcome, record, refunds};
use crate::wire::Response;

macro_rules! vectors {
    ($file:literal) => {
        include_str!(concat!("../../../../../tests/vectors/providers/vinr/", $file, ".json"))
    };
}

const CREATE: &str = vectors!("create");
const READ: &str = vectors!("read");
const OPERATION: &str = vectors!("operation");
const DESK: &str = vectors!("desk");

fn responses(file: &str) -> Vec<Response> {
    let vectors: Vec<Value> = serde_json::from_str(file).unwrap();
    vectors.iter().filter_map(|vector| response(&vector["exchange"])).collect()
}

fn response(written: &Value) -> Option<Response> {
    let headers = written["headers"].as_object()?.iter();
    let headers =
        headers.map(|(name, value)| (name.as_str().into(), value.as_str().unwrap().into()));
    let text = written["text"].as_str().map(str::to_owned);
    Some(Response {
        status: u16::try_from(written["status"].as_u64()?).unwrap(),
        headers: headers.collect(),
        body: text.unwrap_or_else(|| written["body"].to_string()).into_bytes(),
        truncated: written["truncated"] == true,
    })
}

fn bodies(file: &str) -> Vec<Value> {
    let responses = responses(file).into_iter();
    responses.filter_map(|response| serde_json::from_slice(&response.body).ok()).collect()
}

#[test]
fn of_refusals_and_of_doubts() {
    for file in [CREATE, OPERATION] {
        for row in outcome::REFUSALS {
            let tells = |response: &Response| {
                let code = outcome::envelope(response).and_then(|told| told.code);
                row.status.is_none_or(|status| status == response.status)
                    && code.is_some()
                    && row.code.is_none_or(|named| code.as_deref() == Some(named))
            };
            let busy = row.code.is_some() && file == OPERATION;
            let there = responses(file).iter().any(tells);
            assert!(there || busy, "no vector for {:?} {:?}", row.status, row.code);
        }
    }
    for (place, doubt) in outcome::DOUBTS.iter().enumerate() {
        let is_first = |response: &Response| {
            outcome::DOUBTS.iter().position(|doubt| (doubt.holds)(response)) == Some(place)
        };
        assert!(responses(CREATE).iter().any(is_first), "no vector for {} {place}", doubt.code);
    }
}

#[test]
fn of_statuses_entries_and_refunds() {
    let reads = bodies(READ);
    for (word, _) in record::STATUSES {
        assert!(reads.iter().any(|body| body["status"] == *word), "no vector for {word}");
    }
    for (word, _) in record::ENTRIES {
        let shows = |body: &Value| body["paymentMethod"]["entryMode"] == *word;
        assert!(reads.iter().any(shows), "no vector for {word}");
    }
    for (word, _) in refunds::STATUSES {
        let shows = |body: &Value| body["data"][0]["status"] == *word;
        assert!(reads.iter().any(shows), "no vector for {word}");
    }
}

#[test]
fn of_terminals_and_actions() {
    let answers = bodies(DESK);
    for (word, _) in desk::READINESS {
        let shows = |body: &Value| body["data"][0]["status"] == *word;
        assert!(answers.iter().any(shows), "no vector for {word}");
    }
    for (word, _) in desk::ACTION_STATUSES {
        let shows = |body: &Value| body["status"] == *word && body["id"] == "tact_1";
        assert!(answers.iter().any(shows), "no vector for {word}");
    }
}

/// Every documented decline code is kept as the reason.
#[test]
fn of_decline_codes() {
    let answers = bodies(CREATE);
    let told = |code: &str| answers.iter().any(|body| body["error"]["decline_code"] == code);
    let codes = [
        "card_declined",
        "insufficient_funds",
        "expired_card",
        "processing_error",
        "do_not_honor",
        "card_lost",
        "card_stolen",
        "incorrect_cvc",
        "authentication_required",
        "velocity_exceeded",
    ];
    for code in codes {
        assert!(told(code), "no vector for {code}");
    }
}
