//! The demo in a pipe, and what is left of it when it is killed.

use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::shop::ended;

/// A demo whose journal lies below this folder.
fn demo_in(temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
    command.arg("demo").env("TMPDIR", temporary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn the_story_ends_with_the_table() {
    let temporary = TempDir::new().unwrap();
    let told = ended(demo_in(temporary.path()).spawn().unwrap());
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
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "its folder is gone");
}

/// A demo whose second process lives.
struct Midway {
    parent: Child,
    lines: Lines<BufReader<ChildStdout>>,
    journal: PathBuf,
    child: u32,
    _temporary: TempDir,
}

fn at_the_second_process() -> Midway {
    let temporary = TempDir::new().unwrap();
    let mut parent = demo_in(temporary.path()).spawn().unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let mut journal = PathBuf::new();
    let child = lines.find_map(|line| {
        let line = line.unwrap();
        if let Some(path) = line.strip_prefix("journal ") {
            journal = path.trim().into();
        }
        line.trim().strip_prefix("Process ")?.split(' ').next()?.parse().ok()
    });
    let child = child.expect("it gets to the second process");
    Midway { parent, lines, journal, child, _temporary: temporary }
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

/// What it has printed when it is killed, from its beginning to its end.
const MOMENTS: [&str; 9] = [
    "Four payments",
    "journal ",
    "Centrapay: ",
    "Dintero: ",
    "Qonto: ",
    " sells.",
    "Send 1 of the start was accepted",
    "Killed.",
    "Started again",
];

#[test]
fn killed_at_any_moment_it_leaves_no_process_behind() {
    std::thread::scope(|scope| {
        for moment in MOMENTS {
            scope.spawn(move || killed_at(moment));
        }
    });
}

fn killed_at(moment: &str) {
    let temporary = TempDir::new().unwrap();
    let mut parent = demo_in(temporary.path()).spawn().unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let mut processes: Vec<u32> = Vec::new();
    let found = lines.any(|line| {
        let line = line.unwrap();
        let mut words = line.split_whitespace().skip_while(|word| !word.ends_with("rocess"));
        processes.extend(words.nth(1).and_then(|id| id.trim_matches(',').parse::<u32>().ok()));
        line.contains(moment)
    });
    assert!(found, "it never printed {moment:?}");
    parent.kill().unwrap();
    parent.wait().unwrap();
    // Whoever it started has the same pipe for errors.
    assert_eq!(last_words(&mut parent), "", "{moment}");
    for process in processes {
        assert!(!lives(process), "killed at {moment:?} it leaves process {process}");
    }
}

#[test]
fn broken_off_it_says_so_and_clears_up() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let Midway { mut parent, mut lines, journal, child, _temporary } = at_the_second_process();
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

/// Reads the counter's live view until it shows this.
fn counter_shows(address: &str, shows: impl Fn(&Value) -> bool) -> Value {
    let host = address.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /counter/events HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
    let states = BufReader::new(stream).lines().filter_map(|line| {
        let state = line.unwrap().strip_prefix("data: ")?.to_owned();
        let state: Value = serde_json::from_str(&state).unwrap();
        state.get("shown").cloned()
    });
    let mut states = states;
    states.find(shows).expect("the live view shows it before it ends")
}

#[test]
fn the_counter_shows_the_payments_of_the_story_as_its_own() {
    let temporary = TempDir::new().unwrap();
    let mut demo = demo_in(temporary.path()).arg("--counter").spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| line.unwrap().strip_prefix("counter ").map(str::to_owned));
    let address = address.expect("it says where the counter is");
    let lines = std::thread::spawn(move || lines.map(Result::unwrap).collect::<Vec<_>>());

    let is_paid = |state: &Value, reference: &str| {
        let payments = state["payments"].as_array().unwrap().iter();
        let mut of_it = payments.filter(|one| one["summary"]["reference"] == reference);
        of_it.any(|one| one["summary"]["outcome"] == "paid" && one["differs"] == false)
    };
    let paid = counter_shows(address.trim(), |state| is_paid(state, "order-dintero"));
    assert!(is_paid(&paid, "order-centrapay"), "{paid}");
    assert_eq!(paid["others"], serde_json::json!([]), "nothing is another till's");
    let newest = &paid["payments"][0];
    assert_eq!(newest["provider"], "dintero");
    let story = newest["story"].as_array().unwrap();
    assert_eq!(story[0]["name"], "created");
    assert!(story.iter().all(|told| told["at_ms"].as_u64().unwrap() > 0), "on its own clock");

    let id = demo.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(demo.wait().unwrap().code(), Some(1));
    lines.join().unwrap();
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "its folders are gone");
}
