//! What a journal that went back in time does not show: when a person acknowledges it, every
//! payment that may have gone on in the part that is lost remembers so.
//!
//! That is each unsettled one, and each settled one that may still have been captured, given back
//! or undone: of these the ones that were last written to within [`LOOK_BACK_MS`] before the
//! journal's end, the newest [`LOOK_BACK_MAX`] of them. Every such payment costs one look.

use super::row::row;
use super::store::{Append, Row};
use crate::payment::event::Event;
use crate::payment::{Payment, apply, loss, view};
use crate::time::{DAY_MS, Moment};

/// How long before the journal's end a settled payment may last have been written to.
pub const LOOK_BACK_MS: u64 = 3 * DAY_MS;
/// How many settled payments are looked at again at the most.
pub const LOOK_BACK_MAX: u32 = 10_000;

/// Settled payments are reached that were written to at this wall time or later. Of a clock that
/// was ahead, the acknowledgement's own is believed.
#[must_use]
pub fn reached_from_wall_ms(latest_wall_ms: i64, now: &Moment) -> i64 {
    let back_ms = i64::try_from(LOOK_BACK_MS).unwrap_or(i64::MAX);
    latest_wall_ms.min(now.wall_ms).saturating_sub(back_ms)
}

/// The append by which a journal that is acknowledged takes away a payment's certainty that
/// nothing more of it happened; none where nothing more can have.
#[must_use]
pub fn lost(payment: &Payment, before: &Row, now: &Moment) -> Option<Append> {
    let event = Event::HistoryLost { at: *now };
    let after = apply::apply(Some(payment.clone()), &event).ok()?;
    if !view::is_unsettled(payment) && loss::unseen_since(&after).is_none() {
        return None;
    }
    Some(Append {
        payment: payment.id,
        expected: payment.sequence,
        events: vec![event],
        row: Row { identity: before.identity.clone(), ..row(&after) },
        releases: Vec::new(),
        fence: None,
        at: *now,
        permit: None,
    })
}
