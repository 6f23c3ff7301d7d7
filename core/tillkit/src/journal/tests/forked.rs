//! After a `fork`, every call on the inherited handle fails in one sentence.

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::{FailureKind, Refusal, Store};

use super::desk::{Counting, Desk};
use crate::journal::{OpenError, Query};

#[test]
fn every_call_is_refused_in_a_forked_child() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    journal.pretend_forked();
    let now = moment(0);
    let mut kinds = vec![
        journal.payment(payment(1)).unwrap_err().kind,
        journal.surroundings(&identity(1, 1), None).unwrap_err().kind,
        journal.by_charge(ACCOUNT, &charge(1)).unwrap_err().kind,
        journal.unsettled(ACCOUNT).unwrap_err().kind,
        journal.lease(process(1), &now).unwrap_err().kind,
        journal.heartbeat(driver, &now).unwrap_err().kind,
        journal.release(driver).unwrap_err().kind,
        journal.is_over(driver, &now).unwrap_err().kind,
        journal.changes(0).unwrap_err().kind,
        journal.is_restored().unwrap_err().kind,
        journal.acknowledge("why", &now, &mut Counting(1)).unwrap_err().kind,
        journal.payments(&Query::default()).unwrap_err().kind,
        journal.prune(i64::MAX, &now, |_| String::new()).unwrap_err().kind,
        journal.copy(desk.directory.path().join("copy.db")).unwrap_err().kind,
        journal.check().unwrap_err().kind,
        journal.close().unwrap_err().kind,
    ];
    let (answer, answered) = std::sync::mpsc::channel();
    journal.append(seen(1, 2, driver), move |done| answer.send(done).unwrap());
    for refused in [answered.recv().unwrap(), append(&mut journal, seen(1, 2, driver))] {
        let Err(Refusal::Failed(why)) = refused else { panic!("refused") };
        kinds.push(why.kind);
    }
    assert!(kinds.iter().all(|kind| *kind == FailureKind::Forked), "{kinds:?}");
}

#[test]
fn opening_again_in_the_child_works() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    journal.pretend_forked();
    let (mut own, opening) = desk.reopened();
    assert_eq!(opening, Opening::Agreed);
    append(&mut own, seen(1, 2, driver)).unwrap();
    drop(journal);
    append(&mut own, seen(1, 3, driver)).unwrap();
}

#[test]
fn a_journal_rests_with_its_files_closed_and_goes_on_in_the_parent() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    let log = desk.directory.path().join("till.db-wal");
    assert!(log.exists(), "{}", log.display());
    let forking = journal.before_fork();
    // Who closes last brings the log into the file: nothing of SQLite's is open any more.
    assert!(!log.exists());
    let reader = journal.clone();
    let waits = std::thread::spawn(move || reader.clone().payment(payment(1)));
    let (answer, answered) = std::sync::mpsc::channel();
    journal.append(seen(1, 2, driver), move |done| answer.send(done).unwrap());
    assert!(answered.try_recv().is_err());
    forking.in_parent();
    waits.join().unwrap().unwrap();
    answered.recv().unwrap().unwrap();
    append(&mut journal, seen(1, 3, driver)).unwrap();
    assert!(log.exists());
}

#[test]
fn a_journal_whose_parent_forked_without_a_word_is_not_opened_again() {
    let mut desk = Desk::new();
    let journal = desk.created();
    journal.shared.home.pretend_forked();
    let Err(OpenError::Failed(refused)) = desk.open(false) else { panic!("it was opened") };
    assert_eq!(refused.kind, FailureKind::Forked);
    // Other tests run in this process, which has no parent's memory.
    journal.shared.home.pretend_at_home();
}
