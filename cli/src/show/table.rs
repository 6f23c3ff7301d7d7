//! Tables of text: as wide as their widest cells. Where the terminal is narrower, a row goes on in
//! the next line: nothing is cut, for what is cut may be the id or the amount that somebody needs.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// A table while it is filled.
pub struct Table {
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
}

/// A column's name, and on which side its cells stand.
pub struct Head {
    name: &'static str,
    right: bool,
}

/// Text, from the left.
pub const fn left(name: &'static str) -> Head {
    Head { name, right: false }
}

/// Numbers, from the right.
pub const fn right(name: &'static str) -> Head {
    Head { name, right: true }
}

const GAP: &str = "  ";
/// Before what goes on from the line above.
const INDENT: &str = "    ";

impl Table {
    /// An empty one.
    pub fn new<const N: usize>(heads: [Head; N]) -> Self {
        Self { heads: heads.into(), rows: Vec::new() }
    }

    /// One more row; cells may be painted.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Whether there is no row yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, none wider than this but for a cell that alone is.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let widths = self.widths();
        let bands = bands(&widths, columns);
        let names: Vec<String> = self.heads.iter().map(|head| head.name.to_owned()).collect();
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        // Below names of several lines one rule is enough.
        let rule = self.line(&rule, &widths, bands.first().cloned().unwrap_or_default());
        let in_bands = |cells: &Vec<String>| -> Vec<String> {
            bands.iter().map(|band| self.line(cells, &widths, band.clone())).collect()
        };
        let mut lines = in_bands(&names);
        lines.push(rule);
        lines.extend(self.rows.iter().flat_map(in_bands));
        lines
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.name.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(shown_width(cell));
            }
        }
        widths
    }

    /// The cells of these columns, further in where they go on.
    fn line(&self, cells: &[String], widths: &[usize], band: Range<usize>) -> String {
        let mut line = if band.start > 0 { INDENT.to_owned() } else { String::new() };
        let all = cells.iter().zip(widths).zip(&self.heads);
        for (place, ((cell, width), head)) in all.enumerate().take(band.end).skip(band.start) {
            if place > band.start {
                line.push_str(GAP);
            }
            let space = " ".repeat(width.saturating_sub(shown_width(cell)));
            if head.right {
                line.push_str(&space);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&space);
            }
        }
        line.trim_end().to_owned()
    }
}

/// The columns that share a line, for each line of a row.
fn bands(widths: &[usize], columns: usize) -> Vec<Range<usize>> {
    let (mut bands, mut start, mut used) = (Vec::new(), 0, 0);
    for (place, width) in widths.iter().enumerate() {
        let with = used + if place > start { GAP.len() } else { 0 } + width;
        if with > columns && place > start {
            bands.push(start..place);
            (start, used) = (place, INDENT.len() + width);
        } else {
            used = with;
        }
    }
    bands.push(start..widths.len());
    bands
}

/// How wide a cell is once its colours are gone.
pub fn shown_width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}
