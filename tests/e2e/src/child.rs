//! A till in a process of its own, which can be killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::Shop;

/// What the child is to do: start one sale and wait for its outcome.
#[derive(Debug, Serialize, Deserialize)]
pub struct Brief {
    /// The journal.
    pub journal: std::path::PathBuf,
    /// At which provider of the simulator.
    pub provider: String,
    /// At which address.
    pub base_url: String,
    /// Under which reference.
    pub reference: String,
    /// How much of it is captured, for the last time; otherwise it is an ordinary sale.
    pub captures_minor: Option<i64>,
}

/// A running child; it is killed when it is dropped.
pub struct Counter {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Counter {
    /// Starts the program at this path on the shop's journal.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(program: &str, shop: &Shop, reference: &str) -> Self {
        Self::spawn(program, shop, reference, None)
    }

    /// The same with a sale of which a part is captured, and no more.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn capturing(program: &str, shop: &Shop, reference: &str, minor: i64) -> Self {
        Self::spawn(program, shop, reference, Some(minor))
    }

    fn spawn(program: &str, shop: &Shop, reference: &str, captures_minor: Option<i64>) -> Self {
        let brief = Brief {
            journal: shop.journal(),
            provider: shop.at.stand.to_owned(),
            base_url: shop.base_url(),
            reference: reference.to_owned(),
            captures_minor,
        };
        let brief = serde_json::to_string(&brief).expect("a brief is JSON");
        let mut command = Command::new(program);
        let spawned = command.arg(brief).stdout(Stdio::piped()).spawn();
        let mut child = spawned.expect("the child starts");
        let out = child.stdout.take().expect("its words are heard");
        Self { child, lines: BufReader::new(out) }
    }

    /// What it says next; nothing where it is gone.
    #[must_use]
    pub fn hear(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("it speaks in text");
        line.trim().to_owned()
    }

    /// Kills it, at once and without a word.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.end();
    }
}
