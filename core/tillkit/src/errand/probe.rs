//! Rights that are asked for before a sale misses them: at connect, and whenever somebody asks.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use tillkit_model::error::{Class, Error};
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Errand, Finding};
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

/// What is known of an account's rights.
#[derive(Debug, Default)]
pub(crate) struct Probed {
    /// What each probe told, by its place among them; those that failed are missing.
    told: BTreeMap<usize, Option<Missing>>,
    /// Rights that the tokens themselves lack.
    scopes: Vec<Missing>,
    /// What stood in the way of the first that failed.
    error: Option<Error>,
}

impl Probed {
    fn missing(&self) -> Vec<Missing> {
        let mut missing: Vec<Missing> = self.told.values().flatten().cloned().collect();
        let known = |one: &&Missing| !missing.iter().any(|told| told.right == one.right);
        let scopes: Vec<Missing> = self.scopes.iter().filter(known).cloned().collect();
        missing.extend(scopes);
        missing
    }
}

impl Line {
    /// Asks which rights are missing.
    ///
    /// # Errors
    /// That the provider cannot be asked at present; what it told all the same is kept.
    pub(crate) async fn probe(&self, runner: &Runner) -> Result<Vec<Missing>, Error> {
        self.ask_for(runner, |_| true).await
    }

    /// The same, without asking again what was told already.
    async fn probe_the_rest(&self, runner: &Runner) -> Result<Vec<Missing>, Error> {
        let told: Vec<usize> = self.on_probed(|probed| probed.told.keys().copied().collect());
        self.ask_for(runner, |place| !told.contains(&place)).await
    }

    async fn ask_for(
        &self,
        runner: &Runner,
        wanted: impl Fn(usize) -> bool + Send,
    ) -> Result<Vec<Missing>, Error> {
        let mut came = Vec::new();
        for (place, errand) in self.desk.probes().into_iter().enumerate() {
            if wanted(place) {
                came.push((place, self.asked(runner, &errand).await));
            }
        }
        let scopes = self.tokens().map(|access| access.missing_scopes()).unwrap_or_default();
        let scopes = scopes.into_iter().map(|right| Missing { right: right.into(), error: None });
        self.on_probed(|probed| {
            (probed.scopes, probed.error) = (scopes.collect(), None);
            for (place, told) in came {
                match told {
                    Ok(missing) => drop(probed.told.insert(place, missing)),
                    Err(error) => {
                        probed.told.remove(&place);
                        probed.error.get_or_insert(error);
                    }
                }
            }
            probed.error.clone().map_or_else(|| Ok(probed.missing()), Err)
        })
    }

    /// What one probe tells is missing.
    async fn asked(&self, runner: &Runner, errand: &Errand) -> Result<Option<Missing>, Error> {
        match self.run(runner, errand).await {
            Ok(Finding::Right(Err(right))) => Ok(Some(Missing { right, error: None })),
            Ok(_) => Ok(None),
            Err(error) if names_a_right(&error) => {
                let named = error.limit.clone().or_else(|| error.field.clone());
                let right = named.unwrap_or_else(|| error.message.clone());
                Ok(Some(Missing { right: right.into(), error: Some(error) }))
            }
            Err(error) => Err(error),
        }
    }

    fn on_probed<T>(&self, look: impl FnOnce(&mut Probed) -> T) -> T {
        look(&mut self.probed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was missing when it was last asked; none before anything was told.
    pub(crate) fn probed(&self) -> Option<Vec<Missing>> {
        self.on_probed(|probed| (!probed.told.is_empty()).then(|| probed.missing()))
    }

    /// Why not all of it is known.
    pub(crate) fn probe_error(&self) -> Option<Error> {
        self.on_probed(|probed| probed.error.clone())
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
        let (line, own, end) = (Arc::downgrade(self), runner.clone(), self.end());
        runner.spawn(async move {
            let (mut pause_ms, mut all) = (PAUSE_MS.0, true);
            while let Some(held) = line.upgrade() {
                let wake = Arc::clone(&held.probe_wake);
                let told =
                    if all { held.probe(&own).await } else { held.probe_the_rest(&own).await };
                drop(held);
                if let Ok(missing) = told {
                    warn(&account, &missing, log.as_ref());
                    // A connection that is gone leaves nothing behind.
                    if end.clone().or(wake.notified()).await.is_none() {
                        return;
                    }
                    (pause_ms, all) = (PAUSE_MS.0, true);
                } else {
                    // Woken, it has to ask all of it again.
                    all = own.within(pause_ms, wake.notified()).await.is_some();
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
