//! Moments as the shop's own clock shows them, and days as people write them.

use clap::Args;
use jiff::civil::{Date, DateTime};
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
    let fault = || not_a_day(name);
    let today = || Timestamp::from_millisecond(now_ms()).unwrap_or_default();
    let today = || today().to_zoned(TimeZone::system()).date();
    let date = match name {
        "today" => today(),
        "yesterday" => today().yesterday().unwrap_or_else(|_| today()),
        // A moment is no day, although it begins like one.
        _ => name.parse().ok().filter(|date: &Date| date.to_string() == name).ok_or_else(fault)?,
    };
    let begin = |date: Date| {
        let zoned = date.to_zoned(TimeZone::system()).map_err(|_| fault())?;
        Ok::<_, Failure>(zoned.timestamp().as_millisecond())
    };
    let next = date.checked_add(1.day()).map_err(|_| fault())?;
    Ok((date, Period { from_ms: begin(date)?, to_ms: begin(next)? }))
}

/// Which time is meant, in words that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Span {
    /// One day: today, yesterday or a date such as 2026-11-20
    #[arg(long, conflicts_with_all = ["from", "to"])]
    day: Option<String>,
    /// From this day's beginning on, or from a moment such as 2026-11-20T15:04
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// To this day's end, or to a moment
    #[arg(long, value_name = "WHEN")]
    to: Option<String>,
}

impl Span {
    /// The period; today, where nothing is said.
    pub fn period(&self) -> Result<Period, Failure> {
        match (&self.day, &self.from, &self.to) {
            (Some(name), _, _) => Ok(day(name)?.1),
            (None, None, None) => Ok(day("today")?.1),
            (None, Some(from), to) => between(begin(from)?, end(to.as_deref().unwrap_or("today"))?),
            (None, None, Some(_)) => {
                let sentence = "--to alone has no beginning: say --from, or --day";
                Err(Failure::said("half-a-period", sentence))
            }
        }
    }

    /// From when and until when; without an end where none is said.
    pub fn bounds(&self) -> Result<(Option<i64>, Option<i64>), Failure> {
        if let Some(name) = &self.day {
            let period = day(name)?.1;
            return Ok((Some(period.from_ms), Some(period.to_ms)));
        }
        let from = self.from.as_deref().map(begin).transpose()?;
        let to = self.to.as_deref().map(end).transpose()?;
        if let (Some(from), Some(to)) = (from, to) {
            between(from, to)?;
        }
        Ok((from, to))
    }
}

/// When what is named begins.
fn begin(name: &str) -> Result<i64, Failure> {
    moment(name).map_or_else(|| Ok(day(name)?.1.from_ms), Ok)
}

/// When it ends; a moment ends as it begins.
fn end(name: &str) -> Result<i64, Failure> {
    moment(name).map_or_else(|| Ok(day(name)?.1.to_ms), Ok)
}

/// `2026-11-20T15:04`, with seconds where they are said, by this machine's time zone.
fn moment(name: &str) -> Option<i64> {
    let at = name.contains(['T', 't']).then(|| name.parse::<DateTime>().ok()).flatten()?;
    Some(at.to_zoned(TimeZone::system()).ok()?.timestamp().as_millisecond())
}

/// A period that ends before it begins holds nothing, whatever was sold.
fn between(from_ms: i64, to_ms: i64) -> Result<Period, Failure> {
    if from_ms < to_ms {
        return Ok(Period { from_ms, to_ms });
    }
    Err(Failure::said("empty-period", "--to is before --from: say the earlier one first"))
}

fn not_a_day(name: &str) -> Failure {
    Failure::said(
        "not-a-day",
        format!(
            "{name:?} is no day: say today, yesterday or a date such as 2026-11-20; --from and \
             --to take moments such as 2026-11-20T15:04 too"
        ),
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
