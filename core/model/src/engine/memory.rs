//! The simulated disk: a journal in memory that keeps every promise of a real one.
//!
//! Cloning it is taking a backup; going on with the clone is going back in time, and the chain of
//! hashes tells. It is fast enough for thousands of lives a second: events stay values, nothing is
//! encoded, and payments are folded only when they are read. It knows nothing of faults: whoever
//! simulates a failing disk stands in front of it.

use std::collections::BTreeMap;

use super::admit::{Admitted, Holdings, Standing, admit};
use super::budget::{self, Draw, Drawn, Pot};
use super::history;
use super::lease::{self, Lease};
use super::opening::{Head, Mark};
use super::port::Purse;
use super::store::{
    Append, Failure, FailureKind, IdentityKey, Look, Recorded, Refusal, Row, Store, Stored,
    Surroundings, TerminalKey,
};
use crate::ids::{ChargeId, InstallationId, PaymentId, ProcessId};
use crate::payment::apply::fold;
use crate::payment::event::Event;
use crate::payment::{Driver, Payment};
use crate::time::Moment;

/// A journal in memory.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    installation: InstallationId,
    restored: bool,
    payments: BTreeMap<PaymentId, Kept>,
    identities: BTreeMap<IdentityKey, PaymentId>,
    holds: BTreeMap<TerminalKey, PaymentId>,
    charges: BTreeMap<(Box<str>, ChargeId), PaymentId>,
    leases: BTreeMap<u64, Lease>,
    epochs: u64,
    pots: BTreeMap<Purse, Pot>,
    /// One entry for each record, in order: whose it is, and the chain up to it.
    records: Vec<(PaymentId, Chain)>,
}

/// One payment as it is kept.
#[derive(Debug, Clone)]
struct Kept {
    row: Row,
    released: bool,
    events: Vec<Event>,
}

impl MemoryStore {
    /// An empty journal of this installation.
    #[must_use]
    pub const fn new(installation: InstallationId) -> Self {
        Self {
            installation,
            restored: false,
            payments: BTreeMap::new(),
            identities: BTreeMap::new(),
            holds: BTreeMap::new(),
            charges: BTreeMap::new(),
            leases: BTreeMap::new(),
            epochs: 0,
            pots: BTreeMap::new(),
            records: Vec::new(),
        }
    }

    /// How many records it has.
    #[must_use]
    pub fn records(&self) -> u64 {
        count(self.records.len())
    }

    /// What a mark that is synced now would remember.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let hash = self.records.last().map_or(Chain::START, |(_, chain)| *chain);
        Mark { installation: self.installation, record: self.records(), hash: hash.bytes() }
    }

    /// What it says of itself when it is opened beside this mark.
    #[must_use]
    pub fn head(&self, mark: Option<&Mark>) -> Head {
        let place = mark
            .and_then(|mark| mark.record.checked_sub(1))
            .and_then(|place| usize::try_from(place).ok());
        let hash_at_mark =
            place.and_then(|place| self.records.get(place)).map(|(_, chain)| chain.bytes());
        Head {
            installation: self.installation,
            record: self.records(),
            hash_at_mark,
            restored: self.restored,
        }
    }

    /// Whether it is in restored mode.
    #[must_use]
    pub const fn is_restored(&self) -> bool {
        self.restored
    }

    /// An opening found it restored: it starts nothing from here on.
    pub const fn restore(&mut self) {
        self.restored = true;
    }

    /// A person acknowledged that it was restored; it is an installation of its own from here on.
    pub fn acknowledge(&mut self, installation: InstallationId, now: &Moment) {
        self.restored = false;
        self.installation = installation;
        for id in self.reached_by_a_loss(now) {
            let append = self.payments.get(&id).and_then(|kept| {
                let payment = fold(&kept.events).ok()?;
                history::lost(&payment, &kept.row, now)
            });
            if let Some(append) = append {
                // Facts are taken from anyone, so nothing can speak against it.
                self.append_one(append, now).ok();
            }
        }
    }

    /// Whatever is unsettled, and what came to rest last.
    fn reached_by_a_loss(&self, now: &Moment) -> Vec<PaymentId> {
        let (unsettled, resting): (Vec<_>, Vec<_>) =
            self.payments.iter().partition(|(_, kept)| kept.row.unsettled);
        let rested = |kept: &Kept| kept.events.last().map(|event| event.at().wall_ms);
        let mut resting: Vec<(i64, PaymentId)> =
            resting.into_iter().filter_map(|(id, kept)| Some((rested(kept)?, *id))).collect();
        resting.sort_unstable();
        let latest = resting.last().map_or(now.wall_ms, |(rested, _)| *rested);
        let from = history::reached_from_wall_ms(latest, now);
        let max = usize::try_from(history::LOOK_BACK_MAX).unwrap_or(usize::MAX);
        let reached = resting.into_iter().rev().take_while(|(rested, _)| *rested >= from).take(max);
        let unsettled = unsettled.into_iter().map(|(id, _)| *id);
        unsettled.chain(reached.map(|(_, id)| id)).collect()
    }

    /// Every payment's id and row, by id.
    pub fn rows(&self) -> impl Iterator<Item = (PaymentId, &Row)> {
        self.payments.iter().map(|(id, kept)| (*id, &kept.row))
    }

    /// The events of a payment, none if it is not here.
    #[must_use]
    pub fn events(&self, payment: PaymentId) -> &[Event] {
        self.payments.get(&payment).map_or(&[], |kept| &kept.events)
    }

    fn append_one(&mut self, append: Append, now: &Moment) -> Result<Recorded, Refusal> {
        let Admitted { holds } = admit(&append, self, now)?;
        self.release_terminal(&append);
        self.index(&append, holds);
        for _ in &append.events {
            self.chain(&append);
        }
        let Append { payment, ref row, ref events, .. } = append;
        let mut row = row.clone();
        row.holds = row.holds.filter(|_| holds);
        let kept = self.payments.entry(payment).or_insert_with(|| Kept {
            row: row.clone(),
            released: false,
            events: Vec::new(),
        });
        kept.row = row;
        kept.events.extend(events.iter().cloned());
        Ok(append.recorded())
    }

    /// Takes the terminal from those that the cashier has looked at.
    fn release_terminal(&mut self, append: &Append) {
        let Some(terminal) = &append.row.holds else { return };
        let holder = self.holds.get(terminal).copied();
        let Some(holder) = holder.filter(|holder| append.releases.contains(holder)) else { return };
        self.holds.remove(terminal);
        if let Some(kept) = self.payments.get_mut(&holder) {
            kept.row.holds = None;
            kept.released = true;
        }
    }

    fn index(&mut self, append: &Append, holds: bool) {
        let Append { payment, row, .. } = append;
        if append.expected == 0 {
            self.identities.insert(row.identity.clone(), *payment);
        }
        if let Some(held) = self.payments.get(payment).and_then(|kept| kept.row.holds.as_ref()) {
            self.holds.remove(held);
        }
        if let Some(terminal) = row.holds.as_ref().filter(|_| holds) {
            self.holds.insert(terminal.clone(), *payment);
        }
        for charge in &row.charges {
            let key = (row.account.clone(), charge.clone());
            self.charges.entry(key).or_insert(*payment);
        }
    }

    fn chain(&mut self, append: &Append) {
        let before = self.records.last().map_or(Chain::START, |(_, chain)| *chain);
        let next = before.then(append.payment, append.expected, &append.at);
        self.records.push((append.payment, next));
    }

    fn read(kept: &Kept) -> Result<Payment, Failure> {
        fold(&kept.events)
            .map_err(|misfit| Failure { kind: FailureKind::Corrupt, detail: misfit.to_string() })
    }
}

impl Holdings for MemoryStore {
    fn restored(&mut self) -> Result<bool, Failure> {
        Ok(self.restored)
    }

    fn standing(&mut self, payment: PaymentId) -> Look<Standing> {
        Ok(self.payments.get(&payment).map(|kept| Standing {
            sequence: count(kept.events.len()),
            identity: kept.row.identity.clone(),
            driver: kept.row.driver,
            released: kept.released,
            pruned: false,
        }))
    }

    fn owner(&mut self, identity: &IdentityKey) -> Look<PaymentId> {
        Ok(self.identities.get(identity).copied())
    }

    fn holder(&mut self, terminal: &TerminalKey) -> Look<PaymentId> {
        Ok(self.holds.get(terminal).copied())
    }

    fn lease(&mut self, driver: Driver) -> Look<Lease> {
        Ok(self.leases.get(&driver.epoch).filter(|lease| lease.driver == driver).copied())
    }
}

impl Store for MemoryStore {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        appends.into_iter().map(|append| self.append_one(append, now)).collect()
    }

    fn payment(&mut self, id: PaymentId) -> Look<Stored> {
        let Some(kept) = self.payments.get(&id) else { return Ok(None) };
        Ok(Some(Stored::Live(Box::new(Self::read(kept)?))))
    }

    fn surroundings(
        &mut self,
        identity: &IdentityKey,
        terminal: Option<&TerminalKey>,
    ) -> Result<Surroundings, Failure> {
        let first = IdentityKey { sale: identity.sale.clone(), attempt: 0 };
        let mut surroundings = Surroundings::default();
        for (key, id) in self.identities.range(first..) {
            if key.sale != identity.sale {
                break;
            }
            if let Some(kept) = self.payments.get(id) {
                surroundings.attempts.push(Stored::Live(Box::new(Self::read(kept)?)));
            }
        }
        let holder = terminal.and_then(|terminal| self.holds.get(terminal));
        if let Some(kept) = holder.and_then(|holder| self.payments.get(holder)) {
            surroundings.holders.push(Self::read(kept)?);
        }
        Ok(surroundings)
    }

    fn by_charge(&mut self, account: &str, charge: &ChargeId) -> Look<PaymentId> {
        Ok(self.charges.get(&(account.into(), charge.clone())).copied())
    }

    fn unsettled(&mut self, account: &str) -> Result<Vec<PaymentId>, Failure> {
        let unsettled = self
            .payments
            .iter()
            .filter(|(_, Kept { row, .. })| row.unsettled && &*row.account == account);
        Ok(unsettled.map(|(id, _)| *id).collect())
    }

    fn lease(&mut self, process: ProcessId, now: &Moment) -> Result<Driver, Failure> {
        self.epochs = self.epochs.saturating_add(1);
        let driver = Driver { process, epoch: self.epochs };
        self.leases.insert(driver.epoch, Lease { driver, beat_at: *now });
        Ok(driver)
    }

    fn heartbeat(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        let Some(lease) = self.leases.get_mut(&driver.epoch) else { return Ok(false) };
        let held = lease::is_held(Some(lease), driver, now);
        if held {
            *lease = Lease { driver, beat_at: *now };
        }
        Ok(held)
    }

    fn release(&mut self, driver: Driver) -> Result<(), Failure> {
        if self.leases.get(&driver.epoch).is_some_and(|lease| lease.driver == driver) {
            self.leases.remove(&driver.epoch);
        }
        Ok(())
    }

    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        let lease = self.leases.get(&driver.epoch).filter(|lease| lease.driver == driver);
        Ok(lease::is_over(lease, now))
    }

    fn draw(&mut self, draw: &Draw, now: &Moment) -> Result<Drawn, Failure> {
        let living = self.leases.values().filter(|lease| !lease::is_over(Some(lease), now));
        let sharers = u32::try_from(living.count()).unwrap_or(u32::MAX);
        let (pot, drawn) = budget::draw(self.pots.get(&draw.purse), draw, sharers, now);
        self.pots.insert(draw.purse, pot);
        Ok(drawn)
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        let place = usize::try_from(after).unwrap_or(usize::MAX);
        let mut changed: Vec<PaymentId> =
            self.records.iter().skip(place).map(|(payment, _)| *payment).collect();
        changed.sort_unstable();
        changed.dedup();
        Ok((changed, self.records()))
    }
}

/// The chain up to one record: no proof against a forger, but two stories differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chain(u64);

impl Chain {
    const START: Self = Self(0xcbf2_9ce4_8422_2325);

    fn then(self, payment: PaymentId, sequence: u64, at: &Moment) -> Self {
        let (high, low) = payment.bytes().split_at(8);
        let words = [word(high), word(low), sequence, at.boot_ms, at.wall_ms.cast_unsigned()];
        let mixed = words.into_iter().fold(self.0, |chain, word| {
            (chain ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29)
        });
        Self(mixed)
    }

    fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (slot, byte) in bytes.iter_mut().zip(self.0.to_be_bytes().into_iter().cycle()) {
            *slot = byte;
        }
        bytes
    }
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
