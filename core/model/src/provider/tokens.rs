//! Access tokens that have to be asked for, and kept.
//!
//! Pure: what to ask for, how, and what came of it. Who asks, one at a time for a journal, and
//! where the tokens are kept is the shell's.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DeskRequest, Secret};
use crate::error::Error;
use crate::time::Moment;
use crate::wire::Exchange;

/// How a provider hands out access tokens.
pub trait Tokens: Send + Sync {
    /// The headers that a token makes, on everything but token requests.
    fn headers(&self, access: &Secret) -> Vec<(&'static str, Secret)>;

    /// What to do about the tokens that are kept.
    fn need(&self, kept: Option<&Kept>, now: &Moment) -> Need;

    /// The request that asks for tokens.
    fn request(&self, grant: &Grant) -> DeskRequest;

    /// What came of it; `kept` is what was known before.
    ///
    /// # Errors
    /// [`TokenFailure`], which says whether asking again can help.
    fn answer(
        &self,
        exchange: &Exchange,
        kept: Option<&Kept>,
        now: &Moment,
    ) -> Result<Kept, TokenFailure>;

    /// Where the merchant gives consent; none where none is needed.
    fn authorize_url(&self, ask: &AuthorizeAsk) -> Option<String>;

    /// Whether each use of a refresh token makes another, so that memory alone would lose it.
    fn rotates(&self) -> bool;

    /// The scopes that a till needs and these tokens lack.
    fn missing_scopes(&self, kept: &Kept) -> Vec<&'static str>;
}

/// What to do about the tokens that are kept. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// They are good for a while; look again after so long.
    Nothing {
        /// How long.
        for_ms: u64,
    },
    /// They are still good, and it is time to ask for others.
    RenewSoon(Grant),
    /// Nothing can be asked before there are others.
    RenewFirst(Grant),
    /// The merchant has to give consent.
    Consent,
}

/// By what tokens are asked for. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// By the account's own credentials.
    Client,
    /// By the refresh token.
    Refresh(Secret),
    /// By the code that the merchant's consent brought.
    Code {
        /// The code.
        code: Secret,
        /// The address to which it came, as it was asked for.
        redirect_uri: String,
    },
}

/// What a consent is asked for with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeAsk {
    /// Where the merchant comes back to.
    pub redirect_uri: String,
    /// What has to come back with it, unchanged; made anew for each consent.
    pub state: String,
}

/// Tokens as they are kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The access token.
    pub access: Secret,
    /// When it was asked for: its life began no later than this.
    pub asked_at: Moment,
    /// How long it lives from then.
    pub life_ms: u64,
    /// The refresh token, where there is one.
    pub refresh: Option<Secret>,
    /// How long that lives from then; none where nobody says.
    pub refresh_life_ms: Option<u64>,
    /// What they allow; empty where nobody says.
    pub scopes: Vec<Box<str>>,
}

/// Why no tokens came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFailure {
    /// What to tell.
    pub error: Error,
    /// What to do about it.
    pub way_out: WayOut,
}

/// What to do when no tokens came. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// Ask again after so long.
    Later {
        /// How long.
        ms: u64,
    },
    /// The refresh token is dead: the merchant has to give consent.
    Consent,
    /// The account's own credentials are refused.
    Credentials,
}

impl Kept {
    /// The text that is sealed before it is stored anywhere.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let Self { access, asked_at, life_ms, refresh, refresh_life_ms, scopes } = self;
        let stored = Stored {
            access: access.expose().into(),
            asked_at: *asked_at,
            life_ms: *life_ms,
            refresh: refresh.as_ref().map(|refresh| refresh.expose().into()),
            refresh_life_ms: *refresh_life_ms,
            scopes: scopes.clone(),
        };
        // Texts and numbers always make JSON.
        Secret::new(&serde_json::to_string(&stored).unwrap_or_default())
    }

    /// The tokens in an unsealed text; none where it is not one of ours.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let Stored { access, asked_at, life_ms, refresh, refresh_life_ms, scopes } =
            serde_json::from_str(text).ok()?;
        let refresh = refresh.as_deref().map(Secret::new);
        Some(Self {
            access: Secret::new(&access),
            asked_at,
            life_ms,
            refresh,
            refresh_life_ms,
            scopes,
        })
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("asked_at", &self.asked_at)
            .field("life_ms", &self.life_ms)
            .field("refresh", &self.refresh.is_some())
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    access: Box<str>,
    asked_at: Moment,
    life_ms: u64,
    refresh: Option<Box<str>>,
    refresh_life_ms: Option<u64>,
    scopes: Vec<Box<str>>,
}
