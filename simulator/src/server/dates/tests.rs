use tillkit_model::time::from_http_date;

use super::text;

#[test]
fn dates_are_those_of_the_calendar() {
    assert_eq!(text(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(text(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(text(951_825_600_999), "Tue, 29 Feb 2000 12:00:00 GMT");
    assert_eq!(from_http_date(&text(1_795_000_000_000)), Some(1_795_000_000_000));
}
