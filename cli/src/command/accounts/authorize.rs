//! `till accounts authorize`: a merchant's consent, where a provider wants it.

use clap::Args;
use serde_json::json;
use tillkit::till::Till;

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;

/// Have the merchant give consent, where the provider asks for it (Qonto)
#[derive(Debug, Args)]
pub struct Authorize {
    /// The account's name, where several are known
    name: Option<String>,
    /// Where the merchant comes back to, as it is registered with the provider
    #[arg(long, value_name = "URL")]
    redirect_uri: String,
}

impl Authorize {
    /// Asks for it, and keeps the tokens that it brings.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let name = Book::read(&desk.places)?.only(self.name.as_deref())?;
        let (till, book) = desk.work(Some(&name)).await?;
        book.provider(&name)?;
        let authorized = self.authorize(desk, &till, &name).await;
        till.close().await?;
        authorized?;
        desk.console.document(&json!({ "authorized": name }))?;
        desk.console.line(format!("{name} is authorized; its tokens are sealed in the journal"))?;
        Ok(exit::DONE)
    }

    async fn authorize(&self, desk: &mut Desk, till: &Till, name: &str) -> Result<(), Failure> {
        let consent = till.authorize(name, &self.redirect_uri)?;
        desk.console.document(&json!({ "authorize": consent.url }))?;
        desk.console.line("The merchant opens this address, and says yes:")?;
        desk.console.line(&consent.url)?;
        let back = if desk.console.asks() {
            desk.console.ask("the whole address that the browser came back to", true)?
        } else {
            super::super::line_of_input()?
        };
        let (state, code) = came_back(&back)?;
        Ok(till.authorized(name, &consent, &state, &code).await?)
    }
}

/// State and code from the address that a browser came back to.
fn came_back(address: &str) -> Result<(String, String), Failure> {
    let query = address.trim().split_once('?').map_or("", |(_, query)| query);
    let field = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    match (field("state"), field("code"), field("error")) {
        (Some(state), Some(code), _) => Ok((state, code)),
        (_, _, Some(error)) => {
            Err(Failure::said("no-consent", format!("the merchant said no: {error}")))
        }
        _ => Err(Failure::said(
            "no-consent",
            "this address has no code and state: copy all of it, with what follows the ?",
        )),
    }
}
