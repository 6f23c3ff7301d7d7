//! The journal, watched: each append is named, and the process may die before it, inside it and
//! after it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tillkit::journal::{Fault, Journal, Page, Point, Query};
use tillkit::shell::Ledger;
use tillkit_model::engine::store::{
    Append, Failure, IdentityKey, Look, Recorded, Refusal, Store, Stored, Surroundings, TerminalKey,
};
use tillkit_model::ids::{ChargeId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::Event;
use tillkit_model::time::{Entropy, Moment};
use tokio::sync::watch;

use crate::halt::Halts;
use crate::hold;

/// The outcome of each payment that this process wrote to, as it became durable.
pub type Known = watch::Receiver<BTreeMap<PaymentId, Box<str>>>;

/// The appends that are being made durable together.
#[derive(Clone)]
pub struct Group {
    halts: Arc<Halts>,
    acts: Arc<Mutex<Vec<String>>>,
}

impl Group {
    /// None yet.
    pub fn new(halts: &Arc<Halts>) -> Self {
        Self { halts: Arc::clone(halts), acts: Arc::default() }
    }

    /// The steps inside a commit; nothing ever fails there, but the process may die.
    pub fn fault(&self) -> Fault {
        let group = self.clone();
        Arc::new(move |point| {
            match point {
                Point::BeforeCommit => group.pass("written"),
                Point::AfterCommit => group.pass("committed"),
                Point::AfterMark => {}
            }
            None
        })
    }

    fn pass(&self, phase: &str) {
        let acts = hold(&self.acts).clone();
        for act in acts {
            self.halts.pass(&act, phase);
        }
    }
}

/// A journal whose appends can be died at. Clones are connections to the same one.
#[derive(Clone)]
pub struct WatchedJournal {
    journal: Journal,
    group: Group,
    references: Arc<Mutex<BTreeMap<PaymentId, String>>>,
    known: Arc<watch::Sender<BTreeMap<PaymentId, Box<str>>>>,
}

impl WatchedJournal {
    /// Watches a journal, and lets others watch what it comes to know.
    pub fn new(journal: Journal, group: Group) -> (Known, Self) {
        let (known, watching) = watch::channel(BTreeMap::new());
        let references = Arc::default();
        (watching, Self { journal, group, references, known: Arc::new(known) })
    }

    /// What an append is about: the events, and the till's own name for the sale.
    fn act(&mut self, append: &Append) -> String {
        let kinds: Vec<String> = append.events.iter().map(kind).collect();
        let reference = self.reference(append);
        self.group.halts.numbered(&format!("append {} of {reference}", kinds.join("+")))
    }

    fn reference(&mut self, append: &Append) -> String {
        let created = append.events.iter().find_map(|event| match event {
            Event::Created { sale, .. } => Some(sale.reference.to_string()),
            _ => None,
        });
        let known = || hold(&self.references).get(&append.payment).cloned();
        let reference = created.or_else(known).unwrap_or_else(|| self.look(append.payment));
        hold(&self.references).insert(append.payment, reference.clone());
        reference
    }

    fn look(&self, payment: PaymentId) -> String {
        match self.journal.clone().payment(payment) {
            Ok(Some(Stored::Live(payment))) => payment.sale.reference.to_string(),
            other => panic!("an append to a payment that is not there: {other:?}"),
        }
    }
}

/// The event's name in the journal.
fn kind(event: &Event) -> String {
    let written = serde_json::to_value(event).unwrap();
    written["event"].as_str().unwrap().to_owned()
}

impl Store for WatchedJournal {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        let acts: Vec<String> = appends.iter().map(|append| self.act(append)).collect();
        let outcomes: Vec<_> =
            appends.iter().map(|append| (append.payment, append.row.outcome.clone())).collect();
        hold(&self.group.acts).clone_from(&acts);
        self.group.pass("before");
        let told = Store::append(&mut self.journal, appends, now);
        let durable = told.iter().map(Result::is_ok);
        for ((act, (payment, outcome)), durable) in acts.iter().zip(outcomes).zip(durable) {
            if durable {
                self.group.halts.pass(act, "after");
                self.known.send_modify(|known| drop(known.insert(payment, outcome)));
            }
        }
        told
    }

    fn payment(&mut self, id: PaymentId) -> Look<Stored> {
        self.journal.payment(id)
    }

    fn surroundings(
        &mut self,
        identity: &IdentityKey,
        terminal: Option<&TerminalKey>,
    ) -> Result<Surroundings, Failure> {
        self.journal.surroundings(identity, terminal)
    }

    fn by_charge(&mut self, account: &str, charge: &ChargeId) -> Look<PaymentId> {
        self.journal.by_charge(account, charge)
    }

    fn unsettled(&mut self, account: &str) -> Result<Vec<PaymentId>, Failure> {
        self.journal.unsettled(account)
    }

    fn lease(&mut self, process: ProcessId, now: &Moment) -> Result<Driver, Failure> {
        self.journal.lease(process, now)
    }

    fn heartbeat(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.journal.heartbeat(driver, now)
    }

    fn release(&mut self, driver: Driver) -> Result<(), Failure> {
        self.group.halts.pass("release", "before");
        let told = self.journal.release(driver);
        self.group.halts.pass("release", "after");
        told
    }

    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.journal.is_over(driver, now)
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        self.journal.changes(after)
    }
}

impl Ledger for WatchedJournal {
    fn another(&self) -> Box<dyn Ledger> {
        Box::new(self.clone())
    }

    fn events(&mut self, payment: PaymentId) -> Look<Vec<Event>> {
        self.journal.events(payment)
    }

    fn any_payment_of(&mut self, account: &str) -> Look<PaymentId> {
        self.journal.any_payment_of(account)
    }

    fn payments(&mut self, query: &Query) -> Result<Page, Failure> {
        self.journal.payments(query)
    }

    fn acknowledge(
        &mut self,
        reason: &str,
        now: &Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<bool, Failure> {
        self.journal.acknowledge(reason, now, entropy)
    }
}
