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
