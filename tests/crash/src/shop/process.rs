//! One child process, which never outlives the test.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Sender;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::word::{Brief, Order, Report};

/// Something that a child did.
#[derive(Debug)]
pub struct Happening {
    /// Which child, in the order of their starts.
    pub who: usize,
    /// What it said; nothing once it has ended.
    pub said: Option<Report>,
}

/// A child; killed and buried when it is dropped, however the test ends.
pub struct Process {
    child: Child,
    orders: ChildStdin,
}

impl Process {
    /// Starts a till, and tells whatever it says.
    pub fn start(till: &Path, who: usize, brief: &Brief, tell: Sender<Happening>) -> Self {
        let mut child = Command::new(till)
            .arg(serde_json::to_string(brief).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let said = serde_json::from_str(&line).unwrap_or(Report::Failed(line));
                tell.send(Happening { who, said: Some(said) }).ok();
            }
            tell.send(Happening { who, said: None }).ok();
        });
        Self { child, orders }
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Tells it something; a dead child hears nothing.
    pub fn tell(&mut self, order: &Order) {
        let line = serde_json::to_string(order).unwrap();
        writeln!(self.orders, "{line}").ok();
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits until it has stopped.
    pub fn wait_until_stopped(&self) {
        let stopped = waitpid(Some(self.pid()), WaitOptions::UNTRACED).unwrap();
        assert!(stopped.is_some_and(|(_, status)| status.stopped()));
    }

    /// Waits for its end and tells whether SIGKILL was its cause.
    pub fn was_killed(&mut self) -> bool {
        let status = self.child.wait().unwrap();
        status.signal() == Some(Signal::KILL.as_raw())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A child that has ended already needs no signal, and has been buried.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
