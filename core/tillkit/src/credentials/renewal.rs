//! Keeping tokens fresh: one task for each account, and one renewal at a time for a journal.

use std::sync::Arc;

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{Grant, Kept, Need, TokenFailure, WayOut};
use tillkit_model::time::{MINUTE_MS, SECOND_MS};

use super::access::{Parts, Standing, TokenAccess, needs_authorize};
use super::purse::Purse;
use crate::journal::Claim;
use crate::shell::{Ledger, Runner};

/// The longest that a request for tokens may take.
const REQUEST_MS_MAX: u64 = 15 * SECOND_MS;
/// How long a renewal keeps others from another one. Whoever dies in the middle of one leaves
/// enough of the minute in which a spent refresh token is still accepted.
const CLAIM_MS: u64 = 20 * SECOND_MS;
/// How long to wait for another process's renewal.
const OTHERS_MS: u64 = 250;
/// How often tokens are looked at when nothing is due, for clocks jump and machines sleep.
const LOOK_MS_MAX: u64 = 30 * SECOND_MS;
/// How long until a vault that failed is asked again.
const VAULT_MS: u64 = SECOND_MS;
/// How often others are asked for tokens that this process may not ask for.
const SHARED_MS: u64 = 5 * SECOND_MS;

impl TokenAccess {
    /// Keeps the tokens fresh until nobody holds this access any more or the shell ends.
    pub(crate) fn tend(self: &Arc<Self>, runner: &Runner) {
        self.forget_told();
        let (access, own) = (Arc::downgrade(self), runner.clone());
        runner.spawn(async move {
            while let Some(held) = access.upgrade() {
                let pause_ms = held.step(&own).await;
                let wake = Arc::clone(&held.wake);
                drop(held);
                own.pause_until(pause_ms, &wake).await;
            }
        });
    }

    /// Takes the code of a merchant's consent.
    ///
    /// # Errors
    /// Why it brought no tokens, or why they could not be kept.
    pub(crate) async fn consent(&self, runner: &Runner, grant: Grant) -> Result<(), Error> {
        let kept = self.ask(runner, &grant, None).await.map_err(|failure| failure.error)?;
        let purse = self.update(runner, |purse| purse.replace(kept.clone())).await?;
        self.adopt(purse);
        self.publish(runner, Standing::Asking);
        self.wake.notify_one();
        Ok(())
    }

    /// One look at the tokens; how long until the next.
    async fn step(&self, runner: &Runner) -> u64 {
        if let Err(error) = self.load(runner).await {
            self.publish(runner, Standing::Failing(error));
            return VAULT_MS;
        }
        match self.need(&runner.now()) {
            Need::Nothing { for_ms } => {
                self.publish(runner, Standing::Asking);
                for_ms.clamp(1, LOOK_MS_MAX)
            }
            Need::Consent => {
                self.publish(runner, Standing::NeedsAuthorize);
                self.reload_or(runner, SHARED_MS).await
            }
            Need::RenewSoon(_) | Need::RenewFirst(_) if self.parts.may_ask => {
                self.renew(runner).await
            }
            Need::RenewSoon(_) | Need::RenewFirst(_) => {
                self.publish(runner, Standing::Failing(nobody_asks()));
                self.reload_or(runner, SHARED_MS).await
            }
        }
    }

    /// Reads the vault once, and hands over what it could not take before.
    async fn load(&self, runner: &Runner) -> Result<(), Error> {
        let (loaded, stored) = {
            let state = self.hold();
            (state.loaded, state.unstored.is_none())
        };
        if loaded && stored {
            return Ok(());
        }
        let brought = self.parts.brought.clone().filter(|_| !loaded);
        let put = |purse: &mut Purse| brought.iter().for_each(|pair| purse.bring(pair.clone()));
        match self.update(runner, put).await {
            Ok(purse) => {
                self.adopt(purse);
                Ok(())
            }
            // What is in use stays in use while the vault fails.
            Err(_) if loaded => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks whether another process has brought tokens; then at once, otherwise after a while.
    async fn reload_or(&self, runner: &Runner, pause_ms: u64) -> u64 {
        if !self.parts.vault.is_durable() {
            return pause_ms;
        }
        let before = self.hold().purse.clone();
        match self.update(runner, |_| {}).await {
            Ok(purse) if purse != before => {
                self.adopt(purse);
                1
            }
            Ok(_) | Err(_) => pause_ms,
        }
    }

    /// One renewal, unless somebody else is at it.
    async fn renew(&self, runner: &Runner) -> u64 {
        if !self.parts.vault.is_durable() {
            return self.renew_claimed(runner).await;
        }
        let claim = self.claim();
        let (wanted, now) = (claim.clone(), runner.now());
        let claimed = move |journal: &mut dyn Ledger| journal.shelf().claim(&wanted, &now);
        match runner.ask(claimed).await {
            Ok(true) => {}
            Ok(false) => {
                self.publish(runner, Standing::Asking);
                return self.reload_or(runner, OTHERS_MS).await;
            }
            Err(error) => {
                self.publish(runner, Standing::Failing(error));
                return VAULT_MS;
            }
        }
        let pause_ms = match self.update(runner, |_| {}).await {
            Ok(purse) => {
                self.adopt(purse);
                self.renew_claimed(runner).await
            }
            Err(error) => {
                self.publish(runner, Standing::Failing(error));
                VAULT_MS
            }
        };
        // A claim that cannot be ended lapses.
        runner.ask(move |journal| journal.shelf().unclaim(&claim)).await.ok();
        pause_ms
    }

    /// Somebody else may have been here before: what is needed is asked anew.
    async fn renew_claimed(&self, runner: &Runner) -> u64 {
        let Some((grant, newest)) = self.grant(&runner.now()) else { return 1 };
        if !self.is_revoked() {
            self.publish(runner, self.still_asking());
        }
        match self.ask(runner, &grant, newest.as_ref()).await {
            Ok(kept) => {
                self.keep(runner, kept).await;
                1
            }
            Err(TokenFailure { error, way_out }) => {
                self.without(runner, newest, error, way_out).await
            }
        }
    }

    /// The new pair goes into the vault first; the old one stays there beside it.
    async fn keep(&self, runner: &Runner, kept: Kept) {
        let stored = self.update(runner, |purse| purse.put(kept.clone())).await;
        let purse = stored.unwrap_or_else(|_| {
            // The provider has given it out: it is used, and handed to the vault until that works.
            let mut state = self.hold();
            state.unstored = Some(kept.clone());
            let mut purse = state.purse.clone();
            purse.put(kept.clone());
            purse
        });
        self.adopt(purse);
        self.publish(runner, Standing::Asking);
    }

    async fn without(
        &self,
        runner: &Runner,
        newest: Option<Kept>,
        error: Error,
        way_out: WayOut,
    ) -> u64 {
        match way_out {
            WayOut::Later { ms } => {
                self.publish(runner, Standing::Failing(error));
                ms.clamp(SECOND_MS, 10 * MINUTE_MS)
            }
            WayOut::Credentials => {
                self.publish(runner, Standing::Refused(error));
                MINUTE_MS
            }
            // This pair is dead; another one may still be good.
            WayOut::Consent => match newest {
                None => {
                    self.publish(runner, Standing::Failing(needs_authorize()));
                    MINUTE_MS
                }
                Some(dead) => {
                    match self.update(runner, |purse| purse.discard(&dead.access)).await {
                        Ok(purse) => {
                            self.adopt(purse);
                            1
                        }
                        Err(error) => {
                            self.publish(runner, Standing::Failing(error));
                            VAULT_MS
                        }
                    }
                }
            },
        }
    }

    async fn ask(
        &self,
        runner: &Runner,
        grant: &Grant,
        known: Option<&Kept>,
    ) -> Result<Kept, TokenFailure> {
        let tokens = &self.parts.tokens;
        let outbound = self.parts.hosts.outbound(tokens.request(grant), &[]);
        let (endpoint, mut request) = outbound
            .map_err(|error| TokenFailure { error, way_out: WayOut::Later { ms: MINUTE_MS } })?;
        request.timeout_ms = request.timeout_ms.min(REQUEST_MS_MAX);
        let asked_at = runner.now();
        let exchange = runner.exchange(endpoint, request).await;
        self.parts.drift.learn(&exchange, &asked_at, &runner.now());
        tokens.answer(&exchange, known, &asked_at)
    }

    async fn update(
        &self,
        runner: &Runner,
        change: impl Fn(&mut Purse) + Send + Sync,
    ) -> Result<Purse, Error> {
        let (known, unstored) = {
            let state = self.hold();
            (state.purse.clone(), state.unstored.clone())
        };
        let whole = |purse: &mut Purse| {
            unstored.iter().for_each(|pair| purse.put(pair.clone()));
            change(purse);
        };
        let Parts { vault, account, entropy, .. } = &self.parts;
        let purse = vault.update(runner, account, entropy, known, whole).await?;
        self.hold().unstored = None;
        Ok(purse)
    }

    /// What went wrong last stays told while it is tried again.
    fn still_asking(&self) -> Standing {
        match self.standing() {
            failing @ (Standing::Failing(_) | Standing::Refused(_)) => failing,
            Standing::Ready | Standing::Asking | Standing::NeedsAuthorize => Standing::Asking,
        }
    }

    fn claim(&self) -> Claim {
        let work = format!("tokens of {}", self.parts.account.name);
        Claim { work, claimant: self.parts.claimant, life_ms: CLAIM_MS }
    }
}

fn nobody_asks() -> Error {
    Error::new(Code::ProviderUnreachable)
        .message("an observer asks for no tokens, and no other process has any that are good")
}
