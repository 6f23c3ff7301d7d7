//! Notifications of providers, at the till's face.

use std::time::Duration;

use tillkit_model::engine::port::{Call, Reply};
use tillkit_model::error::Error;
use tillkit_model::provider::{Delivery, Hint};
use tillkit_model::time::Moment;

use super::{Till, connect, unforeseen};
use crate::webhook::{self, Heard, Recovered, WebhookAnswer};

impl Till {
    /// Takes in a notification exactly as it arrived, and says what to answer. `url` is the path
    /// and query, or the whole address; `headers` are named in any spelling; `body` is the bytes
    /// before anything parsed them. Success is answered only once everything is durable.
    pub async fn webhook(
        &self,
        account: &str,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> WebhookAnswer {
        let delivery = Delivery { method, url, headers, body };
        WebhookAnswer::to(self.receive(account, &delivery).await)
    }

    async fn receive(&self, account: &str, delivery: &Delivery<'_>) -> Result<Heard, Error> {
        let name = connect::account_name(account)?;
        let line = self.member(&name)?.line;
        let shell = self.shell();
        webhook::receive(&line, shell.runner()?, &name, delivery).await
    }

    /// Makes up for notifications that were missed in the last while, from the provider's own list
    /// of them; returns once all of them are durable. It is done at connect and each hour by
    /// itself.
    ///
    /// # Errors
    /// `unsupported` where the provider lists none; what the provider says; or that something could
    /// not be recorded.
    pub async fn recover_hints(&self, account: &str, past: Duration) -> Result<Recovered, Error> {
        let name = connect::account_name(account)?;
        let line = self.member(&name)?.line;
        let runner = self.shell().runner()?.clone();
        let now = runner.now();
        let past_ms = u64::try_from(past.as_millis()).unwrap_or(u64::MAX);
        let since = Moment { wall_ms: now.wall_ms.saturating_sub_unsigned(past_ms), ..now };
        let own = runner.clone();
        runner.run(async move { webhook::recover(&line, &own, &name, since).await }).await?
    }

    /// Takes in what a verified notification told; returns once it is durable.
    ///
    /// # Errors
    /// `unknown-account` when the account is not connected; or when it could not be recorded.
    pub async fn hint(&self, account: &str, hint: Hint) -> Result<(), Error> {
        let account = connect::account_name(account)?;
        match self.shell().call(Call::Hint { account, hint: Box::new(hint) })?.await? {
            Reply::HintTaken => Ok(()),
            _ => Err(unforeseen()),
        }
    }
}
