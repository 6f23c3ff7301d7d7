//! A till on a hurried clock, and a simulator beside it: what a shop's own tests stand on.

// ANCHOR: shop
use std::collections::BTreeMap;
use std::sync::Arc;

use tillkit::journal::{Journal, Options};
use tillkit::shell::Settings;
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Assembly, Connect, SaleRequest, Summary, Till};
use tillkit::transport::{Https, Limits, Silent};
use tillkit_simulator::server::{self, Control, Simulator, doors};

/// Both clocks go so many times as fast: two minutes of doubt take six seconds.
const PACE: u32 = 20;

pub struct Shop {
    pub till: Arc<Till>,
    pub simulator: Simulator,
    pub folder: tempfile::TempDir,
}

impl Shop {
    pub async fn open() -> Self {
        let options = server::Options { pace: PACE, ..server::Options::default() };
        let simulator = Simulator::start(options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let till = Arc::new(open_till(&folder.path().join("till.db")));
        let shop = Self { till, simulator, folder };
        shop.till.connect(shop.account()).await.unwrap();
        shop
    }

    pub fn account(&self) -> Connect {
        let settings = settings(&self.simulator.base_url("vinr"));
        Connect::new("shop-1", "vinr", &settings).unwrap()
    }

    pub fn levers(&self) -> &Control {
        self.simulator.control()
    }

    pub fn sale(&self, reference: &str) -> SaleRequest {
        let terminal = doors::vinr::terminal(0);
        SaleRequest::new("shop-1", Some(&terminal), "13.30", "EUR", reference)
    }

    /// How many cards the provider really charged.
    pub fn cards_charged(&self) -> usize {
        let ledger = self.levers().ledger("vinr");
        ledger.charges.iter().filter(|charge| charge.authorized_minor > 0).count()
    }
}

/// What `Till::open` does, with a clock that hurries.
pub fn open_till(path: &std::path::Path) -> Till {
    let clock = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), PACE));
    let options = Options { create: true, ..Options::new(clock.clone()) };
    let journal = Journal::open(path, &options, &mut OsEntropy::new().unwrap()).unwrap().journal;
    let wire = Https::new(Limits::default(), Arc::new(Silent)).unwrap();
    let mut assembly = Assembly::new(journal, Arc::new(wire)).unwrap();
    assembly.clock = clock;
    assembly.settings = Settings::default().at_pace(PACE);
    Till::assemble(assembly).unwrap()
}

fn settings(base_url: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("environment", "sandbox"),
        ("merchant_id", "merchant-1"),
        ("api_key", doors::vinr::API_KEY),
        ("base_url", base_url),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
// ANCHOR_END: shop

/// The payment once its outcome is known: there is no fact yet that a wait could wait for.
pub async fn known(till: &Till, payment: Summary) -> Summary {
    let mut payment = payment;
    while payment.outcome == tillkit::till::Outcome::Unknown {
        tokio::task::yield_now().await;
        payment = till.wait(payment.id, None).await.unwrap();
    }
    payment
}
