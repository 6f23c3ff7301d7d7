//! *Not sent* is said where it is proved and nowhere else.

use std::net::TcpListener;

use super::server::Server;
use super::{LIMITS, Limits, Wire, get, is_maybe_sent, is_not_sent, post};

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let wire = Wire::new(LIMITS);
    for request in [get("/a"), post("/a")] {
        let exchange = wire.send(&format!("http://127.0.0.1:{port}"), request).await;
        assert!(is_not_sent(&exchange), "{exchange:?}");
    }
}

#[tokio::test]
async fn a_failed_handshake_is_not_sent() {
    let server = Server::start(|peer| peer.say("HTTP/1.1 400 Bad Request\r\n\r\n"));
    let exchange = Wire::new(LIMITS).send(&server.secure_base(), post("/a")).await;
    assert!(is_not_sent(&exchange), "{exchange:?}");
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_connection_that_never_stands_is_not_sent() {
    // It takes the connection and never answers the handshake.
    let server = Server::start(super::server::Peer::wait_for_end);
    let impatient = Wire::new(Limits { connect_ms_max: 200, ..LIMITS });
    for request in [get("/a"), post("/a")] {
        let exchange = impatient.send(&server.secure_base(), request).await;
        assert!(is_not_sent(&exchange), "{exchange:?}");
    }
    // Connecting may take less than the whole exchange, so it is still told as such.
    let mut short = post("/a");
    short.timeout_ms = 400;
    let exchange = Wire::new(LIMITS).send(&server.secure_base(), short).await;
    assert!(is_not_sent(&exchange), "{exchange:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_may_have_taken_it() {
    let deaf = Server::start(|peer| {
        peer.hear();
    });
    let rude = Server::start(|peer| {
        peer.hear();
        peer.say("HTTP/1.1 20");
    });
    let wire = Wire::new(LIMITS);
    for server in [&deaf, &rude] {
        for request in [get("/a"), post("/a")] {
            let exchange = wire.send(&server.base(), request).await;
            assert!(is_maybe_sent(&exchange), "{exchange:?}");
        }
        assert_eq!(server.heard().len(), 2, "each request arrived once");
    }
}

#[tokio::test]
async fn a_timeout_may_have_sent_it() {
    let server = Server::start(|peer| {
        peer.hear();
        peer.wait_for_end();
    });
    let mut request = post("/a");
    request.timeout_ms = 500;
    let exchange = Wire::new(LIMITS).send(&server.base(), request).await;
    assert!(is_maybe_sent(&exchange), "{exchange:?}");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn what_is_not_http_may_have_been_taken() {
    let server = Server::start(|peer| {
        peer.hear();
        peer.say("220 mail.example ESMTP\r\n");
    });
    let exchange = Wire::new(LIMITS).send(&server.base(), post("/a")).await;
    assert!(is_maybe_sent(&exchange), "{exchange:?}");
}

#[tokio::test]
async fn a_request_that_is_none_never_leaves() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let wire = Wire::new(LIMITS);
    let mut refused = vec![post("/../a"), post("//evil.example/a"), post("/a\r\nX: y")];
    for (name, value) in [
        ("Host", "evil.example"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("X-A", "b\r\nX-C: d"),
        ("X A", "b"),
    ] {
        let mut request = post("/a");
        request.headers.push((name.into(), value.into()));
        refused.push(request);
    }
    let mut unpermitted = post("/a");
    unpermitted.may_move_money = true;
    refused.push(unpermitted);
    for request in refused {
        let exchange = wire.send(&server.base(), request.clone()).await;
        assert!(is_not_sent(&exchange), "{request:?} became {exchange:?}");
    }
    wire.send(&server.base(), post("/last")).await.unwrap();
    assert_eq!(server.heard().len(), 1, "only the last one arrived");
}
