//! `till accounts add`: a merchant's settings, with secrets from a prompt, the environment or
//! files.

use clap::Args;
use serde_json::json;
use tillkit_model::provider::{Settings, provider, registry};
use tillkit_model::sale::Fault;

use super::{Ended, shown};
use crate::book::{Account, Book};
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::create_journal;
use crate::stands::Stand;

/// Make an account known; what is missing is asked for, secrets without showing them
///
/// Everything is sealed before it is stored. On the first call a key is made, and a journal where
/// there is none.
#[derive(Debug, Args)]
pub struct Add {
    /// Your own name for it, such as shop-1
    name: String,
    /// Through which provider: qonto, vinr, dintero or centrapay
    #[arg(long)]
    provider: String,
    /// A setting that is no secret, as NAME=VALUE
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = super::super::pay::pair)]
    plain: Vec<(String, String)>,
    /// A setting from an environment variable, as NAME=VARIABLE
    #[arg(long = "env", value_name = "NAME=VARIABLE", value_parser = super::super::pay::pair)]
    from_environment: Vec<(String, String)>,
    /// A setting from a file, as NAME=FILE
    #[arg(long = "file", value_name = "NAME=FILE", value_parser = super::super::pay::pair)]
    from_files: Vec<(String, String)>,
    /// The settings of the simulator at this address, instead of a merchant's
    #[arg(long, value_name = "URL")]
    simulator: Option<String>,
    /// References restart each day at this hour here; they are unique forever unless said
    #[arg(long, value_name = "HOUR", value_parser = clap::value_parser!(u8).range(0..=23))]
    day_begins: Option<u8>,
    /// Replace the account where it is known already
    #[arg(long)]
    replace: bool,
}

impl Add {
    /// Adds it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let mut book = Book::read(&desk.places)?;
        if book.names().any(|name| name == self.name) && !self.replace {
            let sentence = format!("{} is known already: say --replace", self.name);
            return Err(Failure::said("account-known", sentence));
        }
        let (provider, given) = self.given()?;
        let settings = complete(desk, &provider, given)?;
        let kept = Account { settings, day_begins: self.day_begins };
        // Its name is checked with the rest before anything is stored.
        kept.connect(&self.name, &provider)?;
        book.put(&desk.places, &self.name, &provider, &kept)?;
        let made = create_journal(desk)?;
        let account = shown(&book, &self.name)?;
        desk.console.document(&json!({ "account": account, "journal_created": made }))?;
        desk.console.line(format!("{} is known now", self.name))?;
        if made {
            let journal = desk.places.journal()?;
            desk.console.line(format!("a new journal was made: {}", journal.display()))?;
        }
        desk.console.line(format!("next: till accounts test {}", self.name))?;
        Ok(exit::DONE)
    }

    /// The provider's name and what the words of the call say.
    fn given(&self) -> Result<(String, Settings), Failure> {
        let (provider, mut settings) = match &self.simulator {
            Some(address) => simulated(&self.provider, address)?,
            None => (self.provider.clone(), Settings::new()),
        };
        for (name, value) in &self.plain {
            if is_secret(name) {
                return Err(secret_in_words(name));
            }
            settings.insert(name.clone(), value.clone());
        }
        for (name, variable) in &self.from_environment {
            let value = std::env::var(variable).map_err(|_| {
                let sentence = format!("{variable} is not set in the environment");
                Failure::said("no-variable", sentence)
            })?;
            settings.insert(name.clone(), value.trim().to_owned());
        }
        for (name, file) in &self.from_files {
            let path = std::path::Path::new(file);
            let value = std::fs::read_to_string(path);
            let value = value.map_err(|fault| Failure::of_file(path, &fault))?;
            settings.insert(name.clone(), value.trim().to_owned());
        }
        Ok((provider, settings))
    }
}

fn simulated(name: &str, address: &str) -> Result<(String, Settings), Failure> {
    let stand = Stand::named(name).ok_or_else(|| {
        Failure::said("unknown-provider", format!("the simulator has no provider {name:?}"))
    })?;
    Ok((stand.provider.to_owned(), stand.settings(address)))
}

/// Asks for whatever the provider still misses, as long as somebody answers.
fn complete(desk: &mut Desk, name: &str, given: Settings) -> Result<Settings, Failure> {
    let row = provider(name).ok_or_else(|| unknown_provider(name))?;
    let mut settings = given;
    loop {
        let fault = match (row.set_up)(&settings) {
            Ok(_) => return Ok(settings),
            Err(fault) => fault,
        };
        let Some(missing) = missing(&fault, &settings).filter(|_| desk.console.asks()) else {
            return Err(way_out(&fault));
        };
        let answer = desk.console.ask(&missing, is_secret(&missing))?;
        if answer.is_empty() {
            return Err(way_out(&fault));
        }
        settings.insert(missing, answer);
    }
}

/// The setting that a provider asks for and nobody gave.
fn missing(fault: &Fault, settings: &Settings) -> Option<String> {
    let field = fault.field.to_string();
    (!settings.contains_key(&field) && field != "settings").then_some(field)
}

fn way_out(fault: &Fault) -> Failure {
    let error = tillkit::till::Error::from(fault.clone());
    let field = fault.field.to_string();
    let option = if is_secret(&field) { "--env or --file" } else { "--set" };
    Failure::said(error.code.name(), format!("{}; {option} {field}=… gives it", error.message))
}

/// Settings that open something. No provider has one of these names that may be shown.
fn is_secret(name: &str) -> bool {
    ["secret", "token", "key", "certificate", "password"].iter().any(|word| name.contains(word))
}

fn secret_in_words(name: &str) -> Failure {
    Failure::said(
        "secret-in-arguments",
        format!(
            "{name} is a secret, and arguments are seen by everybody on this machine: use --env \
             {name}=VARIABLE, --file {name}=FILE, or leave it out to be asked"
        ),
    )
}

fn unknown_provider(name: &str) -> Failure {
    let known: Vec<&str> = registry().iter().map(|row| row.name).collect();
    let sentence = format!("there is no provider {name:?}: use one of {}", known.join(", "));
    Failure::said("unknown-provider", sentence)
}
