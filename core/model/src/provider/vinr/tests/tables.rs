//! A row without a vector is a row that nobody has looked at.

use serde_json::Value;

use super::super::{NAME, desk, outcome, record, refunds};
use crate::provider::tests::testing::responses;
use crate::wire::Response;

fn bodies(file: &str) -> Vec<Value> {
    let responses = responses(NAME, file).into_iter();
    responses.filter_map(|response| serde_json::from_slice(&response.body).ok()).collect()
}

#[test]
fn of_refusals_and_of_doubts() {
    for file in ["create", "operation"] {
        for row in outcome::REFUSALS {
            let tells = |response: &Response| {
                let code = outcome::envelope(response).and_then(|told| told.code);
                row.status.is_none_or(|status| status == response.status)
                    && code.is_some()
                    && row.code.is_none_or(|named| code.as_deref() == Some(named))
            };
            let busy = row.code.is_some() && file == "operation";
            let there = responses(NAME, file).iter().any(tells);
            assert!(there || busy, "no vector for {:?} {:?}", row.status, row.code);
        }
    }
    for (place, doubt) in outcome::DOUBTS.iter().enumerate() {
        let is_first = |response: &Response| {
            outcome::DOUBTS.iter().position(|doubt| (doubt.holds)(response)) == Some(place)
        };
        assert!(
            responses(NAME, "create").iter().any(is_first),
            "no vector for {} {place}",
            doubt.code
        );
    }
}

#[test]
fn of_statuses_entries_and_refunds() {
    let reads = bodies("read");
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
    let answers = bodies("desk");
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
    let answers = bodies("create");
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
