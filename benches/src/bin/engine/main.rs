//! `cargo xtask bench engine`.
fn main() {}
