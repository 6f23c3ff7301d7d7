//! The four openings, and every way in which a journal gives itself away.

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::history;
use tillkit_model::engine::opening::{Opening, Why};
use tillkit_model::engine::store::{FailureKind, Refusal, Store};
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::Event;

use super::desk::{Counting, Desk};
use crate::journal::{Journal, OpenError};

/// A closed journal with one started payment.
fn closed_with_one() -> (Desk, Driver) {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    append(&mut journal, started(1, driver)).unwrap();
    (desk, driver)
}

/// What is appended to a restored journal: facts, and no sale.
fn sells_nothing(journal: &mut Journal, driver: Driver) {
    assert_eq!(journal.is_restored(), Ok(true));
    assert_eq!(append(journal, started(7, driver)), Err(Refusal::Restored));
}

fn opened(desk: &mut Desk) -> Opening {
    desk.reopened().1
}

#[test]
fn a_journal_is_made_only_when_asked_for() {
    let mut desk = Desk::new();
    assert_eq!(desk.open(false).unwrap_err(), OpenError::Absent);
    assert!(!desk.path().exists() && !desk.mark().exists(), "looking leaves nothing behind");
    drop(desk.created());
    assert_eq!(opened(&mut desk), Opening::Agreed);
    assert_eq!(desk.open(true).unwrap().opening, Opening::Agreed, "there is one already");
}

#[test]
fn an_empty_file_is_no_journal_and_is_not_written_over() {
    let mut desk = Desk::new();
    std::fs::write(desk.path(), "").unwrap();
    assert_eq!(desk.open(false).unwrap_err(), OpenError::Absent);
    let OpenError::Failed(why) = desk.open(true).unwrap_err() else { panic!("refused") };
    assert!(why.detail.contains("move it away"), "{}", why.detail);
    std::fs::remove_file(desk.path()).unwrap();
    drop(desk.created());
}

#[test]
fn where_files_have_one_name_only_the_first_is_put_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let write = |name: &str| std::fs::write(path(name), name).unwrap();
    write("first");
    write("second");
    assert!(crate::journal::file::rename_alone(&path("first"), &path("till.db")).unwrap());
    assert!(!crate::journal::file::rename_alone(&path("second"), &path("till.db")).unwrap());
    assert_eq!(std::fs::read_to_string(path("till.db")).unwrap(), "first");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (desk, _) = closed_with_one();
    let journal = Desk::new().created();
    let beside =
        [".mark", "-wal", "-shm"].map(|name| crate::journal::file::beside(journal.path(), name));
    for path in beside.iter().map(std::path::PathBuf::as_path).chain([journal.path()]) {
        if path.exists() {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
    let mode = std::fs::metadata(desk.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_mark_without_its_journal_says_missing() {
    let (mut desk, _) = closed_with_one();
    std::fs::remove_file(desk.path()).unwrap();
    for create in [false, true] {
        let OpenError::Failed(why) = desk.open(create).unwrap_err() else { panic!("missing") };
        assert_eq!(why.kind, FailureKind::Missing);
    }
    assert!(!desk.path().exists());
    std::fs::write(desk.path(), "").unwrap();
    let OpenError::Failed(why) = desk.open(true).unwrap_err() else { panic!("missing") };
    assert_eq!(why.kind, FailureKind::Missing, "nor does an empty file help");
}

#[test]
fn a_journal_without_its_mark_is_restored() {
    let (mut desk, driver) = closed_with_one();
    std::fs::remove_file(desk.mark()).unwrap();
    let (mut journal, opening) = desk.reopened();
    assert_eq!(opening, Opening::Restored(Why::NoMark));
    sells_nothing(&mut journal, driver);
    append(&mut journal, seen(1, 2, driver)).unwrap();
}

#[test]
fn a_journal_beside_a_strangers_mark_is_restored() {
    let (mut desk, driver) = closed_with_one();
    let mut other = Desk { entropy: Counting(99), ..Desk::new() };
    drop(other.created());
    std::fs::copy(other.mark(), desk.mark()).unwrap();
    let (mut journal, opening) = desk.reopened();
    assert_eq!(opening, Opening::Restored(Why::Stranger));
    sells_nothing(&mut journal, driver);
}

#[test]
fn a_backup_is_restored() {
    let (mut desk, driver) = closed_with_one();
    let backup = desk.backup();
    let (mut journal, _) = desk.reopened();
    append(&mut journal, paid(1, 2, driver)).unwrap();
    drop(journal);
    desk.bring_back(&backup);
    let (mut journal, opening) = desk.reopened();
    assert_eq!(opening, Opening::Restored(Why::Behind));
    sells_nothing(&mut journal, driver);
}

#[test]
fn a_backup_that_went_on_elsewhere_is_restored() {
    let (mut desk, driver) = closed_with_one();
    let elsewhere = Desk { directory: desk.backup(), ..Desk::new() };
    let (mut journal, _) = desk.reopened();
    append(&mut journal, seen(1, 2, driver)).unwrap();
    drop(journal);
    let mut elsewhere = elsewhere;
    let (mut journal, opening) = elsewhere.reopened();
    assert_eq!(opening, Opening::Agreed, "journal and mark were copied together");
    append(&mut journal, started(2, driver)).unwrap();
    drop(journal);
    desk.bring_back(&elsewhere.directory);
    assert_eq!(opened(&mut desk), Opening::Restored(Why::Forked));
}

#[test]
fn restored_lasts_even_when_the_mark_comes_back() {
    let (mut desk, driver) = closed_with_one();
    let mark = std::fs::read(desk.mark()).unwrap();
    std::fs::remove_file(desk.mark()).unwrap();
    let (mut journal, _) = desk.reopened();
    append(&mut journal, seen(1, 2, driver)).unwrap();
    drop(journal);
    assert!(!desk.mark().exists(), "a restored journal makes no mark");
    std::fs::write(desk.mark(), mark).unwrap();
    let (mut journal, opening) = desk.reopened();
    assert_eq!(opening, Opening::Restored(Why::Unacknowledged));
    sells_nothing(&mut journal, driver);
}

#[test]
fn a_restored_journal_leaves_the_mark_of_the_one_that_is_missing() {
    let (mut desk, driver) = closed_with_one();
    let backup = desk.backup();
    let (mut journal, _) = desk.reopened();
    append(&mut journal, seen(1, 2, driver)).unwrap();
    drop(journal);
    let real = desk.backup();
    desk.bring_back(&backup);
    let (mut journal, _) = desk.reopened();
    for (expected, _) in (2..).zip(0..5) {
        append(&mut journal, seen(1, expected, driver)).unwrap();
    }
    drop(journal);
    desk.bring_back(&real);
    assert_eq!(opened(&mut desk), Opening::Agreed, "the real one is trusted again");
}

#[test]
fn a_person_ends_restored_mode() {
    let (mut desk, driver) = closed_with_one();
    std::fs::remove_file(desk.mark()).unwrap();
    let (mut journal, _) = desk.reopened();
    assert!(
        journal.acknowledge("  ", &moment(1), &mut Counting(5)).is_err(),
        "a reason is asked for"
    );
    assert_eq!(journal.is_restored(), Ok(true));
    let reason = "the disk was replaced, all sales of the day were compared";
    assert_eq!(journal.acknowledge(reason, &moment(1), &mut Counting(5)), Ok(true));
    assert_eq!(journal.acknowledge(reason, &moment(1), &mut Counting(5)), Ok(false));
    append(&mut journal, started(2, driver)).unwrap();
    assert_eq!(journal.check().unwrap().faults, []);
    let open = journal.events(payment(1)).unwrap().unwrap();
    assert!(
        matches!(open.last(), Some(Event::HistoryLost { .. })),
        "what was open may have gone on in the part that is lost: {open:?}"
    );
    drop(journal);
    assert_eq!(opened(&mut desk), Opening::Agreed);
    desk.meddle("UPDATE journal SET restored = 0");
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    let sql = "SELECT body FROM records WHERE subject = zeroblob(16)";
    let note: Vec<u8> = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(String::from_utf8(note).unwrap().contains(reason), "the word itself is recorded");
}

#[test]
fn what_came_to_rest_shortly_before_a_journals_end_is_looked_at_again() {
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let ends = [(1, 0), (2, 1), (3, history::LOOK_BACK_MS + 1)];
    append(&mut journal, started(4, driver)).unwrap();
    for (n, rested_ms) in ends {
        append(&mut journal, started(n, driver)).unwrap();
        let mut end = paid(n, 2, driver);
        end.at = moment(rested_ms);
        append(&mut journal, end).unwrap();
    }
    drop(journal);
    std::fs::remove_file(desk.mark()).unwrap();
    let (journal, _) = desk.reopened();
    let now = moment(9 * history::LOOK_BACK_MS);
    journal.acknowledge("compared by hand", &now, &mut Counting(5)).unwrap();
    let reached = |n| {
        let events = journal.events(payment(n)).unwrap().unwrap();
        matches!(events.last(), Some(Event::HistoryLost { .. }))
    };
    assert_eq!([1, 2, 3, 4].map(reached), [false, true, true, true]);
    assert_eq!(journal.check().unwrap().faults, []);
}

#[test]
fn an_acknowledged_copy_is_another_installation() {
    let (mut desk, driver) = closed_with_one();
    let old_mark = std::fs::read(desk.mark()).unwrap();
    std::fs::remove_file(desk.mark()).unwrap();
    let (mut journal, _) = desk.reopened();
    journal.acknowledge("compared by hand", &moment(1), &mut Counting(5)).unwrap();
    append(&mut journal, seen(1, 3, driver)).unwrap();
    drop(journal);
    std::fs::write(desk.mark(), old_mark).unwrap();
    assert_eq!(opened(&mut desk), Opening::Restored(Why::Stranger));
}

/// The name under which a mark is announced for the desk's journal.
fn announcement(desk: &Desk) -> std::path::PathBuf {
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    let sql = "SELECT installation FROM journal";
    let id = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let id = tillkit_model::ids::InstallationId::from_bytes(id);
    crate::journal::file::beside(&desk.mark(), &format!(".{id}"))
}

#[test]
fn dying_before_a_new_journal_is_in_place_leaves_none() {
    let (dead, _) = closed_with_one();
    let mut desk = Desk { entropy: Counting(50), ..Desk::new() };
    let name = announcement(&dead).file_name().unwrap().to_owned();
    std::fs::copy(dead.mark(), desk.directory.path().join(name)).unwrap();
    std::fs::copy(dead.path(), desk.directory.path().join("till.db.unfinished")).unwrap();
    assert_eq!(desk.open(false).unwrap_err(), OpenError::Absent);
    assert_eq!(desk.open(true).unwrap().opening, Opening::New);
}

#[test]
fn dying_before_a_new_mark_is_adopted_loses_nothing() {
    let (mut desk, _) = closed_with_one();
    std::fs::rename(desk.mark(), announcement(&desk)).unwrap();
    assert_eq!(opened(&mut desk), Opening::Agreed);
    assert!(desk.mark().exists() && !announcement(&desk).exists());
}

#[test]
fn a_new_journal_leaves_nothing_beside_itself_and_its_mark() {
    let mut desk = Desk::new();
    drop(desk.created());
    let mut names: Vec<_> = std::fs::read_dir(desk.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["till.db", "till.db.mark"]);
}

#[test]
fn dying_while_acknowledging_is_finished_or_undone() {
    let (mut desk, driver) = closed_with_one();
    for (point, after) in [
        (crate::journal::Point::BeforeCommit, Opening::Restored(Why::NoMark)),
        (crate::journal::Point::AfterCommit, Opening::Agreed),
    ] {
        if desk.mark().exists() {
            std::fs::remove_file(desk.mark()).unwrap();
        }
        desk.fault = Some(super::failing::at(point));
        let (journal, opening) = desk.reopened();
        assert!(matches!(opening, Opening::Restored(_)));
        journal.acknowledge("compared by hand", &moment(1), &mut Counting(5)).unwrap_err();
        drop(journal);
        desk.fault = None;
        assert_eq!(opened(&mut desk), after);
    }
    let (mut journal, _) = desk.reopened();
    append(&mut journal, seen(1, 3, driver)).unwrap();
}

#[test]
fn another_programs_file_is_left_alone() {
    let mut desk = Desk::new();
    desk.meddle("CREATE TABLE bookkeeping (amount INTEGER)");
    let before = std::fs::read(desk.path()).unwrap();
    let OpenError::Failed(why) = desk.open(true).unwrap_err() else { panic!("refused") };
    assert_eq!(why.kind, FailureKind::Other);
    assert_eq!(std::fs::read(desk.path()).unwrap(), before);
    std::fs::write(desk.path(), "not a database at all, but a long enough text file".repeat(9))
        .unwrap();
    let OpenError::Failed(why) = desk.open(true).unwrap_err() else { panic!("refused") };
    assert_eq!(why.kind, FailureKind::Corrupt);
}

#[test]
fn a_newer_versions_tables_are_refused() {
    let (mut desk, _) = closed_with_one();
    desk.meddle("UPDATE journal SET format = 2");
    let OpenError::Failed(why) = desk.open(false).unwrap_err() else { panic!("refused") };
    assert_eq!(why.kind, FailureKind::Newer);
}

#[test]
fn a_directory_that_is_not_there_is_told() {
    let mut desk = Desk::new();
    std::fs::remove_dir(desk.directory.path()).unwrap();
    let OpenError::Failed(why) = desk.open(true).unwrap_err() else { panic!("refused") };
    assert!(why.detail.contains("cannot be created"), "{}", why.detail);
    std::fs::create_dir(desk.directory.path()).unwrap();
}

#[test]
fn the_mark_may_live_elsewhere() {
    let mut desk = Desk::new();
    let apart = tempfile::tempdir().unwrap();
    let path = apart.path().join("till.mark");
    let options = |create| crate::journal::Options {
        create,
        mark: Some(path.clone()),
        ..crate::journal::Options::new(std::sync::Arc::new(super::desk::Still))
    };
    let opened = Journal::open(desk.path(), &options(true), &mut desk.entropy).unwrap();
    assert_eq!(opened.opening, Opening::New);
    drop(opened);
    assert!(path.exists() && !desk.mark().exists());
    let opened = Journal::open(desk.path(), &options(false), &mut desk.entropy).unwrap();
    assert_eq!(opened.opening, Opening::Agreed);
}

#[test]
fn the_mark_is_a_file_of_its_own() {
    let mut desk = Desk::new();
    let options = crate::journal::Options {
        create: true,
        mark: Some(desk.path()),
        ..crate::journal::Options::new(std::sync::Arc::new(super::desk::Still))
    };
    let refused = Journal::open(desk.path(), &options, &mut desk.entropy).unwrap_err();
    assert!(matches!(refused, OpenError::Failed(why) if why.detail.contains("mark")));
    assert!(!desk.path().exists());
}

#[test]
fn two_who_make_the_same_journal_make_one() {
    for _ in 0..10 {
        let desk = Desk::new();
        let (path, start) = (desk.path(), std::sync::Barrier::new(2));
        let open = |seed| {
            let clock = std::sync::Arc::new(super::desk::Still);
            let options =
                crate::journal::Options { create: true, ..crate::journal::Options::new(clock) };
            start.wait();
            Journal::open(&path, &options, &mut Counting(seed))
        };
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| open(3));
            let other = scope.spawn(|| open(4));
            (one.join().unwrap().unwrap(), other.join().unwrap().unwrap())
        });
        let openings = [one.opening, other.opening];
        assert!(openings.contains(&Opening::New), "{openings:?}");
        assert!(
            openings.iter().all(|it| matches!(it, Opening::New | Opening::Agreed)),
            "{openings:?}"
        );
        let (mut one, mut other) = (one.journal, other.journal);
        let driver = driver(&mut one);
        append(&mut one, started(1, driver)).unwrap();
        assert_eq!(other.unsettled(ACCOUNT), Ok(vec![payment(1)]));
        assert_eq!(append(&mut other, started(1, driver)), Err(Refusal::Moved { sequence: 2 }));
    }
}
