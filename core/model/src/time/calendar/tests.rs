use proptest::prelude::*;

use super::{calendar_date, from_http_date, from_rfc3339, to_rfc3339};

#[test]
fn known_moments_are_read_and_written() {
    let cases = [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2026-04-01T14:30:00Z", 1_775_053_800_000),
        ("2026-04-01T16:30:00+02:00", 1_775_053_800_000),
        ("2026-04-01T09:00:00.000-05:30", 1_775_053_800_000),
        ("2026-04-01t14:30:00.1234567z", 1_775_053_800_123),
        ("2026-04-01 14:30:00Z", 1_775_053_800_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_000),
    ];
    for (text, ms) in cases {
        assert_eq!(from_rfc3339(text), Some(ms), "{text}");
    }
    assert_eq!(to_rfc3339(1_775_053_800_123), "2026-04-01T14:30:00.123Z");
    assert_eq!(calendar_date(0), "1970-01-01");
}

#[test]
fn what_is_no_moment_is_none() {
    let cases = [
        "",
        "2026-04-01",
        "2026-04-01T14:30:00",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-4-1T00:00:00Z",
        "2026-04-01T24:00:00Z",
        "2026-04-01T14:60:00Z",
        "2026-04-01T14:30Z",
        "2026-04-01T14:30:00.Z",
        "2026-04-01T14:30:00.1x2Z",
        "2026-04-01T14:30:00+2:00",
        "2026-04-01T14:30:00+24:00",
        "١٩٧٠-01-01T00:00:00Z",
        "2026-04-01T14:30:00ÆZ",
    ];
    for text in cases {
        assert_eq!(from_rfc3339(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(ms in -62_000_000_000_000_i64..250_000_000_000_000) {
        prop_assert_eq!(from_rfc3339(&to_rfc3339(ms)), Some(ms));
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,30}") {
        let read = from_rfc3339(&text);
        prop_assert!(read.is_none() || text.contains(':'));
    }
}

#[test]
fn dates_of_http_are_read() {
    let known = [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        (" Tue, 29 Feb 2000 12:00:00 GMT ", 951_825_600_000),
    ];
    for (text, ms) in known {
        assert_eq!(from_http_date(text), Some(ms), "{text}");
    }
    let strange = [
        "",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",
    ];
    for text in strange {
        assert_eq!(from_http_date(text), None, "{text}");
    }
}
