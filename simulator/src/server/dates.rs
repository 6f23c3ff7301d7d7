//! What a provider's clock shows in the `Date` of its answers.
//!
//! That is the machine's own time, which a till compares its clock with, and not the simulator's,
//! which may hurry.

use std::time::{SystemTime, UNIX_EPOCH};

use tillkit_model::time::calendar_date;

const DAY_MS: i64 = 86_400_000;
/// The first of January 1970 was a Thursday.
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The `Date` of a clock that is so far ahead of this machine's.
#[expect(clippy::disallowed_methods, reason = "a server tells its own time")]
pub(super) fn ahead_by(ms: i64) -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    text(since_1970.as_millis() as i64 + ms)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn text(wall_ms: i64) -> String {
    let (days, ms) = (wall_ms.div_euclid(DAY_MS), wall_ms.rem_euclid(DAY_MS));
    let date = calendar_date(days);
    let mut parts = date.split('-').map(|part| part.parse().unwrap_or_default());
    let mut next = || -> usize { parts.next().unwrap_or_default() };
    let (year, month, day) = (next(), next(), next());
    let (weekday, month) = (DAYS[days.rem_euclid(7) as usize], MONTHS[month - 1]);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

#[cfg(test)]
mod tests;
