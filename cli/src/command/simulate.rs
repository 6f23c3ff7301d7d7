//! `till simulate`: the providers' APIs on loopback, and the counter in a browser.

use clap::Args;
use serde_json::json;
use tillkit_simulator::server::counter::Counter;
use tillkit_simulator::server::stands::{STANDS, Stand};
use tillkit_simulator::server::{Options, Simulator};

use super::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::stop::Stop;

/// Put the APIs of all four providers on this machine, with a counter in the browser
#[derive(Debug, Args)]
pub struct Simulate {
    /// Listen on this port; 0 takes a free one
    #[arg(long, default_value_t = 8042)]
    port: u16,
    /// Let the simulator's clock go so many times as fast
    #[arg(long, default_value_t = 1, value_name = "TIMES")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pace: u32,
    /// Draw everything that nobody scripted from this seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Let answers take as long as a provider works on them
    #[arg(long)]
    works: bool,
    /// Open the counter in a browser
    #[arg(long)]
    open: bool,
}

impl Simulate {
    /// Runs until it is asked to stop.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let Self { port, pace, seed, works, open } = self;
        let mut stop = Stop::listen();
        let started = Simulator::start(Options { port, pace, seed, works });
        let simulator = started.map_err(|fault| taken(port, &fault))?;
        let counter = Counter::open(&simulator, None)?;
        tell(desk, &simulator, counter.url())?;
        if open {
            super::browse(counter.url());
        }
        stop.asked().await;
        Ok(exit::DONE)
    }
}

fn tell(desk: &mut Desk, simulator: &Simulator, counter: &str) -> Result<(), Failure> {
    let address = format!("http://{}", simulator.address());
    let console = &mut desk.console;
    let providers: serde_json::Map<_, _> = simulator
        .providers()
        .map(|name| (name.to_owned(), json!(simulator.base_url(name))))
        .collect();
    console.line(format!("counter    {counter}"))?;
    for stand in STANDS {
        console.line(format!("{:<10} {}", stand.name, simulator.base_url(stand.name)))?;
    }
    console.line(format!("levers     {address}/control"))?;
    console.line("")?;
    console.line(format!("till accounts add shop-1 --simulator {address} --provider qonto"))?;
    console.line("makes an account of it; Ctrl-C ends it.")?;
    let stands: serde_json::Map<_, _> =
        STANDS.iter().map(|stand| (stand.name.to_owned(), shown(stand, &address))).collect();
    console.document(&json!({ "simulator": {
        "address": address, "counter": counter, "providers": providers, "stands": stands,
    } }))
}

/// All that a program has to know to sell there.
fn shown(stand: &Stand, address: &str) -> serde_json::Value {
    json!({
        "provider": stand.provider, "currency": stand.currency, "terminal": (stand.terminal)(),
        "settings": stand.settings(address),
    })
}

fn taken(port: u16, fault: &std::io::Error) -> Failure {
    let sentence = format!("the simulator cannot listen on port {port}: {fault}; say --port 0");
    Failure::said("port", sentence)
}
