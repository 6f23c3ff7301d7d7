//! What comes back is what was said, cut where it must be.

use super::server::Server;
use super::{LIMITS, Limits, Wire, get, is_not_sent, post};

#[tokio::test]
async fn an_answer_is_status_lower_case_headers_and_body() {
    let server = Server::answering(
        "HTTP/1.1 202 Accepted\r\nX-Request-ID: r-7\r\nContent-Type: application/json\r\n\
         Content-Length: 11\r\n\r\n{\"id\":\"p1\"}",
    );
    let answer =
        Wire::new(LIMITS).send(&server.base(), post("/terminals/t1/payment")).await.unwrap();
    assert_eq!(answer.status, 202);
    assert_eq!(answer.header("x-request-id"), Some("r-7"));
    assert!(answer.is_json());
    assert_eq!(answer.body, b"{\"id\":\"p1\"}");
    assert!(!answer.truncated);
}

#[tokio::test]
async fn a_request_is_on_the_wire_as_it_was_given() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let mut request = post("/terminals/t1/payment?x=1");
    request.headers = vec![
        ("X-Qonto-Idempotency-Key".into(), "k-1".into()),
        ("Content-Type".into(), "application/json".into()),
    ];
    Wire::new(LIMITS).send(&server.base(), request).await.unwrap();
    let heard = &server.heard()[0];
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(lines.remove(0), "POST /v2/terminals/t1/payment?x=1 HTTP/1.1");
    for line in [
        "X-Qonto-Idempotency-Key: k-1",
        "Content-Type: application/json",
        "Authorization: Bearer tok-4711",
        "Content-Length: 7",
        concat!("User-Agent: tillkit/", env!("CARGO_PKG_VERSION")),
    ] {
        assert_eq!(lines.iter().filter(|given| **given == line).count(), 1, "{line} in {lines:?}");
    }
    assert_eq!(body, "{\"a\":1}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let server = Server::answering(
        "HTTP/1.1 302 Found\r\nlocation: /v2/elsewhere\r\ncontent-length: 0\r\n\r\n",
    );
    let wire = Wire::new(LIMITS);
    for request in [get("/a"), post("/a")] {
        let answer = wire.send(&server.base(), request).await.unwrap();
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("location"), Some("/v2/elsewhere"));
    }
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_cut_and_says_so() {
    let server = Server::start(|peer| {
        peer.hear();
        peer.say("HTTP/1.1 200 OK\r\ncontent-length: 2097152\r\n\r\n");
        peer.say(&"x".repeat(2_097_152));
    });
    let answer = Wire::new(LIMITS).send(&server.base(), get("/a")).await.unwrap();
    assert_eq!(answer.body.len(), 1_048_576);
    assert!(answer.truncated);
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_whole() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour");
    let at = |response_bytes_max| Wire::new(Limits { response_bytes_max, ..LIMITS });
    let whole = at(4).send(&server.base(), get("/a")).await.unwrap();
    assert_eq!((whole.body.as_slice(), whole.truncated), (b"four".as_slice(), false));
    let cut = at(3).send(&server.base(), get("/a")).await.unwrap();
    assert_eq!((cut.body.as_slice(), cut.truncated), (b"fou".as_slice(), true));
}

#[tokio::test]
async fn a_body_that_ends_early_is_cut_and_says_so() {
    let by_length = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"status\":";
    let by_chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\n{\"status\":\r\n";
    for half in [by_length, by_chunks] {
        let server = Server::start(move |peer| {
            peer.hear();
            peer.say(half);
        });
        let answer = Wire::new(LIMITS).send(&server.base(), get("/a")).await.unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, b"{\"status\":");
        assert!(answer.truncated);
    }
}

#[tokio::test]
async fn a_body_that_never_comes_is_cut_when_the_time_is_over() {
    let server = Server::start(|peer| {
        peer.hear();
        peer.say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n");
        peer.wait_for_end();
    });
    let mut request = get("/a");
    request.timeout_ms = 300;
    let answer = Wire::new(LIMITS).send(&server.base(), request).await.unwrap();
    assert_eq!((answer.status, answer.truncated), (200, true));
}

#[tokio::test]
async fn logs_hold_neither_secrets_nor_contents() {
    let echo = "HTTP/1.1 200 OK\r\nx-request-id: tok-4711\r\ncontent-length: 8\r\n\r\ntok-4711";
    let server = Server::answering(echo);
    let wire = Wire::new(LIMITS);
    wire.send(&server.base(), post("/a?code=12345678")).await.unwrap();
    assert!(is_not_sent(&wire.send("http://127.0.0.1:1/tok-4711", get("/b")).await));
    let lines = wire.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("POST /a?… (7 bytes) -> 200 (8 bytes"), "{lines:?}");
    for hidden in ["4711", "12345678", "\"a\""] {
        assert!(!lines.iter().any(|line| line.contains(hidden)), "{lines:?}");
    }
}
