//! How each provider is reached, and what a sale there looks like.

use std::ops::Deref;

use tillkit::till::SaleRequest;
use tillkit_model::payment::manners::Manners;
use tillkit_model::provider::provider;
use tillkit_simulator::server::stands::Stand;

use crate::ACCOUNT;

/// One provider: what the simulator knows of it, and what can be told of it in a story.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Its name in the simulator.
    pub stand: &'static str,
    /// A start whose answer was lost is found again without a person.
    pub finds_lost_starts: bool,
    /// What nobody pays ends by itself, and is known to have.
    pub sessions_end: bool,
    /// A prompt may appear long after the till has given up waiting.
    pub wakes_late: bool,
}

/// Every provider that the simulator stands in for.
pub const PROVIDERS: &[At] = &[
    At { stand: "qonto", finds_lost_starts: true, sessions_end: false, wakes_late: true },
    At { stand: "dintero", finds_lost_starts: true, sessions_end: false, wakes_late: true },
    At { stand: "centrapay", finds_lost_starts: true, sessions_end: true, wakes_late: false },
    At { stand: "vinr", finds_lost_starts: true, sessions_end: true, wakes_late: true },
    At { stand: "vinr-local", finds_lost_starts: true, sessions_end: true, wakes_late: true },
];

impl Deref for At {
    type Target = Stand;

    fn deref(&self) -> &Stand {
        Stand::named(self.stand).expect("a provider of the simulator")
    }
}

impl At {
    /// The one of that name in the simulator.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn named(stand: &str) -> &'static Self {
        PROVIDERS.iter().find(|at| at.stand == stand).expect("a provider of this suite")
    }

    /// What may be repeated there, and when what is given up.
    ///
    /// # Panics
    /// When the provider is not registered.
    #[must_use]
    pub fn manners(&self) -> Manners {
        let row = provider(self.provider).expect("it is registered");
        let setup = (row.set_up)(&self.settings_at("http://127.0.0.1:9")).expect("its settings");
        setup.adapter.manners().clone()
    }

    /// A sale of 13.30 under this reference.
    #[must_use]
    pub fn sale(&self, reference: &str) -> SaleRequest {
        let terminal = (self.terminal)();
        SaleRequest::new(ACCOUNT, terminal.as_deref(), "13.30", self.currency, reference)
    }
}
