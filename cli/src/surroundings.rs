//! What the program is surrounded by: its streams, and whether a person sits at them.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit_model::time::Clock;

/// The streams of one call. A test hands in its own.
pub struct Surroundings {
    /// Answers go here.
    pub out: Box<dyn Write + Send>,
    /// Everything else goes here.
    pub err: Box<dyn Write + Send>,
    /// Whether what is printed may be drawn over.
    pub live: bool,
    /// Whether somebody can be asked.
    pub asks: bool,
    /// How many columns there are.
    pub columns: usize,
    /// A clock that hurries; the program itself never has one.
    pub hurry: Option<Hurry>,
}

/// A clock that goes many times as fast as the wall's, for the demo and for tests.
#[derive(Clone)]
pub struct Hurry {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: u32,
}

impl Hurry {
    /// Agrees with the wall now, and runs ahead so many times as fast. Calls of the program that
    /// share a journal share this.
    #[must_use]
    pub fn at_pace(pace: u32) -> Self {
        let clock = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), pace));
        Self { clock, pace }
    }
}

/// As wide as a page that nobody folds.
const COLUMNS_IN_A_PIPE: usize = 120;
const COLUMNS_UNKNOWN: usize = 80;

impl Surroundings {
    /// Those of this process; colours as terminal and `NO_COLOR` say.
    #[must_use]
    pub fn of_process() -> Self {
        let out = std::io::stdout();
        let live = out.is_terminal() && std::io::stderr().is_terminal();
        Self {
            live,
            asks: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(),
            columns: if out.is_terminal() { columns() } else { COLUMNS_IN_A_PIPE },
            out: Box::new(anstream::AutoStream::auto(out)),
            err: Box::new(anstream::AutoStream::auto(std::io::stderr())),
            hurry: None,
        }
    }
}

fn columns() -> usize {
    terminal_size::terminal_size().map_or(COLUMNS_UNKNOWN, |(width, _)| usize::from(width.0))
}
