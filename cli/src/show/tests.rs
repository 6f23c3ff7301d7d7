use tillkit::report::Period;

use tillkit::receipt::qr_code;

use super::table::{Table, left, right, shown_width};
use super::{paint, plot, qr, times};

#[test]
fn a_table_is_as_wide_as_its_cells() {
    let mut table = Table::new([left("name"), right("sum")]);
    table.row([paint::good("Käse 包"), "1.00".to_owned()]);
    table.row(["x".to_owned(), "100.00".to_owned()]);
    let lines = table.lines(80);
    let plain: Vec<String> =
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
    assert_eq!(plain, ["name        sum", "───────  ──────", "Käse 包    1.00", "x        100.00"]);
}

#[test]
fn a_row_that_is_too_wide_goes_on_in_the_next_line_and_loses_nothing() {
    let mut table = Table::new([left("name"), right("sum"), left("payment")]);
    table.row([paint::good("order-1"), "1330.00 EUR".to_owned(), "0199a-b".to_owned()]);
    let plain = |columns| -> Vec<String> {
        let lines = table.lines(columns);
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    };
    let rule = "───────  ───────────";
    let head = "name             sum";
    assert_eq!(plain(24), [head, "    payment", rule, "order-1  1330.00 EUR", "    0199a-b"]);
    assert!(plain(24).iter().all(|line| shown_width(line) <= 24));
    let narrow = plain(5).join("\n");
    assert!(narrow.contains("1330.00 EUR") && narrow.contains("0199a-b"), "{narrow}");
}

#[test]
fn a_code_is_drawn_where_it_fits_and_light_on_dark_without_colours() {
    let code = qr_code("https://service.centrapay.com/pay/1").unwrap();
    let width = code.matrix.len() + 4;
    assert_eq!(qr::lines(&code, width - 1, true), None);
    let coloured = qr::lines(&code, width, true).unwrap();
    let plain = qr::lines(&code, width, false).unwrap();
    assert!(plain.iter().all(|line| shown_width(line) == width));
    // The border is light: a blank on a white ground, or a block on a dark screen.
    assert!(coloured[0].contains("    ") && !coloured[0].contains('█'), "{}", coloured[0]);
    assert_eq!(plain[0], "█".repeat(width));
    assert!(!plain.concat().contains('\u{1b}'));
}

#[test]
fn a_day_goes_from_midnight_to_midnight() {
    let (_, day) = times::day("2026-11-20").unwrap();
    assert_eq!(times::local(day.from_ms), "2026-11-20 00:00:00");
    assert_eq!(times::local(day.to_ms), "2026-11-21 00:00:00");
    for nonsense in ["", "20.11.2026", "2026-11-31", "2026-11-20T15:04", "soon"] {
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
