use std::collections::VecDeque;

use tillkit_model::engine::port::{Call, Input, Output, Reply};
use tillkit_model::error::{Code, Error};

use super::{Props, samples};
use crate::shell::Settings;
use crate::shell::clock::ScaledClock;

fn cancel(n: u64) -> Call {
    Call::Cancel(samples::payment(n))
}

#[tokio::test]
async fn each_call_is_answered_with_its_own_answer() {
    let mut kept = VecDeque::new();
    // Three callers come, then all are answered, the last one first.
    let stage = Props::new().on_stage(move |input| {
        let Input::Called { ticket, call: Call::Cancel(payment) } = input else {
            return Vec::new();
        };
        kept.push_front((*ticket, *payment));
        if kept.len() < 3 {
            return Vec::new();
        }
        let answer = |(ticket, payment)| Output::Answer {
            ticket,
            reply: Box::new(Err(Error::new(Code::NotOpen).payment(payment))),
        };
        kept.drain(..).map(answer).collect()
    });
    let (one, two, three) = (
        stage.shell.call(cancel(1)).unwrap(),
        stage.shell.call(cancel(2)).unwrap(),
        stage.shell.call(cancel(3)).unwrap(),
    );
    for (n, waiting) in [(3, three), (1, one), (2, two)] {
        let error = waiting.await.unwrap_err();
        assert_eq!((error.code, error.payment), (Code::NotOpen, Some(samples::payment(n))));
    }
}

#[tokio::test]
async fn a_caller_who_leaves_is_told_to_the_machine_and_one_who_was_answered_is_not() {
    let stage = Props::new().on_stage(|input| match input {
        Input::Called { ticket, call: Call::Disconnect(_) } => {
            vec![Output::Answer { ticket: *ticket, reply: Box::new(Ok(Reply::Done)) }]
        }
        _ => Vec::new(),
    });
    drop(stage.shell.call(cancel(1)).unwrap());
    let called = stage.hear(|input| match input {
        Input::Called { ticket, .. } => Some(ticket),
        _ => None,
    });
    let left = stage.hear(|input| match input {
        Input::Left { ticket } => Some(ticket),
        _ => None,
    });
    assert_eq!(called, left);

    let answered = stage.shell.call(Call::Disconnect(super::account())).unwrap().await;
    assert_eq!(answered, Ok(Reply::Done));
    drop(stage.shell.call(cancel(2)).unwrap());
    let mut since = Vec::new();
    while since.last() != Some(&"left") {
        match stage.heard.recv().unwrap() {
            Input::Called { .. } => since.push("called"),
            Input::Left { .. } => since.push("left"),
            _ => {}
        }
    }
    assert_eq!(since, ["called", "called", "left"]);
}

#[tokio::test]
async fn an_answer_to_nobody_harms_nobody() {
    let stage = Props::new().on_stage(|input| match input {
        Input::Left { ticket } => {
            vec![Output::Answer { ticket: *ticket, reply: Box::new(Ok(Reply::Done)) }]
        }
        Input::Called { ticket, call: Call::Disconnect(_) } => {
            vec![Output::Answer { ticket: *ticket, reply: Box::new(Ok(Reply::Done)) }]
        }
        _ => Vec::new(),
    });
    drop(stage.shell.call(cancel(1)).unwrap());
    let answered = stage.shell.call(Call::Disconnect(super::account())).unwrap().await;
    assert_eq!(answered, Ok(Reply::Done));
}

#[test]
fn the_machine_is_woken_when_it_said() {
    let mut props = Props::new();
    props.clock = std::sync::Arc::new(ScaledClock::new(
        std::sync::Arc::new(crate::shell::clock::SystemClock::new(1)),
        1_000,
    ));
    props.settings = Settings { watch_ms: 60_000, ..Settings::default() }.at_pace(1_000);
    let clock = std::sync::Arc::clone(&props.clock);
    let stage = props.on_stage(|_| Vec::new());
    // A minute of the machine's time is 60 ms of the test's.
    let due_ms = clock.now().boot_ms + 60_000;
    stage.wakes.lock().unwrap().push(due_ms);
    stage.hear(|input| matches!(input, Input::Woken).then_some(()));
    assert!(clock.now().boot_ms >= due_ms);
    assert!(stage.wakes.lock().unwrap().is_empty());
}
