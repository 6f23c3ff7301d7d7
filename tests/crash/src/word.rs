//! What parent and child say to each other: one JSON text a line.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::clock::{Dial, Leap};
use crate::halt::Halt;

/// The name of the account, in every process.
pub const ACCOUNT: &str = "shop-1";

/// What a child is started with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Brief {
    /// The journal; created where there is none.
    pub journal: PathBuf,
    /// Where the provider is.
    pub base_url: String,
    /// The shop's time.
    pub dial: Dial,
    /// Where to die or to stop, if at all.
    pub halt: Option<Halt>,
    /// What to do with the journal instead of selling.
    #[serde(default)]
    pub keep: Option<Keep>,
}

/// What a person has done with a journal. Closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keep {
    /// Acknowledges that it went back in time.
    Acknowledge,
    /// Turns what is settled into tombstones.
    Prune,
    /// Copies it to a path.
    Copy(PathBuf),
}

impl Keep {
    /// The act's name, in the names of its steps.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Prune => "prune",
            Self::Copy(_) => "copy",
        }
    }
}

/// One sale of the workload.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The till's own name for it.
    pub reference: String,
    /// On which terminal.
    pub terminal: String,
    /// How much, in euros.
    pub amount: String,
    /// Nothing that could ring it up leaves later.
    pub start_by_ms: u64,
    /// The till is told *unknown* then.
    pub settle_by_ms: u64,
    /// What the till does with it.
    pub manner: Manner,
}

/// What a till does with a sale. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Manner {
    /// Pays.
    Once,
    /// Pays, and asks for the same again.
    Twice,
    /// Starts, wishes a cancel, and waits.
    Cancel,
}

/// What a parent tells its child.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// The shop sleeps.
    Leap(Leap),
    /// Take these sales: lanes side by side, the sales of a lane one after another.
    Work(Vec<Vec<Job>>),
    /// A notification, its signature already checked.
    Hint(String),
    /// A person's word: what the cashier saw.
    Resolve {
        /// On which payment.
        payment: String,
        /// Whether it was paid.
        paid: bool,
    },
    /// Go on, after sleeping where it was told to.
    Wake,
    /// Close the till and end.
    Close,
}

/// What a child tells its parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Report {
    /// The till is open and the account connected.
    Ready,
    /// A step was passed.
    Passed(String),
    /// It stops or dies at this step.
    Halting(String),
    /// The wire has looked at the clock before letting a push with this key leave.
    Looked {
        /// The idempotency key.
        key: String,
        /// By the shop's wall clock.
        wall_ms: i64,
    },
    /// A sale whose outcome the till does not know.
    Unknown {
        /// The till's own name for it.
        reference: String,
        /// Its payment.
        payment: String,
    },
    /// All sales of an [`Order::Work`] are settled.
    Done,
    /// A [`Order::Hint`] is durable.
    HintTaken,
    /// What was to be done with the journal is done.
    Kept {
        /// It had opened in restored mode.
        restored: bool,
        /// How many payments are tombstones.
        tombstones: u64,
    },
    /// The clock has leapt.
    Leapt,
    /// The till is closed.
    Closed,
    /// Something failed that must not.
    Failed(String),
}
