//! The providers' APIs and the counter on loopback, until it is interrupted.

use std::process::ExitCode;

use tillkit_simulator::server::counter::Counter;
use tillkit_simulator::server::{Options, Simulator};

const HELP: &str = "\
tillkit-simulator [--port N] [--pace N] [--seed N] [--works]

  --port N   listen there; 0, the default, takes a free port
  --pace N   the simulator's clock goes so many times as fast
  --seed N   where everything comes from that nobody scripted
  --works    answers take as long as a provider works on them

The counter is at /; each provider lives below its own path, the levers below /control.";

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("{why}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let simulator = match Simulator::start(options) {
        Ok(simulator) => simulator,
        Err(why) => {
            eprintln!("the simulator cannot listen on port {}: {why}", options.port);
            return ExitCode::FAILURE;
        }
    };
    let counter = match Counter::open(&simulator, None) {
        Ok(counter) => counter,
        Err(why) => {
            eprintln!("the counter cannot be opened: {why}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", counter.url());
    for provider in simulator.providers() {
        println!("  {provider:<10} {}", simulator.base_url(provider));
    }
    println!("  levers     http://{}/control", simulator.address());
    loop {
        std::thread::park();
    }
}

/// None where help was asked for.
fn options(mut words: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let mut number = || {
            let given = words.next().ok_or_else(|| format!("{word} needs a number"))?;
            given.parse::<u64>().map_err(|_| format!("{word} takes a number, not {given:?}"))
        };
        let too_large = |_| format!("{word} is too large");
        match word.as_str() {
            "--port" => options.port = number()?.try_into().map_err(too_large)?,
            "--pace" => options.pace = number()?.try_into().map_err(too_large)?,
            "--seed" => options.seed = number()?,
            "--works" => options.works = true,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("there is no {word:?}")),
        }
    }
    Ok(Some(options))
}
