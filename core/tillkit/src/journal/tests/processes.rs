//! Several processes on one file: everything is judged again inside the transaction.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::conformance::{append, driver};
use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::{Refusal, Store};

use super::desk::Desk;
use crate::journal::Journal;

const ASKED: &str = "TILLKIT_TEST_CHILD";

/// In a child process that was started for this: the journal that it is to work on.
pub fn asked(what: &str) -> Option<PathBuf> {
    let asked = std::env::var(ASKED).ok()?;
    asked.strip_prefix(what)?.strip_prefix(':').map(PathBuf::from)
}

/// What became of a child process.
pub struct Done(Output);

impl Done {
    pub fn success(self) {
        assert!(self.0.status.success(), "{}", String::from_utf8_lossy(&self.0.stdout));
        let text = String::from_utf8_lossy(&self.0.stdout);
        assert!(text.contains("1 passed"), "the child ran its test: {text}");
    }
}

/// Runs one test of this program again, in a process of its own.
pub fn child(test: &str, what: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env(ASKED, format!("{what}:{}", path.display()));
    command
}

/// The same, as a user who may write nothing of ours.
#[cfg(unix)]
pub fn as_nobody(test: &str, what: &str, path: &Path) -> Done {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let directory = tempfile::tempdir().unwrap();
    let mut command = child(test, what, path);
    if std::fs::metadata(directory.path()).unwrap().uid() == 0 {
        // Nobody may not even look into the folder of a test program that root built.
        let program = directory.path().join("test");
        std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let all = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(directory.path(), all).unwrap();
        let mut other = Command::new(program);
        other.args(command.get_args());
        other.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        other.env("TMPDIR", "/tmp").current_dir("/").uid(65_534).gid(65_534);
        command = other;
    }
    Done(command.output().unwrap())
}

#[test]
fn two_journals_on_one_file_see_each_other_at_once() {
    let mut desk = Desk::new();
    let mut one = desk.created();
    let (mut other, opening) = desk.reopened();
    assert_eq!(opening, Opening::Agreed);
    let driver = driver(&mut one);
    append(&mut one, started(1, driver)).unwrap();
    assert_eq!(append(&mut other, started(1, driver)), Err(Refusal::Moved { sequence: 2 }));
    let mut same_sale = started(2, driver);
    same_sale.row.identity = identity(1, 1);
    assert_eq!(append(&mut other, same_sale), Err(Refusal::IdentityTaken { by: payment(1) }));
    let mut same_terminal = started(2, driver);
    same_terminal.row.holds = Some(terminal(1));
    assert_eq!(append(&mut other, same_terminal), Err(Refusal::TerminalTaken { by: payment(1) }));
    append(&mut other, seen(1, 2, driver)).unwrap();
    assert_eq!(append(&mut one, seen(1, 2, driver)), Err(Refusal::Moved { sequence: 3 }));
    let changes = one.changes(2).unwrap();
    assert_eq!(changes, (vec![payment(1)], 3), "what the other wrote is heard of");
}

#[test]
fn leases_are_given_out_once_over_all_processes() {
    let mut desk = Desk::new();
    let mut one = desk.created();
    let (mut other, _) = desk.reopened();
    let (first, second) = (driver(&mut one), other.lease(process(2), &moment(0)).unwrap());
    assert_ne!(first.epoch, second.epoch);
    append(&mut one, started(1, first)).unwrap();
    assert_eq!(append(&mut other, permitted(1, 2, second)), Err(Refusal::Fenced));
    assert_eq!(other.is_over(first, &moment(1)), Ok(false));
    one.release(first).unwrap();
    assert_eq!(other.is_over(first, &moment(1)), Ok(true));
    append(&mut other, taken_over(1, 2, second)).unwrap();
    assert_eq!(append(&mut one, permitted(1, 3, first)), Err(Refusal::Fenced));
}

#[test]
fn many_writers_on_one_file_make_one_chain() {
    let mut desk = Desk::new();
    let mut first = desk.created();
    let driver = driver(&mut first);
    std::thread::scope(|scope| {
        for writer in 0..4_u64 {
            let (mut journal, _) = desk.reopened();
            scope.spawn(move || {
                for number in 0..25 {
                    let n = 1 + writer * 25 + number;
                    append(&mut journal, started(n, driver)).unwrap();
                    append(&mut journal, paid(n, 2, driver)).unwrap();
                }
            });
        }
    });
    let report = first.check().unwrap();
    assert_eq!((report.records, report.payments, report.faults), (300, 100, vec![]));
    drop(first);
    assert_eq!(desk.reopened().1, Opening::Agreed);
}

#[test]
fn a_restored_journal_stops_every_process_on_it() {
    let mut desk = Desk::new();
    let mut one = desk.created();
    let driver = driver(&mut one);
    append(&mut one, started(1, driver)).unwrap();
    std::fs::remove_file(desk.mark()).unwrap();
    let (other, opening) = desk.reopened();
    assert!(matches!(opening, Opening::Restored(_)));
    assert_eq!(append(&mut one, started(2, driver)), Err(Refusal::Restored));
    other.acknowledge("compared", &moment(0), &mut super::desk::Counting(8)).unwrap();
    append(&mut one, started(2, driver)).unwrap();
    drop((one, other));
    assert_eq!(desk.reopened().1, Opening::Agreed);
}

#[test]
fn a_second_process_writes_to_the_same_file() {
    let same = |path: &Path, seed| -> Journal {
        let clock = std::sync::Arc::new(super::desk::Still);
        let options = crate::journal::Options::new(clock);
        let opened = Journal::open(path, &options, &mut super::desk::Counting(seed)).unwrap();
        assert_eq!(opened.opening, Opening::Agreed);
        opened.journal
    };
    if let Some(path) = asked("write") {
        let mut journal = same(&path, 9);
        let driver = journal.lease(process(9), &moment(0)).unwrap();
        for number in 100..150 {
            append(&mut journal, started(number, driver)).unwrap();
        }
        return;
    }
    let mut desk = Desk::new();
    let mut journal = desk.created();
    let driver = driver(&mut journal);
    let name = "journal::tests::processes::a_second_process_writes_to_the_same_file";
    let mut running = child(name, "write", &desk.path());
    let running = running.stdout(std::process::Stdio::piped()).spawn().unwrap();
    for number in 1..50 {
        append(&mut journal, started(number, driver)).unwrap();
    }
    Done(running.wait_with_output().unwrap()).success();
    let report = journal.check().unwrap();
    assert_eq!((report.payments, report.faults), (99, vec![]));
    drop(journal);
    same(&desk.path(), 3);
}
