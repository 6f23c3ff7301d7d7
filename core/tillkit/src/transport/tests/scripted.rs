use std::sync::Arc;

use tillkit_model::time::Clock;
use tillkit_model::wire::{Clearance, Exchange, SendFailure, Sending};
use tokio::sync::oneshot;

use super::super::{Play, Scripted, Transport};
use super::{HandClock, harmless, local, post};

fn clock() -> Arc<dyn Clock> {
    Arc::new(HandClock::default())
}

async fn send(wire: &Scripted, sending: Sending) -> Exchange {
    wire.send(&local(1), sending, &clock()).await
}

fn is_lost(exchange: &Exchange) -> bool {
    matches!(exchange, Err(SendFailure::MaybeSent { .. }))
}

#[tokio::test]
async fn answers_come_from_the_script_and_requests_are_remembered() {
    let wire = Scripted::playing([Play::json(202, "{}"), Play::Lose]);
    let answer = send(&wire, harmless(post("/a"))).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (202, b"{}".as_slice()));
    assert!(is_lost(&send(&wire, harmless(post("/b"))).await));
    assert!(is_lost(&send(&wire, harmless(post("/c"))).await), "the script was over");
    let paths: Vec<String> = wire.handed().iter().map(|one| one.request.path.to_string()).collect();
    assert_eq!(paths, ["/a", "/b", "/c"]);
    assert_eq!(wire.handed()[0].base_url, "http://127.0.0.1:1/v2");
}

#[tokio::test]
async fn what_never_leaves_is_not_among_the_handed() {
    let wire = Scripted::playing([Play::Refuse, Play::json(200, "{}")]);
    let unpermitted = Sending {
        request: tillkit_model::wire::Request { may_move_money: true, ..post("/a") },
        clearance: Clearance::Harmless,
    };
    for sending in [harmless(post("/a")), harmless(post("/../a")), unpermitted] {
        let exchange = send(&wire, sending).await;
        assert!(matches!(exchange, Err(SendFailure::NotSent { .. })), "{exchange:?}");
    }
    assert!(wire.handed().is_empty());
}

#[tokio::test]
async fn a_delayed_answer_comes_when_the_test_says_so() {
    let (answer, later) = oneshot::channel();
    let (_, never) = oneshot::channel();
    let wire = Arc::new(Scripted::playing([Play::Later(later), Play::Later(never)]));
    let waiting = tokio::spawn({
        let wire = Arc::clone(&wire);
        async move { send(&wire, harmless(post("/a"))).await }
    });
    while wire.handed().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    answer.send(Err(SendFailure::MaybeSent { why: "cut".into() })).unwrap();
    let cut = Err(SendFailure::MaybeSent { why: "cut".into() });
    assert_eq!(waiting.await.unwrap(), cut);
    assert!(is_lost(&send(&wire, harmless(post("/b"))).await), "nobody will answer this one");
}

#[tokio::test]
async fn a_request_that_arrives_twice_is_answered_by_its_second_arrival() {
    let wire = Scripted::playing([Play::Twice, Play::json(409, "{}")]);
    assert_eq!(send(&wire, harmless(post("/a"))).await.unwrap().status, 409);
    assert_eq!(wire.handed().len(), 2);
}
