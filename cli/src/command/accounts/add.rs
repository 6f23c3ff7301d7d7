//! `till accounts add`: a merchant's settings, with secrets from a prompt, the environment or
//! files.

use clap::Args;
use serde_json::json;
use tillkit_model::provider::{Settings, provider, registry};
use tillkit_model::sale::Fault;

use tillkit_simulator::server::stands::Stand;

use super::super::pay::each_once;
use super::{Ended, shown};
use crate::book::day::Day;
use crate::book::{Account, Book};
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::create_journal;

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
    /// Where it is that hour, such as Pacific/Auckland; here unless said. It is kept
    #[arg(long, value_name = "ZONE", requires = "day_begins")]
    zone: Option<String>,
    /// Replace the account where it is known already
    #[arg(long)]
    replace: bool,
}

impl Add {
    /// Adds it.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        self.unknown_yet(&Book::read(&desk.places)?)?;
        let (provider, given) = self.given()?;
        let day = self.day_begins.map(|hour| Day::new(hour, self.zone.as_deref())).transpose()?;
        let settings = complete(desk, &provider, given)?;
        let kept = Account { settings, day };
        // Its name is checked with the rest before anything is stored.
        kept.connect(&self.name, &provider)?;
        // Whoever was asked for secrets took a while: another process may have been quicker.
        let mut book = Book::to_change(&desk.places)?;
        self.unknown_yet(&book)?;
        book.put(&desk.places, &self.name, &provider, &kept)?;
        drop(book);
        let book = Book::read(&desk.places)?;
        let made = create_journal(desk)?;
        let account = shown(&book, &self.name)?;
        desk.console.document(&json!({ "account": account, "journal_created": made }))?;
        desk.console.line(format!("{} is known now", self.name))?;
        if made {
            let journal = desk.places.journal()?;
            desk.console.line(format!("a new journal was made: {}", journal.display()))?;
        }
        if let Some(Day { begins, zone }) = &kept.day {
            desk.console.line(format!("its references restart each day at {begins}:00, {zone}"))?;
        }
        desk.console.line(format!("next: till accounts test {}", self.name))?;
        Ok(exit::DONE)
    }

    fn unknown_yet(&self, book: &Book) -> Result<(), Failure> {
        if book.names().any(|name| name == self.name) && !self.replace {
            let sentence = format!("{} is known already: say --replace", self.name);
            return Err(Failure::said("account-known", sentence));
        }
        Ok(())
    }

    /// The provider's name and what the words of the call say.
    fn given(&self) -> Result<(String, Settings), Failure> {
        let (provider, mut settings) = match &self.simulator {
            Some(address) => simulated(&self.provider, address)?,
            None => (self.provider.clone(), Settings::new()),
        };
        let words = [&self.plain, &self.from_environment, &self.from_files];
        each_once(words.into_iter().flatten())?;
        for (name, value) in &self.plain {
            if is_secret(name) {
                return Err(secret_in_words(name));
            }
            settings.insert(name.clone(), value.clone());
        }
        for (name, variable) in &self.from_environment {
            let value = std::env::var(variable).map_err(|_| no_variable(name))?;
            settings.insert(name.clone(), value.trim().to_owned());
        }
        for (name, file) in &self.from_files {
            let value = std::fs::read_to_string(file).map_err(|fault| no_file(name, &fault))?;
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

/// Who mixes up a secret and its place has written the secret: it is not repeated.
fn no_variable(name: &str) -> Failure {
    let sentence = format!(
        "the variable that --env names for {name} is not set: say --env {name}=VARIABLE, with the \
         name of one that holds it"
    );
    Failure::said("no-variable", sentence)
}

fn no_file(name: &str, fault: &std::io::Error) -> Failure {
    let sentence = format!(
        "the file that --file names for {name} cannot be read: {fault}; say --file {name}=FILE, \
         with the path of one that holds it"
    );
    Failure::said("no-file", sentence)
}

fn unknown_provider(name: &str) -> Failure {
    let known: Vec<&str> = registry().iter().map(|row| row.name).collect();
    let sentence = format!("there is no provider {name:?}: use one of {}", known.join(", "));
    Failure::said("unknown-provider", sentence)
}
