//! A shop: one journal, one account, one simulator.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tillkit::journal::{Journal, Options};
use tillkit::shell::Settings as Pace;
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Assembly, Connect, Outcome, SaleRequest, Summary, Till};
use tillkit::transport::{Https, Limits, Silent};
use tillkit_model::ids::PaymentId;
use tillkit_model::time::Clock;
use tillkit_simulator::fakes::ledger::{Charge, Ledger};
use tillkit_simulator::server::{
    Control, Exchanged, Fault, Options as Stand, Planned, Simulator, Wanted,
};

use crate::provider::At;
use crate::{ACCOUNT, PACE};

/// Far more than it takes.
const LOOKS_MAX: u32 = 2_000_000;

/// A shop at one provider.
pub struct Shop {
    /// Where it is.
    pub at: &'static At,
    /// What it sells through.
    pub till: Arc<Till>,
    simulator: Simulator,
    folder: TempDir,
}

impl Shop {
    /// Opens a new shop at this provider.
    pub async fn open(at: &'static At) -> Self {
        let options = Stand { pace: PACE, ..Stand::default() };
        let simulator = Simulator::start(options).expect("a free port");
        let folder = TempDir::new().expect("a folder for the journal");
        let till = till(&journal_in(folder.path()), at, &simulator.base_url(at.stand), false).await;
        Self { at, till: Arc::new(till), simulator, folder }
    }

    /// Opens the journal once more, as the next process does; one that asks for rights and missed
    /// notifications by itself.
    pub async fn another_till(&self) -> Till {
        till(&self.journal(), self.at, &self.base_url(), true).await
    }

    /// What went through of this method, and with this in its path.
    #[must_use]
    pub fn asked(&self, method: &str, path: &str) -> Vec<Exchanged> {
        let all = self.control().exchanges(self.at.stand).into_iter();
        all.filter(|one| one.method == method && one.path.contains(path)).collect()
    }

    /// Where the journal is.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        journal_in(self.folder.path())
    }

    /// Where the provider is.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.simulator.base_url(self.at.stand)
    }

    /// The simulator's levers.
    #[must_use]
    pub const fn control(&self) -> &Control {
        self.simulator.control()
    }

    /// What the next customer does.
    pub fn next(&self, wanted: Wanted) {
        self.control().next(self.at.stand, wanted);
    }

    /// What goes wrong with the next request whose path contains this.
    pub fn fault(&self, fault: Fault, method: &str, path: &str) {
        let (path, method) = (path.to_owned(), Some(method.to_owned()));
        self.control().fault(self.at.stand, Planned { path, method, ..Planned::once(fault) });
    }

    /// What the provider really did.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.control().ledger(self.at.stand)
    }

    /// The only charge of a payment, as the provider has it.
    ///
    /// # Panics
    /// When there is none, or more than one.
    #[must_use]
    pub fn charge_of(&self, payment: PaymentId) -> Charge {
        let ledger = self.ledger();
        let mut charges = ledger.of(payment);
        let charge = charges.next().expect("the provider has a charge of it").clone();
        assert!(charges.next().is_none(), "the provider has two charges of one payment");
        charge
    }

    /// Starts a sale, and goes on once the provider has it: a busy machine may be slower than the
    /// hurried clock allows, and then `start` returns before anything was answered.
    ///
    /// # Panics
    /// When the provider never hears of it.
    pub async fn shown(&self, reference: &str) -> Summary {
        let started = self.till.start(self.at.sale(reference)).await.expect("it is recorded");
        for _ in 0..LOOKS_MAX {
            if self.ledger().of(started.id).next().is_some() {
                return started;
            }
            let waited = self.till.wait(started.id, Some(Duration::from_secs(1))).await;
            let summary = waited.expect("it is there");
            assert_ne!(summary.outcome, Outcome::NotPaid, "the provider never heard of it");
        }
        panic!("the provider never hears of {}", started.id);
    }

    /// The payment once it is known how it ended.
    ///
    /// # Panics
    /// When that is not found out however often one looks.
    pub async fn settled(&self, payment: PaymentId) -> Summary {
        for _ in 0..LOOKS_MAX {
            let summary = self.till.wait(payment, None).await.expect("it is there");
            if summary.outcome != Outcome::Unknown {
                return summary;
            }
        }
        panic!("nobody finds out how {payment} ended");
    }

    /// Pays under this reference.
    pub async fn pay(&self, reference: &str) -> Summary {
        self.pay_for(self.at.sale(reference)).await
    }

    /// Pays a sale.
    pub async fn pay_for(&self, sale: SaleRequest) -> Summary {
        self.till.pay(sale).await.expect("it is recorded, so it has an outcome")
    }
}

/// The journal's place in a folder.
#[must_use]
pub fn journal_in(folder: &Path) -> PathBuf {
    folder.join("till.db")
}

/// A till on a journal, connected to one account.
pub async fn till(journal: &Path, at: &At, base_url: &str, asks_by_itself: bool) -> Till {
    let clock = hurried_clock();
    let options = Options { create: true, ..Options::new(Arc::clone(&clock)) };
    let mut entropy = OsEntropy::new().expect("randomness");
    let opened = Journal::open(journal, &options, &mut entropy).expect("the journal opens");
    let https = Https::new(Limits::default(), Arc::new(Silent)).expect("a wire");
    let mut assembly = Assembly::new(opened.journal, Arc::new(https)).expect("randomness");
    assembly.clock = clock;
    assembly.settings = Pace::default().at_pace(PACE);
    let till = Till::assemble(assembly).expect("a till");
    let connect =
        Connect::new(ACCOUNT, at.provider, &at.settings_at(base_url)).expect("an account");
    // Stories script what goes wrong, and nothing unasked may use that up.
    let connect = if asks_by_itself { connect } else { connect.unasked() };
    till.connect(connect).await.expect("it connects");
    till
}

/// A clock that hurries.
#[must_use]
pub fn hurried_clock() -> Arc<dyn Clock> {
    Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), PACE))
}

/// A story is over: everything that was asked and answered was as the provider publishes it.
impl Drop for Shop {
    fn drop(&mut self) {
        let judged = self.control().judged(self.at.stand);
        println!("judged at {}: {judged:?}", self.at.stand);
        if !std::thread::panicking() {
            assert_eq!(judged.violations, Vec::<String>::new(), "{}", self.at.stand);
        }
    }
}
