//! `cargo xtask bench journal`: durable payments a second, syncs for each, opening and looking up.

mod million;
mod plain;
mod throughput;
mod wal;

use std::process::ExitCode;

use tillkit_bench::Fault;
use tillkit_bench::report::Report;

const USAGE: &str = "\
options of `bench journal`:
  --quick            fewer rounds, and 20,000 settled payments instead of a million
  --settled <N>      how many settled payments the large journal holds
  --rebuild          builds the large journal anew, rather than using an earlier run's
  --check            walks the large journal once more, even if that was done when it was built
  --only <part>      `throughput` or `million`";

/// What was asked for.
struct Plan {
    rounds: u64,
    settled: u64,
    rebuild: bool,
    check: bool,
    only: Option<String>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.first().map(String::as_str) {
        // The child process whose memory is measured.
        Some("open") => million::open_in_child(&words[1..]),
        Some("--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => plan(&words).and_then(|plan| run(&plan)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench journal: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn plan(words: &[String]) -> Result<Plan, Fault> {
    let mut plan = Plan { rounds: 5, settled: 1_000_000, rebuild: false, check: false, only: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => (plan.rounds, plan.settled) = (2, 20_000),
            "--rebuild" => plan.rebuild = true,
            "--check" => plan.check = true,
            "--settled" => {
                let number = words.next().and_then(|word| word.parse().ok());
                plan.settled = number.ok_or("--settled takes a number")?;
            }
            "--only" => plan.only = Some(words.next().ok_or("--only takes a part")?.clone()),
            other => return Err(format!("no option {other}\n{USAGE}")),
        }
    }
    Ok(plan)
}

fn run(plan: &Plan) -> Result<(), Fault> {
    let wanted = |part: &str| plan.only.as_deref().is_none_or(|only| only == part);
    if wanted("throughput") {
        let mut report = Report::new();
        throughput::measure(plan.rounds, &mut report)?;
        println!("\ndurable payments, {} rounds in turns; medians (least to most)", plan.rounds);
        report.print();
    }
    if wanted("million") {
        let mut report = Report::new();
        let Plan { settled, rebuild, check, .. } = *plan;
        million::measure(&million::Large { settled, rebuild, check }, &mut report)?;
        println!("\n{} settled and {} unsettled payments", plan.settled, million::UNSETTLED);
        report.print();
    }
    Ok(())
}
