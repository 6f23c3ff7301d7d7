//! `till report`: the day close, as a table, CSV, JSON or a picture.

use clap::{Args, ValueEnum};
use serde_json::json;
use tillkit::report::{Period, Report as Books, Row, Sum};
use tillkit::till::{Query, Summary, Till};
use tillkit_model::ids::PaymentId;
use tillkit_model::money::Currency;

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::Purpose;
use crate::show::table::{Table, left, right};
use crate::show::{paint, plot, times};

/// Report what was taken; today, unless a time is said
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    span: times::Span,
    /// Only of this account
    #[arg(long)]
    account: Option<String>,
    /// How it is written; --json says json
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Table,
    /// Rows for a spreadsheet
    Csv,
    /// One document for programs
    Json,
    /// The day as a picture
    Svg,
}

impl Report {
    /// Reports.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let period = self.span.period()?;
        let till = desk.open(Purpose::Look)?;
        let books = till.report(self.account.as_deref(), period).await?;
        let format = if desk.console.is_json() { Format::Json } else { self.format };
        match format {
            Format::Table => table(desk, &books)?,
            Format::Csv => desk.console.write(&csv(&books))?,
            Format::Json => desk.console.write(&json!({ "report": books }).to_string())?,
            Format::Svg => {
                let payments = payments(desk, &till, self.account.as_deref(), period).await?;
                desk.console.write(&plot::svg(period, &payments))?;
            }
        }
        // A sum without what cannot be read is no day close.
        Ok(if books.unreadable.is_empty() { exit::DONE } else { exit::FAILED })
    }
}

fn table(desk: &mut Desk, books: &Books) -> Result<(), Failure> {
    let (from, to) = (times::local(books.period.from_ms), times::local(books.period.to_ms));
    let console = &mut desk.console;
    console.line(paint::strong(format!("{from} to {to}")))?;
    if books.rows.is_empty() {
        console.line("no payments")?;
    } else {
        for line in rows(&books.rows).lines(console.columns()) {
            console.line(line)?;
        }
        console.line("")?;
        for line in totals(books).lines(console.columns()) {
            console.line(line)?;
        }
    }
    let eyes = [
        ("open", books.open.as_slice()),
        ("not known", books.in_doubt.as_slice()),
        ("with an alarm", books.alarmed.as_slice()),
    ];
    for (what, ids) in eyes.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        console.line(paint::doubt(format!("{what}: {}", named(ids))))?;
    }
    for one in &books.unreadable {
        console.line(paint::bad(format!("cannot be read: {}", one.why)))?;
    }
    Ok(())
}

fn named(ids: &[PaymentId]) -> String {
    ids.iter().map(PaymentId::to_string).collect::<Vec<_>>().join(", ")
}

fn rows(rows: &[Row]) -> Table {
    let mut table = Table::new([
        left("account"),
        left("outcome"),
        left("status"),
        left("paid with"),
        right("count"),
        right("asked"),
        right("captured"),
        right("tips"),
        right("returned"),
    ]);
    for row in rows {
        let sum = |sum: Sum| amount(sum, &row.group.currency);
        table.row([
            row.group.account.to_string(),
            paint::outcome(row.group.outcome),
            row.group.status.name().to_owned(),
            row.group.paid_with.to_string(),
            row.count.to_string(),
            sum(row.asked),
            sum(row.captured),
            sum(row.tips),
            sum(row.returned),
        ]);
    }
    table
}

fn totals(books: &Books) -> Table {
    let mut table = Table::new([
        left("taken at"),
        right("count"),
        right("captured"),
        right("tips"),
        right("returned"),
        right("net"),
    ]);
    for total in &books.totals {
        let sum = |sum: Sum| amount(sum, &total.currency);
        table.row([
            total.account.to_string(),
            total.count.to_string(),
            sum(total.captured),
            sum(total.tips),
            sum(total.returned),
            paint::strong(sum(total.net)),
        ]);
    }
    table
}

/// A sum as decimal text with its currency. A day may be too good for a payment's own type.
fn amount(sum: Sum, code: &str) -> String {
    format!("{} {code}", decimal(sum, code))
}

fn decimal(sum: Sum, code: &str) -> String {
    let digits = Currency::parse(code).map_or(0, |currency| usize::from(currency.digits()));
    let (sign, minor) = (if sum.0 < 0 { "-" } else { "" }, sum.0.unsigned_abs());
    let text = format!("{minor:0>width$}", width = digits + 1);
    let (whole, part) = text.split_at(text.len() - digits);
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

const COLUMNS: &str =
    "account,currency,outcome,status,paid_with,count,asked,captured,tips,returned";

fn csv(books: &Books) -> String {
    let line = |row: &Row| {
        let code = &row.group.currency;
        let texts = [
            row.group.account.to_string(),
            code.to_string(),
            row.group.outcome.name().to_owned(),
            row.group.status.name().to_owned(),
            row.group.paid_with.to_string(),
            row.count.to_string(),
            decimal(row.asked, code),
            decimal(row.captured, code),
            decimal(row.tips, code),
            decimal(row.returned, code),
        ];
        texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(",")
    };
    let lines = std::iter::once(COLUMNS.to_owned()).chain(books.rows.iter().map(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// As RFC 4180 has it. What a spreadsheet might take for a formula is shown as text.
fn quoted(text: &str) -> String {
    let number = text.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '-' | '.'));
    let formula = text.starts_with(['=', '+', '@', '-']) && !number;
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// Every payment of a period that can be read, oldest first.
async fn payments(
    desk: &mut Desk,
    till: &Till,
    account: Option<&str>,
    period: Period,
) -> Result<Vec<Summary>, Failure> {
    let mut found = Vec::new();
    let account = account.map(Into::into);
    let (from_ms, to_ms) = (Some(period.from_ms), Some(period.to_ms));
    let mut query = Query { account, from_ms, to_ms, limit: 500, ..Query::default() };
    loop {
        let page = till.payments(query.clone()).await?;
        for payment in page.payments {
            match payment {
                Ok(one) => found.push(one),
                Err(error) => desk.console.note(paint::bad(Failure::from(error).sentence())),
            }
        }
        if page.next.is_none() {
            break;
        }
        query.before = page.next;
    }
    found.reverse();
    Ok(found)
}
