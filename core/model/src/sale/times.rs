//! The three times of a sale, and what a till may say of them.

use serde::{Deserialize, Serialize};

use super::{Fault, SaleRequest};
use crate::time::SECOND_MS;

/// The three times of a sale, counted from the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Nothing that could ring it up leaves later.
    pub start_by_ms: u64,
    /// Told to the provider, where it takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
    /// The caller is told *unknown*; looking goes on.
    pub settle_by_ms: u64,
}

impl Times {
    /// The least `start_by` that a till may ask for.
    pub const START_BY_MIN_MS: u64 = 5 * SECOND_MS;
    /// The most.
    pub const START_BY_MAX_MS: u64 = 600 * SECOND_MS;
    /// The most `settle_by` that a till may ask for.
    pub const SETTLE_BY_MAX_MS: u64 = 900 * SECOND_MS;

    /// The provider's usual times, changed as the request says.
    ///
    /// An expiry keeps its distance from `settle_by`, but is never before `start_by`: what may
    /// still be sent has not expired.
    ///
    /// # Errors
    /// The first time that is out of its range.
    pub fn of(request: &SaleRequest, usual: &Self) -> Result<Self, Fault> {
        let start_by_ms = request.start_by_ms.unwrap_or(usual.start_by_ms);
        let settle_by_ms = request.settle_by_ms.unwrap_or(usual.settle_by_ms);
        check_start_by(start_by_ms)?;
        check_settle_by(settle_by_ms, start_by_ms)?;
        let expires_ms = usual.expires_ms.map(|expires_ms| {
            let distance_ms = usual.settle_by_ms.saturating_sub(expires_ms);
            settle_by_ms.saturating_sub(distance_ms).max(start_by_ms)
        });
        Ok(Self { start_by_ms, expires_ms, settle_by_ms })
    }
}

fn check_start_by(start_by_ms: u64) -> Result<(), Fault> {
    if start_by_ms < Times::START_BY_MIN_MS {
        let sentence = "start_by leaves the request at least five seconds to go out";
        return Err(
            Fault::invalid("start_by_ms", "at-least", sentence).limit(Times::START_BY_MIN_MS)
        );
    }
    if start_by_ms > Times::START_BY_MAX_MS {
        let sentence = "start_by is at most ten minutes: no terminal may ring up a forgotten sale";
        return Err(
            Fault::invalid("start_by_ms", "at-most", sentence).limit(Times::START_BY_MAX_MS)
        );
    }
    Ok(())
}

fn check_settle_by(settle_by_ms: u64, start_by_ms: u64) -> Result<(), Fault> {
    if settle_by_ms <= start_by_ms {
        let sentence = "settle_by is later than start_by: say a later one, or an earlier start_by";
        return Err(Fault::invalid("settle_by_ms", "after-start-by", sentence).limit(start_by_ms));
    }
    if settle_by_ms > Times::SETTLE_BY_MAX_MS {
        let sentence = "settle_by is at most fifteen minutes: looking goes on after it by itself";
        return Err(
            Fault::invalid("settle_by_ms", "at-most", sentence).limit(Times::SETTLE_BY_MAX_MS)
        );
    }
    Ok(())
}
