//! Colours. Each stream takes them out again where they are not wanted.

use anstyle::{AnsiColor, Style};
use tillkit::till::Outcome;

const fn of(colour: AnsiColor) -> Style {
    colour.on_default()
}

fn painted(style: Style, text: impl AsRef<str>) -> String {
    format!("{style}{}{style:#}", text.as_ref())
}

/// It went well.
pub fn good(text: impl AsRef<str>) -> String {
    painted(of(AnsiColor::Green), text)
}

/// It went wrong.
pub fn bad(text: impl AsRef<str>) -> String {
    painted(of(AnsiColor::Red).bold(), text)
}

/// It is not known, or somebody should look.
pub fn doubt(text: impl AsRef<str>) -> String {
    painted(of(AnsiColor::Yellow), text)
}

/// Less important than what stands beside it.
pub fn dim(text: impl AsRef<str>) -> String {
    painted(Style::new().dimmed(), text)
}

/// A heading.
pub fn strong(text: impl AsRef<str>) -> String {
    painted(Style::new().bold(), text)
}

/// An outcome's word in its colour.
pub fn outcome(outcome: Outcome) -> String {
    let word = outcome.name();
    match outcome {
        Outcome::Paid | Outcome::Held => good(word),
        Outcome::NotPaid | Outcome::Returned => strong(word),
        Outcome::Unknown | Outcome::PartPaid => doubt(word),
        Outcome::Open => dim(word),
    }
}
