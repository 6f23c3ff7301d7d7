//! The keys by which a provider signs, fetched when they are needed and kept as long as it allows.

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{Errand, Finding, SigningKeys};
use tillkit_model::time::{Moment, SECOND_MS};
use tokio::sync::Mutex;

use crate::errand::Line;
use crate::shell::Runner;

/// How long keys that were just fetched, or could not be, stand: whoever sends unknown key ids does
/// not make us ask more often.
const QUIET_MS: u64 = 30 * SECOND_MS;

/// One account's view of its provider's keys.
#[derive(Debug, Default)]
pub(crate) struct KeyRing(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    keys: Option<(SigningKeys, Moment)>,
    failed: Option<(Error, Moment)>,
}

impl KeyRing {
    /// The keys that are kept, while they may be.
    pub(super) async fn known(&self, runner: &Runner) -> Option<SigningKeys> {
        let now = runner.now();
        self.0.lock().await.fresh(&now)
    }

    /// Keys that are not older than a moment; asked for once however many wait. None where they
    /// were fetched a moment ago: then no newer ones are to be had.
    pub(super) async fn fetched(
        &self,
        line: &Line,
        runner: &Runner,
    ) -> Result<Option<SigningKeys>, Error> {
        let mut ring = self.0.lock().await;
        let now = runner.now();
        if let Some((keys, at)) = &ring.keys
            && !now.may_have_passed(at, QUIET_MS)
        {
            return Ok(Some(keys.clone()));
        }
        if let Some((error, at)) = &ring.failed
            && !now.may_have_passed(at, QUIET_MS)
        {
            return Err(error.clone());
        }
        match line.run(runner, &Errand::Keys).await {
            Ok(Finding::Keys(keys)) => {
                *ring = Ring { keys: Some((keys.clone(), now)), failed: None };
                Ok(Some(keys))
            }
            Ok(_) => Err(Error::new(Code::Internal)),
            Err(error) => {
                ring.failed = Some((error.clone(), now));
                Err(error)
            }
        }
    }
}

impl Ring {
    fn fresh(&self, now: &Moment) -> Option<SigningKeys> {
        let (keys, at) = self.keys.as_ref()?;
        (!now.may_have_passed(at, keys.life_ms)).then(|| keys.clone())
    }
}
