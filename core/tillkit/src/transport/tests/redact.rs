use tillkit_model::wire::{Response, SendFailure};

use super::super::log_line;
use super::{local, post};

fn response() -> Response {
    Response {
        status: 202,
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("set-cookie".into(), "session=9999".into()),
            ("x-request-id".into(), "r-1\r\nforged".into()),
        ],
        body: b"{\"card\":\"1234\"}".to_vec(),
        truncated: true,
    }
}

#[test]
fn a_line_tells_what_happened_and_no_contents() {
    let line = log_line(&local(1), &post("/terminals/t1/payment?code=777"), &Ok(response()), 41);
    assert_eq!(
        line,
        "POST /terminals/t1/payment?… (18 bytes, content-type: application/json) -> 202 (15 bytes, \
         cut, content-type: application/json, x-request-id: r-1  forged) after 41 ms"
    );
}

#[test]
fn a_secret_is_blotted_out_wherever_it_turns_up() {
    let mut request = post("/echo/tok-4711");
    request.headers.push(("Request-Id".into(), "tok-4711".into()));
    let why = "the proxy said: Bearer tok-4711 is not welcome";
    for failure in
        [SendFailure::NotSent { why: why.into() }, SendFailure::MaybeSent { why: why.into() }]
    {
        let line = log_line(&local(1), &request, &Err(failure), 1);
        assert!(!line.contains("4711"), "{line}");
        assert!(line.contains("is not welcome"), "{line}");
    }
}

#[test]
fn a_failure_says_whether_anything_left() {
    let not_sent = Err(SendFailure::NotSent { why: "refused".into() });
    let maybe_sent = Err(SendFailure::MaybeSent { why: "timed out".into() });
    assert!(
        log_line(&local(1), &post("/"), &not_sent, 0).ends_with("-> not sent: refused after 0 ms")
    );
    assert!(
        log_line(&local(1), &post("/"), &maybe_sent, 9)
            .ends_with("-> maybe sent: timed out after 9 ms")
    );
}
