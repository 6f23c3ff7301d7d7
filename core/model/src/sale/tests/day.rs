use crate::sale::{BusinessDay, References};
use crate::time::{BootId, Moment};

fn at(wall_ms: i64) -> Moment {
    Moment { wall_ms, boot_ms: 0, boot: BootId(1) }
}

fn day(offset_minutes: i32, hour: u8, wall_seconds: i64) -> String {
    let references = References::PerDay { offset_minutes, hour };
    let BusinessDay(day) =
        references.business_day(&at(wall_seconds.saturating_mul(1_000))).unwrap();
    day.into()
}

#[test]
fn unique_references_have_no_day() {
    assert_eq!(References::Unique.business_day(&at(1_795_167_000_000)), None);
}

#[test]
fn the_day_turns_at_its_hour_by_the_shops_clock() {
    // Each time is in UTC, in seconds since 1970.
    #[rustfmt::skip]
    let table = [
        // offset, hour, seconds,       day
        (      0,    0,  1_795_132_799, "2026-11-19"), // 19th 23:59:59
        (      0,    0,  1_795_132_800, "2026-11-20"), // 20th 00:00:00
        (      0,    4,  1_795_147_199, "2026-11-19"), // 20th 03:59:59
        (      0,    4,  1_795_147_200, "2026-11-20"), // 20th 04:00:00
        (     60,    0,  1_795_129_199, "2026-11-19"), // 19th 22:59:59, 23:59:59 in Paris
        (     60,    0,  1_795_129_200, "2026-11-20"), // 19th 23:00:00, midnight in Paris
        (     60,    4,  1_795_143_600, "2026-11-20"), // 20th 03:00:00, four in Paris
        (   -300,    0,  1_795_150_799, "2026-11-19"), // 20th 04:59:59, 23:59:59 in New York
        (   -300,    0,  1_795_150_800, "2026-11-20"), // 20th 05:00:00, midnight in New York
        (   -210,   23,  1_795_141_799, "2026-11-18"), // 20th 02:29:59, 22:59:59 in St John's
        (   -210,   23,  1_795_141_800, "2026-11-19"), // 20th 02:30:00, 23:00:00 in St John's
        (    780,    0,  1_795_086_000, "2026-11-20"), // 19th 11:00:00, midnight in Auckland
        (    840,    0,  1_795_082_400, "2026-11-20"), // 19th 10:00:00, midnight in Kiritimati
        (   -840,   23,  1_795_132_800, "2026-11-18"), // the farthest back that there is
    ];
    for (offset_minutes, hour, seconds, expected) in table {
        assert_eq!(
            day(offset_minutes, hour, seconds),
            expected,
            "{offset_minutes} {hour} {seconds}"
        );
    }
}

#[test]
fn the_calendar_knows_its_leap_days() {
    let table = [
        (0, "1970-01-01"),
        (-1, "1969-12-31"),
        (951_782_399, "2000-02-28"),
        (951_782_400, "2000-02-29"),
        (951_868_800, "2000-03-01"),
        (1_709_164_799, "2024-02-28"),
        (1_709_164_800, "2024-02-29"),
        (1_709_251_200, "2024-03-01"),
        (1_772_323_199, "2026-02-28"),
        (1_772_323_200, "2026-03-01"),
        (1_798_761_599, "2026-12-31"),
        (1_798_761_600, "2027-01-01"),
        (4_107_542_399, "2100-02-28"),
        (4_107_542_400, "2100-03-01"),
        (-2_203_891_200, "1900-03-01"),
        (-2_203_891_201, "1900-02-28"),
    ];
    for (seconds, expected) in table {
        assert_eq!(day(0, 0, seconds), expected, "{seconds}");
    }
}

#[test]
fn each_day_of_four_hundred_years_follows_the_one_before() {
    let (mut year, mut month, mut date) = (1970, 1, 1);
    for days in 0..146_097_i64 {
        assert_eq!(day(0, 0, days * 86_400), format!("{year:04}-{month:02}-{date:02}"));
        date += 1;
        if date > month_length(year, month) {
            (date, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    assert_eq!((year, month, date), (2370, 1, 1));
}

fn month_length(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn a_clock_gone_mad_still_has_a_day() {
    for wall_ms in [i64::MIN, i64::MAX] {
        for (offset_minutes, hour) in [(i32::MIN, u8::MAX), (i32::MAX, 0)] {
            let references = References::PerDay { offset_minutes, hour };
            assert!(references.business_day(&at(wall_ms)).is_some());
        }
    }
}

#[test]
fn a_day_that_no_shop_has_is_refused() {
    #[rustfmt::skip]
    let table = [
        (   0,  0, None),
        ( 840, 23, None),
        (-840,  4, None),
        ( 841,  0, Some("offset_minutes")),
        (-841,  0, Some("offset_minutes")),
        (   0, 24, Some("hour")),
        (i32::MIN, 24, Some("offset_minutes")),
    ];
    for (offset_minutes, hour, field) in table {
        let checked = References::PerDay { offset_minutes, hour }.check();
        assert_eq!(checked.err().map(|fault| fault.field), field, "{offset_minutes} {hour}");
    }
    assert_eq!(References::Unique.check(), Ok(()));
}
