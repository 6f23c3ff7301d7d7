//! Following a payment: what happens to it, line by line, until its outcome is not open.

use std::time::Duration;

use tillkit::till::{Entry, Outcome, Stage, Summary, Till};
use tillkit_model::ids::PaymentId;

use crate::console::{Console, is_yes};
use crate::failure::Failure;

/// How long one look lasts, by the till's own clock.
const LOOK: Duration = Duration::from_millis(250);

/// One payment, and how much of its story was told.
pub struct Story {
    payment: PaymentId,
    told: usize,
}

impl Story {
    /// Nothing is told yet.
    pub const fn of(payment: PaymentId) -> Self {
        Self { payment, told: 0 }
    }

    /// When it began; 0 where its story is not stored any more.
    pub async fn began_ms(&self, till: &Till) -> Result<i64, Failure> {
        let entries = till.timeline(self.payment).await?;
        Ok(entries.first().map_or(0, |entry| entry.at.wall_ms))
    }

    /// What has happened since the last call.
    pub async fn news(&mut self, till: &Till) -> Result<Vec<Entry>, Failure> {
        let entries = till.timeline(self.payment).await?;
        let news = entries.get(self.told..).unwrap_or_default().to_vec();
        self.told = entries.len();
        Ok(news)
    }

    /// The payment after one look at it, which lasts until its outcome is not open or a while.
    pub async fn look(&self, till: &Till) -> Result<Summary, Failure> {
        Ok(till.wait(self.payment, Some(LOOK)).await?)
    }

    /// Tells all that happens until the outcome is none of `until_not`, or a person is needed.
    pub async fn tell(
        &mut self,
        till: &Till,
        until_not: &[Outcome],
        mut tell: impl FnMut(Told<'_>) -> Result<(), Failure>,
    ) -> Result<Summary, Failure> {
        loop {
            let summary = self.look(till).await?;
            for entry in self.news(till).await? {
                tell(Told::Entry(&entry))?;
            }
            tell(Told::Now(&summary))?;
            // Looking goes on then too, but hardly while somebody waits for it.
            let over = summary.status == Stage::NeedsPerson;
            if over || !until_not.contains(&summary.outcome) {
                return Ok(summary);
            }
            if summary.outcome != Outcome::Open {
                // A wait for what is not open any more ends at once.
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// What is told of a payment that is followed.
pub enum Told<'a> {
    /// Something happened.
    Entry(&'a Entry),
    /// It is like this now.
    Now(&'a Summary),
}

/// Ctrl-C, as often as it comes. As long as this is there, none ends the program by itself.
pub struct Interruptions {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Interruptions {
    /// From now on they are heeded.
    #[cfg(unix)]
    pub fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { signals: signal(SignalKind::interrupt()).ok() }
    }

    /// From the first that is awaited on they are heeded.
    #[cfg(not(unix))]
    pub const fn new() -> Self {
        Self {}
    }

    /// The next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        let came = match &mut self.signals {
            Some(signals) => signals.recv().await.is_some(),
            None => false,
        };
        #[cfg(not(unix))]
        let came = tokio::signal::ctrl_c().await.is_ok();
        if !came {
            // Nobody can interrupt where there are no signals.
            std::future::pending::<()>().await;
        }
    }

    /// Whether one came since this was made, or since the last that was awaited.
    pub async fn came(&mut self) -> bool {
        // What has come is told once the runtime was let look.
        let looked = tokio::task::yield_now();
        tokio::select! {
            biased;
            () = self.next() => true,
            () = looked => false,
        }
    }

    /// Awaits what has begun, and says whether one came meanwhile. It is awaited even then, or
    /// nobody could say what goes on.
    pub async fn during<T>(
        &mut self,
        console: &mut Console,
        what: &str,
        begun: impl Future<Output = T>,
    ) -> (T, bool) {
        let mut begun = std::pin::pin!(begun);
        tokio::select! {
            ended = &mut begun => return (ended, false),
            () = self.next() => {}
        }
        console.note(format!("One moment: {what} has begun, and the provider is about to answer."));
        (begun.await, true)
    }

    /// Asks for a yes; anything else is a no, and so is Ctrl-C.
    pub async fn agrees(&mut self, console: &mut Console, question: &str) -> bool {
        console.rest();
        console.note(format!("{question} [y/N]"));
        let (tell, told) = tokio::sync::oneshot::channel();
        // Nothing can end the reading of a line; its thread ends with the program.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = std::io::stdin().read_line(&mut line);
            // Whoever was interrupted does not wait for it any more.
            tell.send(read.map(|_| line).unwrap_or_default()).ok();
        });
        tokio::select! {
            line = told => line.is_ok_and(|line| is_yes(&line)),
            () = self.next() => false,
        }
    }
}
