use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use tillkit_model::error::{Code, Error};
use tillkit_model::payment::summary::Summary;
use tillkit_model::provider::registry;

use super::super::{
    Agreement, Alarm, Capture, ConditionStatus, Entry, Failure, Holder, Named, OperationKind,
    Outcome, Payment, Progress, Stage, example, named, named_sets, setting_names,
};

fn written_as_named<T: Named + Serialize + std::fmt::Debug>() {
    for value in T::ALL {
        assert_eq!(json!(value), json!(value.word()), "{value:?}");
        let read: T = named("field", value.word()).unwrap();
        assert_eq!(read.word(), value.word());
    }
}

#[test]
fn json_and_border_have_one_word_for_each_value() {
    written_as_named::<Outcome>();
    written_as_named::<Stage>();
    written_as_named::<Alarm>();
    written_as_named::<OperationKind>();
    written_as_named::<Progress>();
    written_as_named::<Entry>();
    written_as_named::<Holder>();
    written_as_named::<ConditionStatus>();
    written_as_named::<Capture>();
    written_as_named::<Agreement>();
    written_as_named::<Code>();
}

#[test]
fn no_set_has_a_word_twice() {
    for (set, words) in named_sets() {
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{set}");
    }
}

#[test]
fn a_word_that_is_none_is_refused_with_those_that_are() {
    let refused = named::<Capture>("capture", "later").unwrap_err();
    assert_eq!(refused.code, Code::InvalidField);
    assert_eq!(refused.field.as_deref(), Some("capture"));
    assert_eq!(refused.limit.as_deref(), Some("automatic, manual"));
}

#[test]
fn settings_are_exactly_those_that_the_providers_know() {
    let names = setting_names();
    assert_eq!(names.len(), registry().len());
    for provider in registry() {
        let unknown = [("no such setting".to_owned(), String::new())].into();
        let refused = (provider.set_up)(&unknown).unwrap_err();
        let known: BTreeSet<&str> = refused.limit.as_deref().unwrap().split(", ").collect();
        let ours: BTreeSet<&str> = names[provider.name].iter().copied().collect();
        assert_eq!(ours, known, "{}", provider.name);
    }
}

/// Everything that the core's JSON says stands in the border's, under the same name.
fn stands_in(core: &Value, border: &Value, path: &str) {
    match core {
        Value::Object(fields) => {
            for (name, value) in fields {
                let Some(found) = border.get(name) else { panic!("{path}.{name} is missing") };
                stands_in(value, found, &format!("{path}.{name}"));
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                stands_in(item, &border[place], &format!("{path}[{place}]"));
            }
        }
        _ => assert_eq!(core, border, "{path}"),
    }
}

#[test]
fn a_payment_says_what_its_summary_says() {
    let summary = json!({
        "id": "01976a4e-0000-7000-8000-000000000001", "account": "shop-1", "terminal": "term-1",
        "reference": "order-1", "attempt": 2, "outcome": "part_paid", "status": "completed",
        "amounts": {
            "asked": money(1330), "authorized": money(1300), "captured": money(1300),
            "tip": money(100), "held": money(0), "remaining": money(800), "returning": money(200),
            "returned": money(300),
        },
        "alarms": ["wrong_amount", "part_paid_unasked"], "provisional": true, "next_attempt": 3,
        "replayed": true,
        "reason": { "code": "c", "detail": "d", "trace": "t" },
        "operations": [{
            "kind": "refund", "reference": "r-1", "amount": money(300), "charge": "ch-1",
            "condition": "con-1", "accept": true, "progress": "done",
        }],
        "charges": ["ch-1", "ch-2"], "card_scheme": "visa", "card_last_four": "4242",
        "details": {
            "transaction": "tx-1", "short_code": "AB12", "url": "https://pay.test/1",
            "entry": "contactless",
            "assets": [{ "kind": "card", "amount": { "minor": 1300, "currency": "EUR" } }],
            "receipts": [{ "holder": "merchant", "text": "signed" }],
            "conditions": [{
                "id": "con-1", "name": "age", "message": "over 18?", "status": "awaiting-till",
            }],
            "capture_failed": true, "part_left": true, "released": true,
        },
        "created_at_ms": 1_790_000_000_000_i64, "settled_at_ms": 1_790_000_001_000_i64,
    });
    let read: Summary = serde_json::from_value(summary.clone()).unwrap();
    let border = json!(Payment::from(read));
    stands_in(&summary, &border, "payment");
    // No name of the border's own: who knows one shape knows both.
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&summary), names(&border));
}

fn money(minor: i64) -> Value {
    json!({ "minor": minor, "text": format!("{}.{:02}", minor / 100, minor % 100), "currency": "EUR" })
}

#[test]
fn every_error_arrives_with_all_that_its_row_and_its_call_say() {
    for code in Code::ALL {
        let failure = example(code.name()).unwrap();
        assert_eq!((failure.code, failure.number), (*code, code.number()));
        assert_eq!((failure.charged, failure.retry), (code.row().charged, code.row().retry));
        assert_eq!(failure.cashier_text, code.row().cashier.text());
        let written = json!(failure);
        for (name, value) in written.as_object().unwrap() {
            assert!(!value.is_null(), "{}: {name}", code.name());
        }
    }
    assert_eq!(example("no-such-error"), None);
}

#[test]
fn a_failure_says_what_its_error_says() {
    let error = Error::new(Code::TerminalBusy).field("terminal").retry_after_ms(500);
    let failure = Failure::from(error.clone());
    stands_in(&json!(error), &json!(failure), "error");
    assert_eq!(failure.to_string(), error.to_string());
}
