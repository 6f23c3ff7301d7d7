//! The look-up turns the pages of a terminal's list, as far back as the sale can stand.

use crate::time::DAY_MS;

use super::*;
use crate::wire::SendFailure;

/// The payment of the vectors, lost and in doubt.
fn doubted() -> Payment {
    apply::apply(Some(given("replay")), &Event::Doubted { at: AT }).unwrap()
}

/// The same, sent only once.
fn doubted_once() -> Payment {
    let start = fixture().start;
    let lost = Answer::Unknown { replayable: true, reason: Reason::code("maybe-sent") };
    let events =
        [created("replay"), permitted(start), answered(start, lost), Event::Doubted { at: AT }];
    apply::fold(&events).unwrap()
}

/// Another till's payment at the same terminal, made so long after ours.
fn stranger(number: u32, after_ms: i64) -> Value {
    json!({
        "id": format!("tpy_{number}"), "terminalId": fixture().sale.terminal, "amount": 100,
        "currency": "EUR", "status": "completed", "amountCaptured": 100, "reference": "another",
        "createdAt": (AT.wall_ms + after_ms) / 1_000,
    })
}

fn ours() -> Value {
    let mut ours = stranger(7, 0);
    ours["reference"] = json!(fixture().payment);
    ours
}

fn listed(items: &[Value], more: &Value) -> Exchange {
    let mut body = json!({ "object": "list", "data": items });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    testing::answer(200, body.to_string().into_bytes(), true, false)
}

fn next(payment: &Payment, exchange: &Exchange) -> Option<String> {
    let request = cloud().look_further(payment, exchange)?;
    assert!(!request.may_move_money && request.method == Method::Get);
    Some(request.path.into())
}

#[test]
fn the_next_page_begins_behind_the_last_payment_in_either_envelope() {
    let path = "/v1/terminal/payments?terminalId=trm_7Hq3&limit=100&starting_after=tpy_2";
    let items = [stranger(1, 60_000), stranger(2, 30_000)];
    let flat = json!({ "has_more": true });
    let nested = json!({ "page": { "has_more": true, "next_cursor": "elsewhere" } });
    for more in [flat, nested] {
        assert_eq!(next(&doubted(), &listed(&items, &more)).as_deref(), Some(path), "{more}");
    }
}

#[test]
fn no_page_is_turned_where_ours_cannot_stand_behind_it() {
    let more = json!({ "has_more": true });
    let page = |items: &[Value]| listed(items, &more);
    let recent = [stranger(1, 60_000)];
    assert_eq!(next(&given("replay"), &page(&recent)), None, "not in doubt yet");
    assert_eq!(next(&doubted(), &listed(&recent, &json!({ "has_more": false }))), None);
    assert_eq!(next(&doubted(), &listed(&recent, &json!({}))), None, "it says nothing of more");
    let found = [stranger(1, 0), ours()];
    assert_eq!(next(&doubted_once(), &page(&found)), None, "it is found");
    let day = DAY_MS.cast_signed();
    assert!(next(&doubted(), &page(&[stranger(1, 1_000 - day)])).is_some());
    assert_eq!(next(&doubted(), &page(&[stranger(1, -day - 1_000)])), None, "too old");
    assert_eq!(next(&doubted(), &page(&[])), None);
    assert_eq!(next(&doubted(), &Err(SendFailure::MaybeSent { why: "gone".into() })), None);
    let mut failed = page(&recent).unwrap();
    failed.status = 503;
    assert_eq!(next(&doubted(), &Ok(failed)), None);
}

#[test]
fn where_two_sends_may_have_run_the_page_is_turned_after_a_match_too() {
    let more = json!({ "has_more": true });
    let found = listed(&[stranger(1, 60_000), ours()], &more);
    assert!(next(&doubted(), &found).is_some_and(|path| path.ends_with("starting_after=tpy_7")));
    let old = stranger(2, -DAY_MS.cast_signed() - 1_000);
    assert_eq!(next(&doubted(), &listed(&[ours(), old], &more)), None, "the window is covered");
    assert_eq!(next(&doubted(), &listed(&[ours()], &json!({ "has_more": false }))), None);
}

#[test]
fn a_cursor_cannot_bend_the_address() {
    let mut bent = stranger(1, 0);
    bent["id"] = json!("tpy_1&terminalId=other");
    let path = next(&doubted(), &listed(&[bent], &json!({ "has_more": true }))).unwrap();
    assert_eq!(path.matches("terminalId=").count(), 1, "{path}");
}
