//! The manners of the three made-up providers, held against their fake.

use tillkit_model::wire::{Method, Request};

use super::*;
use crate::fakes::Device;
use crate::rng::Rng;

const OURS: &str = "01a1f650-0a70-740e-8963-a7bf1b3aee51";
const SECOND: u64 = 1_000;
const PAYING: Habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
const AWAY: Habits = Habits { declines: 0, ignores: 1_000, tips: 0, dawdles: 0 };

fn request(method: Method, path: &str, key: Option<&str>, body: &str) -> Request {
    Request {
        method,
        path: path.into(),
        headers: key.map(|key| ("idempotency-key".into(), key.into())).into_iter().collect(),
        body: (!body.is_empty()).then(|| body.into()),
        may_move_money: method == Method::Post,
        timeout_ms: 60_000,
        fresh_connection: false,
    }
}

fn asking(amount: i64, manual: bool, scan: bool) -> String {
    let asking = Asking {
        payment: OURS.into(),
        terminal: (!scan).then(|| "t-1".into()),
        amount,
        currency: "EUR".into(),
        manual,
        expires_in_ms: Some(120 * SECOND),
        scan,
    };
    serde_json::to_string(&asking).expect("JSON")
}

fn moving(amount: i64, reference: &str) -> String {
    let moving = Moving { amount, reference: reference.into() };
    serde_json::to_string(&moving).expect("JSON")
}

/// Asks at that time; the status, and the charges that the answer shows.
fn ask(house: &mut House, request: &Request, now_ms: u64) -> (u16, Vec<Shown>) {
    house.tick(now_ms);
    let orders = Orders { trouble: Trouble::None, device: Device::Ready, draws: Rng::new(now_ms) };
    let response = house.handle(request, now_ms, orders).response;
    let page: Page =
        serde_json::from_slice(&response.body).unwrap_or(Page { payments: Vec::new() });
    (response.status, page.payments)
}

fn start(house: &mut House, key: Option<&str>, manual: bool) {
    let body = asking(1_000, manual, false);
    assert_eq!(ask(house, &request(Method::Post, "/payments", key, &body), 0).0, 201);
}

fn post(house: &mut House, verb: &str, key: Option<&str>, body: &str, now_ms: u64) -> u16 {
    let path = format!("/payments/pay-0/{verb}");
    ask(house, &request(Method::Post, &path, key, body), now_ms).0
}

fn status_at(house: &mut House, now_ms: u64) -> Box<str> {
    let (_, shown) = ask(house, &request(Method::Get, "/payments/pay-0", None, ""), now_ms);
    shown[0].status.clone()
}

#[test]
fn a_key_conflicts_with_another_body_and_while_it_runs_and_is_forgotten_in_the_end() {
    let mut house = House::new(Rules::CONFLICT, AWAY);
    start(&mut house, Some("k"), false);
    let same = request(Method::Post, "/payments", Some("k"), &asking(1_000, false, false));
    let other = request(Method::Post, "/payments", Some("k"), &asking(1_001, false, false));
    assert_eq!(ask(&mut house, &same, 1).0, 409, "the first still runs");
    assert_eq!(ask(&mut house, &same, 10 * SECOND).0, 201);
    assert_eq!(ask(&mut house, &other, 10 * SECOND).0, 409);
    assert_eq!(house.ledger().charges.len(), 1);
    assert_eq!(ask(&mut house, &same, KEY_LIFE_MS).0, 201);
    assert_eq!(house.ledger().charges.len(), 2, "a forgotten key is a new charge");
}

#[test]
fn a_list_by_terminal_shows_everyone_there() {
    let mut house = House::new(Rules::CONFLICT, PAYING);
    start(&mut house, Some("k"), false);
    house.stranger(Some("t-1"), 1_000, 0);
    house.stranger(Some("t-2"), 1_000, 0);
    let (_, shown) = ask(&mut house, &request(Method::Get, "/payments?terminal=t-1", None, ""), 1);
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0].payment.as_deref(), Some(OURS));
    assert_ne!(shown[1].payment.as_deref(), Some(OURS));
}

#[test]
fn cancel_while_pending_is_final_and_refused_once_paid() {
    let mut house = House::new(Rules::CONFLICT, PAYING);
    start(&mut house, Some("k"), false);
    assert_eq!(post(&mut house, "cancel", Some("c"), "{}", 100), 200);
    assert_eq!(&*status_at(&mut house, 200 * SECOND), "cancelled");
    let mut house = House::new(Rules::CONFLICT, PAYING);
    start(&mut house, Some("k"), false);
    assert_eq!(&*status_at(&mut house, 90 * SECOND), "taken");
    assert_eq!(post(&mut house, "cancel", Some("c"), "{}", 91 * SECOND), 409);
}

#[test]
fn a_keyed_refund_runs_once_until_its_key_is_forgotten() {
    let mut house = House::new(Rules::CONFLICT, PAYING);
    start(&mut house, Some("k"), false);
    let body = moving(300, "refund-1");
    assert_eq!(post(&mut house, "refund", Some("r"), &body, 90 * SECOND), 200);
    assert_eq!(post(&mut house, "refund", Some("r"), &body, 99 * SECOND), 200);
    assert_eq!(house.ledger().charges[0].moves.len(), 1);
    post(&mut house, "refund", Some("r"), &body, 90 * SECOND + KEY_LIFE_MS);
    assert_eq!(house.ledger().charges[0].moves.len(), 2);
}

#[test]
fn without_a_key_a_second_start_is_a_second_charge() {
    let mut house = House::new(Rules::REFERENCE, PAYING);
    start(&mut house, None, false);
    start(&mut house, None, false);
    assert_eq!(house.ledger().charges.len(), 2);
    let path = format!("/payments?payment={OURS}");
    let (_, shown) = ask(&mut house, &request(Method::Get, &path, None, ""), 1);
    assert_eq!(shown.len(), 2);
}

#[test]
fn an_expired_session_may_still_be_paid_at_one_and_never_at_another() {
    for (rules, after) in [(Rules::REFERENCE, "taken"), (Rules::QUICKPAY, "expired")] {
        let mut house = House::new(rules, PAYING);
        let body = asking(1_000, false, false);
        let late = Device::WakesLate { after_ms: 300 * SECOND };
        let orders = Orders { trouble: Trouble::None, device: late, draws: Rng::new(3) };
        house.handle(&request(Method::Post, "/payments", None, &body), 0, orders);
        assert_eq!(&*status_at(&mut house, 200 * SECOND), "expired");
        assert_eq!(&*status_at(&mut house, 400 * SECOND), after);
    }
}

#[test]
fn an_accepted_cancel_is_decided_later_and_an_uncaptured_approval_is_voided() {
    let mut house = House::new(Rules::REFERENCE, AWAY);
    start(&mut house, None, false);
    assert_eq!(post(&mut house, "cancel", None, "{}", SECOND), 202);
    assert_eq!(&*status_at(&mut house, SECOND + 1), "pending");
    assert_eq!(&*status_at(&mut house, 20 * SECOND), "cancelled");
    let mut house = House::new(Rules::REFERENCE, PAYING);
    start(&mut house, None, true);
    assert_eq!(&*status_at(&mut house, 90 * SECOND), "taken");
    assert_eq!(post(&mut house, "cancel", None, "{}", 91 * SECOND), 200);
    assert_eq!(&*status_at(&mut house, 92 * SECOND), "reversed");
}

#[test]
fn once_operations_run_again_and_are_found_by_their_reference() {
    let mut house = House::new(Rules::REFERENCE, PAYING);
    start(&mut house, None, true);
    house.tick(90 * SECOND);
    assert_eq!(post(&mut house, "capture", None, &moving(1_000, "capture-1"), 91 * SECOND), 200);
    assert_eq!(post(&mut house, "refund", None, &moving(300, "refund-1"), 92 * SECOND), 200);
    assert_eq!(post(&mut house, "refund", None, &moving(300, "refund-1"), 93 * SECOND), 200);
    assert_eq!(post(&mut house, "refund", None, &moving(900, "refund-2"), 94 * SECOND), 409);
    let (_, shown) =
        ask(&mut house, &request(Method::Get, "/payments/pay-0", None, ""), 95 * SECOND);
    let references: Vec<&str> = shown[0].operations.iter().map(|step| &*step.reference).collect();
    assert_eq!(references, ["capture-1", "refund-1", "refund-1"]);
}

#[test]
fn a_refund_of_the_same_reference_and_amount_runs_once_where_that_is_the_rule() {
    let mut house = House::new(Rules::QUICKPAY, PAYING);
    start(&mut house, None, false);
    house.tick(90 * SECOND);
    for _ in 0..3 {
        assert_eq!(post(&mut house, "refund", None, &moving(300, "refund-1"), 91 * SECOND), 200);
    }
    assert_eq!(house.ledger().charges[0].moves.len(), 1);
}

#[test]
fn a_read_takes_the_money_of_a_scanned_code_and_a_list_does_not() {
    let mut house = House::new(Rules::QUICKPAY, PAYING);
    let body = asking(1_000, false, true);
    ask(&mut house, &request(Method::Post, "/payments", None, &body), 0);
    let list = request(Method::Get, &format!("/payments?payment={OURS}"), None, "");
    let (_, shown) = ask(&mut house, &list, SECOND);
    assert_eq!((&*shown[0].status, house.ledger().prompts.len()), ("pending", 0));
    // Whether a read takes it is drawn anew for each.
    for now_ms in 2 * SECOND..2 * SECOND + 30 {
        status_at(&mut house, now_ms);
    }
    assert!(!house.ledger().prompts.is_empty());
    let (_, shown) = ask(&mut house, &list, 3 * SECOND);
    assert_eq!(&*shown[0].status, "taken");
}

#[test]
fn void_undoes_whatever_there_is_and_says_how_it_stands() {
    let mut house = House::new(Rules::QUICKPAY, PAYING);
    start(&mut house, None, false);
    house.tick(90 * SECOND);
    assert_eq!(post(&mut house, "cancel", None, "{}", 91 * SECOND), 200);
    assert_eq!(house.ledger().charges[0].reversed_at_ms, Some(91 * SECOND));
    assert_eq!(post(&mut house, "cancel", None, "{}", 92 * SECOND), 200);
    assert_eq!(house.ledger().charges[0].reversed_at_ms, Some(91 * SECOND));
}
