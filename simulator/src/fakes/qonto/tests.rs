//! Each documented rule of Qonto, and each worst reading, held against the fake.

use serde_json::Value;
use tillkit_model::wire::{Method, Request};

use super::*;
use crate::fakes::Device;
use crate::rng::Rng;

const TERMINAL: &str = "019d7188-1476-7a74-a7da-000000000000";
const OURS: &str = "01a1f650-0a70-740e-8963-a7bf1b3aee51";
const SECOND: u64 = 1_000;

fn fake() -> Qonto {
    Qonto::new(vec![TERMINAL.into()], Habits { declines: 0, ignores: 0, tips: 1_000, dawdles: 0 })
}

fn orders(trouble: Trouble, device: Device) -> Orders {
    Orders { trouble, device, draws: Rng::new(7) }
}

fn push_to(terminal: &str, key: Option<&str>, value: &str, currency: &str) -> Request {
    let body = format!(
        "{{\"amount\":{{\"value\":\"{value}\",\"currency\":\"{currency}\"}},\
         \"metadata\":{{\"payment\":\"{OURS}\",\"table\":\"12\"}}}}"
    );
    let header = |key: &str| ("X-Qonto-Idempotency-Key".into(), key.into());
    Request {
        method: Method::Post,
        path: format!("/v2/terminals/{terminal}/payment").into(),
        headers: key.map(header).into_iter().collect(),
        body: Some(body.into()),
        may_move_money: true,
        timeout_ms: 60_000,
        fresh_connection: false,
    }
}

fn push(key: &str, value: &str) -> Request {
    push_to(TERMINAL, Some(key), value, "EUR")
}

fn read(id: &str) -> Request {
    Request {
        method: Method::Get,
        path: format!("/v2/terminal_payments/{id}").into(),
        headers: Vec::new(),
        body: None,
        may_move_money: false,
        timeout_ms: 10_000,
        fresh_connection: false,
    }
}

fn ask(fake: &mut Qonto, request: &Request, now_ms: u64) -> (u16, Value) {
    let reaction = fake.handle(request, now_ms, orders(Trouble::None, Device::Ready));
    let body = serde_json::from_slice(&reaction.response.body).unwrap_or(Value::Null);
    (reaction.response.status, body)
}

fn id_of(body: &Value) -> String {
    body["terminal_payment"]["id"].as_str().expect("an id").to_owned()
}

fn code_of(body: &Value) -> &str {
    body["errors"][0]["code"].as_str().expect("a code")
}

#[test]
fn a_push_is_202_without_a_status_and_with_the_metadata() {
    let (status, body) = ask(&mut fake(), &push("k", "13.30"), 0);
    assert_eq!(status, 202);
    assert!(body["terminal_payment"].get("status").is_none());
    assert_eq!(body["terminal_payment"]["amount"]["value"], "13.30");
    assert_eq!(body["terminal_payment"]["metadata"]["table"], "12");
}

#[test]
fn a_key_returns_the_first_answer_whatever_the_body_for_thirty_minutes() {
    let mut fake = fake();
    let (_, first) = ask(&mut fake, &push("k", "13.30"), 0);
    let (status, again) = ask(&mut fake, &push("k", "99.00"), KEY_LIFE_MS - 1);
    assert_eq!((status, &again), (202, &first));
    let (_, new) = ask(&mut fake, &push("k", "13.30"), KEY_LIFE_MS);
    assert_ne!(id_of(&new), id_of(&first));
    assert_eq!(fake.ledger().charges.len(), 2);
}

#[test]
fn two_running_requests_with_one_key_both_run() {
    let mut fake = fake();
    let first = fake.handle(&push("k", "1.00"), 0, orders(Trouble::None, Device::Ready));
    assert!(first.work_ms > 1);
    ask(&mut fake, &push("k", "1.00"), 1);
    assert_eq!(fake.ledger().prompts.len(), 2);
}

#[test]
fn a_5xx_after_the_push_has_pushed_and_its_key_may_be_forgotten() {
    let mut fake = fake();
    let reaction = fake.handle(&push("k", "1.00"), 0, orders(Trouble::ErrorAfter, Device::Ready));
    assert!(reaction.response.status >= 500);
    assert_eq!(fake.ledger().prompts.len(), 1);
    fake.forget("k");
    ask(&mut fake, &push("k", "1.00"), 9 * SECOND);
    assert_eq!(fake.ledger().prompts.len(), 2);
}

#[test]
fn what_is_refused_ran_nothing() {
    let mut fake = fake();
    let rows = [
        (push_to(TERMINAL, None, "1.00", "EUR"), 400, "idempotency_header_missing"),
        (push_to("not-a-uuid", Some("a"), "1.00", "EUR"), 400, "invalid_terminal_id"),
        (push_to(OURS, Some("b"), "1.00", "EUR"), 404, "terminal_not_found"),
        (push_to(TERMINAL, Some("c"), "0.09", "EUR"), 400, "invalid_value"),
        (push_to(TERMINAL, Some("d"), "100000.01", "EUR"), 400, "invalid_value"),
        (push_to(TERMINAL, Some("e"), "13.3", "EUR"), 400, "invalid_value"),
        (push_to(TERMINAL, Some("f"), "1.00", "USD"), 400, "currency_not_supported"),
        (read("unknown"), 404, "not_found"),
    ];
    for (request, status, code) in rows {
        let (seen, body) = ask(&mut fake, &request, 0);
        assert_eq!((seen, code_of(&body)), (status, code));
    }
    let mut large = push("g", "1.00");
    let filler = "x".repeat(1_001);
    large.body = large.body.map(|body| body.replace("12", &filler).into());
    let (status, body) = ask(&mut fake, &large, 0);
    assert_eq!((status, code_of(&body)), (400, "invalid_metadata"));
    assert!(fake.ledger().charges.is_empty());
}

#[test]
fn the_door_refuses_before_anything_runs() {
    let mut fake = fake();
    let rows = [
        (Trouble::CredentialsRefused, [401, 403].as_slice()),
        (Trouble::RateLimited, &[429]),
        (Trouble::Validation, &[400]),
        (Trouble::LoginPage, &[200, 302]),
        (Trouble::ErrorBefore, &[500, 502, 503, 504]),
    ];
    for (trouble, statuses) in rows {
        let reaction = fake.handle(&push("k", "1.00"), 0, orders(trouble, Device::Ready));
        assert!(statuses.contains(&reaction.response.status), "{trouble:?}");
        assert_eq!(reaction.response.is_json(), !statuses.contains(&302) && statuses[0] != 500);
    }
    assert!(fake.ledger().charges.is_empty());
}

#[test]
fn a_read_shows_pending_until_the_issuer_approves_and_then_the_tip() {
    let mut fake = fake();
    let (_, body) = ask(&mut fake, &push("k", "10.00"), 0);
    let id = id_of(&body);
    let (_, body) = ask(&mut fake, &read(&id), 1);
    assert_eq!(body["terminal_payment"]["status"], "PENDING");
    assert_eq!(fake.tick(120 * SECOND).len(), 1, "a webhook tells of the approval");
    let (_, body) = ask(&mut fake, &read(&id), 120 * SECOND);
    let shown = &body["terminal_payment"];
    assert_eq!(shown["status"], "AUTHORIZED");
    let tip = fake.ledger().charges[0].tip_minor;
    assert!(tip > 0);
    let authorized = format!("{}.{:02}", (1_000 + tip) / 100, (1_000 + tip) % 100);
    assert_eq!(shown["authorized_amount"]["value"], authorized.as_str());
    assert_eq!(shown["metadata"]["payment"], OURS);
}

#[test]
fn a_terminal_that_is_offline_takes_the_push_and_shows_nothing() {
    let mut fake = fake();
    let reaction = fake.handle(&push("k", "1.00"), 0, orders(Trouble::None, Device::Offline));
    assert_eq!(reaction.response.status, 202);
    assert_eq!((fake.ledger().prompts.len(), fake.next_ms()), (0, None));
}

#[test]
fn an_old_prompt_wakes_up_hours_later_and_is_paid() {
    let mut fake = fake();
    let late = Device::WakesLate { after_ms: 7_200 * SECOND };
    fake.handle(&push("k", "1.00"), 0, orders(Trouble::None, late));
    fake.tick(7_199 * SECOND);
    assert!(fake.ledger().charges[0].taken_at_ms.is_none());
    fake.tick(7_300 * SECOND);
    assert!(fake.ledger().charges[0].taken_at_ms.is_some_and(|at| at > 7_200 * SECOND));
}

#[test]
fn a_charge_is_ours_by_the_id_in_its_metadata() {
    let mut fake = fake();
    ask(&mut fake, &push("k", "1.00"), 0);
    fake.stranger(Some(TERMINAL), 100, 0);
    let ours = PaymentId::parse(OURS).expect("an id");
    assert_eq!(fake.ledger().of(ours).count(), 1);
    assert_eq!(fake.ledger().charges[1].payment, None);
}

#[test]
fn a_word_of_a_later_version_ends_nothing() {
    let mut fake = fake().with_a_new_word_after(60 * SECOND);
    let late = Device::WakesLate { after_ms: 7_200 * SECOND };
    fake.handle(&push("k", "1.00"), 0, orders(Trouble::None, late));
    let id = fake.ledger().charges[0].id.to_string();
    let word = |fake: &mut Qonto, now_ms| {
        let (_, body) = ask(fake, &read(&id), now_ms);
        body["terminal_payment"]["status"].clone()
    };
    assert_eq!(word(&mut fake, 60 * SECOND - 1), "PENDING");
    assert_eq!(word(&mut fake, 60 * SECOND), "TIMED_OUT");
    fake.tick(8_000 * SECOND);
    assert_eq!(word(&mut fake, 8_000 * SECOND), "AUTHORIZED");
}

#[test]
fn a_notification_tells_what_was_decided_in_either_form_of_metadata() {
    let mut fake = fake();
    fake.handle(&push("k", "10.00"), 0, orders(Trouble::None, Device::Ready));
    assert_eq!(notification(&fake.ledger().charges[0], true), None);
    let charge = fake.tick(120 * SECOND).remove(0).charge;
    let told = |as_text| -> Value {
        serde_json::from_str(&notification(&charge, as_text).expect("decided")).expect("JSON")
    };
    let (text, object) = (told(true), told(false));
    assert_eq!(text["type"], "v1/terminal-payments");
    assert_eq!(text["data"]["event"], "authorized");
    assert!(text["data"]["tip_amount"].is_object());
    assert_eq!(object["data"]["metadata"]["tillkit_payment"], OURS);
    let inside = text["data"]["metadata"].as_str().expect("text");
    assert_eq!(serde_json::from_str::<Value>(inside).ok().as_ref(), object["data"].get("metadata"));
}

/// The real desk asks, the fake answers, and the published pages judge both.
#[test]
fn terminals_and_subscriptions_are_listed_in_pages_made_and_ended() {
    use tillkit_model::provider::{Errand, Finding};
    let terminals = (0..103).map(uuid).map(Into::into).collect();
    let mut fake = Qonto::new(terminals, Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 });
    let desk = desk();
    let judge = crate::judge::of("qonto").expect("there is one");
    let mut run = |errand: Errand| {
        let request = desk.request(&errand).expect("Qonto can").request;
        let reaction = fake.handle(&request, 0, orders(Trouble::None, Device::Ready));
        let judged = judge.exchange(&request, Some(&reaction.response));
        assert_eq!((judged.violations, judged.undescribed_requests), (Vec::new(), 0), "{errand:?}");
        desk.answer(&errand, &Ok(reaction.response))
    };
    let Ok(Finding::Terminals(first)) = run(Errand::Terminals { cursor: None }) else {
        panic!("no terminals")
    };
    assert_eq!((first.items.len(), first.next.as_deref()), (100, Some("2")));
    let Ok(Finding::Terminals(second)) = run(Errand::Terminals { cursor: first.next }) else {
        panic!("no second page")
    };
    assert_eq!((second.items.len(), second.next), (3, None));

    let url = "https://shop.example/hooks/qonto".to_owned();
    let subscribe = Errand::Subscribe { url, events: Vec::new() };
    let Ok(Finding::Subscriptions(made)) = run(subscribe) else { panic!("not subscribed") };
    let id = made.items[0].id.to_string();
    assert!(made.items[0].secret.as_ref().is_some_and(|secret| secret.expose().len() == 32));
    let Ok(Finding::Subscriptions(listed)) = run(Errand::Subscriptions { cursor: None }) else {
        panic!("not listed")
    };
    assert_eq!((&*listed.items[0].id, &listed.items[0].secret), (id.as_str(), &None));
    assert_eq!(run(Errand::Unsubscribe { id: id.clone() }), Ok(Finding::Done));
    assert!(run(Errand::Unsubscribe { id }).is_err());
    let plain = Errand::Subscribe { url: "http://shop.example/h".to_owned(), events: Vec::new() };
    assert!(run(plain).is_err());
}

fn desk() -> std::sync::Arc<dyn tillkit_model::provider::Desk> {
    let settings =
        [("environment", "production"), ("organization_id", "org-1"), ("access_token", "token-1")];
    let settings =
        settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    tillkit_model::provider::qonto::set_up(&settings).expect("settings that fit").desk
}
