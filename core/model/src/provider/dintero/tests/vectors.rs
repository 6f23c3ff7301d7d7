//! Each vector comes to what it says, and each row of each table has one.

use serde_json::Value;

use super::super::event::DEEDS;
use super::super::outcome::{DOUBTS, Of, REFUSALS};
use super::super::record::{ENTRIES, STATUSES};
use super::super::session::MARKS;
use super::super::webhook::{ERRORS, EVENTS};
use super::{FILES, NAME, adapter, all, fixture, name, payment, responses, with_operation};
use crate::payment::{OperationKind, Payment};
use crate::provider::tests::testing::{each_says_what_it_is, exchange, hold, reading};

#[test]
fn each_creation_comes_to_what_its_vector_says() {
    for replay in [false, true] {
        hold(NAME, "create", "answer", |vector| {
            let answer = adapter().started(&payment("new"), &exchange(vector), replay);
            serde_json::to_value(answer).unwrap()
        });
    }
}

#[test]
fn each_read_shows_what_its_vector_says() {
    hold(NAME, "read", "reading", |vector| {
        reading(&adapter().seen(&payment("open"), &fixture().charge, &exchange(vector)))
    });
}

#[test]
fn each_look_up_shows_what_its_vector_says() {
    hold(NAME, "look_up", "reading", |vector| {
        reading(&adapter().found(&payment("new"), &exchange(vector)))
    });
}

#[test]
fn each_operation_comes_to_what_its_vector_says() {
    hold(NAME, "operation", "answer", |vector| {
        let kind = kind(vector);
        let minor = vector["amount"].as_i64().unwrap_or(12_500);
        let sends = u32::try_from(vector["sends"].as_u64().unwrap_or(1)).unwrap();
        let payment = with_operation(vector["state"].as_str().unwrap(), kind, minor, sends);
        let operation = operation(&payment, kind);
        serde_json::to_value(adapter().operated(&payment, operation, &exchange(vector))).unwrap()
    });
}

#[test]
fn each_request_is_byte_for_byte_what_its_vector_says() {
    let vectors = all("request");
    let is = |wanted: &str, request| {
        let vector = vectors.iter().find(|vector| name(vector) == wanted).unwrap();
        assert_eq!(serde_json::to_value(request).unwrap(), vector["request"], "{wanted}");
    };
    let (adapter, charge) = (adapter(), fixture().charge);
    is("create", adapter.start(&payment("new"), Some(60_000)));
    is("read session", adapter.read(&payment("open"), &charge));
    is("read transaction", adapter.read(&payment("held"), &charge));
    is("look up transactions", adapter.look_up(&payment("new")).unwrap());
    is("look up transactions", adapter.look_up_again(&payment("new"), 2).unwrap());
    is("look up sessions", adapter.look_up_again(&payment("new"), 3).unwrap());
    let operate = |state, kind, minor| {
        let payment = with_operation(state, kind, minor, 0);
        adapter.operate(&payment, operation(&payment, kind), &charge).unwrap()
    };
    is("cancel", operate("open", OperationKind::Cancel, 0));
    is("void", operate("held", OperationKind::Cancel, 0));
    is("capture", operate("held", OperationKind::Capture, 12_500));
    is("refund", operate("captured", OperationKind::Refund, 1_000));
    is("refund of the whole before its capture", operate("held", OperationKind::Refund, 12_500));
}

/// A row without a vector is a row that nobody has looked at.
#[test]
fn every_row_of_every_table_has_a_vector() {
    for row in REFUSALS {
        let file = if row.of == Of::Create { "create" } else { "operation" };
        let fits = |vector: &&Value| {
            let undoes = vector["kind"] == "cancel";
            vector["exchange"]["status"] == row.status
                && (row.of == Of::Create || undoes == (row.of == Of::Undo))
        };
        let known = all(file).iter().any(|vector| fits(&vector));
        assert!(known, "no vector for {:?} {}", row.of, row.status);
    }
    for (place, doubt) in DOUBTS.iter().enumerate() {
        for file in ["create", "read"] {
            let first = |response: &crate::wire::Response| {
                DOUBTS.iter().position(|doubt| (doubt.holds)(response)) == Some(place)
            };
            assert!(responses(file).iter().any(first), "no vector for {} in {file}", doubt.code);
        }
    }
    let reads = all("read");
    let shown = |wanted: &dyn Fn(&Value) -> bool, what: &str| {
        let known = reads.iter().any(|vector| wanted(&vector["exchange"]["body"]));
        assert!(known, "no vector for {what}");
    };
    for (word, _) in STATUSES {
        shown(&|body| body["status"] == *word, word);
    }
    for (word, _) in DEEDS {
        shown(&|body| listed(body).iter().any(|event| event["event"] == *word), word);
    }
    for (word, _) in MARKS {
        shown(&|body| listed(body).iter().any(|event| event["name"] == *word), word);
    }
    for (word, _) in ENTRIES {
        shown(&|body| body["card"]["entry_method"] == *word, word);
    }
    let notices = all("notification");
    for (word, _) in ERRORS {
        let told =
            |vector: &&Value| vector["url"].as_str().unwrap().contains(&format!("error={word}"));
        assert!(notices.iter().any(|vector| told(&vector)), "no vector for {word}");
    }
    for word in EVENTS {
        let told = |vector: &&Value| vector["text"].as_str().unwrap().contains(word);
        assert!(notices.iter().any(|vector| told(&vector)), "no vector for {word}");
    }
}

fn listed(body: &Value) -> &[Value] {
    body["events"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn each_vector_says_what_it_is() {
    each_says_what_it_is(NAME, &FILES);
}

fn kind(vector: &Value) -> OperationKind {
    match vector["kind"].as_str().unwrap() {
        "capture" => OperationKind::Capture,
        "refund" => OperationKind::Refund,
        _ => OperationKind::Cancel,
    }
}

fn operation(payment: &Payment, kind: OperationKind) -> &crate::payment::Operation {
    let mut all = payment.operations.iter().chain(payment.cancel.as_deref());
    all.find(|operation| operation.kind == kind).unwrap()
}
