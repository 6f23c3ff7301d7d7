//! Rights that are asked for before a sale misses them: at connect, and whenever somebody asks.

use std::sync::{Arc, PoisonError};

use tillkit_model::error::{Class, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::Finding;
use tillkit_model::time::{MINUTE_MS, SECOND_MS};

use super::Line;
use crate::shell::Runner;
use crate::transport::{Level, LogSink};

/// A right that an account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What is missing, in the provider's words.
    pub right: Box<str>,
    /// What the provider said, where it refused to tell.
    pub error: Option<Error>,
}

/// The shortest and the longest pause before it is asked again what could not be told.
const PAUSE_MS: (u64, u64) = (5 * SECOND_MS, 10 * MINUTE_MS);

impl Line {
    /// Asks which rights are missing.
    ///
    /// # Errors
    /// That the provider cannot be asked at present.
    pub(crate) async fn probe(&self, runner: &Runner) -> Result<Vec<Missing>, Error> {
        let mut missing = Vec::new();
        for errand in self.desk.probes() {
            match self.run(runner, &errand).await {
                Ok(Finding::Right(Err(right))) => missing.push(Missing { right, error: None }),
                Ok(_) => {}
                Err(error) if names_a_right(&error) => {
                    let named = error.limit.clone().or_else(|| error.field.clone());
                    let right = named.unwrap_or_else(|| error.message.clone());
                    missing.push(Missing { right: right.into(), error: Some(error) });
                }
                Err(error) => return Err(error),
            }
        }
        let scopes = self.tokens().map(|access| access.missing_scopes()).unwrap_or_default();
        let known = |scope: &str| missing.iter().any(|one| &*one.right == scope);
        let scopes: Vec<_> = scopes.into_iter().filter(|scope| !known(scope)).collect();
        missing
            .extend(scopes.into_iter().map(|scope| Missing { right: scope.into(), error: None }));
        *self.probed.lock().unwrap_or_else(PoisonError::into_inner) = Some(missing.clone());
        Ok(missing)
    }

    /// What was missing when it was last asked; none before it was.
    pub(crate) fn probed(&self) -> Option<Vec<Missing>> {
        self.probed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks once it can be asked, and again whenever it is woken, until nobody holds this line any
    /// more or the shell ends.
    pub(crate) fn tend_probes(
        self: &Arc<Self>,
        account: AccountName,
        log: Arc<dyn LogSink>,
        runner: &Runner,
    ) {
        if self.desk.probes().is_empty() {
            return;
        }
        let (line, own) = (Arc::downgrade(self), runner.clone());
        runner.spawn(async move {
            let mut pause_ms = PAUSE_MS.0;
            while let Some(held) = line.upgrade() {
                let wake = Arc::clone(&held.probe_wake);
                let told = held.probe(&own).await;
                drop(held);
                if let Ok(missing) = told {
                    warn(&account, &missing, log.as_ref());
                    wake.notified().await;
                    pause_ms = PAUSE_MS.0;
                } else {
                    own.pause_until(pause_ms, &wake).await;
                    pause_ms = pause_ms.saturating_mul(2).min(PAUSE_MS.1);
                }
            }
        });
    }
}

fn warn(account: &AccountName, missing: &[Missing], log: &dyn LogSink) {
    if missing.is_empty() || !log.wants(Level::Warn) {
        return;
    }
    let rights: Vec<&str> = missing.iter().map(|one| &*one.right).collect();
    log.line(Level::Warn, &format!("account {account} lacks {}", rights.join(", ")));
}

/// A refusal that more rights would lift.
fn names_a_right(error: &Error) -> bool {
    // Without consent there are no rights at all, and it is that which has to be told.
    error.code.class() == Class::Authentication && error.rule.as_deref() != Some("authorized")
}
