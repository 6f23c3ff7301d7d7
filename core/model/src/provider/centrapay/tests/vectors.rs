//! Each vector comes to what it says, and each row of each table has one.

use serde_json::Value;

use super::super::activity::KINDS;
use super::super::outcome::DOUBTS;
use super::super::record::{CANCELLATIONS, CONDITION_STATUSES, STATUSES};
use super::super::refusals::{ANSWER, CONFIRM, EVERYWHERE, REFUND, RELEASE, Row, START, VOID};
use super::super::webhook::TOPICS;
use super::{FILES, NAME, adapter, all, charge, hold, operation, payment, with_operation};
use crate::payment::OperationKind;
use crate::provider::Adapter;
use crate::provider::tests::testing::{each_says_what_it_is, exchange, reading};

#[test]
fn each_creation_comes_to_what_its_vector_says() {
    hold("create", "answer", |vector| {
        let answer = adapter().started(&payment("sent"), &exchange(vector), false);
        serde_json::to_value(answer).unwrap()
    });
}

#[test]
fn each_read_shows_what_its_vector_says() {
    hold("read", "reading", |vector| {
        let payment = payment(vector["state"].as_str().unwrap());
        reading(&adapter().seen(&payment, &charge(), &exchange(vector)))
    });
}

#[test]
fn each_look_up_shows_what_its_vector_says() {
    hold("look_up", "reading", |vector| {
        let payment = payment(vector["state"].as_str().unwrap());
        reading(&adapter().found(&payment, &exchange(vector)))
    });
}

#[test]
fn each_operation_comes_to_what_its_vector_says() {
    hold("operation", "answer", |vector| {
        let minor = vector["amount"].as_i64().unwrap_or(10_000);
        let sends = u32::try_from(vector["sends"].as_u64().unwrap_or(1)).unwrap();
        let payment = payment(vector["state"].as_str().unwrap());
        let payment = with_operation(payment, kind(vector), minor, sends);
        let answer = adapter().operated(&payment, operation(&payment), &exchange(vector));
        serde_json::to_value(answer).unwrap()
    });
}

fn kind(vector: &Value) -> OperationKind {
    match vector["kind"].as_str().unwrap() {
        "confirm" => OperationKind::Capture,
        "refund" => OperationKind::Refund,
        "void" | "release" => OperationKind::Cancel,
        "answer" => OperationKind::Answer,
        "withdraw" => OperationKind::Withdraw,
        "let go" => OperationKind::Release,
        other => panic!("no operation is called {other}"),
    }
}

/// A row without a vector is a row that nobody has looked at.
#[test]
fn every_refusal_has_a_vector() {
    let operations = |kind: &str| {
        all("operation").into_iter().filter(|vector| vector["kind"] == *kind).collect::<Vec<_>>()
    };
    let tables: [(&str, Vec<Value>, &[Row]); 7] = [
        ("create", all("create"), START),
        ("void", operations("void"), VOID),
        ("release", operations("release"), RELEASE),
        ("let go", operations("let go"), RELEASE),
        ("refund", operations("refund"), REFUND),
        ("confirm", operations("confirm"), CONFIRM),
        ("answer", operations("answer"), ANSWER),
    ];
    for (what, vectors, rows) in tables {
        for row in
            rows.iter().chain(EVERYWHERE.iter().filter(|_| !["release", "let go"].contains(&what)))
        {
            let tells = |vector: &Value| {
                let (status, body) = (&vector["exchange"]["status"], &vector["exchange"]["body"]);
                *status == row.status && row.code.is_none_or(|code| body["message"] == code)
            };
            let known = vectors.iter().any(tells);
            assert!(known, "no vector for {what} {} {:?}", row.status, row.code);
        }
    }
}

#[test]
fn every_doubt_has_a_vector() {
    for (place, doubt) in DOUBTS.iter().enumerate() {
        for file in ["create", "read", "look_up", "operation"] {
            let first = |vector: &Value| {
                let Ok(response) = exchange(vector) else { return false };
                DOUBTS.iter().position(|doubt| (doubt.holds)(&response)) == Some(place)
            };
            assert!(all(file).iter().any(first), "no vector for {} in {file}", doubt.code);
        }
    }
}

#[test]
fn every_word_has_a_vector() {
    let bodies: Vec<Value> =
        all("read").into_iter().map(|vector| vector["exchange"]["body"].clone()).collect();
    let shown = |what: &str, fits: &dyn Fn(&Value) -> bool| {
        assert!(bodies.iter().any(fits), "no vector for {what}");
    };
    let listed = |body: &Value, field: &str, name: &str, word: &str| {
        let entries = body[field].as_array();
        entries.is_some_and(|entries| {
            entries
                .iter()
                .any(|entry| entry[name].as_str().is_some_and(|it| it.eq_ignore_ascii_case(word)))
        })
    };
    for (word, _) in STATUSES {
        shown(word, &|body| body["status"] == *word);
    }
    for (word, _) in CANCELLATIONS {
        shown(word, &|body| body["cancellationReason"] == *word);
    }
    for (word, _) in CONDITION_STATUSES {
        shown(word, &|body| listed(body, "merchantConditions", "status", word));
    }
    for (word, _) in KINDS {
        shown(word, &|body| listed(body, "items", "type", word));
    }
    let notices = all("notification");
    for (word, _) in TOPICS {
        let told = |vector: &Value| vector["body"]["type"] == *word;
        assert!(notices.iter().any(told), "no vector for {word}");
    }
}

#[test]
fn each_vector_says_what_it_is() {
    each_says_what_it_is(NAME, FILES);
}
