//! Moments as the shop's own clock shows them, and days as people write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use tillkit::report::Period;
use tillkit::shell::clock::SystemClock;
use tillkit_model::time::Clock as _;

use crate::failure::Failure;

/// Milliseconds since 1970, now.
pub fn now_ms() -> i64 {
    SystemClock::new(0).now().wall_ms
}

/// `2026-11-20 15:04:05`, by this machine's time zone.
pub fn local(ms: i64) -> String {
    local_as(ms, "%Y-%m-%d %H:%M:%S")
}

/// `15:04:05`, by this machine's time zone.
pub fn clock(ms: i64) -> String {
    local_as(ms, "%H:%M:%S")
}

fn local_as(ms: i64, format: &str) -> String {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return ms.to_string() };
    at.to_zoned(TimeZone::system()).strftime(format).to_string()
}

/// The day of this name: `today`, `yesterday` or `2026-11-20`, from midnight to midnight here.
pub fn day(name: &str) -> Result<(Date, Period), Failure> {
    let today = || Timestamp::from_millisecond(now_ms()).unwrap_or_default();
    let today = || today().to_zoned(TimeZone::system()).date();
    let date = match name {
        "today" => today(),
        "yesterday" => today().yesterday().unwrap_or_else(|_| today()),
        _ => name.parse::<Date>().map_err(|_| not_a_day(name))?,
    };
    let begin = |date: Date| {
        let zoned = date.to_zoned(TimeZone::system()).map_err(|_| not_a_day(name))?;
        Ok::<_, Failure>(zoned.timestamp().as_millisecond())
    };
    let next = date.checked_add(1.day()).map_err(|_| not_a_day(name))?;
    Ok((date, Period { from_ms: begin(date)?, to_ms: begin(next)? }))
}

/// From one day's beginning to another's end.
pub fn days(from: &str, to: &str) -> Result<Period, Failure> {
    let (from, to) = (day(from)?.1, day(to)?.1);
    Ok(Period { from_ms: from.from_ms, to_ms: to.to_ms })
}

fn not_a_day(name: &str) -> Failure {
    Failure::said(
        "not-a-day",
        format!("{name:?} is no day: say today, yesterday or a date such as 2026-11-20"),
    )
}

/// So long, in words that a till's screen has room for.
pub fn span(ms: u64) -> String {
    let seconds = ms / 1_000;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes}:{seconds:02} min"),
    }
}

/// How many minutes this machine's time zone was east of Greenwich then.
pub fn offset_minutes(ms: i64) -> i32 {
    let Ok(at) = Timestamp::from_millisecond(ms) else { return 0 };
    TimeZone::system().to_offset(at).seconds() / 60
}
