//! Durable payments a second, alone and with 64 callers, beside a plain loop in turns.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier};
use std::time::Instant;

use tillkit::journal::{Counts, Journal};
use tillkit::shell::clock::SystemClock;
use tillkit_bench::decided::{self, Payment};
use tillkit_bench::host::PROCESS;
use tillkit_bench::report::Report;
use tillkit_bench::spread::Spread;
use tillkit_bench::{Fault, folder, open};
use tillkit_model::engine::store::Store;
use tillkit_model::payment::Driver;
use tillkit_model::time::Clock;

use crate::plain::Plain;
use crate::wal;

const CALLERS: u64 = 64;
/// Payments of one caller in one round.
const ALONE: u64 = 60;
const EACH_OF_MANY: u64 = 60;
const PLAIN_COMMITS: u64 = 150;
/// The columns of a record beside its body: number, subject, sequence, version, hash and checksum.
const ENVELOPE_BYTES: usize = 8 + 16 + 8 + 4 + 32 + 8;

/// What one round came to.
struct Round {
    payments_per_second: f64,
    records_per_second: f64,
    rows_per_second: f64,
    syncs_per_payment: f64,
    appends_per_commit: f64,
}

/// Measures in turns: one caller, 64 callers, the plain loop.
pub fn measure(rounds: u64, report: &mut Report) -> Result<(), Fault> {
    let places = [folder()?.join("throughput.db"), folder()?.join("plain.db")];
    places.iter().try_for_each(|place| open::remove(place))?;
    let [ours, plain] = &places;
    let mut bench = Bench::open(ours)?;
    let (bytes, events) = decided::event_bytes(&decided::payments(0, 64)?)?;
    let row_bytes = bytes / events + ENVELOPE_BYTES;
    let mut plain = Plain::create(plain, row_bytes)?;
    let (mut alone, mut many, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        alone.push(bench.round(1, ALONE)?);
        many.push(bench.round(CALLERS, EACH_OF_MANY)?);
        rows.push(plain.round(PLAIN_COMMITS)?);
        println!(
            "round {}: alone {:.0} payments/s, {CALLERS} callers {:.0} payments/s = {:.0} records/s \
             ({:.1} appends a commit), plain {:.0} rows/s",
            round + 1,
            alone.last().map_or(0.0, |it: &Round| it.payments_per_second),
            many.last().map_or(0.0, |it: &Round| it.payments_per_second),
            many.last().map_or(0.0, |it: &Round| it.records_per_second),
            many.last().map_or(0.0, |it: &Round| it.appends_per_commit),
            rows.last().copied().unwrap_or(0.0),
        );
    }
    drop(bench);
    drop(plain);
    places.iter().try_for_each(|place| open::remove(place))?;
    tell(report, &alone, &many, &rows, row_bytes);
    Ok(())
}

fn tell(report: &mut Report, alone: &[Round], many: &[Round], rows: &[f64], row_bytes: usize) {
    let of = |rounds: &[Round], what: fn(&Round) -> f64| {
        Spread::of(&rounds.iter().map(what).collect::<Vec<_>>())
    };
    report.tell("1 caller: durable payments a second", of(alone, |it| it.payments_per_second));
    report.tell("1 caller: syncs for each payment", of(alone, |it| it.syncs_per_payment));
    report.tell("64 callers: durable payments a second", of(many, |it| it.payments_per_second));
    let syncs = of(many, |it| it.syncs_per_payment);
    report.aim("64 callers: syncs for each payment", syncs, "under 0.3", syncs.median < 0.3);
    report.tell("64 callers: appends in one commit", of(many, |it| it.appends_per_commit));
    report.tell("64 callers: records a second", of(many, |it| it.records_per_second));
    let rows_of_ours = of(many, |it| it.rows_per_second);
    report.tell("64 callers: rows a second (records, payments' rows, charges)", rows_of_ours);
    let what = format!("plain loop, {row_bytes} byte rows, 64 a commit: rows a second");
    report.tell(&what, Spread::of(rows));
    let against = |what: fn(&Round) -> f64| {
        Spread::of(&many.iter().zip(rows).map(|(ours, rows)| what(ours) / rows).collect::<Vec<_>>())
    };
    let ratio = against(|it| it.rows_per_second);
    report.aim(
        "our rows against plain rows, by rounds",
        ratio,
        "at least 0.5",
        ratio.median >= 0.5,
    );
    let records = against(|it| it.records_per_second);
    report.tell("of which our records against plain rows, by rounds", records);
}

/// The journal under measurement.
struct Bench {
    path: PathBuf,
    journal: Journal,
    clock: Arc<dyn Clock>,
    driver: Driver,
    next: u64,
}

impl Bench {
    fn open(path: &Path) -> Result<Self, Fault> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(1));
        let mut journal = open::journal(path, true, Arc::clone(&clock))?;
        let driver = journal.lease(PROCESS, &clock.now()).map_err(|failure| failure.detail)?;
        Ok(Self { path: path.to_owned(), journal, clock, driver, next: 0 })
    }

    /// So many callers, each with so many payments, one append after the other.
    fn round(&mut self, callers: u64, each: u64) -> Result<Round, Fault> {
        let payments = decided::payments(self.next, callers * each)?;
        self.next += callers * each;
        let held = self.journal.heartbeat(self.driver, &self.clock.now());
        if held != Ok(true) {
            return Err(format!("the lease was lost: {held:?}"));
        }
        let records: usize = payments.iter().flatten().map(|append| append.events.len()).sum();
        let rows = records + payments.iter().map(rows_beside_records).sum::<usize>();
        let (before, turns) = (self.journal.counts(), wal::turns(&self.path));
        let seconds = self.race(payments, callers)?;
        let after = self.journal.counts();
        let turns = wal::turns(&self.path).saturating_sub(turns);
        let Counts { appends, commits, marks } = Counts {
            appends: after.appends - before.appends,
            commits: after.commits - before.commits,
            marks: after.marks - before.marks,
        };
        let syncs = commits + marks + turns * wal::SYNCS_OF_A_TURN;
        let taken = (callers * each) as f64;
        Ok(Round {
            payments_per_second: taken / seconds,
            records_per_second: records as f64 / seconds,
            rows_per_second: rows as f64 / seconds,
            syncs_per_payment: syncs as f64 / taken,
            appends_per_commit: appends as f64 / commits.max(1) as f64,
        })
    }

    fn race(&self, payments: Vec<Payment>, callers: u64) -> Result<f64, Fault> {
        let shares = usize::try_from(callers).unwrap_or(1);
        let line = Arc::new(Barrier::new(shares + 1));
        let threads: Vec<_> = dealt(payments, shares)
            .into_iter()
            .map(|mine| {
                let (journal, line) = (self.journal.clone(), Arc::clone(&line));
                let clock = Arc::clone(&self.clock);
                std::thread::spawn(move || {
                    line.wait();
                    take(journal, &*clock, mine)
                })
            })
            .collect();
        line.wait();
        let begun = Instant::now();
        for thread in threads {
            thread.join().map_err(|_| "a caller panicked")??;
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}

/// What a payment writes into tables beside its records: its own row with each append, and once for
/// each charge. Entries of indexes count on neither side, and the journal's own row is left out.
fn rows_beside_records(payment: &Payment) -> usize {
    payment.len() + payment.last().map_or(0, |append| append.row.charges.len())
}

/// One to each in turn, as payments come in.
fn dealt(payments: Vec<Payment>, callers: usize) -> Vec<Vec<Payment>> {
    let mut hands: Vec<Vec<Payment>> = (0..callers).map(|_| Vec::new()).collect();
    for (place, payment) in payments.into_iter().enumerate() {
        hands[place % callers].push(payment);
    }
    hands
}

/// One caller: each append waits until the one before is durable, as a payment's do.
fn take(mut journal: Journal, clock: &dyn Clock, payments: Vec<Payment>) -> Result<(), Fault> {
    for append in payments.into_iter().flatten() {
        let made = Store::append(&mut journal, vec![append], &clock.now()).pop();
        match made {
            Some(Ok(_)) => {}
            other => return Err(format!("an append was not made: {other:?}")),
        }
    }
    Ok(())
}
