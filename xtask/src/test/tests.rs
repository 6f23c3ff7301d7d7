//! The counting must never make a success of something that did not happen.

use super::suites::SUITES;
use super::tally::{LibtestOutput, NodeOutput, PytestOutput, Tally};
use super::{choose, names};

const GOOD: &str =
    "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0s";
const BAD: &str = "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out";

fn tally_of(lines: &[&str], succeeded: bool) -> Tally {
    let mut output = LibtestOutput::default();
    lines.iter().for_each(|line| output.read(line));
    output.finish(succeeded)
}

#[test]
fn results_of_all_programs_are_summed() {
    let lines = ["running 4 tests", "test a ... ok", GOOD, "running 7 tests", BAD];
    assert_eq!(tally_of(&lines, false), Tally { passed: 5, failed: 5, ignored: 1 });
}

#[test]
fn a_program_that_died_under_its_tests_has_failed() {
    let lines = ["running 4 tests", "running 4 tests", GOOD];
    assert_eq!(tally_of(&lines, false), Tally { passed: 3, failed: 1, ignored: 1 });
    let at_the_end = ["running 4 tests", GOOD, "running 1 test"];
    assert_eq!(tally_of(&at_the_end, false), Tally { passed: 3, failed: 1, ignored: 1 });
}

#[test]
fn a_run_that_could_not_be_built_has_failed() {
    assert_eq!(tally_of(&["error: could not compile"], false), Tally::one(false));
}

#[test]
fn a_failed_run_that_names_no_failed_test_has_failed() {
    assert_eq!(tally_of(&["running 4 tests", GOOD], false).failed, 1);
}

#[test]
fn a_run_without_a_single_test_has_failed() {
    let none = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; \
                finished in 0.00s";
    assert_eq!(tally_of(&["running 0 tests", none], true), Tally::one(false));
    assert_eq!(tally_of(&[], true), Tally::one(false));
}

#[test]
fn a_line_that_only_resembles_a_result_counts_nothing() {
    let lines = [GOOD, "  test result: ok. 9 passed", "test result: ok. many passed", "9 passed"];
    assert_eq!(tally_of(&lines, true), Tally { passed: 3, failed: 0, ignored: 1 });
}

#[test]
fn what_node_tells_at_its_end_counts_and_nothing_else() {
    let tally = |lines: &[&str], succeeded: bool| {
        let mut output = NodeOutput::default();
        lines.iter().for_each(|line| output.read(line));
        output.finish(succeeded)
    };
    let told = ["✔ a tap (2 ms)", "ℹ tests 3", "ℹ pass 3", "ℹ fail 0", "ℹ cancelled 0"];
    assert_eq!(tally(&told, true), Tally { passed: 3, failed: 0, ignored: 0 });
    let broken = ["ℹ pass 2", "ℹ fail 1", "ℹ cancelled 1"];
    assert_eq!(tally(&broken, false), Tally { passed: 2, failed: 2, ignored: 0 });
    assert_eq!(tally(&["Error: npm"], false), Tally::one(false));
    assert_eq!(tally(&["ℹ pass 0", "ℹ fail 0"], true), Tally::one(false));
}

#[test]
fn what_pytest_tells_at_the_end_of_each_run_is_summed() {
    let tally = |lines: &[&str], succeeded: bool| {
        let mut output = PytestOutput::default();
        lines.iter().for_each(|line| output.read(line));
        output.finish(succeeded)
    };
    let told = ["....s [100%]", "4 passed, 1 skipped in 1.20s", "5 passed in 62.01s (0:01:02)"];
    assert_eq!(tally(&told, true), Tally { passed: 9, failed: 0, ignored: 1 });
    let broken = ["1 failed, 85 passed, 2 warnings, 1 error in 43.54s"];
    assert_eq!(tally(&broken, false), Tally { passed: 85, failed: 2, ignored: 0 });
    assert_eq!(tally(&["3 passed in 1.20s"], false), Tally { passed: 3, failed: 1, ignored: 0 });
    assert_eq!(tally(&["no tests ran in 0.01s", "9 passed in time"], true), Tally::one(false));
}

#[test]
fn every_suite_has_a_name_of_its_own() {
    let mut sorted = names();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), SUITES.len());
}

#[test]
fn an_unknown_suite_is_refused_with_the_names_there_are() {
    let refusal = choose(&["unit".to_owned()]).err().unwrap();
    assert!(refusal.contains("`unit`") && refusal.contains("clippy"), "{refusal}");
}
