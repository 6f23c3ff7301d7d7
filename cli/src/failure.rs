//! What a command could not do, in one sentence.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use tillkit::till::Error;
use tillkit_model::error::{Charged, Class};

use crate::exit;

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// Tillkit said so: a row of its catalogue.
    Refused(Error),
    /// The program itself said so.
    Said {
        /// For programs, in kebab case.
        code: &'static str,
        /// For people.
        sentence: String,
    },
    /// It broke off after money may have moved.
    Adrift(Box<Self>),
}

impl Failure {
    /// One of the program's own.
    pub fn said(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::Said { code, sentence: sentence.into() }
    }

    /// A file could not be read or written.
    pub fn of_file(path: &std::path::Path, fault: &std::io::Error) -> Self {
        Self::said("file", format!("{}: {fault}", path.display()))
    }

    /// The same, of a command that had begun to move money.
    pub fn adrift(self) -> Self {
        Self::Adrift(Box::new(self))
    }

    /// Of a call that moves money. Where the journal or the program itself broke, nobody knows how
    /// far it came; any other refusal of its catalogue says so by itself.
    pub fn of_money(error: Error) -> Self {
        let broke = matches!(error.code.row().class, Class::Journal | Class::Internal);
        match error.charged {
            Charged::Unknown if broke => Self::Refused(error).adrift(),
            Charged::Unknown | Charged::No | Charged::Yes => Self::Refused(error),
        }
    }

    /// The sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(error) => refused(error),
            Self::Said { sentence, .. } => sentence.clone(),
            Self::Adrift(why) => format!(
                "{}; whether money moved is not known: look with `till show` before charging again",
                why.sentence()
            ),
        }
    }

    /// The same for programs: the shape of the error catalogue.
    pub fn json(&self) -> Value {
        match self {
            Self::Refused(error) => json!({ "error": error }),
            Self::Said { code, sentence } => {
                json!({ "error": { "code": code, "message": sentence } })
            }
            Self::Adrift(why) => why.json(),
        }
    }

    /// What the program ends with.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Said { .. } => exit::FAILED,
            Self::Adrift(_) => exit::UNKNOWN,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(fault: std::io::Error) -> Self {
        Self::said("system", format!("the system does not let it: {fault}"))
    }
}

fn refused(error: &Error) -> String {
    let mut text = error.message.clone();
    if let Some(field) = error.field.as_ref().filter(|field| !text.contains(field.as_str())) {
        text.push_str(&format!(" (field {field})"));
    }
    if let Some(words) = &error.provider {
        text.push_str(&format!("; the provider said: {words}"));
    }
    if let Some(payment) = &error.payment {
        text.push_str(&format!("; payment {payment}"));
    }
    format!("{text} [{}]", error.code.name())
}
