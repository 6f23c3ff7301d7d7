//! Bytes for each open payment: what this process grows by while one engine takes them up.

use std::sync::Arc;

use tillkit::journal::Journal;
use tillkit_bench::hand::HandClock;
use tillkit_bench::host::Host;
use tillkit_bench::provider::Qonto;
use tillkit_bench::report::Report;
use tillkit_bench::{Fault, child, folder, gauge, open};
use tillkit_model::engine::port::Call;

/// Payments that are started before the first look, so that caches and pools are full.
const BEFORE: u64 = 2_000;
const WAVE: u64 = 500;

/// Starts the payments in a process of its own.
pub fn measure(payments: u64, report: &mut Report) -> Result<(), Fault> {
    let [started, polled, with_callers] = child::numbers(&["hold", &payments.to_string()])?;
    let what = "bytes for each, accepted and waiting for a card";
    report.aim(what, format!("{started:.0}"), "under 2000", started < 2_000.0);
    report.aim("after each was polled", format!("{polled:.0}"), "under 2000", polled < 2_000.0);
    report.tell("with a caller that waits for each", format!("{with_callers:.0}"));
    Ok(())
}

/// Starts so many payments and prints the bytes for each: started, polled, and waited for.
pub fn hold(words: &[String]) -> Result<(), Fault> {
    let payments = words.first().and_then(|word| word.parse().ok());
    let payments: u64 = payments.ok_or("hold takes a number of payments")?;
    let path = folder()?.join(format!("held-{}.db", std::process::id()));
    open::remove(&path)?;
    let clock = HandClock::before_now(3_600_000);
    let journal = open::journal(&path, true, Arc::new(clock.clone()))?;
    let room = usize::try_from(BEFORE + payments).unwrap_or(0);
    let mut host = Host::start(journal, Qonto::new(room, |_| false), clock, 1)?;
    start(&mut host, 0, BEFORE)?;
    let before = gauge::resident_bytes()?;
    start(&mut host, BEFORE, payments)?;
    let started = gauge::resident_bytes()?;
    // Gaps between two polls are a second long, and a little more by chance.
    host.turn(990)?;
    for _ in 0..100 {
        host.turn(1)?;
    }
    let polled = gauge::resident_bytes()?;
    for payment in host.provider.payments() {
        host.call(Call::Wait { payment, for_ms: None });
    }
    host.settle()?;
    let with_callers = gauge::resident_bytes()?;
    let held = host.engine.payments_held() as u64;
    if held != BEFORE + payments || host.sends() != 2 * held {
        return Err(format!("{held} payments are held, and {} requests were sent", host.sends()));
    }
    let each = |after: u64| after.saturating_sub(before) as f64 / payments as f64;
    println!("{} {} {}", each(started), each(polled), each(with_callers));
    drop(host);
    open::remove(&path)
}

fn start(host: &mut Host<Journal>, first: u64, count: u64) -> Result<(), Fault> {
    for number in first..first + count {
        host.call(Call::Start(Box::new(open::sale(number, number))));
        if number % WAVE == WAVE - 1 {
            host.settle()?;
        }
    }
    host.settle()
}
