//! VINR's manners: what may be repeated, and how doubt is settled, as data.

use super::config::Mode;
use crate::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use crate::time::{MINUTE_MS, SECOND_MS};

/// How long a key is relied on; how long it is kept is not visible.
const KEYED: Manner = Manner::Keyed { life_ms: 25 * MINUTE_MS };

/// A terminal asked straight is not said to know keys.
#[cfg(not(mutant = "vinr_terminal_replayed"))]
const AT_TERMINAL: (Manner, u32) = (Manner::Once, 0);
#[cfg(mutant = "vinr_terminal_replayed")]
const AT_TERMINAL: (Manner, u32) = (KEYED, 1);

/// The manners of this mode.
pub(super) const fn manners(mode: Mode) -> &'static Manners {
    match mode {
        Mode::Cloud => &CLOUD,
        Mode::Local => &LOCAL,
    }
}

static CLOUD: Manners =
    Manners { start: start(KEYED, 1), capture: Some(KEYED), refund: Some(KEYED), ..COMMON };

static LOCAL: Manners = Manners {
    start: start(AT_TERMINAL.0, AT_TERMINAL.1),
    capture: Some(AT_TERMINAL.0),
    refund: None,
    ..COMMON
};

const COMMON: Manners = Manners {
    start: start(Manner::Once, 0),
    capture: None,
    refund: None,
    // Refused means look.
    cancel: Some(Manner::SameEffect),
    release: None,
    several_captures: false,
    answer: None,
    look_up: true,
    absence: Absence::NeverProof,
    void_after_expiry_ms: None,
    // VINR takes no expiry.
    times: Times { start_by_ms: 90 * SECOND_MS, expires_ms: None, settle_by_ms: 120 * SECOND_MS },
    // A notification's signature is checked by a guess, so none is ever believed alone.
    looking: Looking { hint_alone_after_ms: u64::MAX, ..Looking::DEFAULT },
};

const fn start(manner: Manner, replays_max: u32) -> StartManner {
    StartManner {
        manner,
        timeout_ms: 60 * SECOND_MS,
        // Two equal requests at once might both run.
        quiet_gap_ms: 5 * SECOND_MS,
        replays_max,
    }
}
