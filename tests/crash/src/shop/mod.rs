//! Everything round one life: the clock, the provider, the file, the processes, and who answers
//! whom.

pub mod life;
mod process;
pub mod verdict;
pub mod workload;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tempfile::TempDir;

use crate::clock::ShopClock;
use crate::halt::Halt;
use crate::qonto::{Scene, Server};
use crate::word::{Brief, Job, Keep, Order, Report};
pub use process::{Happening, Process};
use workload::{CANCELLED, NOTIFIED};

/// How many times as fast as the wall's the shop's clock runs.
pub const PACE: u32 = 20;
/// A child that says nothing for so long hangs.
pub const SILENCE_MAX: Duration = Duration::from_secs(90);

/// One shop with one journal, and the processes that come and go over it.
pub struct Shop {
    till: PathBuf,
    folder: TempDir,
    /// The time that all of them read.
    pub clock: Arc<ShopClock>,
    /// The provider.
    pub server: Server,
    /// What it sells.
    pub lanes: Vec<Vec<Job>>,
    /// The steps that its processes passed, each with who passed it.
    pub steps: BTreeSet<(usize, String)>,
    looks: Vec<(String, i64)>,
    rebooted_ms: Option<i64>,
    processes: Vec<Process>,
    ended: BTreeSet<usize>,
    tell: Sender<Happening>,
    happenings: Receiver<Happening>,
    story: Vec<String>,
}

impl Shop {
    /// Opens a shop below `folder`, whose tills are the program `till`.
    #[must_use]
    pub fn open(
        till: &Path,
        folder: &Path,
        lanes: Vec<Vec<Job>>,
        scenes: BTreeMap<String, Scene>,
    ) -> Self {
        let clock = Arc::new(ShopClock::at_pace(PACE));
        let (tell, happenings) = channel();
        Self {
            till: till.to_owned(),
            folder: TempDir::new_in(folder).unwrap(),
            server: Server::start(Arc::clone(&clock), scenes),
            clock,
            lanes,
            steps: BTreeSet::new(),
            looks: Vec::new(),
            rebooted_ms: None,
            processes: Vec::new(),
            ended: BTreeSet::new(),
            tell,
            happenings,
            story: Vec::new(),
        }
    }

    /// The journal of all its processes.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.folder.path().join("till.db")
    }

    /// Starts a till and waits until it is connected; none if it died before.
    pub fn start(&mut self, halt: Option<Halt>) -> Option<usize> {
        let who = self.begin(halt, None);
        self.hears(who, &Report::Ready).then_some(who)
    }

    /// Has a process do something with the journal; what it told, none if it died before.
    pub fn keep(&mut self, keep: Keep, halt: Option<Halt>) -> Option<Report> {
        let who = self.begin(halt, Some(keep));
        self.until(|happening| {
            let told = (happening.who == who).then(|| happening.said.clone());
            told.filter(|said| matches!(said, None | Some(Report::Kept { .. })))
        })
    }

    fn begin(&mut self, halt: Option<Halt>, keep: Option<Keep>) -> usize {
        let who = self.processes.len();
        let brief = Brief {
            journal: self.journal(),
            base_url: self.server.base_url(),
            dial: self.clock.dial(),
            halt,
            keep,
        };
        self.processes.push(Process::start(&self.till, who, &brief, self.tell.clone()));
        who
    }

    /// One of its processes.
    #[must_use]
    pub fn process(&self, who: usize) -> &Process {
        &self.processes[who]
    }

    /// The process that was started last.
    #[must_use]
    pub fn last(&self) -> usize {
        self.processes.len() - 1
    }

    /// Tells a process something.
    pub fn tell(&mut self, who: usize, order: &Order) {
        self.story.push(format!("to {who}: {order:?}"));
        self.processes[who].tell(order);
    }

    /// All its sales, for a process to take.
    #[must_use]
    pub fn work(&self) -> Order {
        Order::Work(self.lanes.clone())
    }

    /// The machine reboots: whoever starts from here on starts in another boot.
    pub fn reboot(&mut self) {
        self.rebooted_ms = Some(self.clock.wall_ms());
        self.clock.reboot();
    }

    /// Waits until a process says this; false if it ended first.
    pub fn hears(&mut self, who: usize, wanted: &Report) -> bool {
        self.until(|happening| {
            (happening.who == who)
                .then(|| happening.said.as_ref().is_none_or(|said| said == wanted))
                .filter(|found| *found)
                .map(|_| happening.said.is_some())
        })
    }

    /// Waits until a process has ended and all that it had sent has arrived, and tells whether it
    /// was killed.
    pub fn was_killed(&mut self, who: usize) -> bool {
        if !self.ended.contains(&who) {
            self.until(|happening| {
                (happening.who == who && happening.said.is_none()).then_some(())
            });
        }
        let killed = self.processes[who].was_killed();
        self.server.hear_out();
        killed
    }

    /// Waits until something happens that is looked for. Meanwhile customers tap, notifications are
    /// sent, and whoever does not know is told by whoever does.
    pub fn until<T>(&mut self, mut found: impl FnMut(&Happening) -> Option<T>) -> T {
        loop {
            let Ok(happening) = self.happenings.recv_timeout(SILENCE_MAX) else {
                panic!("nobody says anything any more\n{}", self.story());
            };
            self.react(&happening);
            if let Some(found) = found(&happening) {
                return found;
            }
        }
    }

    fn react(&mut self, happening: &Happening) {
        let Happening { who, said } = happening;
        self.story.push(format!("{who}: {said:?}"));
        match said {
            None => drop(self.ended.insert(*who)),
            Some(Report::Looked { key, wall_ms }) => self.looks.push((key.clone(), *wall_ms)),
            Some(Report::Passed(step)) => {
                self.steps.insert((*who, step.clone()));
                self.passed(*who, step);
            }
            Some(Report::Unknown { reference, payment }) => {
                self.inform(*who, reference, payment);
            }
            Some(Report::Failed(failure)) => panic!("{who}: {failure}\n{}", self.story()),
            Some(_) => {}
        }
    }

    fn passed(&mut self, who: usize, step: &str) {
        if step == format!("append cancel-wished of {CANCELLED} 1 after") {
            self.server.tell(CANCELLED);
        }
        if step == format!("append answered of {NOTIFIED} 1 after") {
            self.notify(who, NOTIFIED);
        }
    }

    /// A till does not know how a sale ended: a notification tells it, or the cashier, who has
    /// looked and seen nothing.
    fn inform(&mut self, who: usize, reference: &str, payment: &str) {
        if !self.notify(who, reference) {
            let payment = payment.to_owned();
            self.tell(who, &Order::Resolve { payment, paid: false });
        }
    }

    /// Tells a process of every prompt of a sale; false if there was none.
    fn notify(&mut self, who: usize, reference: &str) -> bool {
        let prompts = self.server.ledger().prompts;
        let ours: Vec<_> = prompts.iter().filter(|it| it.reference == reference).collect();
        for prompt in &ours {
            self.tell(who, &Order::Hint(prompt.notification()));
        }
        !ours.is_empty()
    }

    /// Everything that was said, for whoever has to find out why.
    #[must_use]
    pub fn story(&self) -> String {
        let prompts = self.server.ledger().prompts;
        format!("{}\nledger: {prompts:#?}", self.story.join("\n"))
    }
}
