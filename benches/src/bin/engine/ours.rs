//! The product polls: a till with so many open payments, its real journal, wire and clock.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tillkit::till::{Connect, Open, Till};
use tillkit::transport::{Endpoint, Reach, Secret};
use tillkit_bench::{Fault, folder, gauge, open};
use tillkit_model::provider::qonto;
use tokio::sync::Semaphore;

use crate::polling::Measured;
use crate::server;

/// How many sales are started at once.
const AT_ONCE: usize = 200;
/// How long the polls run before they are measured.
const WARM_UP: Duration = Duration::from_secs(3);

/// Starts the payments, lets them be polled for so many seconds, and prints what that took.
pub fn poll(words: &[String]) -> Result<(), Fault> {
    let [port, payments, seconds] = words else {
        return Err("ours takes a port, a number of payments and of seconds".to_owned());
    };
    let port = port.parse().map_err(|_| "the port is no port")?;
    let payments = payments.parse().map_err(|_| "the payments are no number")?;
    let seconds = seconds.parse().map_err(|_| "the seconds are no number")?;
    let path = folder()?.join(format!("polled-{}.db", std::process::id()));
    open::remove(&path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|fault| fault.to_string())?;
    let measured = runtime.block_on(async {
        let till = Arc::new(till(&path, port).await?);
        start(&till, payments).await?;
        tokio::time::sleep(WARM_UP).await;
        measure(port, Duration::from_secs(seconds)).await
    })?;
    println!("{measured}");
    open::remove(&path)
}

/// What this process and the server count over a stretch of time.
pub async fn measure(port: u16, stretch: Duration) -> Result<Measured, Fault> {
    let (counts, cpu_ms, begun) = (server::counts(port)?, gauge::processor_ms()?, Instant::now());
    tokio::time::sleep(stretch).await;
    let (after, cpu_after_ms) = (server::counts(port)?, gauge::processor_ms()?);
    Ok(Measured {
        cpu_ms: (cpu_after_ms - cpu_ms) as f64,
        requests: (after.reads - counts.reads) as f64,
        seconds: begun.elapsed().as_secs_f64(),
        connections: after.connections as f64,
    })
}

async fn till(path: &Path, port: u16) -> Result<Till, Fault> {
    let till = Till::open(path, Open { create: true, ..Open::default() }).map_err(in_words)?;
    let token = Secret::new("Bearer 0123456789abcdef0123456789abcdef");
    let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}"), Reach::Internet)
        .and_then(|endpoint| endpoint.secret_header("authorization", token))
        .map_err(in_words)?;
    let connect = Connect::through(qonto::adapter(), open::account()?, endpoint);
    till.connect(connect).await.map_err(in_words)?;
    Ok(till)
}

async fn start(till: &Arc<Till>, payments: u64) -> Result<(), Fault> {
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut starts = Vec::new();
    for number in 0..payments {
        let place = Arc::clone(&at_once).acquire_owned().await.map_err(|it| it.to_string())?;
        let till = Arc::clone(till);
        starts.push(tokio::spawn(async move {
            let started = till.start(open::sale(number, number)).await;
            drop(place);
            started.map(drop)
        }));
    }
    for started in starts {
        started.await.map_err(|fault| fault.to_string())?.map_err(in_words)?;
    }
    Ok(())
}

fn in_words(error: tillkit::till::Error) -> Fault {
    error.to_string()
}
