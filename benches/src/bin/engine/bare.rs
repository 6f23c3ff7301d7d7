//! What is compared with: a bare reqwest loop, as many requests a second on as many connections,
//! the same charges read from the same server.

use std::sync::Arc;
use std::time::Duration;

use tillkit_bench::Fault;
use tillkit_bench::provider::charge;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::ours::measure;

const WARM_UP: Duration = Duration::from_secs(2);

/// Polls at this rate for so many seconds, and prints what that took.
pub fn poll(words: &[String]) -> Result<(), Fault> {
    let [port, charges, rate, connections, seconds, threads] = words else {
        let words = "bare takes port, charges, rate, connections, seconds and threads";
        return Err(words.to_owned());
    };
    let port: u16 = port.parse().map_err(|_| "the port is no port")?;
    let charges: u64 = charges.parse().map_err(|_| "the charges are no number")?;
    let rate: f64 = rate.parse().map_err(|_| "the rate is no number")?;
    let connections: u32 = connections.parse().map_err(|_| "the connections are no number")?;
    let seconds: u64 = seconds.parse().map_err(|_| "the seconds are no number")?;
    let threads: usize = threads.parse().map_err(|_| "the threads are no number")?;
    let runtime = runtime(threads).map_err(|fault| fault.to_string())?;
    let measured = runtime.block_on(async {
        let period = Duration::from_secs_f64(f64::from(connections) / rate);
        let next = Arc::new(std::sync::atomic::AtomicU64::new(0));
        for place in 0..connections {
            // Spread over the period, so that they do not move in step.
            let first = Instant::now() + period.mul_f64(f64::from(place) / f64::from(connections));
            // A client for each, so that each has its own connection and keeps it.
            let (client, next) = (client()?, Arc::clone(&next));
            tokio::spawn(async move {
                let mut ticks = interval_at(first, period);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                loop {
                    ticks.tick().await;
                    let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % charges;
                    read(&client, port, number).await;
                }
            });
        }
        tokio::time::sleep(WARM_UP).await;
        measure(port, Duration::from_secs(seconds)).await
    })?;
    println!("{measured}");
    Ok(())
}

/// One thread is the runtime that our own wire has; two are what a runtime makes by itself on two
/// cores.
fn runtime(threads: usize) -> std::io::Result<Runtime> {
    if threads == 1 {
        Builder::new_current_thread().enable_all().build()
    } else {
        Builder::new_multi_thread().worker_threads(threads).enable_all().build()
    }
}

fn client() -> Result<reqwest::Client, Fault> {
    // The first one installs it, and all others find it there.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().no_proxy().http1_only().build();
    client.map_err(|fault| fault.to_string())
}

/// One read; a failed one shows as a rate that is too low.
async fn read(client: &reqwest::Client, port: u16, number: u64) {
    let address = format!("http://127.0.0.1:{port}/v2/terminal_payments/{}", charge(number));
    let request = client
        .get(address)
        .header("Accept", "application/json")
        .header("Authorization", "Bearer 0123456789abcdef0123456789abcdef");
    if let Ok(response) = request.send().await {
        drop(response.bytes().await);
    }
}
