use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::NAME;
use super::settings::{APP, PRODUCTION, settings};
use crate::error::Error;
use crate::provider::qonto::set_up;
use crate::provider::tests::testing::{self, read, written};
use crate::provider::{Desk, Errand};
use crate::time::{BootId, Moment};

#[derive(Deserialize)]
struct Vectors {
    requests: Vec<RequestVector>,
    answers: Vec<AnswerVector>,
}

#[derive(Deserialize)]
struct RequestVector {
    name: String,
    errand: Value,
    request: Value,
}

#[derive(Deserialize)]
struct AnswerVector {
    name: String,
    errand: Value,
    exchange: Value,
    #[serde(flatten)]
    told: Value,
}

fn all() -> Vectors {
    read(NAME, "desk")
}

fn desk() -> Arc<dyn Desk> {
    set_up(&settings(APP)).unwrap().desk
}

/// An errand as the vectors write it: its name, and what it needs.
fn errand(written: &Value) -> Errand {
    let (name, needs) = written.as_object().unwrap().iter().next().unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let at = Moment { wall_ms: 0, boot_ms: 0, boot: BootId(1) };
    match name.as_str() {
        "terminals" => Errand::Terminals { cursor: text(needs) },
        "subscriptions" => Errand::Subscriptions { cursor: text(needs) },
        "subscribe" => Errand::Subscribe {
            url: text(&needs["url"]).unwrap(),
            events: serde_json::from_value(needs["events"].clone()).unwrap(),
        },
        "unsubscribe" => Errand::Unsubscribe { id: text(needs).unwrap() },
        "payments" => Errand::Payments { from: at, to: at, cursor: None },
        "events" => Errand::Events { since: at, cursor: None },
        "stores" => Errand::Stores { cursor: None },
        "profile" => Errand::Profile,
        "keys" => Errand::Keys,
        "callback_secret" => Errand::CallbackSecret,
        "payout_destination" => Errand::PayoutDestination,
        "look_up_right" => Errand::LookUpRight,
        _ => panic!("no errand {name}"),
    }
}

#[test]
fn each_errand_is_byte_for_byte_what_its_vector_says() {
    for RequestVector { name, errand: written, request } in all().requests {
        let asked = desk().request(&errand(&written));
        if let Some(asked) = &asked {
            // With the account's own credentials, where payments go.
            assert_eq!(
                (asked.host, &asked.secret_headers, &asked.secret_body),
                (None, &None, &None)
            );
        }
        let made = serde_json::to_value(asked.map(|asked| asked.request)).unwrap();
        assert_eq!(made, request, "{name}");
    }
}

#[test]
fn each_answer_to_an_errand_comes_to_what_its_vector_says() {
    for AnswerVector { name, errand: asked, exchange: came, told } in all().answers {
        match desk().answer(&errand(&asked), &written(&came)) {
            Ok(finding) => {
                for (key, value) in testing::finding(&finding).as_object().unwrap() {
                    assert_eq!(told.get(key), Some(value), "{name}: {key}");
                }
            }
            Err(error) => judge(&name, &error, &told["error"]),
        }
    }
}

fn judge(name: &str, error: &Error, told: &Value) {
    let said = error.provider.as_ref().and_then(|words| words.code.as_deref());
    let shown = json!({
        "code": error.code,
        "provider": said,
        "field": error.field,
        "limit": error.limit,
        "retry_after_ms": error.retry_after_ms,
    });
    for (key, value) in shown.as_object().unwrap() {
        assert_eq!(told.get(key).unwrap_or(&Value::Null), value, "{name}: {error}");
    }
}

/// A device has no business with notifications, so it is not asked whether it may.
#[test]
fn a_missing_right_is_asked_for_where_it_is_needed() {
    let terminals = Errand::Terminals { cursor: None };
    let subscriptions = Errand::Subscriptions { cursor: None };
    assert_eq!(desk().probes(), [terminals.clone(), subscriptions]);
    assert_eq!(set_up(&settings(PRODUCTION)).unwrap().desk.probes(), [terminals]);
}

#[test]
fn an_errand_that_breaks_a_rule_is_never_sent() {
    let subscribe = |url: String| Errand::Subscribe { url, events: Vec::new() };
    let long = |length: usize| format!("https://{}", "a".repeat(length - 8));
    let table = [
        (subscribe("https://shop.example/h".into()), None),
        (subscribe(long(512)), None),
        (subscribe(long(513)), Some(("url", "max-length"))),
        (subscribe("http://shop.example/h".into()), Some(("url", "https"))),
        (subscribe("ftp://shop.example/h".into()), Some(("url", "https"))),
        (Errand::Terminals { cursor: Some("2".into()) }, None),
        (Errand::Terminals { cursor: Some("0".into()) }, Some(("cursor", "as-it-was-given"))),
        (Errand::Subscriptions { cursor: Some("x".into()) }, Some(("cursor", "as-it-was-given"))),
    ];
    for (errand, rule) in table {
        let checked = desk().check(&errand).err();
        assert_eq!(checked.map(|fault| (fault.field, fault.rule)), rule, "{errand:?}");
    }
    // A simulator in the sandbox's place notifies this machine.
    let mut sandbox = settings(PRODUCTION);
    sandbox.insert("environment".into(), "sandbox".into());
    sandbox.insert("base_url".into(), "http://127.0.0.1:9".into());
    let desk = set_up(&sandbox).unwrap().desk;
    assert_eq!(desk.check(&subscribe("http://127.0.0.1:7/h".into())), Ok(()));
}
