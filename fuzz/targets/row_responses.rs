//! Any bytes at all, of any row of the registry; what must hold is in the model's short fuzz run.
#![no_main]

#[allow(dead_code)]
#[path = "../../core/model/tests/fuzz/rows.rs"]
mod rows;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rows::of_any_row(rows::responses, bytes));
