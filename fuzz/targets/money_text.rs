//! Any bytes at all; what must hold is in the model's short fuzz run.
#![no_main]

#[allow(dead_code)]
#[path = "../../core/model/tests/fuzz/money.rs"]
mod money;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| money::money_text(bytes));
