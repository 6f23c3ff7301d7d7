//! The manners of the made-up providers: DESIGN's table for VINR, Dintero and Centrapay.

use tillkit_model::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use tillkit_model::time::{MINUTE_MS, SECOND_MS};

use super::Kind;

/// Our safe share of a key that is kept for half an hour.
const KEY_MS: u64 = 25 * MINUTE_MS;

pub(super) const fn of(kind: Kind) -> Manners {
    match kind {
        Kind::Conflict => CONFLICT,
        Kind::Reference => REFERENCE,
        Kind::Quickpay => QUICKPAY,
    }
}

const CONFLICT: Manners = Manners {
    start: StartManner {
        manner: Manner::Keyed { life_ms: KEY_MS },
        timeout_ms: 60 * SECOND_MS,
        quiet_gap_ms: 5 * SECOND_MS,
        replays_max: 1,
    },
    capture: Some(Manner::Keyed { life_ms: KEY_MS }),
    refund: Some(Manner::Keyed { life_ms: KEY_MS }),
    cancel: Some(Manner::SameEffect),
    release: None,
    several_captures: false,
    answer: None,
    look_up: true,
    absence: Absence::NeverProof,
    void_after_expiry_ms: None,
    times: times(None, 120),
    looking: Looking::DEFAULT,
};

const REFERENCE: Manners = Manners {
    start: once(),
    capture: Some(Manner::Once),
    refund: Some(Manner::Once),
    cancel: Some(Manner::SameEffect),
    release: None,
    several_captures: false,
    answer: None,
    look_up: true,
    absence: Absence::NeverProof,
    void_after_expiry_ms: None,
    times: times(Some(120 * SECOND_MS), 120),
    looking: Looking::DEFAULT,
};

const QUICKPAY: Manners = Manners {
    start: once(),
    capture: None,
    // Known there by its reference and amount for good, so a second one is the first.
    refund: Some(Manner::SameEffect),
    cancel: Some(Manner::SameEffect),
    release: None,
    several_captures: false,
    answer: None,
    look_up: true,
    absence: Absence::ProofAfterExpiry { margin_ms: 10 * SECOND_MS },
    void_after_expiry_ms: Some(10 * SECOND_MS),
    times: times(Some(120 * SECOND_MS), 130),
    looking: Looking::DEFAULT,
};

const fn once() -> StartManner {
    StartManner {
        manner: Manner::Once,
        timeout_ms: 30 * SECOND_MS,
        quiet_gap_ms: 5 * SECOND_MS,
        replays_max: 0,
    }
}

const fn times(expires_ms: Option<u64>, settle_by_s: u64) -> Times {
    Times { start_by_ms: 90 * SECOND_MS, expires_ms, settle_by_ms: settle_by_s * SECOND_MS }
}
