//! A till whose tokens are spent by their use, in a process that ends itself in the middle of a
//! renewal by SIGKILL.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use tillkit::journal::{Fault, Journal, Options, Point};
use tillkit::shell::Settings;
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Assembly, Connect, Key, Till};
use tillkit::transport::{Endpoint, Https, Limits, Silent, Transport, UnderWay};
use tillkit_model::provider::{Kept, Secret};
use tillkit_model::time::{BootId, Clock, Moment};
use tillkit_model::wire::Sending;

use crate::ACCOUNT;

/// How many times faster than the wall's the clocks go: the minute in which a spent token is still
/// good takes twelve seconds.
pub const PACE: u32 = 5;

/// Where the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Nothing has left.
    BeforeRequest,
    /// The provider has made another pair, and the answer has arrived.
    AfterAnswer,
    /// The next group of writes is not durable.
    BeforeCommit,
    /// It is durable.
    AfterCommit,
}

/// Every one of them.
pub const STEPS: [Step; 4] =
    [Step::BeforeRequest, Step::AfterAnswer, Step::BeforeCommit, Step::AfterCommit];

/// What a process is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Brief {
    /// The journal.
    pub journal: PathBuf,
    /// The provider.
    pub base_url: String,
    /// The refresh token that it begins with.
    pub refresh: String,
    /// Where it ends.
    pub step: Option<Step>,
}

/// The end of this process, once it has come so far.
struct End {
    step: Option<Step>,
    /// The answer with the new pair has arrived.
    answered: AtomicBool,
}

impl End {
    fn reach(&self, step: Step) {
        if self.step == Some(step) {
            // Nothing of this process comes after it.
            kill_process(getpid(), Signal::KILL).ok();
            loop {
                std::thread::park();
            }
        }
    }

    fn write(&self, point: Point) {
        if self.answered.load(Ordering::SeqCst) {
            match point {
                Point::BeforeCommit => self.reach(Step::BeforeCommit),
                Point::AfterCommit => self.reach(Step::AfterCommit),
                // What stands beside the payments moves no mark.
                Point::AfterMark => {}
            }
        }
    }
}

struct Wire {
    https: Https,
    end: Arc<End>,
}

impl Transport for Wire {
    fn send<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        sending: Sending,
        clock: &'a Arc<dyn Clock>,
    ) -> UnderWay<'a> {
        Box::pin(async move {
            let renews = sending.request.path.starts_with("/oauth2/token");
            if renews {
                self.end.reach(Step::BeforeRequest);
            }
            let exchange = self.https.send(endpoint, sending, clock).await;
            if renews {
                self.end.reach(Step::AfterAnswer);
                self.end.answered.store(true, Ordering::SeqCst);
            }
            exchange
        })
    }
}

/// A till that begins with a pair whose access token is over, so that it renews at once.
///
/// # Panics
/// When something of it cannot be had.
pub async fn till(brief: &Brief) -> Till {
    let end = Arc::new(End { step: brief.step, answered: AtomicBool::new(false) });
    let clock: Arc<dyn Clock> = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), PACE));
    let journal = journal(&brief.journal, &clock, Arc::clone(&end));
    let https = Https::new(Limits::default(), Arc::new(Silent)).expect("a wire");
    let mut assembly = Assembly::new(journal, Arc::new(Wire { https, end })).expect("randomness");
    let now = clock.now();
    assembly.clock = clock;
    assembly.settings = Settings::default().at_pace(PACE);
    assembly.key = Some(Key::new([7; 32]));
    let till = Till::assemble(assembly).expect("a till");
    let settings = settings(&brief.base_url);
    let account = Connect::new(ACCOUNT, "qonto", &settings).expect("an account");
    let pair = first_pair(&brief.refresh, now);
    till.connect(account.bringing(pair).unasked()).await.expect("it connects");
    till
}

fn journal(path: &Path, clock: &Arc<dyn Clock>, end: Arc<End>) -> Journal {
    let fault: Fault = Arc::new(move |point| {
        end.write(point);
        None
    });
    let create = !path.exists();
    let options = Options { create, fault: Some(fault), ..Options::new(Arc::clone(clock)) };
    let mut entropy = OsEntropy::new().expect("randomness");
    Journal::open(path, &options, &mut entropy).expect("the journal opens").journal
}

fn first_pair(refresh: &str, now: Moment) -> Kept {
    Kept {
        access: Secret::new("long over"),
        // Each process calls it new, whatever another kept meanwhile.
        asked_at: Moment { boot: BootId(0), ..now },
        life_ms: 0,
        refresh: Some(Secret::new(refresh)),
        refresh_life_ms: None,
        scopes: Vec::new(),
    }
}

fn settings(base_url: &str) -> BTreeMap<String, String> {
    [
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("client_id", "client-1"),
        ("client_secret", "secret-1"),
        ("staging_token", "staging"),
        ("base_url", base_url),
        ("oauth_url", base_url),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}
