use super::lines;
use crate::tidy::leftovers::{in_code, in_text};
use crate::tidy::manifests;

#[test]
fn marks_of_unfinished_work_are_found_in_comments() {
    let text =
        concat!("// TO", "DO: more\nlet a = 1; // FIX", "ME\n/// XX", "X: what\nlet TO", "DO = 1;");
    assert_eq!(lines(in_code, "core/x/src/a.rs", text), [1, 2, 3]);
}

#[test]
fn a_currency_code_is_no_mark() {
    let text = "/// The code XXX stands for no currency.\nconst NONE: &str = \"XXX\";";
    assert!(lines(in_code, "core/x/src/a.rs", text).is_empty());
}

#[test]
fn printing_for_debugging_and_sleeping_tests_are_found() {
    let text = concat!("fn f() { dbg", "!(1); }\n#[ig", "nore = \"slow\"]\nfn g() {}");
    assert_eq!(lines(in_code, "core/x/src/a.rs", text), [1, 2]);
}

#[test]
fn other_texts_are_read_whole() {
    let found = in_text("docs/a.md", concat!("fine\nstill TO", "DO here\nTO", "DOS is a word"));
    assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_package_takes_the_workspace_version() {
    let count = |path, text| manifests::check(path, text).len();
    let own = "[package]\nname = \"a\"\nversion = \"0.1.0\"\n";
    assert_eq!(count("core/x/Cargo.toml", own), 1);
    assert_eq!(count("core/x/Cargo.toml", "[package]\nversion.workspace = true\n"), 0);
    let elsewhere = "[package]\nname = \"a\"\n[dependencies]\nversion.workspace = true\n";
    assert_eq!(count("core/x/Cargo.toml", elsewhere), 1);
    assert_eq!(count("Cargo.toml", "[workspace]\nmembers = []\n"), 0);
    assert_eq!(count("fuzz/Cargo.toml", "[package]\nversion = \"0.0.0\"\n[workspace]\n"), 0);
    assert_eq!(count("core/x/notes.txt", own), 0);
}
