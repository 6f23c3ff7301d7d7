//! The public face over Qonto's rules, a scripted wire and journals in memory and on disk.

mod budgets;
mod doubt;
mod errands;
mod journals;
mod paper;
mod people;
mod refusals;
mod sales;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use tillkit_model::provider::Settings;
use tillkit_model::time::Clock;

use super::{Assembly, Connect, SaleRequest, Till};
use crate::shell::clock::{ScaledClock, SystemClock};
use crate::shell::testing::MemoryJournal;
use crate::shell::{Ledger, Settings as Pace};
use crate::transport::{Play, Scripted};

const TERMINAL: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

/// A till at work, and what it stands on.
struct Shop {
    till: Till,
    wire: Arc<Scripted>,
    journal: MemoryJournal,
}

impl Shop {
    /// A till with one account, on a clock fifty times as fast as the wall's.
    async fn open(wire: Scripted) -> Self {
        let journal = MemoryJournal::new();
        let (till, wire) = till_over(journal.clone(), wire);
        till.connect(shop("org-1")).await.unwrap();
        Self { till, wire, journal }
    }

    /// How many pushes left, and that all of them were the same byte for byte.
    fn equal_pushes(&self) -> usize {
        let handed = self.wire.handed();
        let mut pushes: Vec<_> = handed
            .iter()
            .filter(|one| one.request.may_move_money)
            .map(|one| one.request.clone())
            .collect();
        let count = pushes.len();
        pushes.dedup();
        assert!(pushes.len() <= 1, "{pushes:?}");
        count
    }
}

fn till_over(journal: impl Ledger + 'static, wire: Scripted) -> (Till, Arc<Scripted>) {
    let wire = Arc::new(wire);
    let mut assembly = Assembly::new(journal, wire.clone()).unwrap();
    assembly.clock = fast_clock();
    assembly.settings = Pace::default().at_pace(50);
    (Till::assemble(assembly).unwrap(), wire)
}

fn fast_clock() -> Arc<dyn Clock> {
    Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), 50))
}

fn settings(organization: &str) -> Settings {
    BTreeMap::from([
        ("environment".to_owned(), "sandbox".to_owned()),
        ("organization_id".to_owned(), organization.to_owned()),
        ("access_token".to_owned(), "tok-4711".to_owned()),
        ("staging_token".to_owned(), "stage-4711".to_owned()),
    ])
}

fn shop(organization: &str) -> Connect {
    Connect::new("shop-1", "qonto", &settings(organization)).unwrap().unasked()
}

fn sale(reference: &str) -> SaleRequest {
    SaleRequest::new("shop-1", Some(TERMINAL), "13.30", "EUR", reference)
}

/// A Qonto that remembers a payment which another script made.
fn approving_of(charge: &str) -> Scripted {
    let body = json!({ "terminal_payment": {
        "id": charge,
        "terminal_id": TERMINAL,
        "amount": { "value": "13.30", "currency": "EUR" },
        "status": "AUTHORIZED",
    }});
    Scripted::new(move |_| Play::json(200, &body.to_string()))
}
