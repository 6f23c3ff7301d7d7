use std::sync::Arc;

use tillkit_model::engine::port::{Call, Input, Output, Token};
use tillkit_model::wire::{Clearance, Exchange, Method, Request, SendFailure, Sending};

use super::{Props, Stage, account, endpoint, samples};
use crate::transport::{Play, Scripted};

fn request() -> Request {
    Request {
        method: Method::Get,
        path: "/a".into(),
        headers: Vec::new(),
        body: None,
        may_move_money: false,
        timeout_ms: 1_000,
        fresh_connection: false,
    }
}

/// Sends a read at each call.
fn sending(input: &Input) -> Vec<Output> {
    let Input::Called { call: Call::Wait { for_ms: Some(n), .. }, .. } = input else {
        return Vec::new();
    };
    let sending = Sending { request: request(), clearance: Clearance::Harmless };
    vec![Output::Send { token: Token(*n), account: account(), sending }]
}

fn ask_for(stage: &Stage, n: u64) {
    let call = Call::Wait { payment: samples::payment(n), for_ms: Some(n) };
    drop(stage.shell.call(call).unwrap());
}

fn hear_exchange(stage: &Stage) -> (u64, Exchange) {
    stage.hear(|input| match input {
        Input::Exchanged { token, exchange } => Some((token.0, exchange)),
        _ => None,
    })
}

#[test]
fn an_exchange_comes_back_with_its_token() {
    let mut props = Props::new();
    props.transport = Arc::new(Scripted::playing([Play::json(202, "{}")]));
    let stage = props.on_stage(sending);
    stage.shell.set_endpoint(account(), endpoint());
    ask_for(&stage, 7);
    let (token, exchange) = hear_exchange(&stage);
    assert_eq!((token, exchange.unwrap().status), (7, 202));
}

#[test]
fn an_account_that_is_not_connected_sends_nothing() {
    let wire = Arc::new(Scripted::playing([Play::json(202, "{}")]));
    let mut props = Props::new();
    props.transport = wire.clone();
    let stage = props.on_stage(sending);
    ask_for(&stage, 7);
    let (_, exchange) = hear_exchange(&stage);
    assert!(matches!(exchange, Err(SendFailure::NotSent { .. })), "{exchange:?}");
    assert!(wire.handed().is_empty());
}

#[test]
fn a_transport_that_panics_may_have_sent_it() {
    let mut props = Props::new();
    props.transport = Arc::new(Scripted::new(|_| panic!("as the test wants it")));
    let stage = props.on_stage(sending);
    stage.shell.set_endpoint(account(), endpoint());
    for n in [7, 8] {
        ask_for(&stage, n);
        let (token, exchange) = hear_exchange(&stage);
        assert_eq!(token, n);
        assert!(matches!(exchange, Err(SendFailure::MaybeSent { .. })), "{exchange:?}");
    }
}
