//! The table at the end: asked, prompts shown, charged, and what Tillkit says.

use serde_json::json;
use tillkit::till::{Money, Outcome};
use tillkit_model::money::Currency;

use crate::console::Console;
use crate::failure::Failure;
use crate::show::paint;
use crate::show::table::{Table, left, right};

/// How one scene ended.
pub struct Row {
    pub provider: &'static str,
    pub disaster: &'static str,
    pub asked: String,
    pub asked_minor: i64,
    pub currency: &'static str,
    /// How often a customer could have paid.
    pub prompts: usize,
    /// What the provider's own ledger says of each charge.
    pub charged_minor: Vec<i64>,
    pub says: Outcome,
}

impl Row {
    /// One charge of what was asked, and Tillkit says so.
    fn is_well(&self) -> bool {
        let taken: Vec<&i64> = self.charged_minor.iter().filter(|minor| **minor != 0).collect();
        taken == [&self.asked_minor] && self.says == Outcome::Paid
    }

    fn charged(&self) -> String {
        let total = self.charged_minor.iter().sum();
        Currency::parse(self.currency)
            .and_then(|currency| Money::from_minor(total, currency))
            .map_or_else(
                |_| total.to_string(),
                |money| format!("{} {}", money.text(), self.currency),
            )
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "provider": self.provider,
            "disaster": self.disaster,
            "asked_minor": self.asked_minor,
            "currency": self.currency,
            "prompts": self.prompts,
            "charged_minor": self.charged_minor,
            "outcome": self.says.name(),
        })
    }
}

/// Prints the table, and says whether all is well.
pub fn tell(console: &mut Console, rows: &[Row]) -> Result<bool, Failure> {
    let well = rows.iter().all(Row::is_well);
    let mut table = Table::new([
        left("provider"),
        left("what went wrong"),
        right("asked"),
        right("prompts"),
        right("charged by its ledger"),
        left("Tillkit says"),
    ]);
    for row in rows {
        table.row([
            row.provider.to_owned(),
            row.disaster.to_owned(),
            row.asked.clone(),
            row.prompts.to_string(),
            if row.is_well() { row.charged() } else { paint::bad(row.charged()) },
            paint::outcome(row.says),
        ]);
    }
    console.line("")?;
    for line in table.lines(console.columns()) {
        console.line(line)?;
    }
    console.line("")?;
    console.line(verdict(well))?;
    console.document(&json!({ "demo": rows.iter().map(Row::json).collect::<Vec<_>>() }))?;
    Ok(well)
}

fn verdict(well: bool) -> String {
    if well {
        return format!(
            "{} Next: `till --help`, or `till simulate` and a till of your own.",
            paint::good("Four sales, four charges, each known.")
        );
    }
    paint::bad("This is not what should have happened: please report it with the lines above.")
}
