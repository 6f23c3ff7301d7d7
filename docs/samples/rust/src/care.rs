//! Looking after a journal: copies, checks, pruning, and the day after a restore.

use std::path::Path;
use std::sync::Arc;

use tillkit::journal::{Journal, OpenError, Options};
use tillkit::model::engine::store::Failure;
use tillkit::model::time::Clock;
use tillkit::shell::clock::SystemClock;
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Error, Role, Till, keepsake};

/// Opens a journal for its care; tills may have it open at the same time.
///
/// # Errors
/// When it is not there or cannot be opened.
///
/// # Panics
/// When the system has no randomness to give.
// ANCHOR: open
pub fn open(path: &Path) -> Result<Journal, OpenError> {
    let mut entropy = OsEntropy::new().expect("the system has randomness");
    let options = Options::new(Arc::new(SystemClock::new(1)));
    Ok(Journal::open(path, &options, &mut entropy)?.journal)
}
// ANCHOR_END: open

/// A copy for the backups, taken while the shop sells; then the journal itself is walked.
///
/// # Errors
/// When the disk says no.
// ANCHOR: nightly
pub fn nightly(journal: &Journal, copy: &Path) -> Result<bool, Failure> {
    journal.copy(copy)?;
    let report = journal.check()?;
    Ok(report.faults.is_empty())
}
// ANCHOR_END: nightly

/// Payments that have rested for this long become one line each.
///
/// # Errors
/// When the disk says no.
// ANCHOR: prune
pub fn prune(journal: &Journal, rested_days: i64) -> Result<u64, Failure> {
    let now = SystemClock::new(1).now();
    let before = now.wall_ms - rested_days * 24 * 60 * 60 * 1_000;
    Ok(journal.prune(before, &now, keepsake)?.payments)
}
// ANCHOR_END: prune

/// After a backup was put back: a person says that this journal may sell again.
///
/// # Errors
/// When it could not be recorded.
// ANCHOR: acknowledge
pub async fn after_a_restore(till: &Till, reason: &str) -> Result<bool, Error> {
    if till.health().await?.role != Role::Restored {
        return Ok(false);
    }
    till.acknowledge(reason).await
}
// ANCHOR_END: acknowledge
