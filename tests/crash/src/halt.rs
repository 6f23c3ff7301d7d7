//! The steps of a life, by name, and dying at one of them.
//!
//! A step is named by what it is about, not by how many came before it: `append answered of tea 1
//! after` is the same step in every life, however the threads ran.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};

use crate::hold;
use crate::till::say;
use crate::word::Report;

/// Where a process ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// At which step.
    pub step: String,
    /// How.
    pub how: How,
}

/// How a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// SIGKILL.
    Dies,
    /// It waits there, so that its parent can stop it with SIGSTOP, and goes on when it is told to.
    Sleeps,
}

/// Names the steps of this process and ends it at one of them.
#[derive(Debug)]
pub struct Halts {
    halt: Option<Halt>,
    counts: Mutex<BTreeMap<String, u32>>,
    woken: Mutex<bool>,
    waking: Condvar,
}

impl Halts {
    /// Ends the process there, or never.
    #[must_use]
    pub fn at(halt: Option<Halt>) -> Self {
        Self { halt, counts: Mutex::default(), woken: Mutex::default(), waking: Condvar::new() }
    }

    /// The act's name with its number, counted from 1 in this process.
    pub fn numbered(&self, act: &str) -> String {
        let mut counts = hold(&self.counts);
        let count = counts.entry(act.to_owned()).or_default();
        *count += 1;
        format!("{act} {count}")
    }

    /// A step was reached.
    pub fn pass(&self, act: &str, phase: &str) {
        let step = format!("{act} {phase}");
        match &self.halt {
            Some(halt) if halt.step == step => {
                say(&Report::Halting(step));
                match halt.how {
                    How::Dies => die(),
                    How::Sleeps => self.sleep(),
                }
            }
            _ => say(&Report::Passed(step)),
        }
    }

    /// Lets a sleeper go on.
    pub fn wake(&self) {
        *hold(&self.woken) = true;
        self.waking.notify_all();
    }

    fn sleep(&self) {
        let woken = self.waking.wait_while(hold(&self.woken), |woken| !*woken);
        drop(woken.unwrap_or_else(PoisonError::into_inner));
    }
}

/// The signal ends the whole process; this thread never goes on.
fn die() -> ! {
    kill_process(getpid(), Signal::KILL).unwrap();
    loop {
        std::thread::park();
    }
}
