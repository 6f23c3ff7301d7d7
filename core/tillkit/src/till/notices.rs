//! Notifications of providers, at the till's face.

use tillkit_model::engine::port::{Call, Reply};
use tillkit_model::error::Error;
use tillkit_model::provider::{Delivery, Hint};

use super::{Till, connect, unforeseen};
use crate::webhook::{self, Heard, WebhookAnswer};

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
