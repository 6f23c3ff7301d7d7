//! `soak`: lives many lives in the simulated world and judges them, or tells the story of one.

use std::process::ExitCode;
use std::time::Instant;

use tillkit_model::payment::stage::Stage;
use tillkit_simulator::judge::Judged;
use tillkit_simulator::world::exhaustive::exhaust;
use tillkit_simulator::world::faults::Fault;
use tillkit_simulator::world::life::{Judging, Options, live};
use tillkit_simulator::world::mutants::{self, Mutant};
use tillkit_simulator::world::providers::Kind;
use tillkit_simulator::world::shrink::shrink;
use tillkit_simulator::world::totals::{Totals, bound_per_mille};
use tillkit_simulator::world::verdict::{Cause, Verdict};

/// Each pair of stage and fault is reached this often in a soak of [`FULL_SEEDS`] lives.
const PAIR_MIN: u64 = 1_000;
const FULL_SEEDS: u64 = 200_000;

/// What the command line asks for.
struct Asked {
    seeds: u64,
    first: u64,
    seed: Option<u64>,
    threads: u64,
    provider: Option<Kind>,
    judge: bool,
    shrink: bool,
    exhaustive: Option<u64>,
    list_mutants: bool,
    mutant: Option<String>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = match read(&words) {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    let well = if asked.list_mutants {
        mutants::of(asked.provider).iter().for_each(|mutant| println!("{}", mutant.name));
        true
    } else if let Some(name) = &asked.mutant {
        let mutant = mutants::named(name, asked.provider);
        mutant.map_or_else(|| no_mutant(name), |mutant| expect(mutant, &asked))
    } else if let Some(faults_max) = asked.exhaustive {
        exhaustive(faults_max as usize, &asked)
    } else if let Some(seed) = asked.seed {
        tell(seed, &asked)
    } else {
        soak(&asked)
    };
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn no_mutant(name: &str) -> bool {
    eprintln!("no mutant {name}: --list-mutants lists them, with --provider NAME its own");
    false
}

fn read(words: &[String]) -> Result<Asked, String> {
    let mut asked = Asked {
        seeds: 2_000,
        first: 0,
        seed: None,
        threads: std::thread::available_parallelism().map_or(1, |count| count.get() as u64),
        provider: None,
        judge: false,
        shrink: false,
        exhaustive: None,
        list_mutants: false,
        mutant: None,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        let number = |text: &String| {
            text.parse::<u64>().map_err(|_| format!("{word} takes a whole number, not {text}"))
        };
        match word.as_str() {
            "--seeds" => asked.seeds = number(value()?)?,
            "--first" => asked.first = number(value()?)?,
            "--seed" => asked.seed = Some(number(value()?)?),
            "--threads" => asked.threads = number(value()?)?.max(1),
            "--judge" => asked.judge = true,
            "--shrink" => asked.shrink = true,
            "--exhaustive" => asked.exhaustive = Some(number(value()?)?),
            "--list-mutants" => asked.list_mutants = true,
            "--provider" => {
                let name = value()?;
                asked.provider = Some(Kind::named(name).ok_or_else(|| no_provider(name))?);
            }
            "--expect-mutant" => asked.mutant = Some(value()?.clone()),
            _ => {
                return Err(format!(
                    "unknown option {word}: there are --seeds N, --first N, --seed N, --threads N, \
                     --provider NAME, --judge, --shrink, --exhaustive FAULTS, --list-mutants and \
                     --expect-mutant NAME"
                ));
            }
        }
    }
    Ok(asked)
}

fn no_provider(name: &str) -> String {
    let names: Vec<&str> = Kind::KNOWN.iter().map(|kind| kind.name()).collect();
    format!("no provider {name}: there are {}", names.join(", "))
}

fn options(seed: u64, asked: &Asked) -> Options {
    let judging = if asked.judge { Judging::On } else { Judging::Off };
    Options { provider: asked.provider, judging, ..Options::of(seed) }
}

/// Lives many lives and prints what came of them.
fn soak(asked: &Asked) -> bool {
    #[expect(clippy::disallowed_methods, reason = "lives a second are told in real time")]
    let began = Instant::now();
    let totals = many(asked);
    let seconds = began.elapsed().as_secs_f64();
    print_totals(&totals, asked.provider, seconds);
    let broken = totals.bounds_broken(asked.provider);
    for (cause, share) in &broken {
        println!("bound broken: {}: {share} of 1000 payments", cause.name());
    }
    let (fault, stage, least) = totals.coverage.least();
    let covered = asked.seeds < FULL_SEEDS || least >= PAIR_MIN;
    println!("least reached pair: {} while {stage}: {least} times", fault.name());
    if !covered {
        println!("a pair was reached less than {PAIR_MIN} times");
    }
    for (seed, verdict, words) in &totals.failing {
        println!("seed {seed}: {}: {words}", verdict.name());
    }
    if let Some((seed, ..)) = totals.failing.first() {
        let provider =
            asked.provider.map(|kind| format!(" --provider {}", kind.name())).unwrap_or_default();
        println!("repeat it with: cargo xtask soak --seed {seed}{provider}");
    }
    let judged = !asked.judge || judged(&totals, asked);
    let well = totals.failing.is_empty() && broken.is_empty() && covered && judged;
    if well {
        println!("{} lives, and nothing was found", totals.lives);
    }
    well
}

/// Tells what published schemas said, and plants violations to see whether they would.
fn judged(totals: &Totals, asked: &Asked) -> bool {
    let Judged { described, undescribed_requests, undescribed_answers, violations } =
        &totals.judged;
    println!("judged by published schemas:");
    for (title, (requests, answers)) in described {
        println!("  {title}: {requests} requests, {answers} answers");
    }
    println!("  not described: {undescribed_requests} requests, {undescribed_answers} answers");
    println!("  violations: {}", violations.len());
    violations.iter().for_each(|words| println!("    {words}"));
    let planted = planted(asked);
    println!("  planted violations: {} caught", planted.len());
    planted.iter().take(2).for_each(|words| println!("    {words}"));
    violations.is_empty() && totals.judged.count() > 0 && !planted.is_empty()
}

/// One life whose every body is emptied before it is judged.
fn planted(asked: &Asked) -> Vec<String> {
    live(Options { judging: Judging::Planted, ..options(asked.first, asked) }).judged.violations
}

/// Lives them on several threads; which thread lives which seed depends on the seed alone.
fn many(asked: &Asked) -> Totals {
    let lives = |thread: u64| {
        let mut totals = Totals::default();
        let seeds = (asked.first..asked.first + asked.seeds).skip(thread as usize);
        for seed in seeds.step_by(asked.threads as usize) {
            totals.add(seed, &live(options(seed, asked)));
        }
        totals
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..asked.threads).map(|thread| scope.spawn(move || lives(thread))).collect();
        let mut sum = Totals::default();
        for thread in threads {
            match thread.join() {
                Ok(totals) => sum.merge(totals),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        sum
    })
}

fn print_totals(totals: &Totals, only: Option<Kind>, seconds: f64) {
    println!("lives: {} ({} without faults)", totals.lives, totals.faultless);
    println!("payments: {}", totals.payments);
    let injected: u64 = totals.struck.values().sum();
    println!("faults injected: {injected}");
    for fault in Fault::ALL {
        let count = totals.struck.get(fault).copied().unwrap_or_default();
        println!("  {:<34} {count:>9}", fault.name());
    }
    println!("crashes: {}", totals.kills);
    for verdict in Verdict::ALL {
        println!("{}: {}", verdict.plural(), totals.count(*verdict));
    }
    println!("left to a person:");
    for cause in Cause::ALL {
        let count = totals.left.get(cause).copied().unwrap_or_default();
        let bound = bound_per_mille(*cause, only);
        println!("  {:<44} {count:>7}  (at most {bound} of 1000)", cause.name());
    }
    println!("worst readings, and in how many lives each was on:");
    totals.readings.iter().for_each(|(reading, count)| println!("  {reading:<60} {count:>7}"));
    println!("median life: {} sends, {} kills", totals.median_sends(), totals.median_kills());
    print_pairs(totals);
    println!("lives a second: {:.0}", totals.lives as f64 / seconds.max(0.001));
}

fn print_pairs(totals: &Totals) {
    println!("pairs of fault and stage, how often reached:");
    print!("  {:<34}", "");
    Stage::ALL
        .iter()
        .for_each(|stage| print!(" {:>9}", &stage.name()[..stage.name().len().min(9)]));
    println!();
    for fault in Fault::ALL {
        print!("  {:<34}", fault.name());
        totals.coverage.row(*fault).iter().for_each(|count| print!(" {count:>9}"));
        println!();
    }
}

/// Lives every short history with at most so many faults; tells the first that fails.
fn exhaustive(faults_max: usize, asked: &Asked) -> bool {
    let mut failing = 0_u64;
    let only = asked.provider.as_ref().map(std::slice::from_ref);
    for kind in only.unwrap_or(Kind::ALL) {
        let mut lives = 0;
        for seed in [0, 1] {
            lives += exhaust(*kind, seed, faults_max, true, |history, report| {
                failing += 1;
                if failing == 1 {
                    println!("{history:?}: {}", report.findings[0].words);
                    history.live(true).story.iter().for_each(|line| println!("{line}"));
                }
            });
        }
        println!("{:<10} {lives} short histories", kind.name());
    }
    println!("failing histories: {failing}");
    failing == 0
}

/// Tells the story of one life.
fn tell(seed: u64, asked: &Asked) -> bool {
    let report = live(Options { tell: true, ..options(seed, asked) });
    let provider = report.provider.name();
    println!("seed {seed}, provider {provider}; p0, p1, p2 are processes, times are in minutes");
    report.story.iter().for_each(|line| println!("{line}"));
    if report.findings.is_empty() {
        println!("nothing was found");
        return true;
    }
    if asked.shrink {
        let shrunk = shrink(&options(seed, asked), report.findings[0].verdict);
        println!("\nthe same verdict with {} of {} faults:", shrunk.kept, report.struck.len());
        shrunk.report.story.iter().for_each(|line| println!("{line}"));
    }
    false
}

/// Lives until the mutant is caught by its own verdict.
fn expect(mutant: &Mutant, asked: &Asked) -> bool {
    for seed in asked.first..asked.first + asked.seeds {
        let report = live(options(seed, asked));
        let own = report.findings.iter().find(|finding| finding.verdict == mutant.verdict);
        if let Some(finding) = own {
            println!("caught by seed {seed}: {}: {}", finding.verdict.name(), finding.words);
            return true;
        }
    }
    println!("not caught by \"{}\" in {} lives", mutant.verdict.name(), asked.seeds);
    false
}
