//! Putting a till together: from a file with all that is usual, or from parts.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::{Engine, Role, Setup, errors};
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::ProcessId;
use tillkit_model::time::{Clock, Entropy};

use super::Till;
use crate::credentials::Key;
use crate::journal::{Journal, OpenError, Opened, Options};
use crate::shell::clock::SystemClock;
use crate::shell::entropy::{OsEntropy, SharedEntropy};
use crate::shell::{Ledger, Parts, Settings, Shell, Stores};
use crate::transport::{Https, Level, Limits, LogSink, Silent, Transport};

/// How a till is opened on a file.
pub struct Open {
    /// Whether a new journal may be made where there is neither journal nor mark.
    pub create: bool,
    /// Where the mark lives; beside the journal unless said. It belongs where backups of the
    /// journal do not reach.
    pub mark: Option<PathBuf>,
    /// Only look, and record wishes and words: start nothing and hold nothing.
    pub observe: bool,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// Under which tokens are sealed in the journal. It belongs where the journal and its backups
    /// do not; without it only the host can keep tokens.
    pub key: Option<Key>,
}

impl Default for Open {
    fn default() -> Self {
        Self { create: false, mark: None, observe: false, log: Arc::new(Silent), key: None }
    }
}

/// Everything that a till stands on. Start from [`Assembly::new`] and change what should differ.
pub struct Assembly {
    /// The disk.
    pub journal: Box<dyn Ledger>,
    /// The wire.
    pub transport: Arc<dyn Transport>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where ids and jitter come from; the till draws from it in turn with its engines.
    pub entropy: Box<dyn Entropy>,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// What it may do with the journal.
    pub role: Role,
    /// How many requests may be under way at once.
    pub in_flight_max: usize,
    /// The shell's numbers.
    pub settings: Settings,
    /// Under which tokens are sealed in the journal.
    pub key: Option<Key>,
}

/// How many connections read beside the one that writes.
const READERS: usize = 2;

impl Assembly {
    /// The system's clock and randomness, no log, 32 requests at once.
    ///
    /// # Errors
    /// `internal` when the system has no randomness to give.
    pub fn new(
        journal: impl Ledger + 'static,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, Error> {
        let mut entropy = OsEntropy::new()?;
        Ok(Self {
            journal: Box::new(journal),
            transport,
            clock: system_clock(&mut entropy),
            entropy: Box::new(entropy),
            log: Arc::new(Silent),
            role: Role::Drives,
            in_flight_max: 32,
            settings: Settings::default(),
            key: None,
        })
    }
}

/// What a shell is started from, as often as it takes.
pub(super) struct Works {
    pub(super) journal: Mutex<Box<dyn Ledger>>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: SharedEntropy,
    pub(super) log: Arc<dyn LogSink>,
    pub(super) in_flight_max: usize,
    pub(super) settings: Settings,
    pub(super) key: Option<Key>,
}

impl Works {
    /// Threads round a new engine.
    pub(super) fn start(&self, role: Role) -> Result<Shell, Error> {
        let mut entropy = self.entropy.clone();
        let process = ProcessId::new(&mut entropy);
        let in_flight_max = self.in_flight_max;
        let setup = Setup { process, role, in_flight_max, entropy: Box::new(entropy) };
        let stores = Stores::of(super::hold(&self.journal).as_ref(), READERS);
        Shell::start(Parts {
            machine: Engine::new(setup, &self.clock.now()),
            stores,
            transport: Arc::clone(&self.transport),
            clock: Arc::clone(&self.clock),
            log: Arc::clone(&self.log),
            settings: self.settings,
        })
    }
}

impl Till {
    /// Opens the journal at a path, with the real wire and the system's clock.
    ///
    /// It blocks for a few file accesses; what it costs does not depend on how much is stored.
    ///
    /// # Errors
    /// `invalid-configuration` where there is no journal and `create` was not said;
    /// `journal-missing` where only its mark is there; the other `journal-…` errors as they say.
    pub fn open(path: impl AsRef<Path>, open: Open) -> Result<Self, Error> {
        let mut entropy = OsEntropy::new()?;
        let clock = system_clock(&mut entropy);
        let options =
            Options { create: open.create, mark: open.mark, ..Options::new(Arc::clone(&clock)) };
        let opened = Journal::open(path.as_ref(), &options, &mut entropy);
        let Opened { journal, opening } = opened.map_err(|fault| unopened(path.as_ref(), fault))?;
        let role = role(opening, open.observe);
        let path = journal.path().display();
        open.log.line(Level::Info, &format!("journal {path}: {opening:?}, {role:?}"));
        let transport = Https::new(Limits::default(), Arc::clone(&open.log))?;
        Self::assemble(Assembly {
            clock,
            entropy: Box::new(entropy),
            log: open.log,
            role,
            key: open.key,
            ..Assembly::new(journal, Arc::new(transport))?
        })
    }

    /// A till of these parts, at work at once.
    ///
    /// # Errors
    /// `internal` when the system gives no threads.
    pub fn assemble(assembly: Assembly) -> Result<Self, Error> {
        let Assembly { journal, transport, clock, entropy, log, role, .. } = assembly;
        let Assembly { in_flight_max, settings, key, .. } = assembly;
        let works = Works {
            journal: Mutex::new(journal),
            transport,
            clock,
            entropy: SharedEntropy::new(entropy),
            log,
            in_flight_max,
            settings,
            key,
        };
        let shell = RwLock::new(Arc::new(works.start(role)?));
        Ok(Self { works, shell, role: Mutex::new(role), accounts: Mutex::default() })
    }
}

fn system_clock(entropy: &mut dyn Entropy) -> Arc<dyn Clock> {
    Arc::new(SystemClock::new(entropy.below(u64::MAX)))
}

const fn role(opening: Opening, observe: bool) -> Role {
    match opening {
        _ if observe => Role::Observes,
        Opening::Restored(_) => Role::Restored,
        Opening::Agreed | Opening::New | Opening::Absent | Opening::Missing => Role::Drives,
    }
}

fn unopened(path: &Path, fault: OpenError) -> Error {
    match fault {
        OpenError::Failed(failure) => errors::of_journal(&failure),
        OpenError::Absent => Error::new(Code::InvalidConfiguration)
            .field("create")
            .rule("journal-exists")
            .message(format!("there is no journal at {}: say create to make one", path.display())),
    }
}
