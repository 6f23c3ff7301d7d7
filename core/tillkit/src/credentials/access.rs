//! One account's tokens, as requests need them at the moment they leave.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tillkit_model::error::{Code, Error};
use tillkit_model::ids::ProcessId;
use tillkit_model::provider::{AuthorizeAsk, Grant, Kept, Need, Secret, Tokens};
use tillkit_model::sale::Account;
use tillkit_model::time::{MINUTE_MS, Moment};
use tokio::sync::{Notify, watch};

use super::hosts::Hosts;
use super::purse::Purse;
use super::vault::Vault;
use crate::shell::entropy::SharedEntropy;
use crate::shell::{Access, Runner};
use crate::transport::{Drift, Endpoint};

/// How an account stands with its provider. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Requests can leave.
    Ready,
    /// A token is being asked for.
    Asking,
    /// The merchant has to give consent: `authorize` the account.
    NeedsAuthorize,
    /// The provider refuses the account's own credentials.
    Refused(Error),
    /// No token could be had; it is asked for again.
    Failing(Error),
}

/// What a token access is made of.
pub(crate) struct Parts {
    pub(crate) account: Account,
    pub(crate) tokens: Arc<dyn Tokens>,
    pub(crate) hosts: Hosts,
    pub(crate) vault: Vault,
    /// Tokens that the host brought along.
    pub(crate) brought: Option<Kept>,
    /// Whether this process may ask for tokens; observers use what others asked for.
    pub(crate) may_ask: bool,
    pub(crate) claimant: ProcessId,
    pub(crate) entropy: SharedEntropy,
    /// How far the clock here is from the provider's; shared with the account's line.
    pub(crate) drift: Arc<Drift>,
}

/// The tokens of one account, and what keeps them fresh.
pub(crate) struct TokenAccess {
    pub(super) parts: Parts,
    pub(super) state: Mutex<State>,
    pub(super) wake: Arc<Notify>,
    standing: watch::Sender<Standing>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) purse: Purse,
    /// Whether the vault was read.
    pub(super) loaded: bool,
    /// A pair that is in use although the vault could not take it yet.
    pub(super) unstored: Option<Kept>,
    /// An access token that the provider takes for a stranger's.
    spoiled: Option<Secret>,
    /// The merchant is said to have taken the consent back.
    revoked: bool,
    /// What leaves now, and under which token.
    ready: Option<(Secret, Arc<Endpoint>)>,
    /// What the machine was told last.
    withheld: Option<bool>,
}

/// A token younger than this is not at fault when it is refused: another one would fare no better.
const YOUNG_MS: u64 = MINUTE_MS;

impl TokenAccess {
    /// Nothing is asked for yet.
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        let (standing, _) = watch::channel(Standing::Asking);
        let wake = Arc::new(Notify::new());
        Arc::new(Self { parts, state: Mutex::default(), wake, standing })
    }

    /// How the account stands now.
    pub(crate) fn standing(&self) -> Standing {
        self.standing.borrow().clone()
    }

    /// Waits until it is clear how the account stands: ready, or not ready for a reason that
    /// waiting does not mend.
    pub(crate) async fn settled(&self) -> Standing {
        let mut standing = self.standing.subscribe();
        let settled = standing.wait_for(|standing| *standing != Standing::Asking).await;
        settled.map_or(Standing::Asking, |standing| standing.clone())
    }

    /// The headers of whoever asks with the token of now.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn headers(&self, now: &Moment) -> Result<Vec<(&'static str, Secret)>, Error> {
        let state = self.hold();
        match self.usable(&state, now) {
            Some(kept) => Ok(self.parts.tokens.headers(&kept.access)),
            None => {
                drop(state);
                Err(self.why_not())
            }
        }
    }

    /// Where the merchant gives consent.
    ///
    /// # Errors
    /// `unsupported` where no consent is needed.
    pub(crate) fn authorize_url(&self, ask: &AuthorizeAsk) -> Result<String, Error> {
        self.parts.tokens.authorize_url(ask).ok_or_else(|| {
            Error::new(Code::Unsupported)
                .field("account")
                .message("this account needs no consent: it asks for tokens by its own credentials")
        })
    }

    /// Which scopes the present tokens lack.
    pub(crate) fn missing_scopes(&self) -> Vec<&'static str> {
        let state = self.hold();
        state.purse.newest().map_or_else(Vec::new, |kept| self.parts.tokens.missing_scopes(kept))
    }

    /// The merchant is said to have taken the consent back. That is found out by asking for other
    /// tokens, for an old notification may tell of a consent that was given anew since.
    pub(crate) fn revoked(&self) {
        let mut state = self.hold();
        state.revoked = true;
        state.spoiled = state.purse.newest().map(|kept| kept.access.clone());
        drop(state);
        self.wake.notify_one();
    }

    /// What to do about the tokens that are there.
    pub(super) fn need(&self, now: &Moment) -> Need {
        let state = self.hold();
        self.need_of(&state, now)
    }

    fn need_of(&self, state: &State, now: &Moment) -> Need {
        let newest = state.purse.newest();
        match newest {
            Some(kept) if state.spoiled.as_ref() == Some(&kept.access) => {
                let spent = Kept { life_ms: 0, ..kept.clone() };
                self.parts.tokens.need(Some(&spent), now)
            }
            _ => self.parts.tokens.need(newest, now),
        }
    }

    fn usable<'a>(&self, state: &'a State, now: &Moment) -> Option<&'a Kept> {
        match self.need_of(state, now) {
            Need::Nothing { .. } | Need::RenewSoon(_) => state.purse.newest(),
            Need::RenewFirst(_) | Need::Consent => None,
        }
    }

    /// Another purse counts from here on.
    pub(super) fn adopt(&self, purse: Purse) {
        let mut state = self.hold();
        state.loaded = true;
        if purse.newest().map(|kept| &kept.access) != state.purse.newest().map(|kept| &kept.access)
        {
            (state.spoiled, state.revoked) = (None, false);
        }
        state.purse = purse;
    }

    /// Lets requests leave under the newest token, or nothing that needs a permit; tells the
    /// machine where that is new.
    pub(super) fn publish(&self, runner: &Runner, otherwise: Standing) {
        let now = runner.now();
        let mut state = self.hold();
        let usable = self.usable(&state, &now).map(|kept| kept.access.clone());
        let known = state.ready.as_ref().map(|(access, _)| access);
        if usable.as_ref() != known {
            let made = usable.and_then(|access| {
                let headers = self.parts.tokens.headers(&access);
                let endpoint = self.parts.hosts.payments(&headers).ok()?;
                Some((access, Arc::new(endpoint)))
            });
            state.ready = made;
        }
        let withheld = state.ready.is_none();
        if state.withheld.replace(withheld) != Some(withheld) {
            runner.withhold(self.parts.account.name.clone(), withheld);
        }
        let standing = if withheld { otherwise } else { Standing::Ready };
        drop(state);
        self.standing.send_replace(standing);
    }

    /// Another machine has to be told everything anew.
    pub(super) fn forget_told(&self) {
        self.hold().withheld = None;
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.hold().revoked
    }

    /// What a renewal is asked for by, if one is needed.
    pub(super) fn grant(&self, now: &Moment) -> Option<(Grant, Option<Kept>)> {
        let state = self.hold();
        let newest = state.purse.newest().cloned();
        match self.need_of(&state, now) {
            Need::RenewSoon(grant) | Need::RenewFirst(grant) => Some((grant, newest)),
            Need::Nothing { .. } | Need::Consent => None,
        }
    }

    fn why_not(&self) -> Error {
        match self.standing() {
            Standing::Refused(error) | Standing::Failing(error) => error,
            Standing::NeedsAuthorize => needs_authorize(),
            Standing::Ready | Standing::Asking => Error::new(Code::ProviderUnreachable)
                .message("the account has no access token yet: try again in a moment"),
        }
    }

    pub(super) fn hold(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is told of an account without consent.
pub(super) fn needs_authorize() -> Error {
    Error::new(Code::CredentialsRefused)
        .field("account")
        .rule("authorized")
        .message("the merchant has not given consent, or has taken it back: authorize the account")
}

impl Access for TokenAccess {
    fn endpoint(&self, now: &Moment) -> Option<Arc<Endpoint>> {
        let state = self.hold();
        let (access, endpoint) = state.ready.as_ref()?;
        let usable = self.usable(&state, now)?;
        (usable.access == *access).then(|| Arc::clone(endpoint))
    }

    fn refused(&self, endpoint: &Arc<Endpoint>, now: &Moment) {
        let mut state = self.hold();
        let Some((access, ready)) = state.ready.clone() else { return };
        let young =
            |kept: &Kept| now.age_at_most_ms(&kept.asked_at).is_some_and(|ms| ms < YOUNG_MS);
        if Arc::ptr_eq(endpoint, &ready) && !state.purse.newest().is_some_and(young) {
            state.spoiled = Some(access);
            drop(state);
            self.wake.notify_one();
        }
    }
}
