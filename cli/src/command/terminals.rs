//! `till terminals`: the devices of an account.

use clap::Args;
use serde_json::json;
use tillkit::boundary::{Named as _, Terminal as Shown};
use tillkit_model::provider::{Readiness, Terminal};

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::paint;
use crate::show::table::{Table, left};

/// List the terminals of an account, as its provider tells them
#[derive(Debug, Args)]
pub struct Terminals {
    /// Of which account, where several are known
    #[arg(long)]
    account: Option<String>,
}

impl Terminals {
    /// Lists them.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let account = Book::read(&desk.places)?.only(self.account.as_deref())?;
        let (till, book) = desk.work(Some(&account)).await?;
        book.provider(&account)?;
        desk.console.spin("the provider is asked");
        let terminals = till.terminals(&account).await;
        till.close().await?;
        let terminals = terminals?;
        let shown: Vec<Shown> = terminals.iter().cloned().map(Shown::from).collect();
        desk.console.document(&json!({ "account": account, "terminals": shown }))?;
        let table = table(&terminals);
        if table.is_empty() {
            desk.console.line("no terminals")?;
            return Ok(exit::DONE);
        }
        for line in table.lines(desk.console.columns()) {
            desk.console.line(line)?;
        }
        Ok(exit::DONE)
    }
}

fn table(terminals: &[Terminal]) -> Table {
    let mut table =
        Table::new([left("terminal"), left("name"), left("serial"), left("store"), left("ready")]);
    let text = |part: &Option<Box<str>>| part.as_deref().unwrap_or_default().to_owned();
    for one in terminals {
        let status = one.status.as_deref().map(|word| format!(" ({word})")).unwrap_or_default();
        let ready = match one.readiness {
            Readiness::Ready => paint::good(one.readiness.word()),
            Readiness::NotReady => paint::bad(one.readiness.word()),
            Readiness::Unsaid => paint::dim(one.readiness.word()),
        };
        let ready = format!("{ready}{status}");
        table.row([
            one.id.to_string(),
            text(&one.name),
            text(&one.serial),
            text(&one.store),
            ready,
        ]);
    }
    table
}
