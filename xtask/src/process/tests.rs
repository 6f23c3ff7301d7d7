//! What a program says arrives whole, and what cargo says to us goes no further.

use super::{Workspace, collect, listen};

#[test]
fn every_line_is_shown_to_the_listener() {
    let workspace = Workspace::find().unwrap();
    let mut lines = Vec::new();
    let mut command = workspace.cargo(&["--version", "--verbose"]).unwrap();
    let succeeded = listen(&mut command, |line| lines.push(line.to_owned())).unwrap();
    let (_, whole, _) =
        collect(&mut workspace.cargo(&["--version", "--verbose"]).unwrap()).unwrap();
    assert!(succeeded && lines.len() > 1);
    assert_eq!(lines, whole.lines().collect::<Vec<_>>());
}

#[test]
fn a_program_that_fails_is_told_apart_from_one_that_is_not_there() {
    let workspace = Workspace::find().unwrap();
    let failed = collect(&mut workspace.cargo(&["no-such-command"]).unwrap()).unwrap();
    assert!(!failed.0 && failed.2.contains("no-such-command"));
    let absent = collect(&mut workspace.command("no-such-program-anywhere").unwrap());
    assert!(absent.unwrap_err().contains("cannot start no-such-program-anywhere"));
}

#[test]
fn what_cargo_says_of_this_package_is_not_handed_on() {
    let command = Workspace::find().unwrap().cargo(&[]).unwrap();
    let removed =
        |name: &str| command.get_envs().any(|(key, value)| key == name && value.is_none());
    assert!(removed("CARGO_PKG_NAME") && removed("CARGO_MANIFEST_DIR"));
}
