//! The simulator as the program has it: what it says, and what it leaves when it goes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::shop::ended;

fn simulate(words: &[&str], temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
    command.arg("simulate").args(words).env("TMPDIR", temporary);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// One that has said its addresses.
fn started(mut command: Command) -> (Child, BufReader<ChildStdout>, Value) {
    let mut child = command.spawn().unwrap();
    let mut words = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    words.read_line(&mut first).unwrap();
    (child, words, serde_json::from_str(&first).unwrap())
}

fn answers(address: &str, path: &str) -> String {
    let host = address.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

fn left_in(folder: &TempDir) -> usize {
    std::fs::read_dir(folder.path()).unwrap().count()
}

#[test]
fn it_says_where_it_is_and_leaves_nothing_however_it_is_asked_to_go() {
    for name in ["-INT", "-TERM", "-HUP"] {
        let folder = TempDir::new().unwrap();
        let (mut child, _words, said) =
            started(simulate(&["--port", "0", "--json"], folder.path()));
        let simulator = &said["simulator"];
        let address = simulator["address"].as_str().unwrap();
        assert!(answers(address, "/control").contains("\"providers\""), "{said}");
        assert!(answers(simulator["counter"].as_str().unwrap(), "/").contains("<html"), "{said}");
        let providers: Vec<&String> = simulator["providers"].as_object().unwrap().keys().collect();
        assert_eq!(providers, ["centrapay", "dintero", "qonto", "vinr", "vinr-local"]);
        assert!(left_in(&folder) > 0, "its journal is somewhere");
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
        assert_eq!(left_in(&folder), 0, "{name}");
    }
}

#[test]
fn who_says_that_it_is_to_outlive_its_terminal_is_obeyed() {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" simulate --port 0 --json"]);
    command.arg(env!("CARGO_BIN_EXE_till")).env("TMPDIR", folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, _words, said) = started(command);
    signal(&child, "-HUP");
    let address = said["simulator"]["address"].as_str().unwrap();
    assert!(answers(address, "/control").contains("\"providers\""));
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_taken_port_is_told_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = TempDir::new().unwrap();
    let ran = ended(simulate(&["--port", &port, "--json"], folder.path()).spawn().unwrap());
    let error = ran.ended(1).json()["error"].clone();
    assert_eq!(error["code"], "port", "{error}");
    assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    let sentence = format!("the simulator cannot listen on port {port}: ");
    assert!(ran.err.contains(&sentence) && ran.err.trim_end().ends_with("say --port 0"), "{ran:?}");
    assert_eq!(left_in(&folder), 0);
}
