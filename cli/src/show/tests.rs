use tillkit::report::Period;

use super::table::{Table, cut, left, right, shown_width};
use super::{paint, plot, times};

#[test]
fn a_table_is_as_wide_as_its_cells_and_no_wider_than_the_terminal() {
    let mut table = Table::new([left("name"), right("sum")]);
    table.row([paint::good("Käse 包"), "1.00".to_owned()]);
    table.row(["x".to_owned(), "100.00".to_owned()]);
    let lines = table.lines(80);
    let plain: Vec<String> =
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
    assert_eq!(plain, ["name        sum", "───────  ──────", "Käse 包    1.00", "x        100.00"]);
    assert!(table.lines(10).iter().all(|line| shown_width(line) <= 10));
}

#[test]
fn what_is_cut_says_so() {
    assert_eq!(cut("abcdef", 6), "abcdef");
    assert_eq!(cut("abcdef", 4), "abc…");
    assert_eq!(cut("包包包", 4), "包…");
}

#[test]
fn a_day_goes_from_midnight_to_midnight() {
    let (_, day) = times::day("2026-11-20").unwrap();
    assert_eq!(times::local(day.from_ms), "2026-11-20 00:00:00");
    assert_eq!(times::local(day.to_ms), "2026-11-21 00:00:00");
    let week = times::days("2026-11-16", "2026-11-22").unwrap();
    assert!(week.from_ms < day.from_ms && day.to_ms < week.to_ms);
    for nonsense in ["", "20.11.2026", "2026-11-31", "soon"] {
        assert!(times::day(nonsense).is_err(), "{nonsense}");
    }
}

#[test]
fn spans_read_as_people_say_them() {
    assert_eq!(times::span(59_999), "59 s");
    assert_eq!(times::span(120_000), "2:00 min");
    assert_eq!(times::span(61_000), "1:01 min");
}

#[test]
fn a_picture_without_payments_is_still_one() {
    let picture = plot::svg(Period { from_ms: 0, to_ms: 86_400_000 }, &[]);
    assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"));
    assert!(picture.contains("0 payments"));
    assert_eq!(picture.matches("<rect").count(), 4, "the legend alone");
}
