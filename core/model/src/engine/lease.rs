//! Leases: which process may write permits, and when another may take its payments over.
//!
//! A lease is believed *over* only when it has surely lapsed, and believed *held* only while it
//! cannot have lapsed; between the two nobody writes permits.

use serde::{Deserialize, Serialize};

use crate::payment::Driver;
use crate::time::{Moment, SECOND_MS};

/// How long a lease lasts after its last heartbeat.
pub const LEASE_MS: u64 = 15 * SECOND_MS;
/// How often a process prolongs its lease.
pub const HEARTBEAT_MS: u64 = 5 * SECOND_MS;

/// One process's lease, as the journal keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Whose it is.
    pub driver: Driver,
    /// Its last heartbeat.
    pub beat_at: Moment,
}

/// Whether the lease can still be relied on: not when any clock says that it may have lapsed.
#[must_use]
pub fn is_held(lease: Option<&Lease>, driver: Driver, now: &Moment) -> bool {
    let held = lease.is_some_and(|lease| {
        lease.driver == driver && !now.may_have_passed(&lease.beat_at, LEASE_MS)
    });
    #[cfg(mutant = "lease_ignored")]
    let held = true || held;
    held
}

/// Whether the lease is over for certain: gone, or lapsed by a clock that cannot jump.
#[must_use]
pub fn is_over(lease: Option<&Lease>, now: &Moment) -> bool {
    let over = lease.is_none_or(|lease| now.has_surely_passed(&lease.beat_at, LEASE_MS));
    #[cfg(mutant = "lease_ignored")]
    let over = true || over;
    over
}
