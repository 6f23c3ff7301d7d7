use crate::provider::{Errand, Finding};

use super::*;

fn errand(written: &Value) -> Errand {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    if let Some(word) = written.as_str() {
        return match word {
            "stores" => Errand::Stores { cursor: None },
            "keys" => Errand::Keys,
            other => panic!("no errand {other}"),
        };
    }
    let (name, value) = written.as_object().unwrap().iter().next().unwrap();
    let cursor = value.as_str().map(str::to_owned);
    let later = Moment { wall_ms: AT.wall_ms + 86_400_000, ..AT };
    match name.as_str() {
        "terminals" => Errand::Terminals { cursor },
        "terminal" => Errand::Terminal { id: text(value) },
        "register" => Errand::RegisterTerminal {
            serial: text(&value[0]),
            store: Some(text(&value[1])),
            model: None,
        },
        "subscribe" => Errand::Subscribe {
            url: text(&value[0]),
            events: value[1].as_array().unwrap().iter().map(text).collect(),
        },
        "subscriptions" => Errand::Subscriptions { cursor },
        "unsubscribe" => Errand::Unsubscribe { id: text(value) },
        "payments" => Errand::Payments { from: AT, to: later, cursor },
        "events" => Errand::Events { since: AT, cursor },
        "operate" => Errand::TerminalOperation {
            terminal: text(&value[0]),
            operation: text(&value[1]),
            key: text(&value[2]),
        },
        "operation" => {
            Errand::TerminalOperationRead { terminal: text(&value[0]), id: text(&value[1]) }
        }
        other => panic!("no errand {other}"),
    }
}

#[test]
fn each_errand_asks_and_finds_what_its_vector_says() {
    each("desk", |vector| {
        let (desk, errand) = (vector.setup().desk, errand(&vector.errand));
        let request = desk.request(&errand).map(|asked| {
            assert!(asked.host.is_none() && asked.secret_headers.is_none());
            assert!(asked.secret_body.is_none() && !asked.request.may_move_money);
            asked.request
        });
        let found = vector.exchange.as_ref().map(|_| desk.answer(&errand, &vector.exchange()));
        let found = found.map(|found| match found {
            Ok(finding) => testing::finding(&finding),
            Err(error) => serde_json::to_value(error).unwrap(),
        });
        json!({ "request": request, "found": found })
    });
}

/// The secret of a subscription is there, and in no debug text.
#[test]
fn a_subscription_tells_its_secret_once() {
    let vector = vector("desk", "subscribe");
    let errand = errand(&vector.errand);
    let found = vector.setup().desk.answer(&errand, &vector.exchange()).unwrap();
    let Finding::Subscriptions(page) = &found else { panic!("{found:?}") };
    assert_eq!(page.items[0].secret.as_ref().unwrap().expose(), "whsec_1");
    assert!(!format!("{found:?}").contains("whsec_1"));
}

#[test]
fn what_is_probed_can_be_asked() {
    for (settings, at_terminal) in [(sandbox(), false), (terminal(), true)] {
        let desk = set_up(&settings).unwrap().desk;
        assert!(desk.probes().iter().all(|probe| desk.request(probe).is_some()));
        assert_eq!(desk.probes().is_empty(), at_terminal);
    }
}

/// What one list of events comes to.
fn heard(body: &Value) -> Result<Finding, crate::error::Error> {
    let exchange = testing::answer(200, body.to_string().into_bytes(), true, false);
    let errand = Errand::Events { since: AT, cursor: None };
    set_up(&sandbox()).unwrap().desk.answer(&errand, &exchange)
}

fn event(id: &Value, kind: &Value) -> Value {
    let object = json!({ "object": "terminal_payment", "id": "tpy_4Rk9", "status": "completed" });
    json!({ "id": id, "type": kind, "data": { "object": object } })
}

#[test]
fn an_event_that_cannot_be_read_says_nothing_and_the_others_are_heard() {
    let fine = || event(&json!("evt_1"), &json!("terminal_payment.completed"));
    let odd = [
        event(&json!(7), &json!("terminal_payment.completed")),
        event(&json!("evt_2"), &Value::Null),
        event(&json!("evt_3"), &json!(3)),
        json!("no event at all"),
    ];
    for odd in odd {
        let found = heard(&json!({ "data": [fine(), odd], "has_more": true })).unwrap();
        let Finding::Events(page) = found else { panic!("{found:?}") };
        let hints: Vec<usize> = page.items.iter().map(|notice| notice.hints.len()).collect();
        assert_eq!(hints, [1, 0], "{odd}");
        let next = odd.get("id").and_then(Value::as_str).unwrap_or("evt_1");
        assert_eq!(page.next.as_deref(), Some(next), "the list goes on");
    }
}

#[test]
fn a_list_that_goes_on_and_does_not_say_where_is_not_taken_for_a_whole_one() {
    for data in [json!([]), json!([event(&json!(7), &json!("terminal_payment.completed"))])] {
        let error = heard(&json!({ "data": data, "has_more": true })).unwrap_err();
        assert_eq!(error.code, crate::error::Code::ProviderUnreachable, "{data}");
        assert!(heard(&json!({ "data": data, "has_more": false })).is_ok());
    }
}
