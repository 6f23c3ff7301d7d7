//! The calendar: days since 1970 as dates, and moments as RFC 3339 text both ways.
//!
//! Pure arithmetic over years of four digits; leap seconds are read as the second before them.

use std::num::Saturating;

use super::DAY_MS;

/// The days of 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;
/// From the first of March of the year 0 to the first of January 1970.
const EPOCH_DAYS: Saturating<i64> = Saturating(719_468);

/// The date so many days after the first of January 1970, as `2026-11-20`.
///
/// Years are counted from March, so that the leap day is the last of its year.
#[must_use]
pub fn calendar_date(days: i64) -> String {
    let days = (Saturating(days) + EPOCH_DAYS).0;
    let era = Saturating(days.div_euclid(ERA_DAYS));
    let day_of_era = Saturating(days.rem_euclid(ERA_DAYS));
    let leap_days =
        whole(day_of_era, 1_460) - whole(day_of_era, 36_524) + whole(day_of_era, 146_096);
    let year_of_era = whole(day_of_era - leap_days, 365);
    let days_before_year =
        Saturating(365) * year_of_era + whole(year_of_era, 4) - whole(year_of_era, 100);
    let day_of_year = day_of_era - days_before_year;
    let month_from_march = whole(Saturating(5) * day_of_year + Saturating(2), 153);
    let days_before_month = whole(Saturating(153) * month_from_march + Saturating(2), 5);
    let day = day_of_year - days_before_month + Saturating(1);
    let turn_of_year = month_from_march.0 >= 10;
    let month = month_from_march + Saturating(if turn_of_year { -9 } else { 3 });
    let year = era * Saturating(400) + year_of_era + Saturating(i64::from(turn_of_year));
    format!("{year:04}-{month:02}-{day:02}")
}

fn whole(count: Saturating<i64>, unit: i64) -> Saturating<i64> {
    Saturating(count.0.div_euclid(unit))
}

/// A moment in milliseconds since 1970 as RFC 3339 text in UTC, to the millisecond.
#[must_use]
pub fn to_rfc3339(wall_ms: i64) -> String {
    let day_ms = i64::try_from(DAY_MS).unwrap_or(i64::MAX);
    let ms = wall_ms.rem_euclid(day_ms);
    let part = |unit: i64, of: i64| ms.div_euclid(unit).rem_euclid(of);
    format!(
        "{}T{:02}:{:02}:{:02}.{:03}Z",
        calendar_date(wall_ms.div_euclid(day_ms)),
        part(3_600_000, 24),
        part(60_000, 60),
        part(1_000, 60),
        part(1, 1_000),
    )
}

/// Milliseconds since 1970 in an RFC 3339 text, such as `2026-04-01T14:30:00+02:00`; none where it
/// is no such text.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = (rest.get(..zone_at)?, rest.get(zone_at..)?);
    let days = days_of(date)?;
    let clock = clock_ms(clock)?;
    let offset = offset_ms(zone)?;
    Some((Saturating(days) * Saturating(86_400_000) + Saturating(clock) - Saturating(offset)).0)
}

/// Milliseconds since 1970 in the text of an HTTP `Date`, such as `Sun, 06 Nov 1994 08:49:37 GMT`;
/// none where it is another text. The older forms of it are not read: no server sends them.
#[must_use]
pub fn from_http_date(text: &str) -> Option<i64> {
    let (_, rest) = text.trim().split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (clock, zone) = (parts.next()?, parts.next()?);
    if zone != "GMT" || parts.next().is_some() {
        return None;
    }
    let (_, month) = MONTHS.iter().zip(1_u8..).find(|(name, _)| **name == month)?;
    from_rfc3339(&format!("{year}-{month:02}-{day}T{clock}Z"))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    // A day that its month does not have comes back as another.
    (calendar_date(days) == date).then_some(days)
}

/// Counted like [`calendar_date`], from the first of March of the year 0.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month > 2 { year } else { year.saturating_sub(1) };
    let era = Saturating(shifted.div_euclid(400));
    let year_of_era = Saturating(shifted.rem_euclid(400));
    let month_from_march = (Saturating(month) + Saturating(9)).0.rem_euclid(12);
    let day_of_year = whole(Saturating(153) * Saturating(month_from_march) + Saturating(2), 5)
        + Saturating(day)
        - Saturating(1);
    let day_of_era = year_of_era * Saturating(365) + whole(year_of_era, 4)
        - whole(year_of_era, 100)
        + day_of_year;
    (era * Saturating(ERA_DAYS) + day_of_era - EPOCH_DAYS).0
}

fn clock_ms(clock: &str) -> Option<i64> {
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = seconds.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    let fits = hour <= 23 && minute <= 59 && second <= 60 && parts.next().is_none();
    let fraction_ms = digits(format!("{fraction:0<3}").get(..3)?, 3)?;
    let numeric = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let whole_seconds = (Saturating(hour) * Saturating(60) + Saturating(minute)) * Saturating(60)
        + Saturating(second.min(59));
    (fits && numeric).then_some((whole_seconds * Saturating(1_000) + Saturating(fraction_ms)).0)
}

fn offset_ms(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let east = zone.starts_with('+');
    let (hour, minute) = zone.get(1..)?.split_once(':')?;
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2)?);
    let minutes = (hour <= 23 && minute <= 59)
        .then_some(Saturating(hour) * Saturating(60) + Saturating(minute))?;
    let ms = (minutes * Saturating(60_000)).0;
    Some(if east { ms } else { ms.saturating_neg() })
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let numeric = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
