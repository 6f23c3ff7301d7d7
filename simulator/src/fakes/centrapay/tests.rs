//! The fake beside what the documents say.

use serde_json::{Value, json};
use tillkit_model::wire::{Method, Request, Response};

use super::{ACCOUNT, APP_CODE, CONFIG, Centrapay, MERCHANT, QUICK_CODE, Readings};
use crate::fakes::{Complaint, Device, Habits, Orders, Provider, Step, Trouble};
use crate::rng::Rng;

const IDLE: Habits = Habits { declines: 0, ignores: 1_000, tips: 0, dawdles: 0 };

struct Shop {
    fake: Centrapay,
    number: u64,
}

fn shop() -> Shop {
    Shop { fake: Centrapay::new(Readings::default(), IDLE), number: 0 }
}

impl Shop {
    fn ask(&mut self, method: Method, path: &str, body: &Value, now_ms: u64) -> (u16, Value) {
        self.number += 1;
        let request = Request {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: (method == Method::Post).then(|| body.to_string().into()),
            may_move_money: method == Method::Post,
            timeout_ms: 10_000,
            fresh_connection: false,
        };
        let orders = Orders {
            trouble: Trouble::None,
            device: Device::Ready,
            draws: Rng::of(1, 1, self.number),
        };
        self.fake.tick(now_ms);
        let Response { status, body, .. } = self.fake.handle(&request, now_ms, orders).response;
        self.fake.tick(now_ms);
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn post(&mut self, path: &str, body: &Value, now_ms: u64) -> (u16, Value) {
        self.ask(Method::Post, &format!("/api/payment-requests{path}"), body, now_ms)
    }

    fn get(&mut self, path: &str, now_ms: u64) -> (u16, Value) {
        self.ask(Method::Get, &format!("/api/{path}"), &Value::Null, now_ms)
    }

    /// A request with these fields beside the required ones, and its id.
    fn created(&mut self, more: &Value, now_ms: u64) -> String {
        let mut body = asked();
        let fields = more.as_object().cloned().unwrap_or_default();
        body.as_object_mut().unwrap().extend(fields);
        let (status, shown) = self.post("", &body, now_ms);
        assert_eq!(status, 200, "{shown}");
        format!("/{}", shown["id"].as_str().unwrap())
    }

    /// One that was paid.
    fn paid(&mut self, more: &Value) -> String {
        let id = self.created(more, 0);
        let pay =
            json!({ "assetType": "centrapay.nzd.test", "idempotencyKey": "k", "assetId": "a" });
        assert_eq!(self.post(&format!("{id}/pay"), &pay, 1_000).0, 200);
        id
    }

    fn told(&mut self, path: &str, body: &Value, now_ms: u64) -> (u16, String) {
        let (status, answer) = self.post(path, body, now_ms);
        let word = if status == 200 { &answer["type"] } else { &answer["message"] };
        (status, word.as_str().unwrap_or_default().to_owned())
    }
}

fn asked() -> Value {
    json!({ "configId": CONFIG, "value": { "amount": "9000", "currency": "NZD" } })
}

fn refund(amount: &str, reference: &str) -> Value {
    json!({ "value": { "amount": amount, "currency": "NZD" }, "externalRef": reference })
}

#[test]
fn a_request_that_is_not_as_documented_is_refused() {
    let table = [
        (json!({ "configId": null }), 400, "configId is required"),
        (json!({ "configId": "mc_other" }), 403, "Forbidden"),
        (json!({ "value": { "amount": "0", "currency": "NZD" } }), 400, "amount is required"),
        (
            json!({ "value": { "amount": "100000000", "currency": "NZD" } }),
            400,
            "amount is required",
        ),
        (json!({ "partialAllowed": true }), 400, "basketAmount is required"),
        (json!({ "barcode": "1" }), 403, "PATRON_CODE_INVALID"),
        (
            json!({ "lineItems": [{ "name": "a", "qty": "1", "price": "8999" }] }),
            400,
            "LINE_ITEMS_SUM_CHECK_FAILED",
        ),
    ];
    for (more, status, message) in table {
        let mut body = asked();
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        assert_eq!(shop().told("", &body, 0), (status, message.to_owned()), "{more}");
    }
}

#[test]
fn the_first_poll_of_a_quick_code_pays_and_of_an_app_does_not() {
    for (code, status) in [(QUICK_CODE, "paid"), (APP_CODE, "new")] {
        let mut shop = shop();
        let id = shop.created(&json!({ "barcode": code }), 0);
        let read = |shop: &mut Shop, now_ms| shop.get(&format!("payment-requests{id}"), now_ms).1;
        assert_eq!(shop.fake.ledger().charges[0].taken_at_ms, None);
        read(&mut shop, 1_000);
        assert_eq!(read(&mut shop, 9_000)["status"], status, "{code}");
    }
}

#[test]
fn a_void_answers_by_what_became_of_the_request() {
    let mut shop = shop();
    let new = shop.created(&Value::Null, 0);
    let void = |shop: &mut Shop, id: &str, now_ms| {
        shop.told(&format!("{id}/void"), &Value::Null, now_ms).1
    };
    assert_eq!(void(&mut shop, &new, 1_000), "cancellation");
    let paid = shop.paid(&Value::Null);
    assert_eq!(void(&mut shop, &paid, 2_000), "refund");
    assert_eq!(void(&mut shop, &paid, 3_000), "ALREADY_REFUNDED");
    let old = shop.paid(&Value::Null);
    assert_eq!(void(&mut shop, &old, 25 * 3_600_000), "VOID_WINDOW_EXCEEDED");
    let late = shop.created(&json!({ "expirySeconds": 10 }), 0);
    assert_eq!(void(&mut shop, &late, 60_000), "REQUEST_EXPIRED");
}

#[test]
fn a_refund_is_one_for_each_reference_and_amount() {
    let mut shop = shop();
    let id = shop.paid(&Value::Null);
    let mut told = |amount: &str, name: &str| {
        shop.told(&format!("{id}/refund"), &refund(amount, name), 2_000).1
    };
    assert_eq!(told("1000", "one"), "refund");
    assert_eq!(told("1000", "one"), "refund");
    assert_eq!(told("900", "one"), "REPEAT_REFERENCE");
    assert_eq!(told("8001", "two"), "INVALID_AMOUNT");
    assert_eq!(told("8000", "two"), "refund");
    assert_eq!(told("1", "three"), "ALREADY_REFUNDED");
    assert_eq!(shop.fake.ledger().charges[0].returned_minor(), 9_000);
    let new = shop.created(&Value::Null, 3_000);
    assert_eq!(shop.told(&format!("{new}/refund"), &refund("1", "x"), 3_000).1, "NOT_PAID");
}

#[test]
fn a_pre_authorization_is_drawn_once_for_each_key_and_then_released() {
    let mut shop = shop();
    let id = shop.paid(&json!({ "preAuth": true }));
    let confirm = |amount: &str, key: &str| {
        json!({
            "value": { "amount": amount, "currency": "NZD" }, "idempotencyKey": key,
            "invoiceRef": "i", "lineItems": [{ "name": "a", "qty": "1", "price": amount }],
        })
    };
    let mut told = |body: &Value| shop.told(&format!("{id}/confirm"), body, 2_000).1;
    assert_eq!(told(&confirm("4000", "k1")), "confirmation");
    assert_eq!(told(&confirm("4000", "k1")), "confirmation");
    assert_eq!(told(&confirm("4001", "k1")), "IDEMPOTENT_OPERATION_FAILED");
    assert_eq!(told(&confirm("5001", "k2")), "INVALID_AMOUNT");
    let void = shop.told(&format!("{id}/void"), &Value::Null, 3_000).1;
    assert_eq!(void, "PRE_AUTH_ALREADY_CONFIRMED");
    assert_eq!(shop.told(&format!("{id}/release"), &Value::Null, 3_000).1, "release");
    assert_eq!(
        shop.told(&format!("{id}/confirm"), &confirm("1", "k3"), 4_000).1,
        "PRE_AUTH_RELEASED"
    );
    assert_eq!(shop.fake.ledger().charges[0].captured_minor, 4_000);
}

#[test]
fn lists_are_by_exact_reference_and_for_the_right_account() {
    let mut shop = shop();
    shop.created(&json!({ "externalRef": "one" }), 0);
    let mut list = |reference: &str, account: &str| {
        let query = format!("?merchantAccountId={account}");
        shop.get(&format!("payment-requests/external-ref/{reference}{query}"), 1_000)
    };
    assert_eq!(list("one", ACCOUNT).1["items"].as_array().unwrap().len(), 1);
    assert_eq!(list("on", ACCOUNT).1["items"].as_array().unwrap().len(), 0);
    assert_eq!(list("one", "another").0, 403);
    let activities = shop.get(&format!("payment-activities?merchantId={MERCHANT}"), 1_000).1;
    assert_eq!(activities["items"][0]["type"], "request");
}

#[test]
fn missing_things_are_403_and_missing_routes_404() {
    let mut shop = shop();
    assert_eq!(shop.get("payment-requests/nobody", 0).0, 403);
    assert_eq!(shop.get("payments", 0).0, 404);
    assert_eq!(shop.get("payment-requests/short-code/CP-000-0001", 0).0, 400);
    shop.created(&Value::Null, 0);
    assert_eq!(shop.get("payment-requests/short-code/CP-000-0000", 0).0, 200);
}

#[test]
fn the_two_hundred_and_first_request_of_a_minute_is_too_many() {
    let mut shop = shop();
    let statuses: Vec<u16> = (0..201).map(|_| shop.get("payments", 1_000).0).collect();
    assert_eq!((statuses[199], statuses[200]), (404, 429));
    assert_eq!(shop.get("payments", 61_001).0, 404);
}

/// Two requests of one sale, of which the till is told and to which it comes back until both end.
fn two_of_one_sale(ends: impl FnOnce(&mut Shop, &str)) -> Vec<Complaint> {
    let mut shop = shop();
    let more = json!({ "externalRef": "one" });
    let (kept, other) = (shop.created(&more, 0), shop.created(&more, 0));
    let query = format!("payment-requests/external-ref/one?merchantAccountId={ACCOUNT}");
    assert_eq!(shop.get(&query, 1_000).1["items"].as_array().unwrap().len(), 2);
    for second in 2..30 {
        shop.get(&format!("payment-requests{kept}"), second * 1_000);
    }
    ends(&mut shop, &other);
    shop.fake.tick(200_000);
    shop.fake.complaints().to_vec()
}

#[test]
fn a_second_request_that_is_left_to_its_end_is_complained_of_once() {
    let complaints = two_of_one_sale(|_, _| {});
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(
        complaints[0].left_undone == Some(41_000) && complaints[0].at_ms == 120_000,
        "{complaints:?}"
    );
}

#[test]
fn one_that_is_voided_or_ends_by_itself_soon_is_not() {
    let voided = |shop: &mut Shop, other: &str| {
        shop.post(&format!("{other}/void"), &Value::Null, 30_000);
    };
    assert_eq!(two_of_one_sale(voided), []);
    let declined = |shop: &mut Shop, _: &str| {
        assert!(Provider::act(&mut shop.fake, 1, Step::Decline, 30_000));
        shop.fake.tick(30_000);
    };
    assert_eq!(two_of_one_sale(declined), []);
}

#[test]
fn a_part_that_was_paid_before_the_end_goes_back_later() {
    let readings = Readings { parts_break_off: true, ..Readings::default() };
    let habits = Habits { ignores: 0, ..IDLE };
    let mut broken_off = 0;
    for number in 0..40 {
        let mut shop = Shop { fake: Centrapay::new(readings, habits), number: number * 100 };
        let id = shop.created(&Value::Null, 0);
        let path = format!("payment-requests{id}");
        shop.fake.tick(119_999);
        let shown = shop.get(&path, 119_999).1;
        if shown["status"] != "new" || shown["remainingAmount"] != "6000" {
            continue;
        }
        broken_off += 1;
        let ended = shop.get(&path, 120_000).1;
        assert_eq!(
            (&ended["status"], &ended["remainingAmount"]),
            (&"expired".into(), &"6000".into())
        );
        let kinds = |shop: &mut Shop, now_ms| {
            let items = shop.get(&format!("{path}/activities"), now_ms).1["items"].clone();
            let kinds = items.as_array().unwrap().iter().map(|item| item["type"].to_string());
            kinds.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(kinds(&mut shop, 209_999), r#""expiry" "payment" "request""#);
        assert_eq!(kinds(&mut shop, 210_000), r#""refund" "expiry" "payment" "request""#);
        assert!(!shop.fake.ledger().charges[0].holds_money_at(210_000));
    }
    assert!(broken_off > 3, "{broken_off}");
}
