//! Any bytes at all; what must hold is in the model's short fuzz run.
#![no_main]

#[allow(dead_code)]
#[path = "../../core/model/tests/fuzz/vinr.rs"]
mod vinr;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vinr::notifications(bytes));
