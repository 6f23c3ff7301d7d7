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

/// One round: ours, and the bare loop at the rate and on the connections that ours had.
struct Round {
    ours: Measured,
    /// On one thread, as our own wire.
    on_one: Measured,
    /// On two threads, as a runtime has by itself on two cores.
    on_two: Measured,
}

/// So many rounds, in each of which the three take turns.
pub fn measure(payments: u64, rounds: u64, seconds: u64, report: &mut Report) -> Result<(), Fault> {
    let (mut server, port) = start_server()?;
    let (payments, seconds) = (payments.to_string(), seconds.to_string());
    let mut all = Vec::new();
    for number in 1..=rounds {
        let ours: Measured = child::numbers(&["ours", &port, &payments, &seconds])?.into();
        let (rate, connections) = (ours.rate().to_string(), ours.connections.max(1.0).to_string());
        let bare = |threads: &str| -> Result<Measured, Fault> {
            let words = ["bare", &port, &payments, &rate, &connections, &seconds, threads];
            child::numbers(&words).map(Measured::from)
        };
        let round = Round { ours, on_two: bare("2")?, on_one: bare("1")? };
        println!(
            "round {number}: ours {}, bare on one thread {}, on two {}",
            told(&round.ours),
            told(&round.on_one),
            told(&round.on_two)
        );
        all.push(round);
    }
    // Its input ends, and so does it.
    drop(server.stdin.take());
    server.wait().map_err(|fault| fault.to_string())?;
    tell(report, &all);
    Ok(())
}

fn told(measured: &Measured) -> String {
    let (cpu_us, rate) = (measured.cpu_us(), measured.rate());
    format!("{cpu_us:.1} us at {rate:.0} polls/s on {:.0} connections", measured.connections)
}

fn tell(report: &mut Report, rounds: &[Round]) {
    let of =
        |what: &dyn Fn(&Round) -> f64| Spread::of(&rounds.iter().map(what).collect::<Vec<_>>());
    report.tell("ours: polls a second", of(&|it| it.ours.rate()).text(0));
    report.tell("bare, one thread: reads a second", of(&|it| it.on_one.rate()).text(0));
    report.tell("bare, two threads: reads a second", of(&|it| it.on_two.rate()).text(0));
    report.tell("ours: connections", of(&|it| it.ours.connections).text(0));
    report.tell("bare, one thread: connections", of(&|it| it.on_one.connections).text(0));
    report.tell("bare, two threads: connections", of(&|it| it.on_two.connections).text(0));
    report.tell("ours: processor, % of one core", of(&|it| it.ours.load()).text(1));
    report.tell("ours: processor us for each poll", of(&|it| it.ours.cpu_us()).text(1));
    report.tell("bare, one thread: us for each read", of(&|it| it.on_one.cpu_us()).text(1));
    report.tell("bare, two threads: us for each read", of(&|it| it.on_two.cpu_us()).text(1));
    let mut aim = |what: &str, ratio: Spread| {
        report.aim(what, ratio, "at most 1.5", ratio.median <= 1.5);
    };
    aim("ours against one thread, by rounds", of(&|it| it.ours.cpu_us() / it.on_one.cpu_us()));
    aim("ours against two threads, by rounds", of(&|it| it.ours.cpu_us() / it.on_two.cpu_us()));
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
