//! What the benchmarks share: a synchronous host for the real engine, a provider that answers it, a
//! clock that is turned by hand, gauges of this process, and a table of what came out.
//!
//! A benchmark tells what it measured and whether an aim was met. A missed aim is no error: times
//! depend on the machine, so no test asserts them.

pub mod decided;
pub mod gauge;
pub mod hand;
pub mod host;
pub mod open;
pub mod provider;
pub mod report;
pub mod spread;

/// What goes wrong in a benchmark, in words.
pub type Fault = String;

/// The folder for a benchmark's files, under the build's own.
///
/// # Errors
/// When it cannot be made.
pub fn folder() -> Result<std::path::PathBuf, Fault> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&root).map_err(|fault| format!("{}: {fault}", root.display()))?;
    root.canonicalize().map_err(|fault| format!("{}: {fault}", root.display()))
}
