//! Marlin's manners: what may be repeated, and how doubt is settled, as data.

use tillkit_model::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use tillkit_model::time::{MINUTE_MS, SECOND_MS};

const KEYED: Manner = Manner::Keyed { life_ms: 50 * MINUTE_MS };

pub(super) static MANNERS: Manners = Manners {
    start: StartManner {
        manner: KEYED,
        timeout_ms: 20 * SECOND_MS,
        quiet_gap_ms: 2 * SECOND_MS,
        replays_max: 1,
    },
    capture: None,
    refund: Some(KEYED),
    cancel: Some(Manner::SameEffect),
    look_up: true,
    absence: Absence::NeverProof,
    times: Times { start_by_ms: 90 * SECOND_MS, expires_ms: None, settle_by_ms: 120 * SECOND_MS },
    looking: Looking::DEFAULT,
    ..Manners::UNKNOWN
};
