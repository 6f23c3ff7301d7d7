//! What was measured, as a table: a line for each thing, with its aim and whether it was met.

/// The lines of a table.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<[String; 3]>,
}

impl Report {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A line without an aim.
    pub fn tell(&mut self, what: &str, measured: impl ToString) {
        self.rows.push([what.to_owned(), measured.to_string(), String::new()]);
    }

    /// A line with an aim.
    pub fn aim(&mut self, what: &str, measured: impl ToString, aim: &str, met: bool) {
        let verdict = if met { "met" } else { "MISSED" };
        self.rows.push([what.to_owned(), measured.to_string(), format!("{aim}: {verdict}")]);
    }

    /// Prints it, each column as wide as its widest cell.
    pub fn print(&self) {
        let width = |column: usize| {
            self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let (what, measured) = (width(0), width(1));
        for [one, two, three] in &self.rows {
            println!("  {}", format!("{one:<what$}  {two:<measured$}  {three}").trim_end());
        }
    }
}
