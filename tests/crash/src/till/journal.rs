//! The journal, watched: each append is named by every event in it, and the process may die before
//! it, inside it and after it. Whether two events come in one append or in two depends on the time;
//! that both come does not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tillkit::journal::{Fault, Journal, Point};
use tillkit::shell::testing::{Bystander, Watched};
use tillkit_model::engine::store::{Append, Failure, Recorded, Refusal, Store, Stored};
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::Event;
use tillkit_model::time::Moment;
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

    /// What is being made durable from here on.
    pub fn is_about(&self, act: &str) {
        *hold(&self.acts) = vec![act.to_owned()];
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
pub type WatchedJournal = Watched<Journal, Witness>;

/// Watches a journal, and lets others watch what it comes to know.
pub fn watch(journal: Journal, group: Group) -> (Known, WatchedJournal) {
    let (known, watching) = watch::channel(BTreeMap::new());
    let witness = Witness { group, references: Arc::default(), known: Arc::new(known) };
    (watching, Watched { journal, bystander: witness })
}

/// Names each append, and lets the process die before and after it.
#[derive(Clone)]
pub struct Witness {
    group: Group,
    references: Arc<Mutex<BTreeMap<PaymentId, String>>>,
    known: Arc<watch::Sender<BTreeMap<PaymentId, Box<str>>>>,
}

impl Witness {
    /// What an append is about: each event, and the till's own name for the sale.
    fn acts(&self, journal: &Journal, append: &Append) -> Vec<String> {
        let reference = self.reference(journal, append);
        let kinds = append.events.iter().map(kind);
        let acts = kinds.map(|kind| format!("append {kind} of {reference}"));
        acts.map(|act| self.group.halts.numbered(&act)).collect()
    }

    fn reference(&self, journal: &Journal, append: &Append) -> String {
        let created = append.events.iter().find_map(|event| match event {
            Event::Created { sale, .. } => Some(sale.reference.to_string()),
            _ => None,
        });
        let known = || hold(&self.references).get(&append.payment).cloned();
        let reference = created.or_else(known).unwrap_or_else(|| look(journal, append.payment));
        hold(&self.references).insert(append.payment, reference.clone());
        reference
    }
}

fn look(journal: &Journal, payment: PaymentId) -> String {
    match journal.clone().payment(payment) {
        Ok(Some(Stored::Live(payment))) => payment.sale.reference.to_string(),
        other => panic!("an append to a payment that is not there: {other:?}"),
    }
}

/// The event's name in the journal.
fn kind(event: &Event) -> String {
    let written = serde_json::to_value(event).unwrap();
    written["event"].as_str().unwrap().to_owned()
}

impl Bystander<Journal> for Witness {
    fn append(
        &mut self,
        journal: &mut Journal,
        appends: Vec<Append>,
        now: &Moment,
    ) -> Vec<Result<Recorded, Refusal>> {
        let acts: Vec<Vec<String>> =
            appends.iter().map(|append| self.acts(journal, append)).collect();
        let outcomes: Vec<_> =
            appends.iter().map(|append| (append.payment, append.row.outcome.clone())).collect();
        *hold(&self.group.acts) = acts.concat();
        self.group.pass("before");
        let told = Store::append(journal, appends, now);
        let durable = told.iter().map(Result::is_ok);
        for ((acts, (payment, outcome)), durable) in acts.iter().zip(outcomes).zip(durable) {
            if durable {
                acts.iter().for_each(|act| self.group.halts.pass(act, "after"));
                self.known.send_modify(|known| drop(known.insert(payment, outcome)));
            }
        }
        told
    }

    fn release(&mut self, journal: &mut Journal, driver: Driver) -> Result<(), Failure> {
        self.group.halts.pass("release", "before");
        let told = journal.release(driver);
        self.group.halts.pass("release", "after");
        told
    }
}
