//! A journal that a test stands beside: it may count, stop or break what is done to the disk. What
//! it does not care about is done as ever.

use tillkit_model::engine::budget::{Draw, Drawn};
use tillkit_model::engine::store::{
    Append, Failure, IdentityKey, Look, Recorded, Refusal, Store, Stored, Surroundings, TerminalKey,
};
use tillkit_model::ids::{ChargeId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::Event;
use tillkit_model::time::{Entropy, Moment};

use crate::journal::{Page, Query, Shelf};
use crate::shell::Ledger;

/// Who stands beside a journal; each method does the deed unless it says otherwise.
pub trait Bystander<L: Ledger>: Clone + Send + 'static {
    /// Appends are made.
    fn append(
        &mut self,
        journal: &mut L,
        appends: Vec<Append>,
        now: &Moment,
    ) -> Vec<Result<Recorded, Refusal>> {
        journal.append(appends, now)
    }

    /// A payment's record is read.
    ///
    /// # Errors
    /// As the journal's own.
    fn payment(&mut self, journal: &mut L, id: PaymentId) -> Look<Stored> {
        journal.payment(id)
    }

    /// A lease is given back.
    ///
    /// # Errors
    /// As the journal's own.
    fn release(&mut self, journal: &mut L, driver: Driver) -> Result<(), Failure> {
        journal.release(driver)
    }

    /// Others' changes are looked for.
    ///
    /// # Errors
    /// As the journal's own.
    fn changes(&mut self, journal: &mut L, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        journal.changes(after)
    }
}

/// A journal with somebody beside it. Clones and other connections have the same one.
#[derive(Debug, Clone)]
pub struct Watched<L, B> {
    /// The journal.
    pub journal: L,
    /// Who stands beside it.
    pub bystander: B,
}

impl<L: Ledger, B: Bystander<L>> Store for Watched<L, B> {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        self.bystander.append(&mut self.journal, appends, now)
    }

    fn payment(&mut self, id: PaymentId) -> Look<Stored> {
        self.bystander.payment(&mut self.journal, id)
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
        self.bystander.release(&mut self.journal, driver)
    }

    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.journal.is_over(driver, now)
    }

    fn draw(&mut self, draw: &Draw, now: &Moment) -> Result<Drawn, Failure> {
        self.journal.draw(draw, now)
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        self.bystander.changes(&mut self.journal, after)
    }
}

impl<L: Ledger + Clone + 'static, B: Bystander<L>> Ledger for Watched<L, B> {
    fn another(&self) -> Box<dyn Ledger> {
        Box::new(self.clone())
    }

    fn shelf(&mut self) -> &mut dyn Shelf {
        self.journal.shelf()
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
