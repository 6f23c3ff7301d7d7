//! A wire for tests: a script answers, and everything that was handed over is remembered.
//!
//! It opens no socket and reads no clock but the one it is handed; delays end when the test says
//! so.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tillkit_model::time::Clock;
use tillkit_model::wire::{Departure, Exchange, Request, Response, SendFailure, Sending};
use tokio::sync::oneshot;

use super::endpoint::Endpoint;
use super::{Transport, UnderWay};

/// What happens to one request.
#[derive(Debug)]
pub enum Play {
    /// It arrives and is answered.
    Answer(Response),
    /// It arrives, or not; nothing comes back.
    Lose,
    /// It provably never leaves.
    Refuse,
    /// It arrives now and is answered when the test sends the answer; never, if the test drops its
    /// end.
    Later(oneshot::Receiver<Exchange>),
    /// It arrives, and arrives once more: the script is asked again, and its later answer comes
    /// back.
    Twice,
}

impl Play {
    /// An answer of this status with this JSON body.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::Answer(Response {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.as_bytes().to_vec(),
            truncated: false,
        })
    }
}

/// One request as it was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Where it went.
    pub base_url: String,
    /// The request.
    pub request: Request,
    /// Within how many milliseconds it had to leave.
    pub leave_within_ms: Option<u64>,
}

type Script = Box<dyn FnMut(&Departure) -> Play + Send>;

/// A transport that plays a script.
pub struct Scripted {
    script: Mutex<Script>,
    handed: Mutex<Vec<Handed>>,
}

impl Scripted {
    /// Asks the script about each request that leaves.
    #[must_use]
    pub fn new(script: impl FnMut(&Departure) -> Play + Send + 'static) -> Self {
        Self { script: Mutex::new(Box::new(script)), handed: Mutex::new(Vec::new()) }
    }

    /// Plays these in turn; whatever is sent after them is lost.
    #[must_use]
    pub fn playing(plays: impl IntoIterator<Item = Play>) -> Self {
        let mut plays: VecDeque<Play> = plays.into_iter().collect();
        Self::new(move |_| plays.pop_front().unwrap_or(Play::Lose))
    }

    /// Every request that left so far, in order. One that arrives twice is there twice.
    #[must_use]
    pub fn handed(&self) -> Vec<Handed> {
        hold(&self.handed).clone()
    }

    /// The last look at the clock and the hand-over, in one step.
    fn hand_over(
        &self,
        endpoint: &Endpoint,
        sending: Sending,
        clock: &dyn Clock,
    ) -> Result<Play, SendFailure> {
        endpoint.address(&sending.request.path).map_err(not_sent)?;
        let departure = sending.depart(&clock.now())?;
        loop {
            let play = hold(&self.script)(&departure);
            if !matches!(play, Play::Refuse) {
                hold(&self.handed).push(Handed {
                    base_url: endpoint.base_url().to_owned(),
                    request: departure.request().clone(),
                    leave_within_ms: departure.leave_within_ms(),
                });
            }
            if !matches!(play, Play::Twice) {
                return Ok(play);
            }
        }
    }
}

impl Transport for Scripted {
    fn send<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        sending: Sending,
        clock: &'a Arc<dyn Clock>,
    ) -> UnderWay<'a> {
        Box::pin(async move {
            match self.hand_over(endpoint, sending, clock.as_ref())? {
                Play::Answer(response) => Ok(response),
                Play::Refuse => Err(not_sent("the script lets nothing leave")),
                Play::Later(answer) => answer.await.unwrap_or_else(|_| Err(lost())),
                Play::Lose | Play::Twice => Err(lost()),
            }
        })
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted").field("handed", &self.handed()).finish_non_exhaustive()
    }
}

/// A test that panicked while it held the lock has failed already.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_sent(why: &str) -> SendFailure {
    SendFailure::NotSent { why: why.into() }
}

fn lost() -> SendFailure {
    SendFailure::MaybeSent { why: "the script lost the answer".into() }
}
