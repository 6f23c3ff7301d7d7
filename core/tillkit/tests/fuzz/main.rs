//! A short fuzz run with the ordinary tests: the same checks as the fuzz target, on seeds that are
//! changed at random from a fixed beginning, so that every run is the same.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

mod checks;
#[path = "../../../model/tests/fuzz/mutate.rs"]
mod mutate;

#[test]
fn journal_records() {
    mutate::each(&checks::bodies(), 10_000, checks::journal_records);
}

#[test]
fn the_seeds_are_read_back_whole() {
    for body in checks::bodies() {
        assert!(checks::is_read(&body), "{}", String::from_utf8_lossy(&body));
    }
}
