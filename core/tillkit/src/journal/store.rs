//! The journal as the engine knows stores: the same contract that the simulated disk keeps.
//!
//! Every call blocks until the disk has answered; an async host makes them from threads that may
//! block.

use std::sync::mpsc::sync_channel;

use tillkit_model::engine::store::{
    Append, Failure, IdentityKey, Look, Recorded, Refusal, Store, Stored, Surroundings, TerminalKey,
};
use tillkit_model::ids::{ChargeId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;
use tillkit_model::time::Moment;

use super::sqlite::{lease, read};
use super::writer::Appends;
use super::{Journal, closed};

impl Store for Journal {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        let count = appends.len();
        let (answer, answered) = sync_channel(1);
        let reply = Box::new(move |answers| drop(answer.send(answers)));
        self.hand_in(Appends { appends, now: Some(*now), reply });
        let unanswered = |_| (0..count).map(|_| Err(Refusal::Failed(closed()))).collect();
        answered.recv().unwrap_or_else(unanswered)
    }

    fn payment(&mut self, id: PaymentId) -> Look<Stored> {
        self.read(|connection| read::payment(connection, id))
    }

    fn surroundings(
        &mut self,
        identity: &IdentityKey,
        terminal: Option<&TerminalKey>,
    ) -> Result<Surroundings, Failure> {
        self.read(|connection| read::surroundings(connection, identity, terminal))
    }

    fn by_charge(&mut self, account: &str, charge: &ChargeId) -> Look<PaymentId> {
        self.read(|connection| read::by_charge(connection, account, charge))
    }

    fn unsettled(&mut self, account: &str) -> Result<Vec<PaymentId>, Failure> {
        self.read(|connection| read::unsettled(connection, account))
    }

    fn lease(&mut self, process: ProcessId, now: &Moment) -> Result<Driver, Failure> {
        let now = *now;
        self.run(move |writer| writer.change(|tables| lease::give(tables, process, &now)))
    }

    fn heartbeat(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        let now = *now;
        self.run(move |writer| writer.change(|tables| lease::beat(tables, driver, &now)))
    }

    fn release(&mut self, driver: Driver) -> Result<(), Failure> {
        self.run(move |writer| writer.change(|tables| lease::release(tables, driver)))
    }

    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.read(|connection| lease::is_over(connection, driver, now))
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        self.read(|connection| read::changes(connection, after))
    }
}
