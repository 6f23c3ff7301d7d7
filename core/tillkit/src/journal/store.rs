//! The journal as the engine knows stores: the same contract that the simulated disk keeps.
//!
//! Every call blocks until the disk has answered; an async host makes them from threads that may
//! block.

use std::sync::mpsc::sync_channel;

use tillkit_model::engine::budget::{Draw, Drawn};
use tillkit_model::engine::store::{
    Append, Failure, IdentityKey, Look, Recorded, Refusal, Store, Stored, Surroundings, TerminalKey,
};
use tillkit_model::ids::{ChargeId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;
use tillkit_model::provider::Hint;
use tillkit_model::time::Moment;

use super::shelf::{Claim, KeptHint, Sealed, Shelf};
use super::sqlite::{lease, pot, read, shelf};
use super::{Journal, closed};

impl Store for Journal {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        let count = appends.len();
        let (answer, answered) = sync_channel(1);
        let reply = Box::new(move |answers| drop(answer.send(answers)));
        self.hand_in(appends, Some(*now), reply);
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

    fn draw(&mut self, draw: &Draw, now: &Moment) -> Result<Drawn, Failure> {
        let (draw, now) = (*draw, *now);
        self.run(move |writer| writer.change(|tables| pot::draw(tables, &draw, &now)))
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        self.read(|connection| read::changes(connection, after))
    }
}

impl Shelf for Journal {
    fn sealed(&mut self, account: &str) -> Look<Sealed> {
        self.read(|connection| shelf::sealed(connection, account))
    }

    fn seal(&mut self, account: &str, after: u64, bytes: &[u8]) -> Result<bool, Failure> {
        let (account, bytes) = (account.to_owned(), bytes.to_vec());
        self.run(move |writer| writer.change(|tables| shelf::seal(tables, &account, after, &bytes)))
    }

    fn claim(&mut self, claim: &Claim, now: &Moment) -> Result<bool, Failure> {
        let (claim, now) = (claim.clone(), *now);
        self.run(move |writer| writer.change(|tables| shelf::claim(tables, &claim, &now)))
    }

    fn unclaim(&mut self, claim: &Claim) -> Result<(), Failure> {
        let claim = claim.clone();
        self.run(move |writer| writer.change(|tables| shelf::unclaim(tables, &claim)))
    }

    fn knows_notice(&mut self, account: &str, id: &str) -> Result<bool, Failure> {
        self.read(|connection| shelf::knows_notice(connection, account, id))
    }

    fn keep_notice(&mut self, account: &str, id: &str, now: &Moment) -> Result<(), Failure> {
        let (account, id, now) = (account.to_owned(), id.to_owned(), *now);
        self.run(move |writer| {
            writer.change(|tables| shelf::keep_notice(tables, &account, &id, &now))
        })
    }

    fn keep_hint(&mut self, account: &str, hint: &Hint, now: &Moment) -> Result<(), Failure> {
        let (account, hint, now) = (account.to_owned(), hint.clone(), *now);
        self.run(move |writer| {
            writer.change(|tables| shelf::keep_hint(tables, &account, &hint, &now))
        })
    }

    fn matched_hints(&mut self, account: &str) -> Result<Vec<KeptHint>, Failure> {
        self.read(|connection| shelf::matched_hints(connection, account))
    }

    fn newest_hint_wall_ms(&mut self, account: &str) -> Look<i64> {
        self.read(|connection| shelf::newest_hint_wall_ms(connection, account))
    }

    fn forget_hint(&mut self, number: u64) -> Result<(), Failure> {
        self.run(move |writer| writer.change(|tables| shelf::forget_hint(tables, number)))
    }
}
