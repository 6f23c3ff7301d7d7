//! Being asked to stop: by Ctrl-C, by the system, by a terminal that is closed.

/// Waits until somebody asks this process to stop. Once this was awaited, none of these ways ends
/// the program by itself any more.
pub async fn asked() {
    tokio::select! {
        () = interrupted() => {}
        () = told() => {}
    }
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nobody can interrupt where there are no signals.
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn told() {
    use tokio::signal::unix::SignalKind;
    tokio::select! {
        () = signalled(SignalKind::terminate(), false) => {}
        () = signalled(SignalKind::hangup(), ignores_hangup()) => {}
    }
}

#[cfg(not(unix))]
async fn told() {
    std::future::pending().await
}

#[cfg(unix)]
async fn signalled(kind: tokio::signal::unix::SignalKind, ignored: bool) {
    match tokio::signal::unix::signal(kind) {
        Ok(mut signal) if !ignored => drop(signal.recv().await),
        Ok(_) | Err(_) => std::future::pending().await,
    }
}

/// Whether whoever started this wants it to outlive its terminal, as `nohup` does. Where the
/// system does not tell, it does not outlive it.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    const HANGUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & HANGUP != 0)
}
