//! Group commit: everything that waits is committed together, and synced once.

use std::sync::mpsc::{Receiver, Sender, channel};

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::store::{Refusal, Store};

use super::desk::Desk;
use crate::journal::Journal;

/// The writer, kept from working until it is let go.
pub struct Held {
    go: Sender<()>,
}

impl Held {
    pub fn hold(journal: &Journal) -> Self {
        let (go, going): (Sender<()>, Receiver<()>) = channel();
        let (arrived, arriving) = channel();
        let journal = journal.clone();
        std::thread::spawn(move || {
            journal.run(move |_| {
                arrived.send(()).unwrap();
                going.recv().unwrap();
                Ok(())
            })
        });
        arriving.recv().unwrap();
        Self { go }
    }

    pub fn let_go(self) {
        self.go.send(()).unwrap();
    }
}

#[test]
fn all_that_wait_are_committed_together() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let before = journal.counts();
    let held = Held::hold(&journal);
    let (answer, answers) = channel();
    for number in 1..=64 {
        let answer = answer.clone();
        journal.append(started(number, driver), move |done| answer.send(done).unwrap());
    }
    held.let_go();
    for number in 1..=64 {
        let recorded = answers.recv().unwrap().unwrap();
        assert_eq!(recorded.payment, payment(number), "answers come in order");
        assert!(recorded.send.is_some());
    }
    let after = journal.counts();
    assert_eq!(after.appends - before.appends, 64);
    assert_eq!(after.commits - before.commits, 1);
    assert_eq!(after.marks - before.marks, 1);
}

#[test]
fn concurrent_callers_share_commits() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let before = journal.counts();
    std::thread::scope(|scope| {
        for caller in 0..16_u64 {
            let mut journal = journal.clone();
            scope.spawn(move || {
                for number in 0..10 {
                    append(&mut journal, started(1 + caller * 10 + number, driver)).unwrap();
                }
            });
        }
    });
    let after = journal.counts();
    assert_eq!(after.appends - before.appends, 160);
    assert!(after.commits - before.commits < 160, "{after:?}");
    assert_eq!(journal.unsettled(ACCOUNT).unwrap().len(), 160);
    assert_eq!(journal.check().unwrap().faults, []);
}

#[test]
fn a_group_in_which_all_are_refused_is_not_committed() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    let before = journal.counts().commits;
    let refused = append(&mut journal, started(1, driver));
    assert_eq!(refused, Err(Refusal::Moved { sequence: 2 }));
    assert_eq!(journal.counts().commits, before);
}

#[test]
fn a_reply_that_panics_harms_nobody_else() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    journal.append(started(1, driver), |_| panic!("the caller's own mistake"));
    append(&mut journal, started(2, driver)).unwrap();
    assert!(journal.payment(payment(1)).unwrap().is_some());
}

#[test]
fn closing_finishes_what_was_handed_in() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let held = Held::hold(&journal);
    let (answer, answers) = channel();
    for number in 1..=20 {
        let answer = answer.clone();
        journal.append(started(number, driver), move |done| answer.send(done.is_ok()).unwrap());
    }
    drop(answer);
    let closing = std::thread::spawn(move || journal.close());
    held.let_go();
    closing.join().unwrap().unwrap();
    assert_eq!(answers.iter().filter(|done| *done).count(), 20);
}

#[test]
fn the_last_handle_may_go_inside_a_reply() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let (answer, answers) = channel();
    let last = journal.clone();
    journal.append(started(1, driver), move |done| {
        drop(last);
        answer.send(done.is_ok()).unwrap();
    });
    drop(journal);
    assert!(answers.recv().unwrap());
}

#[test]
fn the_last_handle_may_go_inside_a_reply_of_many() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let held = Held::hold(&journal);
    let (answer, answers) = channel();
    for number in 1..=40 {
        let (answer, last) = (answer.clone(), journal.clone());
        journal.append(started(number, driver), move |done| {
            drop(last);
            answer.send(done.is_ok()).unwrap();
        });
    }
    drop((journal, answer));
    held.let_go();
    assert_eq!(answers.iter().filter(|done| *done).count(), 40);
}

#[test]
fn a_reply_that_panics_harms_none_of_the_many_after_it() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let held = Held::hold(&journal);
    let (answer, answers) = channel();
    journal.append(started(1, driver), |_| panic!("the caller's own mistake"));
    for number in 2..=40 {
        let answer = answer.clone();
        journal.append(started(number, driver), move |done| answer.send(done.is_ok()).unwrap());
    }
    drop(answer);
    held.let_go();
    assert_eq!(answers.iter().filter(|done| *done).count(), 39);
}
