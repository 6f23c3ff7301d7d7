//! Any bytes at all; what must hold is in tillkit's short fuzz run.
#![no_main]

#[allow(dead_code)]
#[path = "../../core/tillkit/tests/fuzz/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::journal_records(bytes));
