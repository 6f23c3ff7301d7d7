//! The demo in a pipe, and what is left of it when it is killed.

use std::io::{BufRead as _, BufReader, Lines, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::shop::ended;

fn demo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
    command.arg("demo").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn the_story_ends_with_the_table() {
    let told = ended(demo().spawn().unwrap());
    assert_eq!(told.err, "", "nothing is drawn in a pipe");
    assert!(!told.ended(0).out.contains('\u{1b}'), "no colours in a pipe");
    assert!(told.out.contains("All clocks go 20 times as fast here"), "it says that it hurries");
    let rows: Vec<&str> = told.out.lines().skip_while(|line| !line.starts_with('─')).collect();
    for (row, provider) in rows[1..5].iter().zip(["Centrapay", "Dintero", "Qonto", "VINR"]) {
        assert!(row.starts_with(provider), "{row}");
        let cells: Vec<&str> = row.split_whitespace().rev().take(6).collect();
        let [says, _, charged, prompts, _, asked] = cells[..] else { panic!("{row}") };
        assert_eq!((says, prompts), ("paid", "1"), "{row}");
        assert_eq!(charged, asked, "charged once, what was asked for: {row}");
    }
}

/// A demo whose second process lives.
struct Midway {
    parent: Child,
    lines: Lines<BufReader<ChildStdout>>,
    journal: PathBuf,
    child: u32,
}

fn at_the_second_process() -> Midway {
    let mut parent = demo().spawn().unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let mut journal = PathBuf::new();
    let child = lines.find_map(|line| {
        let line = line.unwrap();
        if let Some(path) = line.strip_prefix("journal ") {
            journal = path.trim().into();
        }
        line.trim().strip_prefix("Process ")?.split(' ').next()?.parse().ok()
    });
    Midway { parent, lines, journal, child: child.expect("it gets to the second process") }
}

/// Waits until nobody holds the pipe for errors any more, which parent and child share.
fn last_words(parent: &mut Child) -> String {
    let mut words = String::new();
    parent.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    words
}

fn lives(process: u32) -> bool {
    Path::new(&format!("/proc/{process}/exe")).exists()
}

#[test]
fn killed_while_its_second_process_lives_it_leaves_none_behind() {
    let Midway { mut parent, lines: _lines, child, .. } = at_the_second_process();
    parent.kill().unwrap();
    parent.wait().unwrap();
    last_words(&mut parent);
    assert!(!lives(child), "process {child} is still there");
}

#[test]
fn broken_off_it_says_so_and_clears_up() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let Midway { mut parent, mut lines, journal, child } = at_the_second_process();
        assert!(journal.exists());
        let id = parent.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert!(lines.all(|line| line.is_ok()));
        assert_eq!(parent.wait().unwrap().code(), Some(1), "{signal}");
        assert_eq!(last_words(&mut parent), "error: the demo was broken off\n");
        assert!(!journal.parent().unwrap().exists(), "its folder is gone");
        assert!(!lives(child), "process {child} is still there");
    }
}
