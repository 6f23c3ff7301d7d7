//! `till accounts test`: whether the provider lets the account in, and what it lacks.

use clap::Args;
use serde_json::{Value, json};
use tillkit::till::{Missing, Till};

use super::Ended;
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::paint;

/// Ask the provider whether an account's credentials and rights suffice
#[derive(Debug, Args)]
pub struct Test {
    /// Its name; all of them unless said
    name: Option<String>,
}

impl Test {
    /// Asks.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let (till, book) = desk.work(self.name.as_deref()).await?;
        let names = names(&book, self.name.as_deref())?;
        let mut well = true;
        let mut tested = Vec::new();
        for name in names {
            desk.console.spin(&format!("{name} is tested"));
            let result = match book.connect(&name) {
                Ok(_) => test(&till, &name).await,
                Err(failure) => Err(failure),
            };
            desk.console.rest();
            well &= matches!(&result, Ok(missing) if missing.is_empty());
            for line in lines(&name, &result) {
                desk.console.line(line)?;
            }
            tested.push(json(&name, &result));
        }
        till.close().await?;
        desk.console.document(&json!({ "accounts": tested }))?;
        Ok(if well { exit::DONE } else { exit::FAILED })
    }
}

fn names(book: &Book, named: Option<&str>) -> Result<Vec<String>, Failure> {
    if let Some(name) = named {
        book.provider(name)?;
        return Ok(vec![name.to_owned()]);
    }
    Ok(book.names().map(str::to_owned).collect())
}

/// What an account lacks; or why it cannot be told.
pub async fn test(till: &Till, name: &str) -> Result<Vec<Missing>, Failure> {
    Ok(till.probe(name).await?)
}

/// The same in lines.
pub fn lines(name: &str, result: &Result<Vec<Missing>, Failure>) -> Vec<String> {
    match result {
        Ok(missing) if missing.is_empty() => {
            vec![format!(
                "{} {name}: the provider lets it in, nothing is missing",
                paint::good("ok")
            )]
        }
        Ok(missing) => {
            let line = |one: &Missing| {
                let why = one.error.as_ref().map(|error| format!(": {}", error.message));
                let right = format!("{name} lacks {}{}", one.right, why.unwrap_or_default());
                format!("{} {right}", paint::bad("no"))
            };
            missing.iter().map(line).collect()
        }
        Err(failure) => vec![format!("{} {name}: {}", paint::bad("no"), failure.sentence())],
    }
}

fn json(name: &str, result: &Result<Vec<Missing>, Failure>) -> Value {
    match result {
        Ok(missing) => {
            let rights: Vec<&str> = missing.iter().map(|one| &*one.right).collect();
            json!({ "name": name, "missing": rights })
        }
        Err(failure) => {
            let mut told = failure.json();
            told["name"] = json!(name);
            told
        }
    }
}
