//! What tests and examples are built from: a journal in memory, one that a test stands beside, and
//! a provider that says yes.

mod watched;

mod shelf;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use tillkit_model::engine::budget::{Draw, Drawn};
use tillkit_model::engine::memory::MemoryStore;
use tillkit_model::engine::store::{
    Append, Failure, FailureKind, IdentityKey, Look, Recorded, Refusal, Row, Store, Stored,
    Surroundings, TerminalKey,
};
use tillkit_model::ids::{ChargeId, InstallationId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::Event;
use tillkit_model::provider::Hint;
use tillkit_model::time::{Entropy, Moment};
use tillkit_model::wire::{Departure, Method, Request};

use self::shelf::MemoryShelf;
use super::Ledger;
use crate::journal::{Claim, KeptHint, Listed, Page, Query, Sealed, Shelf};
use crate::transport::{Play, Scripted};
pub use watched::{Bystander, Watched};

/// A journal in memory. Clones are connections to the same one; it is gone with the last of them.
#[derive(Debug, Clone)]
pub struct MemoryJournal {
    store: Arc<Mutex<MemoryStore>>,
    shelf: Arc<Mutex<MemoryShelf>>,
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        let installation = InstallationId::from_bytes([1; 16]);
        let store = Arc::new(Mutex::new(MemoryStore::new(installation)));
        Self { store, shelf: Arc::default() }
    }

    /// Lets everything fail that stands beside the payments, or work again.
    pub fn break_shelf(&self, broken: bool) {
        self.on_shelf().broken = broken;
    }

    /// The store itself. A test that panicked while it held the store has failed already.
    pub fn store(&self) -> MutexGuard<'_, MemoryStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_shelf(&self) -> MutexGuard<'_, MemoryShelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryJournal {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        self.store().append(appends, now)
    }

    fn payment(&mut self, id: PaymentId) -> Look<Stored> {
        self.store().payment(id)
    }

    fn surroundings(
        &mut self,
        identity: &IdentityKey,
        terminal: Option<&TerminalKey>,
    ) -> Result<Surroundings, Failure> {
        self.store().surroundings(identity, terminal)
    }

    fn by_charge(&mut self, account: &str, charge: &ChargeId) -> Look<PaymentId> {
        self.store().by_charge(account, charge)
    }

    fn unsettled(&mut self, account: &str) -> Result<Vec<PaymentId>, Failure> {
        self.store().unsettled(account)
    }

    fn lease(&mut self, process: ProcessId, now: &Moment) -> Result<Driver, Failure> {
        self.store().lease(process, now)
    }

    fn heartbeat(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.store().heartbeat(driver, now)
    }

    fn release(&mut self, driver: Driver) -> Result<(), Failure> {
        self.store().release(driver)
    }

    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.store().is_over(driver, now)
    }

    fn draw(&mut self, draw: &Draw, now: &Moment) -> Result<Drawn, Failure> {
        self.store().draw(draw, now)
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        self.store().changes(after)
    }
}

impl Shelf for MemoryJournal {
    fn sealed(&mut self, account: &str) -> Look<Sealed> {
        self.on_shelf().sealed(account)
    }

    fn seal(&mut self, account: &str, after: u64, bytes: &[u8]) -> Result<bool, Failure> {
        self.on_shelf().seal(account, after, bytes)
    }

    fn claim(&mut self, claim: &Claim, now: &Moment) -> Result<bool, Failure> {
        self.on_shelf().claim(claim, now)
    }

    fn unclaim(&mut self, claim: &Claim) -> Result<(), Failure> {
        self.on_shelf().unclaim(claim)
    }

    fn knows_notice(&mut self, account: &str, id: &str) -> Result<bool, Failure> {
        self.on_shelf().knows_notice(account, id)
    }

    fn keep_notice(&mut self, account: &str, id: &str, now: &Moment) -> Result<(), Failure> {
        self.on_shelf().keep_notice(account, id, now)
    }

    fn keep_hint(&mut self, account: &str, hint: &Hint, now: &Moment) -> Result<(), Failure> {
        self.on_shelf().keep_hint(account, hint, now)
    }

    fn matched_hints(&mut self, account: &str) -> Result<Vec<KeptHint>, Failure> {
        let rows: Vec<(PaymentId, Row)> =
            self.store().rows().map(|(id, row)| (id, row.clone())).collect();
        let shows = |row: &Row, charge: &ChargeId| row.charges.contains(charge);
        self.on_shelf().hints(account, |hint| {
            let named = |id: &PaymentId| hint.payment.is_some_and(|payment| payment == *id);
            let mut of_account = rows.iter().filter(|(_, row)| &*row.account == account);
            of_account.any(|(id, row)| named(id) || shows(row, &hint.sighting.charge))
        })
    }

    fn newest_hint_wall_ms(&mut self, account: &str) -> Look<i64> {
        self.on_shelf().newest_hint_wall_ms(account)
    }

    fn forget_hint(&mut self, number: u64) -> Result<(), Failure> {
        self.on_shelf().forget_hint(number)
    }
}

impl Ledger for MemoryJournal {
    fn another(&self) -> Box<dyn Ledger> {
        Box::new(self.clone())
    }

    fn shelf(&mut self) -> &mut dyn Shelf {
        self
    }

    fn events(&mut self, payment: PaymentId) -> Look<Vec<Event>> {
        let events = self.store().events(payment).to_vec();
        Ok(if events.is_empty() { None } else { Some(events) })
    }

    fn any_payment_of(&mut self, account: &str) -> Look<PaymentId> {
        let store = self.store();
        let mut of_account = store.rows().filter(|(_, row)| &*row.account == account);
        Ok(of_account.next().map(|(id, _)| id))
    }

    fn payments(&mut self, query: &Query) -> Result<Page, Failure> {
        let store = self.store();
        let before = |id: PaymentId| query.before.is_none_or(|before| id < before);
        let mut wanted: Vec<(PaymentId, Row)> = store
            .rows()
            .filter(|(id, row)| before(*id) && is_wanted(row, query))
            .map(|(id, row)| (id, row.clone()))
            .collect();
        wanted.reverse();
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = wanted.len() > limit;
        wanted.truncate(limit);
        let next = wanted.last().filter(|_| more).map(|(id, _)| *id);
        let listed = |(id, row)| Listed { id, row: Ok(row), pruned: false };
        Ok(Page { payments: wanted.into_iter().map(listed).collect(), next })
    }

    fn acknowledge(
        &mut self,
        reason: &str,
        now: &Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<bool, Failure> {
        if reason.trim().is_empty() {
            let detail = "reason: must not be empty: say why this journal may sell again";
            return Err(Failure { kind: FailureKind::Other, detail: detail.to_owned() });
        }
        let mut store = self.store();
        let restored = store.is_restored();
        if restored {
            store.acknowledge(InstallationId::new(entropy), now);
        }
        Ok(restored)
    }
}

fn is_wanted(row: &Row, query: &Query) -> bool {
    query.account.as_ref().is_none_or(|account| *account == row.account)
        && query.outcome.as_ref().is_none_or(|outcome| *outcome == row.outcome)
        && query.unsettled.is_none_or(|unsettled| unsettled == row.unsettled)
}

/// A Qonto whose customers all tap at once, and are read as approved.
#[must_use]
pub fn approving_qonto() -> Scripted {
    qonto(|_| "AUTHORIZED")
}

/// A Qonto whose payments are read in the state that `status` says for how often any was read.
#[must_use]
pub fn qonto(status: impl Fn(usize) -> &'static str + Send + 'static) -> Scripted {
    Scripted::new(qonto_script(status))
}

/// The same as a script, for scripts that stand in front of it.
pub fn qonto_script(
    status: impl Fn(usize) -> &'static str + Send + 'static,
) -> impl FnMut(&Departure) -> Play + Send + 'static {
    let mut pushes: Vec<Map<String, Value>> = Vec::new();
    let mut reads = 0_usize;
    move |departure| match departure.request().method {
        Method::Post => {
            let payment = pushed(departure.request(), pushes.len());
            pushes.push(payment.clone());
            Play::json(202, &json!({ "terminal_payment": payment }).to_string())
        }
        Method::Get => {
            reads = reads.saturating_add(1);
            let asked = departure.request().path.rsplit('/').next();
            let known =
                pushes.iter().find(|payment| payment.get("id").and_then(Value::as_str) == asked);
            let Some(mut payment) = known.cloned() else { return Play::json(404, "{}") };
            payment.insert("status".to_owned(), status(reads).into());
            Play::json(200, &json!({ "terminal_payment": payment }).to_string())
        }
        Method::Put | Method::Delete => Play::json(404, "{}"),
    }
}

/// The record that a push makes: what was sent, under an id of Qonto's own.
fn pushed(request: &Request, before: usize) -> Map<String, Value> {
    let terminal = request.path.split('/').nth(3).unwrap_or("");
    let body = request.body.as_deref().unwrap_or("");
    let mut payment: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    payment.insert("id".to_owned(), format!("00000000-0000-4000-8000-{before:012}").into());
    payment.insert("terminal_id".to_owned(), terminal.into());
    payment.insert("created_at".to_owned(), "2026-11-20T09:00:00Z".into());
    payment
}
