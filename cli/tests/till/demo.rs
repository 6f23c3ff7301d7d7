//! The demo in a pipe, and what is left of it when it is killed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

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

/// Killed while its second process lives: that one notices, and goes.
#[test]
fn killed_at_any_moment_it_leaves_no_process_behind() {
    let mut parent = demo().spawn().unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let child = loop {
        let line = lines.next().expect("it gets to the second process").unwrap();
        if let Some(rest) = line.trim().strip_prefix("Process ") {
            break rest.split(' ').next().unwrap().parse::<u32>().unwrap();
        }
    };
    parent.kill().unwrap();
    parent.wait().unwrap();
    // The child holds the same pipe for its errors, which closes when it is gone.
    let mut rest = String::new();
    parent.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
    let gone = !std::path::Path::new(&format!("/proc/{child}/exe")).exists();
    assert!(gone, "process {child} is still there");
}
