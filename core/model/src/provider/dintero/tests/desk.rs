//! Errands and tokens: what is asked, and what came of it.

use serde_json::{Value, json};

use super::super::desk::{OPERATION_STATUSES, TERMINAL_STATUSES};
use super::{NAME, NOW, all, name, set_up};
use crate::provider::tests::testing::{self, exchange, hold};
use crate::provider::{Credentials, Errand, Grant, Kept, Need, Secret, Tokens, WayOut};
use crate::time::Moment;

fn errand(written: &Value) -> Errand {
    let (kind, fields) = written.as_object().unwrap().iter().next().unwrap();
    let text = |field: &str| fields[field].as_str().map(str::to_owned);
    let given = |field: &str| text(field).unwrap();
    let cursor = text("cursor");
    let moment = |field: &str| Moment { wall_ms: fields[field].as_i64().unwrap(), ..NOW };
    match kind.as_str() {
        "terminals" => Errand::Terminals { cursor },
        "terminal" => Errand::Terminal { id: given("id") },
        "register" => Errand::RegisterTerminal {
            serial: given("serial"),
            store: text("store"),
            model: text("model"),
        },
        "register_store" => Errand::RegisterStore {
            id: given("id"),
            name: given("name"),
            organization: text("organization"),
        },
        "stores" => Errand::Stores { cursor },
        "subscribe" => Errand::Subscribe { url: given("url"), events: Vec::new() },
        "subscriptions" => Errand::Subscriptions { cursor },
        "unsubscribe" => Errand::Unsubscribe { id: given("id") },
        "callback_secret" => Errand::CallbackSecret,
        "payments" => Errand::Payments { from: moment("from"), to: moment("to"), cursor },
        "operation" => Errand::TerminalOperation {
            terminal: given("terminal"),
            operation: given("operation"),
            key: given("key"),
        },
        "operation_read" => {
            Errand::TerminalOperationRead { terminal: given("terminal"), id: given("id") }
        }
        "payout_destination" => Errand::PayoutDestination,
        "profile" => Errand::Profile,
        "look_up_right" => Errand::LookUpRight,
        other => panic!("no errand {other}"),
    }
}

#[test]
fn each_errand_asks_what_its_vector_says() {
    let desk = set_up().desk;
    for vector in all("desk") {
        let asked = desk.request(&errand(&vector["errand"])).unwrap();
        if let Some(wanted) = vector.get("request") {
            let request = serde_json::to_value(&asked.request).unwrap();
            assert_eq!(request, *wanted, "{}", name(&vector));
            assert_eq!(asked.host, vector["host"].as_str(), "{}", name(&vector));
        }
    }
}

#[test]
fn each_errand_finds_what_its_vector_says() {
    let desk = set_up().desk;
    hold(NAME, "desk", "finding", |vector| {
        match desk.answer(&errand(&vector["errand"]), &exchange(vector)) {
            Ok(finding) => testing::finding(&finding),
            Err(error) => json!({ "error": error.code, "retry_after_ms": error.retry_after_ms }),
        }
    });
}

#[test]
fn every_status_of_the_desk_has_a_vector() {
    let vectors = all("desk");
    for (word, _) in TERMINAL_STATUSES {
        assert!(vectors.iter().any(|vector| name(vector) == format!("terminal {word}")), "{word}");
    }
    for (word, _) in OPERATION_STATUSES {
        assert!(vectors.iter().any(|vector| name(vector) == format!("operation {word}")), "{word}");
    }
}

#[test]
fn what_dintero_does_not_offer_is_not_asked() {
    let desk = set_up().desk;
    assert_eq!(desk.request(&Errand::Keys), None);
    assert_eq!(desk.request(&Errand::Events { since: NOW, cursor: None }), None);
}

/// A connection names what is missing before it costs a sale.
#[test]
fn connecting_probes_the_list_the_profile_and_the_payout_destination() {
    let probes = set_up().desk.probes();
    assert_eq!(probes, [Errand::LookUpRight, Errand::Profile, Errand::PayoutDestination]);
}

fn tokens() -> std::sync::Arc<dyn Tokens> {
    match set_up().credentials {
        Credentials::Tokens(tokens) => tokens,
        Credentials::Fixed(_) => panic!("Dintero's tokens are asked for"),
    }
}

#[test]
fn each_token_answer_comes_to_what_its_vector_says() {
    for vector in all("token") {
        let came = match tokens().answer(&exchange(&vector), None, &NOW) {
            Ok(kept) => {
                assert_eq!((kept.access.expose(), kept.asked_at), ("a.b.c", NOW));
                format!("life {}", kept.life_ms)
            }
            Err(failure) => {
                let code = failure.error.code.name();
                match failure.way_out {
                    WayOut::Later { ms } => format!("later {ms} {code}"),
                    WayOut::Credentials => format!("credentials {code}"),
                    WayOut::Consent => format!("consent {code}"),
                }
            }
        };
        assert_eq!(came, vector["came"].as_str().unwrap(), "{}", name(&vector));
    }
}

#[test]
fn a_token_is_asked_for_with_the_clients_own_credentials() {
    let asked = tokens().request(&Grant::Client);
    assert_eq!(asked.host, Some("core"));
    assert_eq!(&*asked.request.path, "/accounts/T12345678/auth/token");
    let body: Value = serde_json::from_str(asked.request.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["grant_type"], "client_credentials");
    assert_eq!(body["audience"], "https://api.dintero.com/v1/accounts/T12345678");
    let secret = &asked.secret_headers.as_ref().unwrap()[0];
    assert_eq!(
        (secret.0, secret.1.expose()),
        ("Authorization", "Basic Y2xpZW50LTE6czNjcmV0LWNsaWVudA==")
    );
    assert!(!format!("{asked:?}").contains("s3cret"));
    let made = tokens().headers(&Secret::new("a.b.c"));
    assert_eq!((made[0].0, made[0].1.expose()), ("Authorization", "Bearer a.b.c"));
}

#[test]
fn a_token_is_renewed_before_its_end_and_never_used_in_its_last_minute() {
    let kept = Kept {
        access: Secret::new("a"),
        asked_at: NOW,
        life_ms: 14_400_000,
        refresh: None,
        refresh_life_ms: None,
        scopes: Vec::new(),
    };
    let at = |ms: u64| Moment { boot_ms: ms, ..NOW };
    let table = [
        (0, Need::Nothing { for_ms: 11_520_000 }),
        (11_519_999, Need::Nothing { for_ms: 1 }),
        (11_520_000, Need::RenewSoon(Grant::Client)),
        (14_339_999, Need::RenewSoon(Grant::Client)),
        (14_340_000, Need::RenewFirst(Grant::Client)),
    ];
    for (ms, need) in table {
        assert_eq!(tokens().need(Some(&kept), &at(ms)), need, "after {ms}");
    }
    assert_eq!(tokens().need(None, &NOW), Need::RenewFirst(Grant::Client));
    let rebooted = Moment { boot: crate::time::BootId(2), ..NOW };
    assert_eq!(tokens().need(Some(&kept), &rebooted), Need::RenewFirst(Grant::Client));
    assert!(!tokens().rotates() && tokens().missing_scopes(&kept).is_empty());
}
