//! Dintero's manners: what may be repeated, and how doubt is settled, as data.

use crate::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use crate::time::SECOND_MS;

/// No key anywhere: what may have run is looked for, and never sent again unless its second run has
/// the effect of the first.
pub(super) static MANNERS: Manners = Manners {
    start: START,
    capture: Some(Manner::Once),
    refund: REFUND,
    cancel: Some(Manner::SameEffect),
    release: None,
    several_captures: false,
    answer: None,
    look_up: true,
    // A session that no list shows yet, or that has expired, may still charge.
    absence: Absence::NeverProof,
    void_after_expiry_ms: None,
    times: Times {
        start_by_ms: 90 * SECOND_MS,
        expires_ms: Some(120 * SECOND_MS),
        settle_by_ms: 120 * SECOND_MS,
    },
    // An automatic capture is tried for 48 hours, which is the product's own number.
    looking: Looking::DEFAULT,
};

#[cfg(not(mutant = "dintero_second_create"))]
const START: StartManner = StartManner {
    manner: Manner::Once,
    timeout_ms: 30 * SECOND_MS,
    quiet_gap_ms: 5 * SECOND_MS,
    replays_max: 0,
};

#[cfg(mutant = "dintero_second_create")]
const START: StartManner = StartManner {
    manner: Manner::Keyed { life_ms: 90 * SECOND_MS },
    timeout_ms: 15 * SECOND_MS,
    quiet_gap_ms: 0,
    replays_max: 3,
};

#[cfg(not(mutant = "dintero_refund_repeated"))]
const REFUND: Option<Manner> = Some(Manner::Once);
#[cfg(mutant = "dintero_refund_repeated")]
const REFUND: Option<Manner> = Some(Manner::SameEffect);
