//! Opening a till on the journal: to look, or to work.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tillkit::journal::{Journal, OpenError, Options};
use tillkit::shell::Settings as Numbers;
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Assembly, Connect, Open, Role, Till};
use tillkit::transport::{Https, Level, Limits, LogSink, Silent};

use crate::book::{Book, keys};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::surroundings::Hurry;

/// What a command wants to do with the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Only look: nothing is held, started or asked of anybody.
    Look,
    /// Drive payments, beside whoever else does.
    Work,
}

/// Log lines on the error stream.
struct Lines;

impl LogSink for Lines {
    fn line(&self, level: Level, text: &str) {
        // A log that nobody reads stops nothing.
        writeln!(std::io::stderr(), "{level:?} {text}").ok();
    }
}

impl Desk {
    /// Opens the journal, and connects to no account yet.
    pub fn open(&self, purpose: Purpose) -> Result<Till, Failure> {
        let path = self.places.journal()?;
        if !path.exists() && !self.mark_is_there(&path) {
            return Err(no_journal(&path));
        }
        let open = Open {
            create: false,
            mark: self.places.mark.clone(),
            observe: purpose == Purpose::Look,
            log: log(),
            // Whoever looks unseals nothing, so a key that is lost hides nothing from them.
            key: match purpose {
                Purpose::Look => None,
                Purpose::Work => keys::known(&self.places)?,
            },
        };
        open_at(&path, open, self.hurry.as_ref())
    }

    /// Opens the journal to drive payments, connected to one account or to all that are known.
    ///
    /// One of all that cannot be connected is told, and keeps nobody from the others.
    pub async fn work(&mut self, account: Option<&str>) -> Result<(Till, Book), Failure> {
        let book = Book::read(&self.places)?;
        let till = self.open(Purpose::Work)?;
        for name in book.names().filter(|name| account.is_none_or(|wanted| wanted == *name)) {
            match connect(&till, &book, name).await {
                Err(failure) if account.is_none() => {
                    let sentence = failure.sentence();
                    self.console.note(format!("{name} is not connected: {sentence}"));
                }
                connected => connected?,
            }
        }
        Ok((till, book))
    }

    /// Whether the journal was here once: then its absence is told by the journal itself.
    fn mark_is_there(&self, journal: &Path) -> bool {
        let beside = || {
            let mut name = journal.as_os_str().to_owned();
            name.push(".mark");
            name.into()
        };
        self.places.mark.clone().unwrap_or_else(beside).exists()
    }
}

async fn connect(till: &Till, book: &Book, name: &str) -> Result<(), Failure> {
    Ok(till.connect(book.connect(name)?).await?)
}

/// Makes a new journal; false where there is one.
pub fn create_journal(desk: &Desk) -> Result<bool, Failure> {
    let path = desk.places.journal()?;
    if path.exists() || desk.mark_is_there(&path) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|fault| Failure::of_file(folder, &fault))?;
    }
    // Whoever observes starts nothing on it.
    let open =
        Open { create: true, observe: true, mark: desk.places.mark.clone(), ..Open::default() };
    open_at(&path, open, None)?;
    Ok(true)
}

/// A till on the journal at this path; by the system's clock unless another is given.
pub fn open_at(path: &Path, open: Open, hurry: Option<&Hurry>) -> Result<Till, Failure> {
    let Some(Hurry { clock, pace }) = hurry else { return Ok(Till::open(path, open)?) };
    let options =
        Options { create: open.create, mark: open.mark, ..Options::new(Arc::clone(clock)) };
    let opened = Journal::open(path, &options, &mut OsEntropy::new()?);
    let opened = opened.map_err(|fault| unopened(path, &fault))?;
    let https = Https::new(Limits::default(), Arc::clone(&open.log))?;
    let assembly = Assembly::new(opened.journal, Arc::new(https))?;
    Ok(Till::assemble(Assembly {
        clock: Arc::clone(clock),
        log: open.log,
        role: if open.observe { Role::Observes } else { Role::Drives },
        settings: Numbers::default().at_pace(*pace),
        key: open.key,
        ..assembly
    })?)
}

/// A till on a journal of the demo's, connected to these accounts.
pub async fn hurried(
    journal: &Path,
    accounts: impl IntoIterator<Item = Connect>,
    hurry: &Hurry,
) -> Result<Till, Failure> {
    let open = Open { create: true, ..Open::default() };
    let till = open_at(journal, open, Some(hurry))?;
    for account in accounts {
        till.connect(account).await?;
    }
    Ok(till)
}

fn log() -> Arc<dyn LogSink> {
    match std::env::var_os("TILL_LOG").is_some_and(|value| !value.is_empty()) {
        true => Arc::new(Lines),
        false => Arc::new(Silent),
    }
}

fn unopened(path: &Path, fault: &OpenError) -> Failure {
    Failure::said("journal", format!("the journal at {} does not open: {fault:?}", path.display()))
}

pub fn no_journal(path: &Path) -> Failure {
    Failure::said(
        "no-journal",
        format!(
            "there is no journal at {}: `till accounts add` or `till journal create` makes one",
            path.display()
        ),
    )
}
