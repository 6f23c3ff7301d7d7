//! What a journal that went back in time does not show: when a person acknowledges it, every
//! unsettled payment remembers that more may have happened.

use super::row::row;
use super::store::{Append, Row};
use crate::payment::event::Event;
use crate::payment::{Payment, apply, view};
use crate::time::Moment;

/// The append by which a journal that is acknowledged takes away an unsettled payment's certainty
/// that nothing of it ran; none for one that is settled.
#[must_use]
pub fn lost(payment: &Payment, before: &Row, now: &Moment) -> Option<Append> {
    if !view::is_unsettled(payment) {
        return None;
    }
    let event = Event::HistoryLost { at: *now };
    let after = apply::apply(Some(payment.clone()), &event).ok()?;
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
