//! Printing: lines for people, one document for programs, and a spinner where one can be drawn.

mod hidden;

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::failure::Failure;
use crate::show::paint;
use crate::surroundings::Surroundings;

/// Where a command prints.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    json: bool,
    live: bool,
    asks: bool,
    columns: usize,
    spinner: Option<ProgressBar>,
    /// Why the answer is not printed any more.
    lost: Option<std::io::Error>,
}

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);

impl Console {
    /// Over these streams; `json` keeps everything but one document off the first of them.
    pub fn new(surroundings: Surroundings, json: bool) -> Self {
        let Surroundings { out, err, live, asks, columns, .. } = surroundings;
        Self {
            out,
            err,
            json,
            live: live && !json,
            asks: asks && !json,
            columns,
            spinner: None,
            lost: None,
        }
    }

    /// Whether a program reads along.
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person can be asked.
    pub const fn asks(&self) -> bool {
        self.asks
    }

    /// Whether what is printed may be drawn over.
    pub const fn is_live(&self) -> bool {
        self.live
    }

    /// How many columns a line may have.
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// A line for people; nothing where a program reads.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.write(text.as_ref())
    }

    /// A line beside the answer, which a program that reads the answer does not see.
    pub fn note(&mut self, text: impl AsRef<str>) {
        let Self { spinner, err, .. } = self;
        // A note that nobody can be told changes nothing.
        let mut write = || writeln!(err, "{}", text.as_ref()).and_then(|()| err.flush()).ok();
        match spinner {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
    }

    /// A document for programs, in one line; nothing where a person reads.
    pub fn document(&mut self, document: &Value) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        self.write(&document.to_string())
    }

    /// Text as it is, whoever reads. That nobody reads any more stops no command: what it ends with
    /// is told by its exit code.
    pub fn write(&mut self, text: &str) -> Result<(), Failure> {
        let Self { spinner, out, lost, .. } = self;
        if lost.is_some() {
            return Ok(());
        }
        let mut write = || writeln!(out, "{text}").and_then(|()| out.flush());
        let wrote = match spinner {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        *lost = wrote.err();
        Ok(())
    }

    /// Why not all of the answer was printed. A reader that had enough is no reason.
    pub fn lost(&self) -> Option<&std::io::Error> {
        self.lost.as_ref().filter(|fault| fault.kind() != std::io::ErrorKind::BrokenPipe)
    }

    /// Lets the spinner say this, where there can be one.
    pub fn spin(&mut self, text: &str) {
        if !self.live {
            return;
        }
        let bar = self.spinner.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(TURN);
            bar
        });
        bar.set_message(text.to_owned());
    }

    /// Takes the spinner away.
    pub fn rest(&mut self) {
        if let Some(bar) = self.spinner.take() {
            bar.finish_and_clear();
        }
    }

    /// Asks for a line; nothing is shown in place of what is secret.
    pub fn ask(&mut self, question: &str, secret: bool) -> Result<String, Failure> {
        self.rest();
        let err = &mut self.err;
        let mut ask = || write!(err, "{question}: ").and_then(|()| err.flush());
        let unreadable = |fault: std::io::Error| {
            Failure::said("no-answer", format!("the answer cannot be read: {fault}"))
        };
        if secret {
            return hidden::read(ask).map_err(|fault| match fault.kind() {
                std::io::ErrorKind::Interrupted => {
                    Failure::said("interrupted", "broken off at the question: nothing was done")
                }
                _ => unreadable(fault),
            });
        }
        ask()?;
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(unreadable)?;
        Ok(line.trim().to_owned())
    }

    /// Asks for a yes; anything else is a no.
    pub fn confirms(&mut self, question: &str) -> Result<bool, Failure> {
        let answer = self.ask(&format!("{question} [y/N]"), false)?;
        Ok(is_yes(&answer))
    }

    /// Whether somebody agrees: by `--yes`, or when asked. Where nobody can be asked, it takes the
    /// word.
    pub fn agrees(&mut self, yes: bool, question: &str) -> Result<bool, Failure> {
        if yes {
            return Ok(true);
        }
        if !self.asks {
            let sentence = "nobody can be asked here whether that is meant: say --yes";
            return Err(Failure::said("needs-yes", sentence));
        }
        self.confirms(question)
    }

    /// Tells what went wrong, and says the exit code.
    pub fn fail(&mut self, failure: &Failure) -> u8 {
        // Nothing is left to be told where this cannot be printed either.
        self.document(&failure.json()).ok();
        self.note(format!("{} {}", paint::bad("error:"), failure.sentence()));
        failure.exit()
    }
}

/// Whether somebody said yes.
pub fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_lowercase().as_str(), "y" | "yes")
}
