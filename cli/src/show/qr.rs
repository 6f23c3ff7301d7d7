//! QR codes on a terminal: two squares a character, dark on light whatever the colours are. Without
//! colours the light squares are drawn, which is right on a dark screen; readers take the other way
//! round too.

use anstyle::{AnsiColor, Style};
use tillkit::receipt::QrCode;

/// The light border that readers need.
const BORDER: usize = 2;

/// The code in lines; none where it is wider than the terminal, for then nothing could read it.
pub fn lines(code: &QrCode, columns: usize, coloured: bool) -> Option<Vec<String>> {
    let side = code.matrix.len() + 2 * BORDER;
    if side > columns {
        return None;
    }
    let dark = |row: usize, column: usize| {
        let inner = row.checked_sub(BORDER).zip(column.checked_sub(BORDER));
        let square = inner.and_then(|(row, column)| code.matrix.get(row)?.get(column));
        square.copied().unwrap_or(false)
    };
    let style = Style::new()
        .fg_color(Some(AnsiColor::Black.into()))
        .bg_color(Some(AnsiColor::BrightWhite.into()));
    let drawn = |row: usize, column: usize| row < side && dark(row, column) == coloured;
    let line = |row: usize| {
        let squares = (0..side).map(|column| half(drawn(row, column), drawn(row + 1, column)));
        let squares: String = squares.collect();
        if coloured { format!("{style}{squares}{style:#}") } else { squares }
    };
    Some((0..side).step_by(2).map(line).collect())
}

const fn half(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}
