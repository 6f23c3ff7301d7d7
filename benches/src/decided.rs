//! Payments decided ahead of a measurement: the real engine's own appends, kept so that a journal
//! can be handed them while the clock runs.
//!
//! The engine decides them against the simulated disk. Both journals number leases from one, so
//! what is written under the first lease here is written under the first lease there.

use tillkit_model::engine::budget::{Draw, Drawn};
use tillkit_model::engine::conformance::samples;
use tillkit_model::engine::memory::MemoryStore;
use tillkit_model::engine::port::Call;
use tillkit_model::engine::store::{
    Append, Failure, IdentityKey, Look, Recorded, Refusal, Row, Store, Stored, Surroundings,
    TerminalKey,
};
use tillkit_model::ids::{ChargeId, InstallationId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;
use tillkit_model::payment::event::Event;
use tillkit_model::time::Moment;

use crate::Fault;
use crate::hand::HandClock;
use crate::host::Host;
use crate::open;
use crate::provider::Qonto;

/// The appends of one payment, in order: created and permitted, accepted, seen as paid.
pub type Payment = Vec<Append>;

/// How many payments one simulated disk takes before a new one is begun.
const WAVE: u64 = 256;

/// Decides so many payments, numbered from `first`, each on a terminal of its own.
///
/// # Errors
/// When the engine does something else than to take each payment in three appends.
pub fn payments(first: u64, count: u64) -> Result<Vec<Payment>, Fault> {
    let mut payments = Vec::new();
    let mut next = first;
    while next < first + count {
        let wave = WAVE.min(first + count - next);
        payments.extend(decide(next, wave)?);
        next += wave;
    }
    Ok(payments)
}

/// The bytes of a payment's events as JSON, and how many events they are.
///
/// # Errors
/// When an event makes no JSON.
pub fn event_bytes(payments: &[Payment]) -> Result<(usize, usize), Fault> {
    let (mut bytes, mut count) = (0, 0);
    for event in payments.iter().flatten().flat_map(|append| &append.events) {
        bytes += serde_json::to_vec(event).map_err(|fault| fault.to_string())?.len();
        count += 1;
    }
    Ok((bytes, count))
}

fn decide(first: u64, count: u64) -> Result<Vec<Payment>, Fault> {
    let clock = HandClock::before_now(3_600_000);
    let disk = MemoryStore::new(InstallationId::from_bytes([1; 16]));
    let store = Noting { disk, noted: Vec::new() };
    // Charges are numbered on, so that no two of all payments are the same.
    let mut provider = Qonto::new(0, |_| true);
    provider.number_from(first);
    let mut host = Host::start(store, provider, clock, first + 1)?;
    for number in first..first + count {
        // A busy shop: eight sales in each millisecond, so that ids sort as they would.
        if number % 8 == 0 {
            host.clock.turn(1);
        }
        host.call(Call::Pay(Box::new(open::sale(number, number))));
    }
    host.settle()?;
    // A poll is due a second later, give or take.
    host.turn(2_000)?;
    let expected = usize::try_from(count * 3).unwrap_or(0);
    if host.answered() != count + 1 || host.store.noted.len() != expected {
        let appends = host.store.noted.len();
        return Err(format!("{count} payments came to {appends} appends, {expected} expected"));
    }
    sorted(host.store.noted)
}

/// Each payment's appends together, in order.
fn sorted(mut noted: Vec<Append>) -> Result<Vec<Payment>, Fault> {
    noted.sort_by_key(|append| (append.payment, append.expected));
    let mut payments: Vec<Payment> = Vec::new();
    for append in noted {
        match payments.last_mut() {
            Some(last) if last.first().is_some_and(|first| first.payment == append.payment) => {
                last.push(append);
            }
            _ => payments.push(vec![append]),
        }
    }
    if payments.iter().all(|payment| payment.len() == 3) {
        Ok(payments)
    } else {
        Err("a payment is not three appends".to_owned())
    }
}

/// A simulated disk that keeps a copy of whatever is appended.
struct Noting {
    disk: MemoryStore,
    noted: Vec<Append>,
}

impl Store for Noting {
    fn append(&mut self, appends: Vec<Append>, now: &Moment) -> Vec<Result<Recorded, Refusal>> {
        self.noted.extend(appends.iter().map(copy));
        self.disk.append(appends, now)
    }

    fn payment(&mut self, id: PaymentId) -> Look<Stored> {
        self.disk.payment(id)
    }

    fn surroundings(
        &mut self,
        identity: &IdentityKey,
        terminal: Option<&TerminalKey>,
    ) -> Result<Surroundings, Failure> {
        self.disk.surroundings(identity, terminal)
    }

    fn by_charge(&mut self, account: &str, charge: &ChargeId) -> Look<PaymentId> {
        self.disk.by_charge(account, charge)
    }

    fn unsettled(&mut self, account: &str) -> Result<Vec<PaymentId>, Failure> {
        self.disk.unsettled(account)
    }

    fn lease(&mut self, process: ProcessId, now: &Moment) -> Result<Driver, Failure> {
        self.disk.lease(process, now)
    }

    fn heartbeat(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.disk.heartbeat(driver, now)
    }

    fn release(&mut self, driver: Driver) -> Result<(), Failure> {
        self.disk.release(driver)
    }

    fn is_over(&mut self, driver: Driver, now: &Moment) -> Result<bool, Failure> {
        self.disk.is_over(driver, now)
    }

    fn draw(&mut self, draw: &Draw, now: &Moment) -> Result<Drawn, Failure> {
        self.disk.draw(draw, now)
    }

    fn changes(&mut self, after: u64) -> Result<(Vec<PaymentId>, u64), Failure> {
        self.disk.changes(after)
    }
}

/// The same append once more. Appends are not copied in the product; a sample is filled with what
/// this one holds, and has a permit if this one is fenced.
fn copy(append: &Append) -> Append {
    let Row { driver, .. } = append.row;
    let mut copy = match append.fence {
        Some(driver) => samples::started(0, driver),
        None => samples::resolved(0, 0, driver),
    };
    let events: Vec<Event> = append.events.clone();
    copy.payment = append.payment;
    copy.expected = append.expected;
    copy.events = events;
    copy.row = append.row.clone();
    copy.releases.clone_from(&append.releases);
    copy.fence = append.fence;
    copy.at = append.at;
    copy
}
