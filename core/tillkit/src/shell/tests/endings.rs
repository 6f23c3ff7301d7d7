use std::sync::mpsc::channel;

use tillkit_model::engine::port::{Call, Input, Output, Reply};
use tillkit_model::error::{Charged, Code};

use super::{Props, Stage, account, samples};

fn wait(n: u64) -> Call {
    Call::Wait { payment: samples::payment(n), for_ms: None }
}

/// Closes when it is told to, panics at a word, and otherwise keeps everyone waiting.
fn stage() -> Stage {
    Props::new().on_stage(|input| match input {
        Input::Called { ticket, call: Call::Close } => {
            vec![Output::Answer { ticket: *ticket, reply: Box::new(Ok(Reply::Closed)) }]
        }
        Input::Called { call: Call::Disconnect(_), .. } => panic!("as the test wants it"),
        _ => Vec::new(),
    })
}

#[tokio::test]
async fn a_panic_is_one_internal_error_for_everybody_and_no_hang() {
    let stage = stage();
    let open = stage.shell.call(wait(1)).unwrap();
    let culprit = stage.shell.call(Call::Disconnect(account())).unwrap();
    let error = open.await.unwrap_err();
    assert_eq!((error.code, error.charged), (Code::Internal, Charged::Unknown));
    assert_eq!(error.payment, Some(samples::payment(1)));
    assert_eq!(culprit.await.unwrap_err().code, Code::Internal);
    let later = stage.shell.call(wait(2)).unwrap().await.unwrap_err();
    assert_eq!((later.code, later.payment), (Code::Internal, Some(samples::payment(2))));
}

#[tokio::test]
async fn closing_answers_those_who_wait_and_refuses_those_who_come() {
    let stage = stage();
    let open = stage.shell.call(wait(1)).unwrap();
    assert_eq!(stage.shell.call(Call::Close).unwrap().await, Ok(Reply::Closed));
    let error = open.await.unwrap_err();
    assert_eq!((error.code, error.payment), (Code::Closed, Some(samples::payment(1))));
    let later = stage.shell.call(wait(2)).unwrap().await.unwrap_err();
    assert_eq!((later.code, later.payment), (Code::Closed, Some(samples::payment(2))));
}

#[test]
fn dropping_closes_and_ends_every_thread() {
    // The puppet is dropped with its thread, and tells it.
    let (alive, gone) = channel::<()>();
    let Stage { shell, heard, .. } = Props::new().on_stage(move |input| {
        let _ = &alive;
        match input {
            Input::Called { ticket, call: Call::Close } => {
                vec![Output::Answer { ticket: *ticket, reply: Box::new(Ok(Reply::Closed)) }]
            }
            _ => Vec::new(),
        }
    });
    drop(shell);
    let heard: Vec<Input> = heard.iter().collect();
    assert!(matches!(heard.last(), Some(Input::Called { call: Call::Close, .. })), "{heard:?}");
    assert!(gone.recv().is_err());
}

#[tokio::test]
async fn a_child_that_inherits_the_shell_is_refused_everything() {
    let mut stage = stage();
    stage.shell.process = stage.shell.process.wrapping_add(1);
    let called = stage.shell.call(wait(1)).map(|_| ());
    assert_eq!(called.unwrap_err().code, Code::ForkDetected);
    let looked = stage.shell.look(|store| store.changes(0)).await;
    assert_eq!(looked.unwrap_err().code, Code::ForkDetected);
    // Its end is none of the parent's business: the machine hears nothing of it.
    let Stage { shell, heard, .. } = stage;
    drop(shell);
    assert!(!heard.try_iter().any(|input| matches!(input, Input::Called { .. })));
}
