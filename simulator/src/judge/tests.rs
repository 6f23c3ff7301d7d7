//! The judge itself: what it lets pass, and that it lets nothing else pass.

use serde_json::{Value, json};
use tillkit_model::wire::{Method, Request, Response};

use super::{Judge, Judged, of, spoiled};
use crate::fakes::qonto::{Qonto, notification};
use crate::fakes::{Device, Habits, Orders, Provider as _, Trouble};
use crate::rng::Rng;

const TERMINAL: &str = "019d7188-1476-7a74-a7da-000000000000";

fn judge() -> &'static Judge {
    of("qonto").expect("Qonto publishes a schema")
}

fn push() -> Request {
    Request {
        method: Method::Post,
        path: format!("/v2/terminals/{TERMINAL}/payment").into(),
        headers: vec![("x-qonto-idempotency-key".into(), "k".into())],
        body: Some(r#"{"amount":{"value":"13.30","currency":"EUR"},"metadata":{"a":"b"}}"#.into()),
        may_move_money: true,
        timeout_ms: 60_000,
        fresh_connection: false,
    }
}

fn answer(status: u16, body: &Value) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
        truncated: false,
    }
}

fn pushed() -> Response {
    answer(
        202,
        &json!({ "terminal_payment": {
            "id": "019dd925-c6cb-7cdd-9e8f-14104f887764", "terminal_id": TERMINAL,
            "amount": { "value": "13.30", "currency": "EUR" }, "created_at": "2026-11-20T09:00:00Z",
        }}),
    )
}

fn violations(request: &Request, response: &Response) -> Vec<String> {
    judge().exchange(request, Some(response)).violations
}

#[test]
fn what_is_as_published_is_counted_and_passes() {
    let Judged { described, violations, undescribed_answers, .. } =
        judge().exchange(&push(), Some(&pushed()));
    assert_eq!(violations, Vec::<String>::new());
    let described: Vec<_> = described.into_iter().collect();
    assert_eq!((described, undescribed_answers), (vec![("Qonto".to_owned(), (1, 1))], 0));
}

/// Each planted violation is caught, and by its own words.
#[test]
fn each_planted_violation_is_caught() {
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = push();
        change(&mut request);
        (request, pushed())
    };
    let body = |text: &str| {
        let text: Box<str> = text.into();
        with(&move |request: &mut Request| request.body = Some(text.clone()))
    };
    let answered = |status, body: Value| (push(), answer(status, &body));
    let without_an_id = json!({ "terminal_payment": { "terminal_id": TERMINAL } });
    let planted = [
        (with(&|request| request.headers.clear()), "X-Qonto-Idempotency-Key"),
        (with(&|request| request.body = None), "no body"),
        (with(&|request| request.path = "/v2/terminals/S1F2-1/payment".into()), "uuid"),
        (body("{"), "no JSON"),
        (body("{}"), "amount"),
        (body(r#"{"amount":{"value":13.30,"currency":"EUR"}}"#), "string"),
        (body(r#"{"amount":{"value":"13.30"}}"#), "currency"),
        (body(r#"{"amount":{"value":"1.00","currency":"EUR"},"metadata":"a"}"#), "object"),
        (answered(202, without_an_id), "id"),
        (answered(202, json!({})), "terminal_payment"),
        (answered(401, json!({ "error": "unauthorized" })), "errors"),
        (answered(404, json!({ "errors": [{ "code": "not_found" }] })), "detail"),
        (answered(200, json!({ "terminal_payment": {} })), "no success that is described"),
        ((push(), Response { headers: Vec::new(), ..pushed() }), "not JSON"),
        ((push(), Response { body: b"{".to_vec(), ..pushed() }), "no JSON"),
    ];
    for ((request, response), word) in planted {
        let found = violations(&request, &response);
        assert!(found.iter().any(|words| words.contains(word)), "{word}: {found:?}");
    }
}

#[test]
fn everything_taken_out_is_noticed_in_the_request_and_in_the_answer() {
    let (request, response) = spoiled(&push(), Some(&pushed()));
    let response = response.expect("there was one");
    assert!(violations(&request, &pushed()).iter().any(|words| words.contains("amount")));
    assert!(violations(&push(), &response).iter().any(|words| words.contains("terminal_payment")));
}

/// The examples of the adapter's own vectors that are the provider's are judged like all others.
#[test]
fn each_error_that_the_provider_shows_is_as_published() {
    let vectors = include_str!("../../../tests/vectors/providers/qonto/push.json");
    let vectors: Vec<Value> = serde_json::from_str(vectors).expect("JSON");
    let shown = vectors.iter().filter(|vector| {
        let source = vector["source"].as_str().unwrap_or_default();
        source.contains("OpenAPI") && vector["exchange"]["body"].is_object()
    });
    let mut count = 0;
    for vector in shown {
        let exchange = &vector["exchange"];
        let status = exchange["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let response = answer(status.expect("a status"), &exchange["body"]);
        assert_eq!(violations(&push(), &response), Vec::<String>::new(), "{}", vector["name"]);
        count += 1;
    }
    assert!(count >= 14, "{count}");
}

#[test]
fn what_no_document_describes_is_counted_apart() {
    let unknown = Request { path: "/v3/terminals".into(), ..push() };
    let judged = judge().exchange(&unknown, Some(&pushed()));
    assert_eq!((judged.undescribed_requests, judged.count()), (1, 0));
    let limited = judge().exchange(&push(), Some(&answer(429, &json!({}))));
    assert_eq!((limited.undescribed_answers, limited.violations.len()), (1, 0));
    let page = Response { headers: vec![("content-type".into(), "text/html".into())], ..pushed() };
    let page = judge().exchange(&push(), Some(&Response { status: 200, ..page }));
    assert_eq!((page.undescribed_answers, page.violations.len()), (1, 0));
    assert!(of("house").is_none());
}

/// What the fake writes to subscribers is what the pages show, in both forms of metadata.
#[test]
fn each_notification_is_as_the_pages_show_it() {
    let habits = Habits { declines: 500, ignores: 0, tips: 500, dawdles: 0 };
    let mut fake = Qonto::new(vec![TERMINAL.into()], habits);
    for number in 0..20 {
        let orders =
            Orders { trouble: Trouble::None, device: Device::Ready, draws: Rng::new(number) };
        let key = ("X-Qonto-Idempotency-Key".into(), number.to_string().into());
        fake.handle(&Request { headers: vec![key], ..push() }, 0, orders);
    }
    let notices = fake.tick(3_600_000);
    assert_eq!(notices.len(), 20);
    for notice in notices {
        for as_text in [false, true] {
            let written = notification(&notice.charge, as_text).expect("it was decided");
            let mut body: Value = serde_json::from_str(&written).expect("JSON");
            let faults = judge().notification("v1/terminal-payments", &body);
            assert_eq!(faults, Some(Vec::new()), "{body}");
            body["data"]["event"] = json!("expired");
            let planted = judge().notification("v1/terminal-payments", &body);
            assert!(planted.is_some_and(|faults| !faults.is_empty()));
        }
    }
    assert_eq!(judge().notification("v1/cards", &json!({})), None);
}

#[test]
fn what_is_no_schema_is_refused() {
    assert!(Judge::new(&["{"]).is_err());
    let nowhere = r##"{"paths":{"/a":{"get":{"parameters":[{"$ref":"#/nowhere"}]}}}}"##;
    assert!(Judge::new(&[nowhere]).is_err_and(|why| why.contains("#/nowhere")));
    let unsaid = r#"{"paths":{"/a/{id}":{"get":{}}}}"#;
    assert!(Judge::new(&[unsaid]).is_err_and(|why| why.contains("id")));
}
