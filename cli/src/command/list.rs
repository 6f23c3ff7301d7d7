//! `till list`: payments, newest first, a page at a time.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;
use tillkit::till::{Outcome, Payments, Query, Summary};

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::Purpose;
use crate::show::table::{Table, left, right};
use crate::show::{paint, times, words};
use crate::target::reference;

/// List payments, newest first
#[derive(Debug, Args)]
pub struct List {
    /// Only those of this account
    #[arg(long)]
    account: Option<String>,
    /// Only those with this outcome
    #[arg(long, value_parser = PossibleValuesParser::new(Outcome::ALL.map(Outcome::name)))]
    outcome: Option<String>,
    /// Only attempts under this reference
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    span: times::Span,
    /// Only those that are not settled
    #[arg(long, conflicts_with = "settled")]
    unsettled: bool,
    /// Only those that are settled
    #[arg(long)]
    settled: bool,
    /// The most that one page holds
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on after this payment: the last one of the page before
    #[arg(long, value_name = "PAYMENT")]
    before: Option<String>,
}

impl List {
    /// Lists one page.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let before = self.before.as_deref().map(super::payment_id).transpose()?;
        let reference = self.reference.as_deref().map(reference).transpose()?;
        let (from_ms, to_ms) = self.span.bounds()?;
        let query = Query {
            account: self.account.map(Into::into),
            unsettled: (self.unsettled || self.settled).then_some(self.unsettled),
            outcome: self.outcome.map(Into::into),
            reference: reference.map(|reference| reference.as_str().into()),
            from_ms,
            to_ms,
            before,
            limit: self.limit,
        };
        let page = desk.open(Purpose::Look)?.payments(query).await?;
        tell(desk, &page)?;
        Ok(exit::DONE)
    }
}

fn tell(desk: &mut Desk, page: &Payments) -> Result<(), Failure> {
    let console = &mut desk.console;
    let readable: Vec<&Summary> = page.payments.iter().flatten().collect();
    let damaged: Vec<_> = page.payments.iter().filter_map(|one| one.as_ref().err()).collect();
    console.document(&json!({ "payments": readable, "damaged": damaged, "next": page.next }))?;
    let table = table(&readable);
    if table.is_empty() {
        console.line("no payments")?;
    } else {
        for line in table.lines(console.columns()) {
            console.line(line)?;
        }
    }
    for error in damaged {
        console.line(paint::bad(error.to_string()))?;
    }
    match page.next {
        Some(next) => console.line(paint::dim(format!("more: --before {next}"))),
        None => Ok(()),
    }
}

/// Payments as rows.
pub fn table(payments: &[&Summary]) -> Table {
    let mut table = Table::new([
        left("called"),
        left("account"),
        left("reference"),
        right("amount"),
        left("outcome"),
        left("status"),
        left("payment"),
    ]);
    for summary in payments {
        let alarm = if summary.alarms.is_empty() { "" } else { " !" };
        table.row([
            times::local(summary.created_at_ms),
            summary.account.to_string(),
            summary.reference.to_string(),
            words::amount(&summary.amounts.asked),
            format!("{}{}", paint::outcome(summary.outcome), paint::bad(alarm)),
            summary.status.name().to_owned(),
            summary.id.to_string(),
        ]);
    }
    table
}
