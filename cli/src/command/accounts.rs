//! `till accounts`: which merchants this machine sells for.

mod add;
mod authorize;
pub mod test;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::paint;
use crate::show::table::{Table, left};

/// The merchants' accounts that this machine knows
#[derive(Debug, Subcommand)]
pub enum Accounts {
    Add(add::Add),
    List(List),
    Remove(Remove),
    Test(test::Test),
    Authorize(authorize::Authorize),
}

/// Name the accounts, without what is secret
#[derive(Debug, Args)]
pub struct List {}

/// Forget an account; its payments stay in the journal
#[derive(Debug, Args)]
pub struct Remove {
    /// Its name
    name: String,
    /// Do not ask; has to be said where nobody can be asked
    #[arg(long)]
    yes: bool,
}

impl Accounts {
    /// Does it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        match self {
            Self::Add(add) => add.run(desk).await,
            Self::List(List {}) => list(desk),
            Self::Remove(remove) => remove.run(desk),
            Self::Test(test) => test.run(desk).await,
            Self::Authorize(authorize) => authorize.run(desk).await,
        }
    }
}

fn list(desk: &mut Desk) -> Result<Ended, Failure> {
    let book = Book::read(&desk.places)?;
    let mut table =
        Table::new([left("account"), left("provider"), left("merchant"), left("environment")]);
    let mut accounts = Vec::new();
    let mut closed = Vec::new();
    for name in book.names() {
        let shown = match shown(&book, name) {
            Ok(shown) => shown,
            Err(failure) => {
                let shown = unshown(&book, name, &failure)?;
                closed.push(failure);
                shown
            }
        };
        let text = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
        table.row([text("name"), text("provider"), text("merchant"), text("environment")]);
        accounts.push(shown);
    }
    desk.console.document(&json!({ "accounts": accounts }))?;
    if table.is_empty() {
        desk.console.line("no accounts: `till accounts add` makes one known")?;
    } else {
        for line in table.lines(desk.console.columns()) {
            desk.console.line(line)?;
        }
    }
    for failure in &closed {
        desk.console.line(format!("{} {}", paint::bad("error:"), failure.sentence()))?;
    }
    Ok(if closed.is_empty() { exit::DONE } else { exit::FAILED })
}

/// What is no secret of an account.
fn shown(book: &Book, name: &str) -> Result<Value, Failure> {
    let setup = book.setup(name)?;
    Ok(json!({
        "name": name,
        "provider": book.provider(name)?,
        "merchant": setup.merchant.as_str(),
        "environment": setup.environment,
        "base_url": setup.base_url,
        "day": book.account(name)?.day,
    }))
}

/// What is readable of an account that does not open.
fn unshown(book: &Book, name: &str, failure: &Failure) -> Result<Value, Failure> {
    let mut shown = failure.json();
    shown["name"] = json!(name);
    shown["provider"] = json!(book.provider(name)?);
    Ok(shown)
}

impl Remove {
    fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        Book::read(&desk.places)?.provider(&self.name)?;
        let question = format!("Forget {} and its secrets?", self.name);
        if !desk.console.agrees(self.yes, &question)? {
            return Err(Failure::said("kept", format!("{} stays as it is", self.name)));
        }
        Book::to_change(&desk.places)?.remove(&self.name)?;
        desk.console.document(&json!({ "removed": self.name }))?;
        desk.console.line(format!("{} is forgotten; its payments are not", self.name))?;
        Ok(exit::DONE)
    }
}
