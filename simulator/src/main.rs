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
    wait_for_the_end();
    // The counter goes first, with its journal.
    drop(counter);
    ExitCode::SUCCESS
}

/// Until Ctrl-C, or until it is told to stop.
fn wait_for_the_end() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("the simulator has one already");
    runtime.block_on(async {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = stopped() => {}
        }
    });
}

#[cfg(unix)]
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut stop) => drop(stop.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn stopped() {
    std::future::pending().await
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
