//! A journal with a million settled payments: how long it takes to open, how much memory, and how
//! long a look-up by reference takes beside a small one.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tillkit::journal::Journal;
use tillkit::shell::clock::SystemClock;
use tillkit_bench::hand::Seeded;
use tillkit_bench::report::Report;
use tillkit_bench::spread::Spread;
use tillkit_bench::{Fault, build, child, folder, gauge, host, open};
use tillkit_model::engine::port::{Ask, Call, Input, Output, Ticket};
use tillkit_model::engine::store::Store;
use tillkit_model::engine::{Engine, Role, Setup};
use tillkit_model::ids::ProcessId;
use tillkit_model::time::Clock;

/// Open payments of the large journal.
pub const UNSETTLED: u64 = 1_000;
/// Settled payments of the small one.
const SMALL: u64 = 1_000;
const OPENINGS: usize = 5;
const LOOK_UPS: usize = 20_000;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// What is wanted of the large journal.
pub struct Large {
    /// How many settled payments.
    pub settled: u64,
    /// Builds it anew.
    pub rebuild: bool,
    /// Walks it once more.
    pub check: bool,
}

/// Builds the journals where they are not there yet, and measures.
pub fn measure(wanted: &Large, report: &mut Report) -> Result<(), Fault> {
    let large = place(wanted.settled, UNSETTLED)?;
    let small = place(SMALL, 0)?;
    prepare(&small, SMALL, 0, true)?;
    prepare(&large, wanted.settled, UNSETTLED, wanted.rebuild)?;
    verify(&large, wanted)?;
    let bytes = std::fs::metadata(&large).map_err(in_words)?.len();
    report.tell("size of the file", format!("{:.0} MB", bytes as f64 / 1e6));
    openings(&large, report)?;
    look_ups(&large, wanted.settled + UNSETTLED, &small, report)
}

/// Opens a journal in this process until its unsettled payments are in the engine, and prints how
/// many milliseconds and how many bytes that took, and how many milliseconds of processor time.
pub fn open_in_child(words: &[String]) -> Result<(), Fault> {
    let path = words.first().ok_or("open takes the path of a journal")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(1));
    let (before, cpu_ms) = (gauge::resident_bytes()?, gauge::processor_ms()?);
    let begun = Instant::now();
    let journal = open::journal(Path::new(path), false, Arc::clone(&clock))?;
    let engine = taken_up(journal, &*clock)?;
    let took_ms = begun.elapsed().as_secs_f64() * 1e3;
    let grown = gauge::resident_bytes()?.saturating_sub(before);
    let cpu_ms = gauge::processor_ms()?.saturating_sub(cpu_ms);
    println!("{took_ms} {grown} {cpu_ms} {}", engine.payments_held());
    // The journal stays as it is: what the engine would append now was not appended.
    Ok(())
}

/// An engine that has read all unsettled payments and has not yet taken any of them over.
fn taken_up(mut journal: Journal, clock: &dyn Clock) -> Result<Engine, Fault> {
    let setup = Setup {
        process: ProcessId::from_bytes([9; 16]),
        role: Role::Drives,
        in_flight_max: 32,
        entropy: Box::new(Seeded(3)),
    };
    let mut engine = Engine::new(setup, &clock.now());
    let call = Call::Connect(open::connection()?);
    engine.handle(Input::Called { ticket: Ticket(1), call }, &clock.now());
    loop {
        let outputs = engine.take_outputs();
        let reads: Vec<_> = outputs.into_iter().filter_map(reading).collect();
        if reads.is_empty() {
            return Ok(engine);
        }
        for (token, ask) in reads {
            let told = host::told(&mut journal, ask, &clock.now());
            engine.handle(Input::Told { token, told }, &clock.now());
        }
    }
}

fn reading(output: Output) -> Option<(tillkit_model::engine::port::Token, Ask)> {
    match output {
        Output::Ask { token, ask } if !matches!(ask, Ask::Append(_)) => Some((token, ask)),
        _ => None,
    }
}

fn place(settled: u64, unsettled: u64) -> Result<PathBuf, Fault> {
    Ok(folder()?.join(format!("settled-{settled}-open-{unsettled}.db")))
}

fn checked(path: &Path) -> PathBuf {
    path.with_extension("checked")
}

/// A journal that was cut off while it was built has no mark of completion and is built anew.
fn prepare(path: &Path, settled: u64, unsettled: u64, rebuild: bool) -> Result<(), Fault> {
    let complete = path.with_extension("complete");
    if complete.exists() && path.exists() && !rebuild {
        println!("{}: built by an earlier run", path.display());
        return Ok(());
    }
    for stamp in [&complete, &checked(path)] {
        if stamp.exists() {
            std::fs::remove_file(stamp).map_err(in_words)?;
        }
    }
    open::remove(path)?;
    println!("{}: building", path.display());
    let begun = Instant::now();
    build::build(path, settled, unsettled)?;
    println!("{}: built in {:.0} s", path.display(), begun.elapsed().as_secs_f64());
    std::fs::write(&complete, "").map_err(in_words)
}

/// Every record, the chain and every payment must be what the product itself finds sound.
fn verify(path: &Path, wanted: &Large) -> Result<(), Fault> {
    if checked(path).exists() && !wanted.check {
        return Ok(());
    }
    let begun = Instant::now();
    let journal = open::journal(path, false, Arc::new(SystemClock::new(1)))?;
    let found = journal.check().map_err(|failure| failure.detail)?;
    if let Some(fault) = found.faults.first() {
        return Err(format!("{}: {}", path.display(), fault.detail));
    }
    if found.payments != wanted.settled + UNSETTLED {
        return Err(format!("{}: holds {} payments", path.display(), found.payments));
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("checked {} records of {} payments: {seconds:.0} s", found.records, found.payments);
    std::fs::write(checked(path), "").map_err(in_words)
}

fn openings(path: &Path, report: &mut Report) -> Result<(), Fault> {
    forget(path)?;
    let (cold_ms, ..) = opened(path)?;
    let (mut warm_ms, mut grown, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        let (ms, bytes, cpu_ms) = opened(path)?;
        warm_ms.push(ms);
        grown.push(bytes / MEBIBYTE);
        cpu.push(cpu_ms);
    }
    let (took, grown, cpu) = (Spread::of(&warm_ms), Spread::of(&grown), Spread::of(&cpu));
    let what = format!("opening until {UNSETTLED} open payments are in the engine, ms");
    report.aim(&what, took.text(1), "under 100", took.median < 100.0);
    report.tell("processor time of that, ms", cpu.text(0));
    report.tell("the same, first after the file left the page cache, ms", format!("{cold_ms:.1}"));
    report.aim("memory of that, MiB", grown.text(1), "under 50", grown.median < 50.0);
    Ok(())
}

/// One opening in a process of its own: milliseconds, bytes, milliseconds of processor time.
fn opened(path: &Path) -> Result<(f64, f64, f64), Fault> {
    let path = path.to_str().ok_or("the folder's name is not text")?;
    match child::numbers(&["open", path])? {
        [ms, bytes, cpu_ms, held] if held == UNSETTLED as f64 => Ok((ms, bytes, cpu_ms)),
        [.., held] => Err(format!("{held} payments were taken up, not {UNSETTLED}")),
    }
}

/// Takes the file out of the page cache, as after a start of the machine.
fn forget(path: &Path) -> Result<(), Fault> {
    let file = File::open(path).map_err(in_words)?;
    file.sync_all().map_err(in_words)?;
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)
        .map_err(|fault| fault.to_string())
}

/// Brings the file into the page cache, so that no look-up waits for the disk.
fn remember(path: &Path) -> Result<(), Fault> {
    let mut file = File::open(path).map_err(in_words)?;
    let mut part = vec![0; 1 << 20];
    while file.read(&mut part).map_err(in_words)? > 0 {}
    Ok(())
}

/// Look-ups by reference in both journals, one here, one there.
fn look_ups(large: &Path, payments: u64, small: &Path, report: &mut Report) -> Result<(), Fault> {
    remember(large)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(1));
    let mut large = open::journal(large, false, Arc::clone(&clock))?;
    let mut small = open::journal(small, false, clock)?;
    let mut drawn = Seeded(11);
    let (mut in_large, mut in_small) = (Vec::new(), Vec::new());
    for _ in 0..LOOK_UPS {
        in_large.push(look_up(&mut large, drawn.draw() % payments)?);
        in_small.push(look_up(&mut small, drawn.draw() % SMALL)?);
    }
    let (in_large, in_small) = (Places::of(in_large), Places::of(in_small));
    report.tell("look-up by reference in it, us", &in_large);
    report.tell(&format!("look-up among {SMALL}, us"), &in_small);
    let ratio = in_large.median / in_small.median;
    report.aim("the one against the other", format!("{ratio:.2}"), "at most 2", ratio <= 2.0);
    Ok(())
}

/// What a till does that asks for a payment by its reference, in microseconds.
fn look_up(journal: &mut Journal, number: u64) -> Result<f64, Fault> {
    let identity = open::identity(number)?;
    let begun = Instant::now();
    let found = journal.surroundings(&identity, None);
    let took = begun.elapsed().as_secs_f64() * 1e6;
    match found {
        Ok(around) if around.attempts.len() == 1 => Ok(took),
        other => Err(format!("sale {number} was looked up: {other:?}")),
    }
}

/// The middle of many times, and where all but a hundredth lie below.
struct Places {
    median: f64,
    high: f64,
}

impl Places {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0.0);
        Self { median: at(50), high: at(99) }
    }
}

impl std::fmt::Display for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} (99 in 100 below {:.1})", self.median, self.high)
    }
}

fn in_words(fault: std::io::Error) -> Fault {
    fault.to_string()
}
