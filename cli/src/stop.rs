//! Being asked to stop: by Ctrl-C, by the system, by a terminal that is closed.

/// Hears whoever asks this process to stop. From its making on, none of these ways ends the program
/// by itself any more; so it is made before anybody is told that the program is there.
pub struct Stop {
    #[cfg(unix)]
    signals: [Option<tokio::signal::unix::Signal>; 3],
}

#[cfg(unix)]
impl Stop {
    /// Begins to listen.
    pub fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = SignalKind::hangup();
        let hangup = if ignores_hangup() { None } else { signal(hangup).ok() };
        let told = |kind: SignalKind| signal(kind).ok();
        Self { signals: [told(SignalKind::interrupt()), told(SignalKind::terminate()), hangup] }
    }

    /// Waits until somebody asks.
    pub async fn asked(&mut self) {
        let [interrupted, terminated, hung_up] = &mut self.signals;
        tokio::select! {
            () = heard(interrupted) => {}
            () = heard(terminated) => {}
            () = heard(hung_up) => {}
        }
    }
}

#[cfg(not(unix))]
impl Stop {
    /// Begins to listen.
    pub fn listen() -> Self {
        Self {}
    }

    /// Waits until somebody asks.
    pub async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nobody can interrupt where there are no signals.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn heard(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether whoever started this wants it to outlive its terminal, as `nohup` does. Where the
/// system does not tell, it does not outlive it.
#[cfg(unix)]
pub fn ignores_hangup() -> bool {
    const HANGUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & HANGUP != 0)
}
