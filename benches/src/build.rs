//! Large journals, written by the product itself: the real engine takes every payment through the
//! real journal, each in its three appends, in waves whose appends become durable together.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tillkit_model::engine::port::Call;

use crate::Fault;
use crate::hand::HandClock;
use crate::host::Host;
use crate::open;
use crate::provider::Qonto;

/// Payments of one wave.
const WAVE: u64 = 512;
/// How far the clock is turned after a wave: then the first poll is due.
const POLL_MS: u64 = 1_100;
/// Terminals from here on are those whose payments stay open.
const OPEN_TERMINALS: u64 = 1 << 32;

/// Builds a journal of so many settled and so many open payments, these spread evenly over the
/// others. The open ones are of a customer who never taps: by the end they are in doubt.
///
/// # Errors
/// When the disk says no, or the engine does something else.
pub fn build(path: &Path, settled: u64, unsettled: u64) -> Result<(), Fault> {
    let total = settled + unsettled;
    let stays_open = move |number: u64| {
        let so_far = |number: u64| number * unsettled / total.max(1);
        so_far(number + 1) > so_far(number)
    };
    // Another boot than this one, and long enough ago that all of it lies in the past.
    let waves = i64::try_from(total / WAVE).unwrap_or(0);
    let clock = HandClock::before_now((waves + 3_600) * 2_000);
    let journal = open::journal(path, true, Arc::new(clock.clone()))?;
    let provider = Qonto::new(0, move |number| !stays_open(number));
    let mut host = Host::start(journal.clone(), provider, clock, 1)?;
    let begun = Instant::now();
    for first in (0..total).step_by(usize::try_from(WAVE).unwrap_or(1)) {
        for number in first..total.min(first + WAVE) {
            let terminal = if stays_open(number) { OPEN_TERMINALS + number } else { number % WAVE };
            let sale = open::sale(number, terminal);
            host.call(Call::Start(Box::new(sale)));
        }
        host.settle()?;
        host.turn(POLL_MS)?;
        tell(first, total, begun);
    }
    host.call(Call::Close);
    host.settle()?;
    drop(host);
    journal.close().map_err(|failure| failure.detail)
}

fn tell(first: u64, total: u64, begun: Instant) {
    if first > 0 && (first / WAVE).is_multiple_of(200) {
        println!("  {first} of {total} after {:.0} s", begun.elapsed().as_secs_f64());
    }
}
