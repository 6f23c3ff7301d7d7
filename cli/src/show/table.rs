//! Tables of text: as wide as their widest cells, cut where the terminal ends.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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

    /// The lines, none wider than this.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let widths = self.widths();
        let names: Vec<String> = self.heads.iter().map(|head| head.name.to_owned()).collect();
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        let all = [&names, &rule].into_iter().chain(&self.rows);
        all.map(|cells| self.line(cells, &widths, columns)).collect()
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

    fn line(&self, cells: &[String], widths: &[usize], columns: usize) -> String {
        let mut line = String::new();
        for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if place > 0 {
                line.push_str(GAP);
            }
            let space = " ".repeat(width.saturating_sub(shown_width(cell)));
            if self.heads.get(place).is_some_and(|head| head.right) {
                line.push_str(&space);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&space);
            }
        }
        cut(line.trim_end(), columns)
    }
}

/// How wide a cell is once its colours are gone.
pub fn shown_width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// The text as far as it fits; what is too wide loses its colours and ends with a sign of that.
pub fn cut(text: &str, columns: usize) -> String {
    if shown_width(text) <= columns {
        return text.to_owned();
    }
    let plain = anstream::adapter::strip_str(text).to_string();
    let (mut kept, mut width) = (String::new(), 0);
    for letter in plain.chars() {
        width += letter.width().unwrap_or(0);
        if width >= columns {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}
