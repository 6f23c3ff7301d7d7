use serde_json::{Value, json};
use tillkit_model::provider::Secret;
use tillkit_model::wire::{Method, Request, Response};

use super::{Dintero, Rules, Shop, callback, webhook};
use crate::fakes::ledger::Standing;
use crate::fakes::{Device, Habits, Orders, Provider, Trouble};
use crate::rng::Rng;

const PAYMENT: &str = "019aa000-0000-7000-8000-000000000001";
const TERMINAL: &str = "T12345678-T0001";
const PAYS: Habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
const WALKS_AWAY: Habits = Habits { ignores: 1_000, ..PAYS };
const DECLINES: Habits = Habits { declines: 1_000, ..PAYS };
/// Nothing is late and nothing is accepted first.
const PLAIN: Rules = Rules {
    expired_charges: true,
    cancel_races: true,
    late_transaction: true,
    slow_capture: false,
    accepts_first: false,
    wrapped_list: true,
    alone: true,
};
const DAY_MS: u64 = 86_400_000;

fn fake(rules: Rules, habits: Habits) -> Dintero {
    let shop = Shop {
        account: "T12345678".into(),
        profile: "in-person".into(),
        store: "store-7".into(),
        payout_destination: "seller-1".into(),
        terminals: vec![TERMINAL.into()],
    };
    Dintero::new(shop, rules, habits)
}

fn order() -> Value {
    json!({
        "profile_id": "in-person",
        "url": { "return_url": "https://pos.example/none",
            "callback_url": "https://pos.example/cb?report_error=true" },
        "order": { "amount": 12_500, "currency": "NOK", "merchant_reference": PAYMENT,
            "merchant_reference_2": "order-456",
            "store": { "id": "store-7", "terminal_id": TERMINAL, "payout_destination_id": "seller-1" } },
        "configuration": { "auto_capture": true, "publish": [{ "channel": "push", "type": "terminal" }] },
        "expires_at": "2026-11-20T09:02:00.000Z",
    })
}

fn ask(
    fake: &mut Dintero,
    method: Method,
    path: &str,
    body: Option<&Value>,
    now_ms: u64,
) -> Response {
    keyed(fake, method, path, body, now_ms, None)
}

fn keyed(
    fake: &mut Dintero,
    method: Method,
    path: &str,
    body: Option<&Value>,
    now_ms: u64,
    key: Option<&str>,
) -> Response {
    let headers = key.map(|key| ("Idempotency-Key".into(), key.into()));
    let request = Request {
        method,
        path: path.into(),
        headers: headers.into_iter().collect(),
        body: body.map(|body| body.to_string().into()),
        may_move_money: false,
        timeout_ms: 1_000,
        fresh_connection: false,
    };
    let orders = Orders { trouble: Trouble::None, device: Device::Ready, draws: Rng::new(7) };
    fake.handle(&request, now_ms, orders).response
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

fn create(fake: &mut Dintero, order: &Value) -> String {
    let answer = ask(fake, Method::Post, "/sessions-profile?include_session=true", Some(order), 0);
    assert_eq!(answer.status, 200, "{}", body(&answer));
    body(&answer)["id"].as_str().expect("an id").to_owned()
}

fn read(fake: &mut Dintero, path: &str, now_ms: u64) -> Value {
    let answer = ask(fake, Method::Get, path, None, now_ms);
    assert_eq!(answer.status, 200, "{path}");
    body(&answer)
}

/// The transaction of the only session, once its customer was there.
fn paid(fake: &mut Dintero) -> String {
    let session = create(fake, &order());
    fake.tick(DAY_MS);
    let shown = read(fake, &format!("/sessions/{session}"), DAY_MS);
    shown["transaction_id"].as_str().expect("there is a transaction").to_owned()
}

#[test]
fn a_customer_pays_and_the_money_is_captured() {
    let mut fake = fake(PLAIN, PAYS);
    let transaction = paid(&mut fake);
    let shown = read(&mut fake, &format!("/transactions/{transaction}"), DAY_MS);
    assert_eq!((&shown["status"], &shown["amount"]), (&json!("CAPTURED"), &json!(12_500)));
    assert_eq!(shown["payment_product_type"], "seitatech.in_person");
    assert_eq!(fake.ledger().charges[0].captured_minor, 12_500);
}

#[test]
fn each_field_that_a_session_needs_is_asked_for() {
    let holes = [
        "/profile_id",
        "/url/return_url",
        "/order/amount",
        "/order/currency",
        "/order/merchant_reference",
        "/order/store/id",
        "/order/store/terminal_id",
        "/order/store/payout_destination_id",
    ];
    for hole in holes {
        let mut fake = fake(PLAIN, PAYS);
        let mut order = order();
        *order.pointer_mut(hole).expect("it is there") = Value::Null;
        let answer = ask(&mut fake, Method::Post, "/sessions-profile", Some(&order), 0);
        assert_eq!(answer.status, 400, "{hole}");
        assert!(body(&answer)["error"]["message"].is_string());
        assert!(fake.ledger().charges.is_empty());
    }
}

#[test]
fn a_session_past_its_end_still_charges() {
    let mut fake = fake(PLAIN, PAYS);
    let mut order = order();
    order["expires_at"] = json!("1970-01-01T00:00:00.001Z");
    create(&mut fake, &order);
    fake.tick(DAY_MS);
    assert_eq!(fake.ledger().charges[0].standing, Standing::Taken);
}

#[test]
fn a_cancel_ends_what_nobody_paid_and_says_so_in_the_session_alone() {
    let mut fake = fake(PLAIN, WALKS_AWAY);
    let session = create(&mut fake, &order());
    let answer = ask(&mut fake, Method::Post, &format!("/sessions/{session}/cancel"), None, 10);
    assert_eq!(answer.status, 200);
    let shown = body(&answer);
    assert!(shown["cancelled_at"].is_string() && shown.get("transaction_id").is_none());
    let again = ask(&mut fake, Method::Post, &format!("/sessions/{session}/cancel"), None, 20);
    assert_eq!(again.status, 200);
}

#[test]
fn a_cancel_of_what_is_captured_is_refused() {
    let mut fake = fake(PLAIN, PAYS);
    paid(&mut fake);
    let session = fake.ledger().charges[0].id.to_string();
    let answer = ask(&mut fake, Method::Post, &format!("/sessions/{session}/cancel"), None, DAY_MS);
    assert!([400, 403, 409].contains(&answer.status));
}

#[test]
fn a_refund_of_the_same_reference_runs_again_and_never_above_what_was_captured() {
    let mut fake = fake(PLAIN, PAYS);
    let transaction = paid(&mut fake);
    let path = format!("/transactions/{transaction}/refund");
    let refund = json!({ "amount": 5_000, "refund_reference": "refund-1" });
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(ask(&mut fake, Method::Post, &path, Some(&refund), DAY_MS).status);
    }
    assert_eq!(statuses, [200, 200, 400]);
    let shown = read(&mut fake, &format!("/transactions/{transaction}"), DAY_MS);
    assert_eq!(shown["status"], "PARTIALLY_REFUNDED");
    let named = |event: &&Value| event["event_reference"] == "refund-1";
    assert_eq!(shown["events"].as_array().into_iter().flatten().filter(named).count(), 2);
}

#[test]
fn a_held_sale_is_captured_in_parts_or_voided() {
    let mut later = order();
    later["configuration"]["auto_capture"] = json!(false);
    let mut fake = fake(PLAIN, PAYS);
    create(&mut fake, &later);
    fake.tick(DAY_MS);
    let transaction = super::transaction_id(fake.ledger().charges[0].id.as_str());
    let path = format!("/transactions/{transaction}");
    assert_eq!(read(&mut fake, &path, DAY_MS)["status"], "AUTHORIZED");
    let part = json!({ "amount": 2_500, "capture_reference": "capture-1" });
    let answer = ask(&mut fake, Method::Post, &format!("{path}/capture"), Some(&part), DAY_MS);
    assert_eq!(body(&answer)["status"], "PARTIALLY_CAPTURED");
    let void = ask(&mut fake, Method::Post, &format!("{path}/void"), None, DAY_MS);
    assert_eq!(void.status, 400);
    let rest = json!({ "amount": 10_000, "capture_reference": "capture-2" });
    let answer = ask(&mut fake, Method::Post, &format!("{path}/capture"), Some(&rest), DAY_MS);
    assert_eq!(body(&answer)["status"], "CAPTURED");
}

fn encoded(seconds: u64) -> String {
    super::stamp(seconds * 1_000).replace(':', "%3A")
}

/// Among a hundred refunds some are accepted first; each of those is found by the request's id.
#[test]
fn what_is_accepted_first_is_done_or_failed_by_a_later_event() {
    let mut fake = fake(Rules { accepts_first: true, ..PLAIN }, PAYS);
    let transaction = paid(&mut fake);
    let path = format!("/transactions/{transaction}");
    let mut begun = Vec::new();
    for number in 0..100 {
        let refund = json!({ "amount": 1, "refund_reference": format!("refund-{number}") });
        let request = Request {
            method: Method::Post,
            path: format!("{path}/refund").into(),
            headers: Vec::new(),
            body: Some(refund.to_string().into()),
            may_move_money: true,
            timeout_ms: 1_000,
            fresh_connection: true,
        };
        let draws = Rng::new(number);
        let orders = Orders { trouble: Trouble::None, device: Device::Ready, draws };
        let answer = fake.handle(&request, DAY_MS, orders).response;
        if answer.status == 202 {
            assert_eq!(
                body(&answer)["status"],
                if begun.len() == number as usize { "CAPTURED" } else { "PARTIALLY_REFUNDED" }
            );
            begun.push(answer.header("event-request-id").expect("its id").to_owned());
        }
    }
    assert!(begun.len() > 5 && begun.len() < 50);
    fake.tick(2 * DAY_MS);
    let shown = read(&mut fake, &path, 2 * DAY_MS);
    for request in begun {
        let finishes = |event: &Value| event["correlation_request_id"] == *request;
        assert!(shown["events"].as_array().is_some_and(|events| events.iter().any(finishes)));
    }
}

#[test]
fn transactions_are_listed_by_every_filter_and_page_by_page() {
    let mut fake = fake(PLAIN, PAYS);
    for number in 0..3_u64 {
        fake.stranger(Some(TERMINAL), 100 + number as i64, number * 1_000);
    }
    let transaction = paid(&mut fake);
    let count = |fake: &mut Dintero, query: &str| {
        read(fake, &format!("/transactions?{query}"), DAY_MS).as_array().map_or(0, Vec::len)
    };
    let table = [
        ("limit=100".to_owned(), 4),
        (format!("merchant_reference={PAYMENT}"), 1),
        ("merchant_reference_2=order-456".to_owned(), 1),
        (format!("id={transaction}"), 1),
        ("status=CAPTURED&status=DECLINED".to_owned(), 4),
        ("status=DECLINED".to_owned(), 0),
        ("amount.gte=101&amount.lte=102".to_owned(), 2),
        ("amount=100".to_owned(), 1),
        (format!("terminal_id={TERMINAL}&store_id=store-7"), 4),
        (format!("created_at.gte={}&created_at.lte={}", encoded(1), encoded(2)), 2),
        ("captured_at.gte=1970-01-01T00%3A00%3A00.000Z".to_owned(), 1),
        ("search=web-".to_owned(), 3),
        ("limit=2".to_owned(), 2),
        (format!("starting_after={transaction}"), 3),
    ];
    for (query, wanted) in table {
        assert_eq!(count(&mut fake, &query), wanted, "{query}");
    }
}

#[test]
fn sessions_are_searched_by_either_reference() {
    let mut fake = fake(PLAIN, WALKS_AWAY);
    create(&mut fake, &order());
    for (search, wanted) in [(PAYMENT, 1), ("ORDER-456", 1), ("order-457", 0)] {
        let shown = read(&mut fake, &format!("/sessions?search={search}"), 5);
        assert_eq!(shown["sessions"].as_array().map_or(9, Vec::len), wanted, "{search}");
    }
}

/// Without `report_error` a decline makes no sound.
#[test]
fn a_decline_is_told_only_to_those_who_asked() {
    for (url, told) in
        [("https://pos.example/cb?report_error=true", 1), ("https://pos.example/cb", 0)]
    {
        let mut fake = fake(PLAIN, DECLINES);
        let mut order = order();
        order["url"]["callback_url"] = json!(url);
        create(&mut fake, &order);
        assert_eq!(fake.tick(DAY_MS).len(), told, "{url}");
        assert_eq!(fake.complaints().len(), 1 - told, "{url}");
    }
}

#[test]
fn a_shared_profile_starts_its_terminal_in_so_many_words() {
    let mut fake = fake(Rules { alone: false, ..PLAIN }, PAYS);
    let mut silent = order();
    silent["configuration"] = json!({});
    let session = create(&mut fake, &silent);
    assert!(fake.ledger().prompts.is_empty());
    let paths = [format!("/sessions/{session}/pay"), format!("/sessions/{session}/pay")];
    let statuses = paths.map(|path| ask(&mut fake, Method::Post, &path, None, 5).status);
    assert_eq!((statuses, fake.ledger().prompts.len()), ([200, 400], 1));
    create(&mut fake, &order());
    assert_eq!(fake.ledger().prompts.len(), 2);
}

#[test]
fn the_office_keeps_terminals_stores_and_subscriptions() {
    let mut fake = fake(PLAIN, PAYS);
    let account = "/accounts/T12345678";
    let new =
        json!({ "device_serial_number": "123", "store_id": "store-7", "device_model": "S1P2" });
    let made = ask(&mut fake, Method::Post, &format!("{account}/terminals"), Some(&new), 0);
    assert_eq!((made.status, &body(&made)["status"]), (200, &json!("PENDING")));
    let list = read(&mut fake, &format!("{account}/terminals?store_id=store-7"), 0);
    assert_eq!(list["terminals"].as_array().map_or(0, Vec::len), 2);
    let mut unknown = order();
    unknown["order"]["store"]["terminal_id"] = body(&made)["terminal_id"].clone();
    let refused = ask(&mut fake, Method::Post, "/sessions-profile", Some(&unknown), 0);
    assert_eq!(refused.status, 400);

    let hook = json!({ "config": { "url": "https://pos.example/d", "content_type": "application/json" },
        "events": ["checkout_transaction"] });
    let path = format!("{account}/hooks/subscriptions");
    let made = body(&ask(&mut fake, Method::Post, &path, Some(&hook), 0));
    assert!(made["config"]["secret"].as_str().is_some_and(|secret| secret.starts_with("hook-")));
    let gone = format!("{path}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(ask(&mut fake, Method::Delete, &gone, None, 0).status, 204);
    assert_eq!(ask(&mut fake, Method::Delete, &gone, None, 0).status, 404);
    assert_eq!(ask(&mut fake, Method::Get, "/accounts/T99999999/terminals", None, 0).status, 403);

    let ready = read(&mut fake, &format!("{account}/payout-destinations/seller-1"), 0);
    assert_eq!(ready["case_status"], "ACTIVE");
    let profile = read(&mut fake, "/admin/session/profiles/in-person", 0);
    assert_eq!(profile["configuration"]["seitatech"]["in_person"]["enabled"], json!(true));
    let secret = body(&ask(&mut fake, Method::Post, "/admin/signature", None, 0));
    assert_eq!(secret["secret"], "secret-1");
}

#[test]
fn a_terminal_does_one_thing_at_a_time_and_the_same_key_never_twice() {
    let mut fake = fake(PLAIN, PAYS);
    let path = "/admin/terminals/operations";
    let order = json!({ "terminal_id": TERMINAL, "operation": "end_of_day" });
    let mut tell =
        |key, now_ms| keyed(&mut fake, Method::Post, path, Some(&order), now_ms, Some(key));
    let first = body(&tell("k-1", 0));
    assert_eq!(first["status"], "PENDING");
    assert_eq!(body(&tell("k-1", 1)), first);
    let busy = tell("k-2", 1_000);
    assert_eq!((busy.status, busy.header("retry-after")), (409, Some("19")));
    let query = format!("{path}?terminal_id={TERMINAL}&operation_id=operation-0");
    let done = read(&mut fake, &query, 20_000);
    assert_eq!(done["operations"][0]["status"], "COMPLETED");
    assert_eq!(done["operations"][0]["result"]["outcome"], "accepted");
}

#[test]
fn what_is_told_is_signed_and_hides_what_never_was() {
    let mut fake = fake(PLAIN, WALKS_AWAY);
    let session = create(&mut fake, &order());
    ask(&mut fake, Method::Post, &format!("/sessions/{session}/cancel"), None, 10);
    let charge = &fake.ledger().charges[0];
    let secret = Secret::new("s");
    let call = callback(charge, "https://pos.example/cb", "T12345678", &secret, 10).expect("told");
    assert!(call.url.contains("error=cancelled") && !call.url.contains("transaction_id"));
    let hook = webhook(charge, "https://pos.example/cb", "T12345678", &secret, 10);
    let told: Value = serde_json::from_slice(&hook.body).expect("JSON");
    assert_eq!((&told["event"], told.get("transaction")), (&json!("checkout_authorization"), None));
}
