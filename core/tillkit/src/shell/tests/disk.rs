use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use tillkit_model::engine::port::{Ask, Call, Input, Output, Reply, Token, Told};
use tillkit_model::engine::store::{Append, Failure, Recorded, Refusal, Store};
use tillkit_model::ids::PaymentId;
use tillkit_model::time::Moment;

use super::{Props, Stage, append, lease_for, samples};
use crate::shell::Stores;
use crate::shell::testing::{Bystander, MemoryJournal, Watched};

/// A disk that tells how much each step takes, and takes a step only when the test lets it.
#[derive(Clone)]
struct Slow {
    steps: Sender<usize>,
    looks: Sender<()>,
    go: Arc<Mutex<Receiver<bool>>>,
}

impl Bystander<MemoryJournal> for Slow {
    fn append(
        &mut self,
        journal: &mut MemoryJournal,
        appends: Vec<Append>,
        now: &Moment,
    ) -> Vec<Result<Recorded, Refusal>> {
        self.steps.send(appends.len()).unwrap();
        let works = self.go.lock().unwrap().recv().unwrap_or(true);
        assert!(works, "the disk breaks here, as the test wants it");
        journal.append(appends, now)
    }

    fn changes(
        &mut self,
        journal: &mut MemoryJournal,
        after: u64,
    ) -> Result<(Vec<PaymentId>, u64), Failure> {
        let changes = journal.changes(after);
        self.looks.send(()).ok();
        changes
    }
}

/// What a test holds of a stage over a slow disk.
struct Slowly {
    stage: Stage,
    steps: Receiver<usize>,
    looks: Receiver<()>,
    go: Sender<bool>,
    /// While the machine handles [`Call::Close`], it waits for this.
    held: Sender<()>,
    inner: MemoryJournal,
}

/// A stage over a slow disk, on which each call for payment `n` asks for its append.
fn slow(readers: bool) -> Slowly {
    let inner = MemoryJournal::new();
    let driver = lease_for(&inner, 1);
    let (steps, stepping) = channel();
    let (looks, looking) = channel();
    let (go, going) = channel();
    let (held, holding) = channel();
    let bystander = Slow { steps, looks, go: Arc::new(Mutex::new(going)) };
    let disk = Watched { journal: inner.clone(), bystander };
    let mut props = Props::new();
    props.stores = Stores { writer: Box::new(disk), readers: Vec::new() };
    if readers {
        props.stores.readers.push(Box::new(inner.clone()));
    }
    let stage = props.on_stage(move |input| match input {
        Input::Called { call: Call::Wait { for_ms: Some(n), .. }, .. } => {
            vec![append(*n, samples::created(*n, driver))]
        }
        Input::Called { ticket, call: Call::Cancel(payment) } => {
            vec![Output::Ask { token: Token(ticket.0), ask: Ask::Payment(*payment) }]
        }
        Input::Called { ticket, call: Call::Disconnect(_) } => {
            vec![Output::Answer { ticket: *ticket, reply: Box::new(Ok(Reply::Done)) }]
        }
        Input::Called { call: Call::Close, .. } => {
            holding.recv().ok();
            Vec::new()
        }
        _ => Vec::new(),
    });
    Slowly { stage, steps: stepping, looks: looking, go, held, inner }
}

fn sell(stage: &Stage, n: u64) {
    let call = Call::Wait { payment: samples::payment(n), for_ms: Some(n) };
    drop(stage.shell.call(call).unwrap());
}

fn hear_append(stage: &Stage) -> (u64, Result<Recorded, Refusal>) {
    stage.hear(|input| match input {
        Input::Told { token, told: Told::Append(told) } => Some((token.0, told)),
        _ => None,
    })
}

#[tokio::test]
async fn appends_that_wait_become_durable_together_and_each_is_told() {
    let Slowly { stage, steps, go, .. } = slow(false);
    sell(&stage, 1);
    assert_eq!(steps.recv(), Ok(1));
    for n in 2..=11 {
        sell(&stage, n);
    }
    // This call comes back only after the engine has passed on all of the above.
    let passed = stage.shell.call(Call::Disconnect(super::account())).unwrap().await;
    assert_eq!(passed, Ok(Reply::Done));
    go.send(true).unwrap();
    assert_eq!(steps.recv(), Ok(10));
    go.send(true).unwrap();
    let told: Vec<u64> = (1..=11)
        .map(|_| hear_append(&stage))
        .map(|(n, told)| {
            assert_eq!(told.unwrap().payment, samples::payment(n));
            n
        })
        .collect();
    assert_eq!(told, (1..=11).collect::<Vec<_>>());
}

#[test]
fn appends_that_came_up_while_the_engine_was_busy_are_one_step_of_the_disk() {
    let Slowly { stage, steps, go, held, .. } = slow(false);
    drop(stage.shell.call(Call::Close).unwrap());
    for n in 1..=10 {
        sell(&stage, n);
    }
    held.send(()).unwrap();
    assert_eq!(steps.recv(), Ok(10));
    go.send(true).unwrap();
}

#[tokio::test]
async fn reads_go_on_while_the_disk_writes() {
    let Slowly { stage, steps, go, .. } = slow(true);
    sell(&stage, 1);
    assert_eq!(steps.recv(), Ok(1));
    drop(stage.shell.call(Call::Cancel(samples::payment(9))).unwrap());
    let read = stage.hear(|input| match input {
        Input::Told { told: Told::Payment(look), .. } => Some(look),
        Input::Told { told: Told::Append(_), .. } => panic!("nothing was written yet"),
        _ => None,
    });
    assert_eq!(read, Ok(None));
    let looked = stage.shell.look(|store| store.unsettled(samples::ACCOUNT)).await.unwrap();
    assert_eq!(looked, Ok(Vec::new()));
    go.send(true).unwrap();
    assert!(hear_append(&stage).1.is_ok());
    let looked = stage.shell.look(|store| store.unsettled(samples::ACCOUNT)).await.unwrap();
    assert_eq!(looked, Ok(vec![samples::payment(1)]));
}

#[tokio::test]
async fn a_disk_that_panics_fails_every_asking_and_hangs_none() {
    let Slowly { stage, steps, go, .. } = slow(false);
    sell(&stage, 1);
    assert_eq!(steps.recv(), Ok(1));
    go.send(false).unwrap();
    assert!(matches!(hear_append(&stage), (1, Err(Refusal::Failed(_)))));
    sell(&stage, 2);
    assert!(matches!(hear_append(&stage), (2, Err(Refusal::Failed(_)))));
    drop(stage.shell.call(Call::Cancel(samples::payment(1))).unwrap());
    let read = stage.hear(|input| match input {
        Input::Told { told: Told::Payment(look), .. } => Some(look),
        _ => None,
    });
    assert!(read.is_err());
    assert!(stage.shell.look(|store| store.changes(0)).await.is_err());
}

#[test]
fn what_others_append_is_told_and_what_we_append_is_not() {
    let Slowly { stage, steps, looks, go, inner, .. } = slow(false);
    let other = lease_for(&inner, 2);
    sell(&stage, 1);
    assert_eq!(steps.recv(), Ok(1));
    go.send(true).unwrap();
    assert!(hear_append(&stage).1.is_ok());
    // One look may have begun before the append was counted; the second one saw it.
    while looks.try_recv().is_ok() {}
    assert!(looks.recv().is_ok() && looks.recv().is_ok());
    let recorded = inner.clone().append(vec![samples::created(77, other)], &samples::moment(0));
    assert!(recorded[0].is_ok());
    let changed = stage.hear(|input| match input {
        Input::Changed { payments } => Some(payments),
        _ => None,
    });
    assert_eq!(changed, [samples::payment(77)]);
}
