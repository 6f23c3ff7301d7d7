//! Business days: which day of trade a moment belongs to, by the shop's own clock.
//!
//! Pure calendar arithmetic on the wall clock. Daylight saving is the host's to know: it hands in
//! the offset that holds now.

use std::num::Saturating;

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::error::Code;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Moment, calendar_date};

/// For how long a reference is unique at an account. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum References {
    /// Forever.
    Unique,
    /// For a business day that begins at this hour, so many minutes east of Greenwich.
    PerDay {
        /// The shop's offset from UTC; the host keeps it right through daylight saving.
        offset_minutes: i32,
        /// The hour at which a new day begins.
        hour: u8,
    },
}

/// A day of trade, as written on the calendar where it began: `2026-11-20`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BusinessDay(pub Box<str>);

impl References {
    /// The most minutes that a shop's clock is away from UTC, either way.
    pub const OFFSET_MAX_MINUTES: i32 = 14 * 60;

    /// Checks what a host sets for an account.
    ///
    /// # Errors
    /// An offset that no place on Earth has, or an hour that no day has.
    pub fn check(&self) -> Result<(), Fault> {
        let Self::PerDay { offset_minutes, hour } = self else { return Ok(()) };
        let invalid = |field, rule, sentence: &str| Fault {
            code: Code::InvalidConfiguration,
            ..Fault::invalid(field, rule, sentence)
        };
        if !(-Self::OFFSET_MAX_MINUTES..=Self::OFFSET_MAX_MINUTES).contains(offset_minutes) {
            let sentence = "an offset from UTC is at most fourteen hours, east or west";
            let fault = invalid("offset_minutes", "within-a-day", sentence);
            return Err(fault.limit(Self::OFFSET_MAX_MINUTES));
        }
        if *hour > 23 {
            let sentence = "a business day begins at an hour from 0 to 23";
            return Err(invalid("hour", "hour-of-day", sentence).limit(23));
        }
        Ok(())
    }

    /// The day that a sale of now belongs to; none where references never restart.
    #[must_use]
    pub fn business_day(&self, now: &Moment) -> Option<BusinessDay> {
        let Self::PerDay { offset_minutes, hour } = self else { return None };
        let since_day_began =
            Saturating(now.wall_ms) + minutes(i64::from(*offset_minutes)) - hours(i64::from(*hour));
        let days = since_day_began.0.div_euclid(i64::try_from(DAY_MS).unwrap_or(i64::MAX));
        Some(BusinessDay(calendar_date(days).into()))
    }
}

fn minutes(count: i64) -> Saturating<i64> {
    Saturating(count) * Saturating(i64::try_from(MINUTE_MS).unwrap_or(i64::MAX))
}

fn hours(count: i64) -> Saturating<i64> {
    Saturating(count) * Saturating(i64::try_from(HOUR_MS).unwrap_or(i64::MAX))
}
