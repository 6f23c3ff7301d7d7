//! `cargo xtask bench engine`: bytes for each open payment, and processor time of polling them.

mod bare;
mod memory;
mod ours;
mod polling;
mod server;

use std::process::ExitCode;

use tillkit_bench::Fault;
use tillkit_bench::report::Report;

const USAGE: &str = "\
options of `bench engine`:
  --quick            a tenth of everything
  --rounds <N>       how often the two clients take turns, 4 unless said
  --only <part>      `memory` or `polling`";

/// What was asked for.
struct Plan {
    payments: u64,
    polled: u64,
    rounds: u64,
    seconds: u64,
    only: Option<String>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rest = words.get(1..).unwrap_or_default();
    let done = match words.first().map(String::as_str) {
        // The child processes.
        Some("hold") => memory::hold(rest),
        Some("serve") => server::serve(),
        Some("ours") => ours::poll(rest),
        Some("bare") => bare::poll(rest),
        Some("--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => plan(&words).and_then(|plan| run(&plan)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench engine: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn plan(words: &[String]) -> Result<Plan, Fault> {
    let mut plan = Plan { payments: 100_000, polled: 10_000, rounds: 4, seconds: 8, only: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => {
                plan = Plan { payments: 10_000, polled: 1_000, rounds: 2, seconds: 3, ..plan };
            }
            "--rounds" => {
                let number = words.next().and_then(|word| word.parse().ok());
                plan.rounds = number.ok_or("--rounds takes a number")?;
            }
            "--only" => plan.only = Some(words.next().ok_or("--only takes a part")?.clone()),
            other => return Err(format!("no option {other}\n{USAGE}")),
        }
    }
    Ok(plan)
}

fn run(plan: &Plan) -> Result<(), Fault> {
    let wanted = |part: &str| plan.only.as_deref().is_none_or(|only| only == part);
    if wanted("memory") {
        let mut report = Report::new();
        memory::measure(plan.payments, &mut report)?;
        println!("\n{} open payments in one engine", plan.payments);
        report.print();
    }
    if wanted("polling") {
        let mut report = Report::new();
        polling::measure(plan.polled, plan.rounds, plan.seconds, &mut report)?;
        let Plan { polled, rounds, seconds, .. } = plan;
        println!(
            "\n{polled} open payments polled, {rounds} rounds of {seconds} s in turns; medians \
             (least to most)"
        );
        report.print();
    }
    Ok(())
}
