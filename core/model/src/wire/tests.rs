use super::Response;
use crate::time::{BootId, Moment};

/// 06 Nov 1994, 08:49:37.
const THEIRS_MS: i64 = 784_111_777_000;

fn at(after_ms: i64) -> Moment {
    Moment { wall_ms: THEIRS_MS.saturating_add(after_ms), boot_ms: 0, boot: BootId(1) }
}

fn dated(more: &[(&str, &str)]) -> Response {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    let headers = std::iter::once(&date).chain(more);
    let headers = headers.map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Response { status: 200, headers, body: Vec::new(), truncated: false }
}

#[test]
fn a_clock_is_off_by_what_seconds_and_the_way_do_not_explain() {
    let cases = [
        ((0, 0), 0),
        ((999, 1_200), 0),
        ((-5_000, 5_000), 0),
        ((1_000, 1_200), 1),
        ((60_000, 61_000), 59_001),
        ((-61_000, -60_000), -60_000),
    ];
    for ((asked, came), ahead_ms) in cases {
        assert_eq!(dated(&[]).clock_ahead_ms(&at(asked), &at(came)), Some(ahead_ms), "{asked}");
    }
}

#[test]
fn no_clock_is_told_by_a_cache_or_by_other_words() {
    assert_eq!(dated(&[("age", "3")]).clock_ahead_ms(&at(0), &at(0)), None);
    let mut other = dated(&[]);
    other.headers[0].1 = "today".into();
    assert_eq!(other.clock_ahead_ms(&at(0), &at(0)), None);
    other.headers.clear();
    assert_eq!(other.clock_ahead_ms(&at(0), &at(0)), None);
}
