//! Each documented rule of VINR, and each reading of its contradictions, held against the fake.

use serde_json::{Value, json};
use tillkit_model::wire::{Method, Request};

use super::*;
use crate::fakes::Device;
use crate::rng::Rng;

const OURS: &str = "01a1f650-0a70-740e-8963-a7bf1b3aee51";
const SECOND: u64 = 1_000;
const PAYMENTS: &str = "/v1/terminal/payments";

fn fake(rules: Rules) -> Vinr {
    let habits = Habits { declines: 0, ignores: 0, tips: 1_000, dawdles: 0 };
    Vinr::new(rules, vec!["trm_0".into(), "trm_1".into()], habits)
}

fn request(method: Method, path: &str, key: Option<&str>, body: Option<&str>) -> Request {
    let kind = |body: &str| if body.starts_with('{') { "application/json" } else { FORM };
    let header = |(name, value): (&str, &str)| (name.into(), value.into());
    let kind = body.map(|body| ("Content-Type", kind(body)));
    Request {
        method,
        path: path.into(),
        headers: key
            .map(|key| ("Idempotency-Key", key))
            .into_iter()
            .chain(kind)
            .map(header)
            .collect(),
        body: body.map(Into::into),
        may_move_money: method != Method::Get,
        timeout_ms: 60_000,
        fresh_connection: false,
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn ask(fake: &mut Vinr, request: &Request, now_ms: u64) -> (u16, Value) {
    let orders = Orders { trouble: Trouble::None, device: Device::Ready, draws: Rng::new(now_ms) };
    let reaction = fake.handle(request, now_ms, orders);
    let body = serde_json::from_slice(&reaction.response.body).unwrap_or(Value::Null);
    (reaction.response.status, body)
}

fn get(fake: &mut Vinr, path: &str, now_ms: u64) -> (u16, Value) {
    ask(fake, &request(Method::Get, path, None, None), now_ms)
}

fn post(fake: &mut Vinr, path: &str, key: &str, body: &Value, now_ms: u64) -> (u16, Value) {
    ask(fake, &request(Method::Post, path, Some(key), Some(&body.to_string())), now_ms)
}

fn sale(terminal: &str, amount: i64, manual: bool) -> Value {
    let method = if manual { "manual" } else { "automatic" };
    json!({
        "terminalId": terminal, "amount": amount, "currency": "EUR", "reference": OURS,
        "captureMethod": method, "metadata": { "table": "12" },
    })
}

/// A payment that its customer has paid, and when.
fn paid(rules: Rules, manual: bool) -> (Vinr, u64) {
    let mut fake = fake(rules);
    let (status, shown) = post(&mut fake, PAYMENTS, "k", &sale("trm_0", 4_200, manual), 0);
    assert!(matches!(status, 200 | 201), "{shown}");
    let now_ms = 170 * SECOND;
    let _notices = fake.tick(now_ms);
    assert_eq!(fake.ledger().charges[0].standing, Standing::Taken);
    (fake, now_ms)
}

#[test]
fn the_documented_example_is_answered_as_documented_in_both_encodings() {
    let form =
        format!("terminalId=trm_0&amount=4200&currency=EUR&reference={OURS}&metadata[a]=b+c");
    let as_json = json!({
        "terminalId": "trm_0", "amount": 4200, "currency": "EUR", "reference": OURS,
        "metadata": { "a": "b c" },
    });
    for body in [form, as_json.to_string()] {
        let mut fake = fake(Rules::PLAIN);
        let asked = request(Method::Post, PAYMENTS, None, Some(&body));
        let (_, shown) = ask(&mut fake, &asked, 0);
        let expected = json!({
            "id": "tpy_0", "terminalId": "trm_0", "amount": 4200, "currency": "EUR",
            "status": "pending", "captureMethod": "automatic", "amountCaptured": 0,
            "amountCapturable": 0, "reference": OURS, "paymentMethod": null, "tip": null,
            "metadata": { "a": "b c" }, "createdAt": 1_795_132_800_u64, "completedAt": null,
        });
        assert_eq!(shown, expected);
        assert_eq!(fake.ledger().charges[0].payment.map(|id| id.to_string()), Some(OURS.into()));
    }
}

#[test]
fn what_cannot_be_a_sale_is_refused() {
    let table = [
        (json!({ "amount": 1, "currency": "EUR" }), 400, "missing_terminal"),
        (json!({ "terminalId": "trm_0", "currency": "EUR" }), 400, "invalid_amount"),
        (sale("trm_0", 0, false), 400, "invalid_amount"),
        (json!({ "terminalId": "trm_0", "amount": 1.5, "currency": "EUR" }), 400, "invalid_amount"),
        (json!({ "terminalId": "trm_0", "amount": 1 }), 400, "invalid_currency"),
        (sale("trm_9", 1, false), 404, "terminal_not_found"),
    ];
    for (body, expected, code) in table {
        let (status, told) = post(&mut fake(Rules::PLAIN), PAYMENTS, "k", &body, 0);
        assert_eq!((status, told["error"]["code"].as_str()), (expected, Some(code)));
    }
}

#[test]
fn a_key_is_its_first_answer_for_half_an_hour() {
    let mut fake = fake(Rules::PLAIN);
    let body = sale("trm_0", 4_200, false);
    let (_, first) = post(&mut fake, PAYMENTS, "k", &body, 0);
    let (_, again) = post(&mut fake, PAYMENTS, "k", &body, 10 * SECOND);
    assert_eq!(first, again);
    let (status, told) = post(&mut fake, PAYMENTS, "k", &sale("trm_0", 1, false), 10 * SECOND);
    assert_eq!((status, told["error"]["code"].as_str()), (409, Some("idempotency_key_reused")));
    assert_eq!(fake.ledger().charges.len(), 1);
    let (_, anew) = post(&mut fake, PAYMENTS, "k", &body, KEY_LIFE_MS);
    assert_eq!(anew["id"], "tpy_1");
}

#[test]
fn two_running_requests_with_one_key_conflict_or_both_run() {
    for (running_keys_conflict, charges) in [(true, 1), (false, 2)] {
        let mut fake = fake(Rules { running_keys_conflict, ..Rules::PLAIN });
        let body = sale("trm_0", 4_200, false);
        post(&mut fake, PAYMENTS, "k", &body, 0);
        post(&mut fake, PAYMENTS, "k", &body, 1);
        assert_eq!(fake.ledger().charges.len(), charges);
    }
}

#[test]
fn a_terminal_of_its_own_knows_no_keys_and_only_payments() {
    let mut fake = fake(Rules { local: true, ..Rules::PLAIN });
    let body = sale("trm_0", 4_200, false);
    post(&mut fake, PAYMENTS, "k", &body, 0);
    post(&mut fake, PAYMENTS, "k", &body, 10 * SECOND);
    assert_eq!(fake.ledger().charges.len(), 2);
    assert_eq!(get(&mut fake, "/v1/refunds", 0).0, 404);
    assert_eq!(get(&mut fake, "/v1/terminals", 0).0, 404);
    assert!(fake.tick(170 * SECOND).is_empty(), "it notifies nobody");
}

#[test]
fn only_what_is_pending_can_be_cancelled() {
    for (conflict, refusal) in [(Conflict::Unprocessable, 422), (Conflict::Conflict, 409)] {
        let mut fake = fake(Rules { conflict, ..Rules::PLAIN });
        post(&mut fake, PAYMENTS, "k", &sale("trm_0", 4_200, false), 0);
        let cancel = format!("{PAYMENTS}/tpy_0/cancel");
        let (status, shown) = post(&mut fake, &cancel, "c", &json!({}), 1);
        assert_eq!((status, shown["status"].as_str()), (200, Some("cancelled")));
        assert_eq!(post(&mut fake, &cancel, "c2", &json!({}), 2).0, refusal);
        let _notices = fake.tick(170 * SECOND);
        assert_eq!(fake.ledger().charges[0].standing, Standing::Cancelled);
        let (mut fake, now_ms) = paid(Rules { conflict, ..Rules::PLAIN }, false);
        assert_eq!(post(&mut fake, &cancel, "c", &json!({}), now_ms).0, refusal);
    }
}

#[test]
fn what_is_held_is_captured_once_whole_or_in_part() {
    for (body, captured) in [(json!({}), 4_200), (json!({ "amount": 1_000 }), 1_000)] {
        let (mut fake, now_ms) = paid(Rules::PLAIN, true);
        let tip = fake.ledger().charges[0].tip_minor;
        let captured = if captured == 4_200 { captured + tip } else { captured };
        let (_, held) = get(&mut fake, &format!("{PAYMENTS}/tpy_0"), now_ms);
        assert_eq!(
            (held["status"].as_str(), &held["completedAt"]),
            (Some("authorized"), &Value::Null)
        );
        let path = format!("{PAYMENTS}/tpy_0/capture");
        let (_, shown) = post(&mut fake, &path, "c", &body, now_ms);
        assert_eq!(shown["status"], "completed");
        assert_eq!(
            (&shown["amountCaptured"], &shown["amountCapturable"]),
            (&json!(captured), &json!(0))
        );
        assert_eq!(post(&mut fake, &path, "c2", &body, now_ms).0, 422);
        let over = json!({ "amount": 999_999 });
        let (mut other, now_ms) = paid(Rules::PLAIN, true);
        assert_eq!(post(&mut other, &path, "c", &over, now_ms).0, 422);
    }
}

#[test]
fn a_tip_stands_where_each_page_says() {
    for tips in [Tips::Included, Tips::OnTop, Tips::Total, Tips::Beside] {
        let (mut fake, now_ms) = paid(Rules { tips, ..Rules::PLAIN }, false);
        let tip = fake.ledger().charges[0].tip_minor;
        assert!(tip > 0);
        let (_, shown) = get(&mut fake, &format!("{PAYMENTS}/tpy_0"), now_ms);
        let of = |name: &str| shown[name].as_i64();
        let (amount, captured, total) = match tips {
            Tips::Included => (4_200 + tip, 4_200 + tip, None),
            Tips::OnTop => (4_200, 4_200 + tip, None),
            Tips::Total => (4_200, 4_200 + tip, Some(4_200 + tip)),
            Tips::Beside => (4_200, 4_200, None),
        };
        assert_eq!(
            (of("amount"), of("amountCaptured"), of("total")),
            (Some(amount), Some(captured), total),
            "{tips:?}"
        );
        let named = if tips == Tips::Total { &shown["tipAmount"] } else { &shown["tip"]["amount"] };
        assert_eq!(named.as_i64(), Some(tip));
    }
}

#[test]
fn the_list_is_filtered_and_paged_in_either_envelope() {
    for paged in [false, true] {
        let mut fake = fake(Rules { paged, ..Rules::PLAIN });
        for number in 0..3 {
            let terminal = format!("trm_{}", number % 2);
            let key = number.to_string();
            post(&mut fake, PAYMENTS, &key, &sale(&terminal, 100 + number, false), 10 * SECOND);
        }
        post(&mut fake, &format!("{PAYMENTS}/tpy_2/cancel"), "c", &json!({}), 10 * SECOND);
        let mut ids = |query: &str| -> Vec<String> {
            let (status, list) = get(&mut fake, &format!("{PAYMENTS}?{query}"), 11 * SECOND);
            assert_eq!(status, 200, "{query}: {list}");
            assert_eq!(list["page"].is_object(), paged);
            assert_eq!(list["has_more"].is_boolean(), !paged);
            let data = list["data"].as_array().unwrap().iter();
            data.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids(""), ["tpy_2", "tpy_1", "tpy_0"]);
        assert_eq!(ids("terminalId=trm_1"), ["tpy_1"]);
        assert_eq!(ids("locationId=loc_main&limit=1"), ["tpy_2"]);
        assert!(ids("locationId=loc_other").is_empty());
        assert_eq!(ids("status=cancelled"), ["tpy_2"]);
        assert_eq!(ids("starting_after=tpy_2&limit=1"), ["tpy_1"]);
        assert_eq!(ids("ending_before=tpy_0&limit=1"), ["tpy_1"]);
        assert_eq!(ids("fromDate=1795132810&toDate=1795132810").len(), 3);
        assert!(ids("fromDate=1795132811").is_empty() && ids("toDate=1795132809").is_empty());
        for bad in ["limit=0", "limit=101", "limit=x", "status=odd", "starting_after=tpy_9"] {
            assert_eq!(get(&mut fake, &format!("{PAYMENTS}?{bad}"), 0).0, 400, "{bad}");
        }
        let both = format!("{PAYMENTS}?starting_after=tpy_2&ending_before=tpy_0");
        assert_eq!(get(&mut fake, &both, 0).0, 400);
    }
}

#[test]
fn money_goes_back_once_for_each_key_and_never_more_than_there_is() {
    let (mut fake, now_ms) = paid(Rules::PLAIN, false);
    let notes = json!({ "tillkit_operation": "refund-1" });
    let body = json!({ "payment": "tpy_0", "amount": 1_000, "metadata": notes });
    let (_, refund) = post(&mut fake, "/v1/refunds", "r", &body, now_ms);
    assert_eq!(
        (refund["status"].as_str(), refund["amount"].as_i64()),
        (Some("succeeded"), Some(1_000))
    );
    post(&mut fake, "/v1/refunds", "r", &body, now_ms + 9 * SECOND);
    assert_eq!(fake.ledger().charges[0].returned_minor(), 1_000);
    let too_much = json!({ "payment": "tpy_0", "amount": 9_000 });
    assert_eq!(post(&mut fake, "/v1/refunds", "r2", &too_much, now_ms).0, 422);
    // Without an amount it is what is left.
    post(&mut fake, "/v1/refunds", "r3", &json!({ "payment": "tpy_0" }), now_ms);
    let charge = &fake.ledger().charges[0];
    assert_eq!(charge.returned_minor(), charge.captured_minor);
    assert_eq!(charge.moves[0].reference.as_ref(), "refund-1");
    let (_, list) = get(&mut fake, "/v1/refunds?payment=tpy_0", now_ms);
    assert_eq!(list["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(get(&mut fake, "/v1/refunds/re_0", now_ms).1["payment"], "tpy_0");
    let odd = json!({ "payment": "tpy_0", "reason": "because" });
    assert_eq!(post(&mut fake, "/v1/refunds", "r4", &odd, now_ms).0, 400);
}

#[test]
fn a_slow_refund_is_pending_at_first_and_goes_by_the_pay_id_where_there_is_one() {
    let (mut fake, now_ms) =
        paid(Rules { slow_refunds: true, pay_ids: true, ..Rules::PLAIN }, false);
    let (_, shown) = get(&mut fake, &format!("{PAYMENTS}/tpy_0"), now_ms);
    assert_eq!(shown["paymentId"], "pay_0");
    let by = |id: &str| json!({ "payment": id, "amount": 100 });
    assert_eq!(post(&mut fake, "/v1/refunds", "r", &by("tpy_0"), now_ms).0, 404);
    let (_, refund) = post(&mut fake, "/v1/refunds", "r2", &by("pay_0"), now_ms);
    assert_eq!(refund["status"], "pending");
    let _notices = fake.tick(now_ms + 100 * SECOND);
    let (_, refund) = get(&mut fake, "/v1/refunds/re_0", now_ms);
    let back = fake.ledger().charges[0].returned_minor();
    assert!(
        refund["status"] == "succeeded" && back == 100 || refund["status"] == "failed" && back == 0
    );
}

#[test]
fn an_offline_approval_is_reversed_when_it_is_passed_on() {
    let (mut fake, now_ms) = paid(Rules { offline_ms: Some(400 * SECOND), ..Rules::PLAIN }, false);
    let (_, shown) = get(&mut fake, &format!("{PAYMENTS}/tpy_0"), now_ms);
    assert_eq!(
        (shown["offline"].as_bool(), shown["status"].as_str()),
        (Some(true), Some("completed"))
    );
    let _notices = fake.tick(now_ms + 600 * SECOND);
    let (_, shown) = get(&mut fake, &format!("{PAYMENTS}/tpy_0"), now_ms);
    assert_eq!(shown["status"], "cancelled");
    assert!(fake.ledger().charges[0].reversed_at_ms.is_some());
}

#[test]
fn the_test_terminals_do_what_they_are_for() {
    let mut fake = fake(Rules::PLAIN);
    let (status, told) = post(&mut fake, PAYMENTS, "a", &sale("term_test_busy", 1, false), 0);
    assert_eq!((status, told["error"]["code"].as_str()), (422, Some("terminal_busy")));
    assert!(matches!(
        post(&mut fake, PAYMENTS, "b", &sale("term_test_busy", 1, false), 0).0,
        200 | 201
    ));
    assert_eq!(get(&mut fake, "/v1/terminals/term_test_offline", 0).1["status"], "offline");
    let (_, other) = post(&mut fake, PAYMENTS, "c", &sale("term_test_offline", 1, false), 0);
    assert_eq!(other["status"], "pending");
    let _notices = fake.tick(10 * SECOND);
    let offline = &fake.ledger().charges[1];
    assert_eq!(offline.standing, Standing::Pending, "nobody pays before it is back");
    let _notices = fake.tick(170 * SECOND);
    assert_eq!(fake.ledger().charges[1].standing, Standing::Taken);
}

#[test]
fn terminals_actions_events_and_endpoints_are_there() {
    let (mut fake, now_ms) = paid(Rules::PLAIN, false);
    let (_, list) = get(&mut fake, "/v1/terminals?limit=1", now_ms);
    assert_eq!(
        (list["data"][0]["id"].as_str(), list["has_more"].as_bool()),
        (Some("trm_1"), Some(true))
    );
    let code = json!({ "activationCode": "ABC" });
    let (status, made) = post(&mut fake, "/v1/terminals/activate", "t", &code, now_ms);
    assert_eq!((status, made["status"].as_str()), (201, Some("online")));
    let reboot = json!({ "action": "reboot" });
    let (_, action) = post(&mut fake, "/v1/terminals/trm_0/actions", "x", &reboot, now_ms);
    let read = format!("/v1/terminals/trm_0/actions/{}", action["id"].as_str().unwrap());
    assert_eq!(get(&mut fake, &read, now_ms).1["action"], "reboot");
    let (_, events) = get(&mut fake, "/v1/events?type=terminal_payment.completed", now_ms);
    assert_eq!(events["data"][0]["data"]["object"]["id"], "tpy_0");
    let (_, events) = get(&mut fake, "/v1/events?created.gte=1895132800", now_ms);
    assert_eq!(events["data"], json!([]));
    let hook = json!({ "url": "https://shop.example/hooks" });
    let (_, endpoint) = post(&mut fake, "/v1/webhook-endpoints", "w", &hook, now_ms);
    assert!(endpoint["secret"].is_string());
    let (_, list) = get(&mut fake, "/v1/webhook-endpoints", now_ms);
    assert_eq!(list["data"][0]["secret"], Value::Null);
    let path = format!("/v1/webhook-endpoints/{}", endpoint["id"].as_str().unwrap());
    assert_eq!(ask(&mut fake, &request(Method::Delete, &path, None, None), now_ms).0, 200);
    assert_eq!(ask(&mut fake, &request(Method::Delete, &path, None, None), now_ms).0, 404);
    let insecure = json!({ "url": "http://shop.example" });
    assert_eq!(post(&mut fake, "/v1/webhook-endpoints", "w2", &insecure, now_ms).0, 400);
}

#[test]
fn times_are_seconds_or_text_and_every_answer_tells_the_rate() {
    let (mut fake, now_ms) = paid(Rules { iso_times: true, ..Rules::PLAIN }, false);
    let (_, shown) = get(&mut fake, &format!("{PAYMENTS}/tpy_0"), now_ms);
    assert_eq!(shown["createdAt"], "2026-11-20T00:00:00Z");
    let orders = Orders { trouble: Trouble::None, device: Device::Ready, draws: Rng::new(1) };
    let asked = request(Method::Get, PAYMENTS, None, None);
    let reaction = fake.handle(&asked, now_ms, orders);
    assert_eq!(reaction.response.header("x-ratelimit-limit"), Some("100"));
}

#[test]
fn what_ran_may_be_answered_with_its_own_repeats_conflict() {
    let mut fake = fake(Rules { repeats_behind_the_door: true, ..Rules::PLAIN });
    let body = sale("trm_0", 4_200, false).to_string();
    let statuses: Vec<u16> = (0..20)
        .map(|number| {
            let key = number.to_string();
            let asked = request(Method::Post, PAYMENTS, Some(&key), Some(&body));
            let draws = Rng::new(number);
            let orders = Orders { trouble: Trouble::ErrorAfter, device: Device::Ready, draws };
            fake.handle(&asked, 0, orders).response.status
        })
        .collect();
    assert!(statuses.contains(&409) && statuses.iter().any(|status| *status >= 500));
    assert_eq!(fake.ledger().charges.len(), 20, "each of them ran");
}
