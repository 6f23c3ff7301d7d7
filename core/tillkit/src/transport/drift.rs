//! How far the clock here is from a provider's.

use std::sync::{Mutex, PoisonError};

use tillkit_model::time::Moment;
use tillkit_model::wire::Exchange;

/// How far the clock here is ahead of a provider's, as the last answer told that told it.
#[derive(Debug, Default)]
pub(crate) struct Drift(Mutex<Option<i64>>);

impl Drift {
    /// Learns from an exchange that was asked for and came to an end at these moments.
    pub(crate) fn learn(&self, exchange: &Exchange, asked: &Moment, came: &Moment) {
        let ahead_ms = exchange.as_ref().ok().and_then(|answer| answer.clock_ahead_ms(asked, came));
        if ahead_ms.is_some() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = ahead_ms;
        }
    }

    /// In milliseconds; negative where it is behind, none before any answer told.
    pub(crate) fn ahead_ms(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
