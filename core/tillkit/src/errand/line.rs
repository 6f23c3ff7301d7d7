//! The line to one account's provider.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{Desk, DeskRequest, Errand, Finding, Secret};
use tillkit_model::time::SECOND_MS;
use tillkit_model::wire::{Exchange, Request};
use tokio::sync::{Notify, watch};

use super::allowance::{Allowance, For};
use super::probe::Probed;
use crate::credentials::{Hosts, Standing, TokenAccess};
use crate::shell::{Access, Runner};
use crate::transport::{Drift, Endpoint};
use crate::webhook::{Hearing, KeyRing};

/// How long an errand waits for a token.
const TOKEN_WAIT_MS: u64 = 10 * SECOND_MS;

/// What proves who asks, as it is carried.
pub(crate) enum Carried {
    /// Headers that stay as they are.
    Fixed {
        /// The headers.
        headers: Vec<(&'static str, Secret)>,
        /// Where payments go, with them.
        endpoint: Arc<Endpoint>,
    },
    /// Tokens that are kept fresh.
    Tokens(Arc<TokenAccess>),
}

/// How one account's provider is reached beside payments.
pub(crate) struct Line {
    /// Its name.
    pub(crate) provider: Box<str>,
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) hosts: Hosts,
    pub(crate) carried: Carried,
    /// Shared with every account that the provider counts together with this one.
    pub(crate) allowance: Option<Allowance>,
    /// What may have signed notifications.
    pub(crate) webhook_secrets: Vec<Secret>,
    /// Where notifications arrive, as the provider sees it.
    pub(crate) public_url: Option<String>,
    /// What else may have signed them.
    pub(crate) keys: KeyRing,
    /// Says that hints were kept.
    pub(crate) shelf_wake: Arc<Notify>,
    /// Which rights were missing when it was last asked.
    pub(crate) probed: Mutex<Probed>,
    /// Says that it is worth asking for rights again.
    pub(crate) probe_wake: Arc<Notify>,
    /// How far the clock here is from the provider's.
    pub(crate) drift: Arc<Drift>,
    /// The merchant is said to have taken back what fixed credentials stand for.
    pub(crate) revoked: AtomicBool,
    /// How the hearing of notifications stands.
    pub(crate) hearing: Mutex<Hearing>,
    /// Says, by its own end, that nobody holds this line any more.
    pub(crate) life: watch::Sender<()>,
}

/// The end of a line, to wait for without holding it.
#[derive(Clone)]
pub(crate) struct LineEnd(watch::Receiver<()>);

impl LineEnd {
    /// Waits for it.
    pub(crate) async fn come(mut self) {
        while self.0.changed().await.is_ok() {}
    }

    /// Waits for something else, and no longer than until then.
    pub(crate) async fn or<T>(self, other: impl Future<Output = T>) -> Option<T> {
        let (mut end, mut other) = (pin!(self.come()), pin!(other));
        poll_fn(|context| match end.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => other.as_mut().poll(context).map(Some),
        })
        .await
    }
}

impl Line {
    /// When nobody holds this line any more.
    pub(crate) fn end(&self) -> LineEnd {
        LineEnd(self.life.subscribe())
    }

    /// How the account's payments leave.
    pub(crate) fn access(&self) -> Arc<dyn Access> {
        match &self.carried {
            Carried::Fixed { endpoint, .. } => Arc::new(Arc::clone(endpoint)),
            Carried::Tokens(access) => {
                let access: Arc<TokenAccess> = Arc::clone(access);
                access
            }
        }
    }

    /// The account's tokens, where it has any.
    pub(crate) const fn tokens(&self) -> Option<&Arc<TokenAccess>> {
        match &self.carried {
            Carried::Fixed { .. } => None,
            Carried::Tokens(access) => Some(access),
        }
    }

    /// How the account stands with its provider.
    pub(crate) fn standing(&self) -> Standing {
        match self.tokens() {
            Some(access) => access.standing(),
            None if self.revoked.load(Ordering::SeqCst) => Standing::NeedsAuthorize,
            None => Standing::Ready,
        }
    }

    /// The merchant is said to have taken the consent back.
    pub(crate) fn consent_was_revoked(&self) {
        match self.tokens() {
            Some(access) => access.revoked(),
            None => self.revoked.store(true, Ordering::SeqCst),
        }
    }

    /// Runs one errand.
    ///
    /// # Errors
    /// `unsupported` where the provider has no such thing; `rate-limited` when errands have used up
    /// their budget; why no token could be had; or what the provider says.
    pub(crate) async fn run(&self, runner: &Runner, errand: &Errand) -> Result<Finding, Error> {
        self.run_with(runner, errand, For::Somebody).await
    }

    /// The same for what nobody waits for: half of the budget is left to whoever does.
    ///
    /// # Errors
    /// As for [`Self::run`].
    pub(crate) async fn run_behind(
        &self,
        runner: &Runner,
        errand: &Errand,
    ) -> Result<Finding, Error> {
        self.run_with(runner, errand, For::Nobody).await
    }

    async fn run_with(
        &self,
        runner: &Runner,
        errand: &Errand,
        whom: For,
    ) -> Result<Finding, Error> {
        self.desk.check(errand)?;
        let asked = self.desk.request(errand);
        let asked = asked.ok_or_else(|| unsupported(&self.provider, errand))?;
        self.allow(runner, whom).await?;
        let exchange = self.exchange(runner, asked).await?;
        self.desk.answer(errand, &exchange)
    }

    async fn exchange(&self, runner: &Runner, asked: DeskRequest) -> Result<Exchange, Error> {
        let (endpoint, request) = self.outbound(runner, asked).await?;
        let used = self.tokens().and_then(|access| access.endpoint(&runner.now()));
        let asked_at = runner.now();
        let exchange = runner.exchange(endpoint, request).await;
        self.drift.learn(&exchange, &asked_at, &runner.now());
        let stranger = exchange.as_ref().is_ok_and(|response| response.status == 401);
        if let (true, Some(access), Some(used)) = (stranger, self.tokens(), used) {
            access.refused(&used, &runner.now());
        }
        Ok(exchange)
    }

    async fn outbound(
        &self,
        runner: &Runner,
        asked: DeskRequest,
    ) -> Result<(Arc<Endpoint>, Request), Error> {
        if asked.secret_headers.is_some() {
            return self.hosts.outbound(asked, &[]);
        }
        match &self.carried {
            Carried::Fixed { headers, .. } => self.hosts.outbound(asked, headers),
            Carried::Tokens(access) => {
                if access.standing() == Standing::Asking {
                    let (waiting, own) = (Arc::clone(access), runner.clone());
                    let settled = async move { own.within(TOKEN_WAIT_MS, waiting.settled()).await };
                    runner.run(settled).await?;
                }
                self.hosts.outbound(asked, &access.headers(&runner.now())?)
            }
        }
    }

    async fn allow(&self, runner: &Runner, whom: For) -> Result<(), Error> {
        let Some(allowance) = &self.allowance else { return Ok(()) };
        let (draw, now) = (allowance.draw(whom), runner.now());
        let drawn = runner.ask(move |journal| journal.draw(&draw, &now)).await?;
        if drawn.tokens.count() > 0 {
            return Ok(());
        }
        Err(Error::new(Code::RateLimited).retry_after_ms(drawn.again_ms).message(
            "too many errands in one minute, of this account or of those that the provider counts \
             together with it: the rest of the budget is kept for payments",
        ))
    }
}

fn unsupported(provider: &str, errand: &Errand) -> Error {
    let name = match errand {
        Errand::Terminals { .. } | Errand::Terminal { .. } => "terminals",
        Errand::RegisterTerminal { .. } => "register_terminal",
        Errand::RegisterStore { .. } => "register_store",
        Errand::Stores { .. } => "stores",
        Errand::Subscribe { .. } | Errand::Subscriptions { .. } | Errand::Unsubscribe { .. } => {
            "subscriptions"
        }
        Errand::CallbackSecret => "callback_secret",
        Errand::Payments { .. } => "reconcile",
        Errand::Events { .. } => "recover_hints",
        Errand::TerminalOperation { .. } | Errand::TerminalOperationRead { .. } => {
            "terminal_operation"
        }
        Errand::PayoutDestination | Errand::Profile | Errand::LookUpRight => "probe",
        Errand::Keys => "keys",
    };
    Error::new(Code::Unsupported)
        .field("operation")
        .limit(name)
        .message(format!("{provider} has no {name}: read the account's capabilities before asking"))
}
