//! Centrapay's manners: what may be repeated, and how doubt is settled, as data.

use crate::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use crate::time::{DAY_MS, SECOND_MS};

/// How long an exchange that may move money may take.
pub(super) const MONEY_TIMEOUT_MS: u64 = 30 * SECOND_MS;

/// A request that could not be paid in time is over so long after its expiry: the guide's five to
/// ten seconds, the longer of the two.
const MARGIN_MS: u64 = 10 * SECOND_MS;

/// There is no key for a start, so it is never repeated: its trace is looked for by our own
/// reference. A refund is known by its reference and amount for good, a confirmation by a key that
/// stands in its own record; voids and releases have the effect of one.
pub(super) const MANNERS: Manners = Manners {
    start: StartManner {
        manner: Manner::Once,
        timeout_ms: MONEY_TIMEOUT_MS,
        quiet_gap_ms: 5 * SECOND_MS,
        replays_max: 0,
    },
    // Nothing is said of a key's end; we rely on it as long as we look.
    capture: Some(Manner::Keyed { life_ms: 3 * DAY_MS }),
    refund: Some(Manner::SameEffect),
    cancel: Some(Manner::SameEffect),
    release: Some(Manner::SameEffect),
    several_captures: true,
    answer: Some(Manner::SameEffect),
    look_up: true,
    absence: Absence::ProofAfterExpiry { margin_ms: MARGIN_MS },
    void_after_expiry_ms: Some(MARGIN_MS),
    times: Times {
        start_by_ms: 90 * SECOND_MS,
        expires_ms: Some(120 * SECOND_MS),
        settle_by_ms: 130 * SECOND_MS,
    },
    looking: Looking::DEFAULT,
};

/// The same as far as the settings let us look: without the right to list, finding nothing proves
/// nothing.
pub(super) const fn manners(look_up: bool, may_list: bool) -> Manners {
    let absence = if look_up && may_list { MANNERS.absence } else { Absence::NeverProof };
    Manners { look_up, absence, ..MANNERS }
}
