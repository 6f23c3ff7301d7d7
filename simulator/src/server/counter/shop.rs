//! The shop behind the counter: a till on a file, an account at each of the four providers, and one
//! terminal of each in a person's hands.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tillkit::journal::{Journal, Options};
use tillkit::shell::entropy::OsEntropy;
use tillkit::shell::testing::{Bystander, Watched};
use tillkit::shell::{Ledger, Settings};
use tillkit::till::{Assembly, Connect, Error, Till};
use tillkit::transport::{Https, Limits, Silent};
use tillkit_model::engine::errors;
use tillkit_model::engine::store::{Append, Recorded, Refusal};
use tillkit_model::error::Code;
use tillkit_model::time::{Clock, Moment};
use tokio::sync::watch;

use crate::server::stands::Stand;
use crate::server::{Fault, Hall, Loss, Planned, Target, doors};

/// The secret by which every provider here signs its notifications.
const SECRET: &str = "simulated-webhook-secret";
/// How often another process's appends are looked for: nobody waits for them here.
const WATCH_MS: u64 = 1_000;
/// How late a delayed answer is.
const DELAY_MS: u64 = 5_000;

/// One provider, as the counter knows it.
pub(super) struct Place {
    /// Its name, and the account's.
    pub(super) provider: &'static str,
    /// The terminal in a person's hands.
    pub(super) terminal: fn() -> String,
    /// Sales name that terminal.
    pub(super) names_terminal: bool,
    /// What this shop's account has in place of the usual.
    settings: &'static [(&'static str, &'static str)],
}

/// The four of them.
pub(super) const PLACES: &[Place] = &[
    Place {
        provider: "qonto",
        terminal: || doors::qonto::terminal(2),
        names_terminal: true,
        settings: &[("organization_id", "counter"), ("webhook_secrets", SECRET)],
    },
    Place {
        provider: "vinr",
        terminal: || doors::vinr::terminal(2),
        names_terminal: true,
        settings: &[("merchant_id", "counter"), ("webhook_secrets", SECRET)],
    },
    Place {
        provider: "dintero",
        terminal: || doors::dintero::terminal(2),
        names_terminal: true,
        settings: &[("webhook_secrets", SECRET)],
    },
    Place {
        provider: "centrapay",
        terminal: || "counter-display".into(),
        names_terminal: false,
        settings: &[("terminal_id", "counter-display"), ("device_id", "counter-display-1")],
    },
];

/// Something that can be made to go wrong, once.
pub(super) struct Trouble {
    pub(super) name: &'static str,
    fault: Fault,
    /// It meets the next notification, not the next start of a sale.
    of_webhooks: bool,
}

/// What the page has switches for.
pub(super) const TROUBLES: &[Trouble] = &[
    Trouble {
        name: "lose-answer",
        fault: Fault::Lose { when: Loss::AfterWork },
        of_webhooks: false,
    },
    Trouble { name: "delay", fault: Fault::Delay { ms: DELAY_MS }, of_webhooks: false },
    Trouble { name: "server-error", fault: Fault::ErrorAfter, of_webhooks: false },
    Trouble { name: "rate-limited", fault: Fault::RateLimited, of_webhooks: false },
    Trouble { name: "lose-webhook", fault: Fault::DropWebhook, of_webhooks: true },
    Trouble { name: "double-webhook", fault: Fault::DoubleWebhook, of_webhooks: true },
];

impl Place {
    pub(super) fn named(provider: &str) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.provider == provider)
    }

    /// What the simulator knows of its provider.
    pub(super) fn stand(&self) -> Result<&'static Stand, Error> {
        let unknown = || Error::new(Code::InvalidField).field("provider").rule("known");
        Stand::named(self.provider).ok_or_else(unknown)
    }

    /// A trouble as it is planned at this provider.
    pub(super) fn planned(&self, trouble: &Trouble) -> Result<Planned, Error> {
        let once = Planned::once(trouble.fault);
        if trouble.of_webhooks {
            return Ok(once);
        }
        let path = self.stand()?.start_path.to_owned();
        Ok(Planned { path, method: Some("POST".to_owned()), ..once })
    }

    /// The account, reached at this simulator.
    pub(super) fn connect(&self, at: SocketAddr) -> Result<Connect, Error> {
        let mut settings = self.stand()?.settings(&format!("http://{at}"));
        let own = self.settings.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        settings.extend(own);
        let connect = Connect::new(self.provider, self.provider, &settings)?;
        Ok(connect.reached_at(&self.notified_at(at)))
    }

    /// Whom the provider notifies.
    pub(super) fn target(&self, at: SocketAddr) -> Target {
        Target { url: self.notified_at(at), secret: SECRET.to_owned() }
    }

    fn notified_at(&self, at: SocketAddr) -> String {
        format!("http://{at}/counter/webhooks/{}", self.provider)
    }
}

/// Says so whenever something was appended.
#[derive(Clone)]
struct Bell(watch::Sender<u64>);

impl<L: Ledger> Bystander<L> for Bell {
    fn append(
        &mut self,
        journal: &mut L,
        appends: Vec<Append>,
        now: &Moment,
    ) -> Vec<Result<Recorded, Refusal>> {
        let recorded = journal.append(appends, now);
        self.0.send_modify(|count| *count += 1);
        recorded
    }
}

/// A till on this journal, by the simulator's own clock and pace.
pub(super) fn open_till(path: &Path, hall: &Hall) -> Result<Till, Error> {
    let clock: Arc<dyn Clock> = Arc::clone(&hall.clock) as Arc<dyn Clock>;
    let options = Options { create: true, ..Options::new(Arc::clone(&clock)) };
    let mut entropy = OsEntropy::new()?;
    let opened = Journal::open(path, &options, &mut entropy).map_err(|fault| match fault {
        tillkit::journal::OpenError::Failed(failure) => errors::of_journal(&failure),
        tillkit::journal::OpenError::Absent => Error::new(Code::JournalMissing),
    })?;
    let bell = Bell(hall.stirred.clone());
    let journal = Watched { journal: opened.journal, bystander: bell };
    let https = Https::new(Limits::default(), Arc::new(Silent))?;
    let mut assembly = Assembly::new(journal, Arc::new(https))?;
    let mut settings = Settings::default().at_pace(hall.clock.pace());
    settings.watch_ms = WATCH_MS;
    assembly.settings = settings;
    assembly.clock = clock;
    Till::assemble(assembly)
}
