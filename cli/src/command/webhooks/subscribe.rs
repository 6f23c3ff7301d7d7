//! `till webhooks subscribe`: has a provider notify an address, and keeps the secret it signs with.

use clap::Args;
use serde_json::json;
use tillkit_model::provider::Subscription;

use super::{Ended, shown};
use crate::book::{Account, Book};
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;

/// Have an account's provider notify an address; the secret that it tells is kept, sealed
#[derive(Debug, Args)]
pub struct Subscribe {
    /// The address, as the provider reaches it
    url: String,
    /// Which account, where several are known
    #[arg(long)]
    account: Option<String>,
    /// Only of these events, as the provider names them; of all that a till needs unless said
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,
}

/// What notifications are checked against, where a provider has such a setting.
const SECRETS: &str = "webhook_secrets";

impl Subscribe {
    /// Subscribes.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let name = Book::read(&desk.places)?.only(self.account.as_deref())?;
        let (till, book) = desk.work(Some(&name)).await?;
        book.provider(&name)?;
        let events: Vec<&str> = self.events.iter().map(String::as_str).collect();
        let made = till.subscribe(&name, &self.url, &events).await;
        till.close().await?;
        let made = made?;
        keep_secrets(desk, &name, &made).map_err(|failure| unkept(&made, &failure))?;
        let all: Vec<_> = made.iter().map(shown).collect();
        desk.console.document(&json!({ "account": name, "subscribed": all }))?;
        for one in &made {
            desk.console.line(format!("{} notifies {}", one.id, self.url))?;
        }
        Ok(exit::DONE)
    }
}

/// A secret is told this once: it joins those that the account has by now.
fn keep_secrets(desk: &Desk, name: &str, made: &[Subscription]) -> Result<(), Failure> {
    let told: Vec<&str> =
        made.iter().filter_map(|one| Some(one.secret.as_ref()?.expose())).collect();
    if told.is_empty() {
        return Ok(());
    }
    let mut book = Book::to_change(&desk.places)?;
    let provider = book.provider(name)?.to_owned();
    let Account { mut settings, day } = book.account(name)?;
    let known = settings.remove(SECRETS).unwrap_or_default();
    let known = known.split(',').filter(|secret| !secret.is_empty());
    let all: Vec<&str> = known.chain(told).collect();
    settings.insert(SECRETS.to_owned(), all.join(","));
    let account = Account { settings, day };
    account.connect(name, &provider)?;
    book.put(&desk.places, name, &provider, &account)
}

/// Without its secret a subscription is good for nothing, so its id is told.
fn unkept(made: &[Subscription], failure: &Failure) -> Failure {
    let ids: Vec<&str> = made.iter().map(|one| &*one.id).collect();
    Failure::said(
        "secret-not-kept",
        format!(
            "the secret of {} could not be kept: {}; end it with `till webhooks unsubscribe`, and \
             subscribe once more",
            ids.join(", "),
            failure.sentence()
        ),
    )
}
