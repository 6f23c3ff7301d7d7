//! A disk that says no: at every point, and in every way that SQLite can tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::{Failure, FailureKind, Recorded, Refusal, Store};

use super::desk::Desk;
use crate::journal::{Fault, Journal, OpenError, Point};

/// Fails at one point, always.
pub fn at(point: Point) -> Fault {
    Arc::new(move |reached| {
        let why = Failure { kind: FailureKind::Full, detail: "no room left".into() };
        (reached == point).then_some(why)
    })
}

/// Fails at one point from the moment the switch is on.
fn switched(point: Point) -> (Arc<AtomicBool>, Fault) {
    let switch = Arc::new(AtomicBool::new(false));
    let (on, fault) = (Arc::clone(&switch), at(point));
    (
        switch,
        Arc::new(move |reached| if on.load(Ordering::Relaxed) { fault(reached) } else { None }),
    )
}

/// Lets SQLite itself refuse to write.
fn limit(journal: &Journal, pragma: &'static str) {
    journal
        .run(move |writer| {
            writer.connection.execute_batch(pragma).map_err(crate::journal::failure::of_sqlite)
        })
        .unwrap();
}

fn kind(answer: Result<Recorded, Refusal>) -> FailureKind {
    match answer {
        Err(Refusal::Failed(failure)) => failure.kind,
        other => panic!("a failure, not {other:?}"),
    }
}

#[test]
fn nothing_of_a_group_that_failed_before_its_commit_is_there() {
    let mut desk = Desk::new();
    let (switch, fault) = switched(Point::BeforeCommit);
    desk.fault = Some(fault);
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    switch.store(true, Ordering::Relaxed);
    assert_eq!(kind(append(&mut journal, started(1, driver))), FailureKind::Full);
    assert_eq!(journal.payment(payment(1)), Ok(None));
    switch.store(false, Ordering::Relaxed);
    append(&mut journal, started(1, driver)).unwrap();
    assert_eq!(journal.check().unwrap().faults, []);
}

#[test]
fn after_a_failed_answer_the_append_may_be_durable_and_gives_no_permit() {
    for point in [Point::AfterCommit, Point::AfterMark] {
        let mut desk = Desk::new();
        let (switch, fault) = switched(point);
        desk.fault = Some(fault);
        let mut journal = desk.created();
        let driver = driver(&mut journal);
        switch.store(true, Ordering::Relaxed);
        assert_eq!(kind(append(&mut journal, started(1, driver))), FailureKind::Full);
        assert!(journal.payment(payment(1)).unwrap().is_some());
        let again = append(&mut journal, started(1, driver));
        assert_eq!(again, Err(Refusal::Moved { sequence: 2 }), "the repeat starts nothing");
        drop(journal);
        desk.fault = None;
        assert_eq!(desk.reopened().1, Opening::Agreed);
    }
}

#[test]
fn a_full_disk_is_told_and_survived() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    limit(&journal, "PRAGMA max_page_count = 1");
    let mut told = None;
    for number in 2..200 {
        if let Err(refusal) = append(&mut journal, started(number, driver)) {
            told = Some((number, refusal));
            break;
        }
    }
    let (number, refusal) = told.expect("no page can be added");
    assert_eq!(kind(Err(refusal)), FailureKind::Full);
    assert_eq!(journal.payment(payment(number)), Ok(None));
    limit(&journal, "PRAGMA max_page_count = 100000");
    append(&mut journal, started(number, driver)).unwrap();
    assert_eq!(journal.check().unwrap().faults, []);
    drop(journal);
    assert_eq!(desk.reopened().1, Opening::Agreed);
}

#[test]
fn a_journal_that_cannot_be_written_says_read_only_and_still_reads() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    limit(&journal, "PRAGMA query_only = ON");
    assert_eq!(kind(append(&mut journal, seen(1, 2, driver))), FailureKind::ReadOnly);
    let lease = journal.lease(process(2), &moment(0));
    assert_eq!(lease.unwrap_err().kind, FailureKind::ReadOnly);
    assert!(journal.payment(payment(1)).unwrap().is_some());
}

#[test]
fn a_mark_that_cannot_be_written_keeps_the_permit_back() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    std::fs::remove_file(desk.mark()).unwrap();
    std::fs::create_dir(desk.mark()).unwrap();
    let answer = append(&mut journal, started(1, driver));
    assert!(matches!(answer, Err(Refusal::Failed(_))), "{answer:?}");
    assert!(journal.payment(payment(1)).unwrap().is_some(), "it is recorded, and nothing is sent");
}

#[test]
fn a_journal_that_another_holds_locked_says_so() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    limit(&journal, "PRAGMA busy_timeout = 1");
    let other = rusqlite::Connection::open(desk.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(kind(append(&mut journal, started(1, driver))), FailureKind::Locked);
    other.execute_batch("ROLLBACK").unwrap();
    append(&mut journal, started(1, driver)).unwrap();
}

#[test]
fn a_closed_journal_refuses_everything() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    journal.close().unwrap();
    assert_eq!(kind(append(&mut journal, started(1, driver))), FailureKind::Other);
    assert_eq!(journal.payment(payment(1)).unwrap_err().kind, FailureKind::Other);
    assert_eq!(journal.heartbeat(driver, &moment(0)).unwrap_err().kind, FailureKind::Other);
    assert_eq!(desk.reopened().1, Opening::Agreed);
}

#[test]
fn a_full_queue_refuses_at_once() {
    let mut desk = Desk::new();
    let options = crate::journal::Options {
        create: true,
        queue: 2,
        ..crate::journal::Options::new(Arc::new(super::desk::Still))
    };
    let opened = Journal::open(desk.path(), &options, &mut desk.entropy).unwrap();
    let mut journal = opened.journal;
    let driver = driver(&mut journal);
    let held = super::group::Held::hold(&journal);
    let (answer, answers) = std::sync::mpsc::channel();
    for number in 1..=3 {
        let answer = answer.clone();
        journal.append(started(number, driver), move |done| answer.send((number, done)).unwrap());
    }
    let (refused, why) = answers.recv().unwrap();
    assert_eq!((refused, kind(why)), (3, FailureKind::Locked));
    held.let_go();
    assert!(answers.recv().unwrap().1.is_ok() && answers.recv().unwrap().1.is_ok());
}

/// A file that the process may not write. Whoever runs as root may write everything, so the
/// opening is made by a process that is nobody.
#[cfg(unix)]
#[test]
fn a_read_only_file_is_not_opened() {
    use std::os::unix::fs::PermissionsExt;
    if let Some(path) = super::processes::asked("open") {
        let mut desk = Desk::new();
        let options = crate::journal::Options::new(Arc::new(super::desk::Still));
        let why = Journal::open(path, &options, &mut desk.entropy).unwrap_err();
        assert!(matches!(why, OpenError::Failed(why) if why.kind == FailureKind::ReadOnly));
        return;
    }
    let mut desk = Desk::new();
    drop(desk.created());
    let set = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&desk.path(), 0o444);
    set(&desk.mark(), 0o444);
    set(desk.directory.path(), 0o555);
    let name = "journal::tests::failing::a_read_only_file_is_not_opened";
    let done = super::processes::as_nobody(name, "open", &desk.path());
    set(desk.directory.path(), 0o755);
    done.success();
}
