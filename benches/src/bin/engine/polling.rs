//! Processor time of polling, beside a bare loop at the same rate, in turns.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use tillkit_bench::report::Report;
use tillkit_bench::spread::Spread;
use tillkit_bench::{Fault, child};

/// What one stretch of polling came to.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Processor time of the whole process, user and system.
    pub cpu_ms: f64,
    /// Reads that the server answered.
    pub requests: f64,
    /// How long it was.
    pub seconds: f64,
    /// How many connections carried them.
    pub connections: f64,
}

impl Measured {
    fn rate(&self) -> f64 {
        self.requests / self.seconds
    }

    fn cpu_us(&self) -> f64 {
        self.cpu_ms * 1e3 / self.requests.max(1.0)
    }

    /// Of one core, in hundredths.
    fn load(&self) -> f64 {
        self.cpu_ms / self.seconds / 10.0
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu_ms, requests, seconds, connections } = self;
        write!(f, "{cpu_ms} {requests} {seconds} {connections}")
    }
}

impl From<[f64; 4]> for Measured {
    fn from([cpu_ms, requests, seconds, connections]: [f64; 4]) -> Self {
        Self { cpu_ms, requests, seconds, connections }
    }
}

/// In each round ours, then the bare loop at the rate and on the connections that ours had.
pub fn measure(payments: u64, rounds: u64, seconds: u64, report: &mut Report) -> Result<(), Fault> {
    let (mut server, port) = start_server()?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let (payments, seconds) = (payments.to_string(), seconds.to_string());
    for round in 1..=rounds {
        let mine: Measured = child::numbers(&["ours", &port, &payments, &seconds])?.into();
        let (rate, connections) = (mine.rate().to_string(), mine.connections.max(1.0).to_string());
        let words = ["bare", &port, &payments, &rate, &connections, &seconds];
        let theirs: Measured = child::numbers(&words)?.into();
        println!("round {round}: ours {}, bare {}", told(&mine), told(&theirs));
        ours.push(mine);
        bare.push(theirs);
    }
    // Its input ends, and so does it.
    drop(server.stdin.take());
    server.wait().map_err(|fault| fault.to_string())?;
    tell(report, &ours, &bare);
    Ok(())
}

fn told(measured: &Measured) -> String {
    let (rate, connections) = (measured.rate(), measured.connections);
    format!("{:.1} us a poll at {rate:.0} polls/s on {connections} connections", measured.cpu_us())
}

fn tell(report: &mut Report, ours: &[Measured], bare: &[Measured]) {
    let of = |all: &[Measured], what: fn(&Measured) -> f64| {
        Spread::of(&all.iter().map(what).collect::<Vec<_>>())
    };
    report.tell("ours: polls a second", of(ours, Measured::rate).text(0));
    report.tell("bare: reads a second", of(bare, Measured::rate).text(0));
    report.tell("ours: connections", of(ours, |it| it.connections).text(0));
    report.tell("bare: connections", of(bare, |it| it.connections).text(0));
    report.tell("ours: processor, % of one core", of(ours, Measured::load).text(1));
    report.tell("bare: processor, % of one core", of(bare, Measured::load).text(1));
    report.tell("ours: processor us for each poll", of(ours, Measured::cpu_us).text(1));
    report.tell("bare: processor us for each read", of(bare, Measured::cpu_us).text(1));
    let pairs = ours.iter().zip(bare).map(|(ours, bare)| ours.cpu_us() / bare.cpu_us());
    let ratio = Spread::of(&pairs.collect::<Vec<_>>());
    report.aim("the one against the other, by rounds", ratio, "at most 1.5", ratio.median <= 1.5);
}

fn start_server() -> Result<(Child, String), Fault> {
    let mut command = child::itself()?;
    command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = command.spawn().map_err(|fault| fault.to_string())?;
    let told = server.stdout.take().ok_or("the server has no output")?;
    let mut port = String::new();
    BufReader::new(told).read_line(&mut port).map_err(|fault| fault.to_string())?;
    Ok((server, port.trim().to_owned()))
}
