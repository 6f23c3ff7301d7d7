//! Qonto's manners: what may be repeated, and how doubt is settled, as data.

use crate::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use crate::time::{MINUTE_MS, SECOND_MS};

/// A key lives thirty minutes, and only after a success; the same key then charges anew. There is
/// no list, so a push whose answer is lost for good is told of by a notification or by a person.
pub(super) static MANNERS: Manners = Manners {
    start: StartManner {
        manner: Manner::Keyed { life_ms: 25 * MINUTE_MS },
        timeout_ms: 60 * SECOND_MS,
        // Two equal requests at once might both run.
        quiet_gap_ms: 5 * SECOND_MS,
        replays_max: 1,
    },
    capture: None,
    refund: None,
    cancel: None,
    release: None,
    several_captures: false,
    answer: None,
    look_up: false,
    absence: Absence::NeverProof,
    void_after_expiry_ms: None,
    times: Times { start_by_ms: 90 * SECOND_MS, expires_ms: None, settle_by_ms: 120 * SECOND_MS },
    looking: Looking::DEFAULT,
};
