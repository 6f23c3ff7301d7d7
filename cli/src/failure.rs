//! What a command could not do, in one sentence.

use serde_json::{Value, json};
use tillkit::till::Error;

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
    /// Nobody reads what is printed.
    Unheard,
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

    /// The sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(error) => refused(error),
            Self::Said { sentence, .. } => sentence.clone(),
            Self::Unheard => String::new(),
        }
    }

    /// The same for programs: the shape of the error catalogue.
    pub fn json(&self) -> Value {
        match self {
            Self::Refused(error) => json!({ "error": error }),
            Self::Said { code, sentence } => {
                json!({ "error": { "code": code, "message": sentence } })
            }
            Self::Unheard => Value::Null,
        }
    }

    /// What the program ends with.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Said { .. } => exit::FAILED,
            // As a pipe's reader that has enough expects.
            Self::Unheard => exit::DONE,
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
        match fault.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Unheard,
            _ => Self::said("output", format!("what was found cannot be printed: {fault}")),
        }
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
