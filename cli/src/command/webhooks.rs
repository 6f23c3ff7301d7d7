//! `till webhooks`: a receiver, and whom a provider notifies.

mod serve;
mod subscribe;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tillkit_model::provider::Subscription;

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::table::{Table, left};

/// Notifications of providers: a receiver, and whom they notify
#[derive(Debug, Subcommand)]
pub enum Webhooks {
    Serve(serve::Serve),
    Subscribe(subscribe::Subscribe),
    List(List),
    Unsubscribe(Unsubscribe),
}

/// List whom an account's provider notifies
#[derive(Debug, Args)]
pub struct List {
    /// Which account, where several are known
    #[arg(long)]
    account: Option<String>,
}

/// Have a provider notify an address no more
#[derive(Debug, Args)]
pub struct Unsubscribe {
    /// The subscription's id, as `till webhooks list` shows it
    id: String,
    /// Which account, where several are known
    #[arg(long)]
    account: Option<String>,
}

impl Webhooks {
    /// Does it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        match self {
            Self::Serve(it) => it.run(desk).await,
            Self::Subscribe(it) => it.run(desk).await,
            Self::List(it) => it.run(desk).await,
            Self::Unsubscribe(it) => it.run(desk).await,
        }
    }
}

impl List {
    async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let account = Book::read(&desk.places)?.only(self.account.as_deref())?;
        let (till, book) = desk.work(Some(&account)).await?;
        book.provider(&account)?;
        let listed = till.subscriptions(&account).await;
        till.close().await?;
        let listed = listed?;
        let shown: Vec<Value> = listed.iter().map(shown).collect();
        desk.console.document(&json!({ "account": account, "subscriptions": shown }))?;
        let mut table = Table::new([left("subscription"), left("address"), left("events")]);
        for one in &listed {
            let url = one.url.as_deref().unwrap_or_default().to_owned();
            table.row([one.id.to_string(), url, one.events.join(", ")]);
        }
        if table.is_empty() {
            desk.console.line("nobody is notified")?;
            return Ok(exit::DONE);
        }
        for line in table.lines(desk.console.columns()) {
            desk.console.line(line)?;
        }
        Ok(exit::DONE)
    }
}

impl Unsubscribe {
    async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let account = Book::read(&desk.places)?.only(self.account.as_deref())?;
        let (till, book) = desk.work(Some(&account)).await?;
        book.provider(&account)?;
        let ended = till.unsubscribe(&account, &self.id).await;
        till.close().await?;
        ended?;
        desk.console.document(&json!({ "unsubscribed": self.id }))?;
        desk.console.line(format!("{} is notified no more", self.id))?;
        Ok(exit::DONE)
    }
}

/// A subscription, without its secret.
fn shown(subscription: &Subscription) -> Value {
    let Subscription { id, url, events, secret: _ } = subscription;
    json!({ "id": id, "url": url, "events": events })
}
