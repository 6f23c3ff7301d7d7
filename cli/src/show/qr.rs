//! QR codes on a terminal: two squares a character, dark on light whatever the colours are.

use anstyle::{AnsiColor, Style};
use tillkit::receipt::QrCode;

/// The light border that readers need.
const BORDER: usize = 2;

/// The code in lines.
pub fn lines(code: &QrCode) -> Vec<String> {
    let side = code.matrix.len() + 2 * BORDER;
    let dark = |row: usize, column: usize| {
        let inner = row.checked_sub(BORDER).zip(column.checked_sub(BORDER));
        let square = inner.and_then(|(row, column)| code.matrix.get(row)?.get(column));
        square.copied().unwrap_or(false)
    };
    let style = Style::new()
        .fg_color(Some(AnsiColor::Black.into()))
        .bg_color(Some(AnsiColor::BrightWhite.into()));
    let line = |row: usize| {
        let squares = (0..side).map(|column| half(dark(row, column), dark(row + 1, column)));
        format!("{style}{}{style:#}", squares.collect::<String>())
    };
    (0..side).step_by(2).map(line).collect()
}

const fn half(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}
