//! What the benchmarks share: a synchronous host for the real engine, a provider that answers it, a
//! clock that is turned by hand, gauges of this process, and a table of what came out.
//!
//! A benchmark tells what it measured and whether an aim was met. A missed aim is no error: times
//! depend on the machine, so no test asserts them.

pub mod build;
pub mod child;
pub mod decided;
pub mod gauge;
pub mod hand;
pub mod host;
pub mod open;
pub mod provider;
pub mod report;
pub mod spread;

use std::path::{Path, PathBuf};

/// What goes wrong in a benchmark, in words.
pub type Fault = String;

/// The folder for a benchmark's files: under the build's own, unless `TILLKIT_BENCH_FOLDER` names
/// another, perhaps on another disk.
///
/// # Errors
/// When it cannot be made.
pub fn folder() -> Result<PathBuf, Fault> {
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    let root = std::env::var_os("TILLKIT_BENCH_FOLDER").map_or(usual, PathBuf::from);
    std::fs::create_dir_all(&root).map_err(|fault| format!("{}: {fault}", root.display()))?;
    root.canonicalize().map_err(|fault| format!("{}: {fault}", root.display()))
}
