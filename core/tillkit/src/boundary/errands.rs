//! The rest of the face: consent, notifications, subscriptions, the end of the day, paper.

use std::time::Duration;

use super::desk::{Consent, Recovered, Subscription, TerminalOperation, WebhookAnswer};
use super::failure::{Answer, payment_id};
use super::paper::{Paper, Reconciliation, Report};
use super::till::{Till, WebhookDelivery};
use crate::report::Period;

impl Till {
    /// Where to send the merchant for consent.
    ///
    /// # Errors
    /// `unknown-account`; `unsupported` where no consent is needed.
    pub async fn authorize(&self, account: String, redirect_uri: String) -> Answer<Consent> {
        Ok(self.here()?.authorize(&account, &redirect_uri)?.into())
    }

    /// Takes the code of a consent; returns once its tokens are kept.
    ///
    /// # Errors
    /// `invalid-field` where the state is another consent's; why the code brought no tokens.
    pub async fn authorized(
        &self,
        account: String,
        consent: Consent,
        state: String,
        code: String,
    ) -> Answer<()> {
        Ok(self.here()?.authorized(&account, &consent.into(), &state, &code).await?)
    }

    /// Takes in a notification exactly as it arrived, and says what to answer.
    pub async fn webhook(&self, account: String, delivery: WebhookDelivery) -> WebhookAnswer {
        let WebhookDelivery { method, url, headers, body } = delivery;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        match self.here() {
            Ok(till) => till.webhook(&account, &method, &url, &headers, &body).await.into(),
            Err(failure) => WebhookAnswer::unheard(failure),
        }
    }

    /// Makes up for notifications that were missed in the last while.
    ///
    /// # Errors
    /// `unsupported` where the provider lists none; what the provider says.
    pub async fn recover_hints(&self, account: String, past_ms: u64) -> Answer<Recovered> {
        Ok(self.here()?.recover_hints(&account, Duration::from_millis(past_ms)).await?.into())
    }

    /// Has the provider notify an address; of everything that a till needs, unless events are
    /// named.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn subscribe(
        &self,
        account: String,
        url: String,
        events: Vec<String>,
    ) -> Answer<Vec<Subscription>> {
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        let made = self.here()?.subscribe(&account, &url, &events).await?;
        Ok(made.into_iter().map(Subscription::from).collect())
    }

    /// Whom the provider notifies.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn subscriptions(&self, account: String) -> Answer<Vec<Subscription>> {
        let known = self.here()?.subscriptions(&account).await?;
        Ok(known.into_iter().map(Subscription::from).collect())
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn unsubscribe(&self, account: String, id: String) -> Answer<()> {
        Ok(self.here()?.unsubscribe(&account, &id).await?)
    }

    /// The secret by which the provider signs callbacks, for the host to keep in its settings.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn callback_secret(&self, account: String) -> Answer<String> {
        Ok(self.here()?.callback_secret(&account).await?.expose().to_owned())
    }

    /// Lets a terminal end its day; the same key never does so twice.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn end_of_day(
        &self,
        account: String,
        terminal: String,
        key: String,
    ) -> Answer<TerminalOperation> {
        Ok(self.here()?.end_of_day(&account, &terminal, &key).await?.into())
    }

    /// Lets a terminal do what its provider calls so; the same key never acts twice.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminal_operation(
        &self,
        account: String,
        terminal: String,
        operation: String,
        key: String,
    ) -> Answer<TerminalOperation> {
        Ok(self.here()?.terminal_operation(&account, &terminal, &operation, &key).await?.into())
    }

    /// What became of an operation of a terminal.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminal_operation_read(
        &self,
        account: String,
        terminal: String,
        id: String,
    ) -> Answer<TerminalOperation> {
        Ok(self.here()?.terminal_operation_read(&account, &terminal, &id).await?.into())
    }

    /// The receipt of a payment, if there is one with this id.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn receipt(&self, payment: String) -> Answer<Option<Paper>> {
        let found = self.here()?.receipt(payment_id("payment", &payment)?).await?;
        Ok(found.map(Paper::new))
    }

    /// What was taken in a period, at one account or at all of them.
    ///
    /// # Errors
    /// `invalid-field` for a period that ends before it begins; or when the journal cannot tell.
    pub async fn report(
        &self,
        account: Option<String>,
        from_ms: i64,
        to_ms: i64,
    ) -> Answer<Report> {
        Ok(self.here()?.report(account.as_deref(), Period { from_ms, to_ms }).await?.into())
    }

    /// Compares an account's payments of a period with the provider's own list.
    ///
    /// # Errors
    /// `unsupported` where the provider has no such list; or what the provider or the journal says.
    pub async fn reconcile(
        &self,
        account: String,
        from_ms: i64,
        to_ms: i64,
    ) -> Answer<Reconciliation> {
        Ok(self.here()?.reconcile(&account, Period { from_ms, to_ms }).await?.into())
    }

    /// Sells nothing more, waits up to five seconds for what is under way, and gives the lease
    /// back. Nothing is cancelled.
    ///
    /// # Errors
    /// `closed` when it was closed before.
    pub async fn close(&self) -> Answer<()> {
        Ok(self.here()?.close().await?)
    }
}
