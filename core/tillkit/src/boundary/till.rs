//! The public face, in words that cross a border.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tillkit_model::payment::event::Word;

use super::account::{AccountOptions, ProviderSettings};
use super::desk::{Capabilities, Store, Terminal};
use super::failure::{Answer, Failure, payment_id, reference};
use super::following::{News, news};
use super::payment::{Cancellation, Event, Page, Payment};
use super::sale::{Portion, Sale, outcome};
use super::standing::{Health, MissingRight, rights};
use crate::journal::Query;
use crate::till::{Code, Error, Key, Money, Open, PaymentId, Till as Acting};
use crate::transport::LogSink;

/// One open journal, and everything that is done with it.
pub struct Till {
    /// Only taken away where the process has forked.
    acting: Option<Box<Acting>>,
    /// The process that opened it.
    process: u32,
}

/// How a till is opened on a file.
#[derive(Clone, Default)]
pub struct OpenOptions {
    /// Whether a new journal may be made where there is neither journal nor mark.
    pub create: bool,
    /// Where the mark lives; beside the journal unless said.
    pub mark: Option<PathBuf>,
    /// Only look, and record wishes and words: start nothing and hold nothing.
    pub observe: bool,
    /// Under which tokens are sealed in the journal: 64 hexadecimal digits.
    pub key: Option<String>,
}

/// Which payments are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentQuery {
    /// Only those of this account.
    pub account: Option<String>,
    /// Only those that are unsettled, or only those that are settled.
    pub unsettled: Option<bool>,
    /// Only those with this outcome.
    pub outcome: Option<String>,
    /// Only attempts under this reference, on whatever day.
    pub reference: Option<String>,
    /// Only those that the till called for at this moment or later, in milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Only those that the till called for before this moment.
    pub to_ms: Option<i64>,
    /// Only those before this one: where the page before said to go on.
    pub before: Option<String>,
    /// The most that one page holds.
    pub limit: u32,
}

/// A notification exactly as it arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// The HTTP method.
    pub method: String,
    /// The path and query, or the whole address.
    pub url: String,
    /// Names and values, in any spelling.
    pub headers: Vec<(String, String)>,
    /// The bytes before anything parsed them.
    pub body: Vec<u8>,
}

impl Till {
    /// Opens the journal at a path; log lines go to `log`.
    ///
    /// # Errors
    /// As [`Acting::open`], and `invalid-configuration` for a key that is none.
    pub fn open(path: PathBuf, options: OpenOptions, log: Arc<dyn LogSink>) -> Answer<Self> {
        let OpenOptions { create, mark, observe, key } = options;
        let key = key.map(|digits| Key::parse(&digits)).transpose()?;
        Ok(Self::over(Acting::open(path, Open { create, mark, observe, log, key })?))
    }

    /// The same face over a till that was put together elsewhere.
    #[must_use]
    pub fn over(till: Acting) -> Self {
        Self { acting: Some(Box::new(till)), process: std::process::id() }
    }

    /// The till, in the process that opened it. Every call asks here first, before it touches
    /// anything that another thread may have held while the process forked.
    pub(super) fn here(&self) -> Answer<&Acting> {
        let acting = self.acting.as_deref().filter(|_| std::process::id() == self.process);
        acting.ok_or_else(|| Error::new(Code::ForkDetected).into())
    }

    /// Makes an account known; its unsettled payments are taken up again.
    ///
    /// # Errors
    /// What is wrong with the settings, or that the name stands for another merchant.
    pub async fn connect(
        &self,
        account: String,
        settings: ProviderSettings,
        options: AccountOptions,
    ) -> Answer<()> {
        Ok(self.here()?.connect(settings.connect(&account, options)?).await?)
    }

    /// Forgets an account; its payments rest until it is connected again.
    ///
    /// # Errors
    /// `unknown-account` when it was not connected.
    pub async fn disconnect(&self, account: String) -> Answer<()> {
        Ok(self.here()?.disconnect(&account).await?)
    }

    /// Records a sale and starts it; returns at the provider's first answer or after ten seconds.
    ///
    /// # Errors
    /// Whatever is wrong with the sale, before anything is sent.
    pub async fn start(&self, sale: Sale) -> Answer<Payment> {
        Ok(self.here()?.start(sale.into_request()?).await?.into())
    }

    /// Starts a sale, and waits until its outcome is not open.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub async fn pay(&self, sale: Sale) -> Answer<Payment> {
        Ok(self.here()?.pay(sale.into_request()?).await?.into())
    }

    /// Waits until a payment's outcome is not open, or so long; then returns it as it is.
    ///
    /// # Errors
    /// `unknown-payment` when there is none with this id.
    pub async fn wait(&self, payment: String, at_most_ms: Option<u64>) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        Ok(self.here()?.wait(id, at_most_ms.map(Duration::from_millis)).await?.into())
    }

    /// A payment as it is now, if there is one with this id.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn payment(&self, payment: String) -> Answer<Option<Payment>> {
        let found = self.here()?.payment(payment_id("payment", &payment)?).await?;
        Ok(found.map(Payment::from))
    }

    /// The latest attempt under a reference, if there is one.
    ///
    /// # Errors
    /// `unknown-account`; or when the journal cannot tell.
    pub async fn payment_by_reference(
        &self,
        account: String,
        named: String,
    ) -> Answer<Option<Payment>> {
        let named = reference("reference", &named)?;
        Ok(self.here()?.payment_by_reference(&account, &named).await?.map(Payment::from))
    }

    /// The newest payment of an account with this short code on its receipt, if there is one.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn payment_by_short_code(
        &self,
        account: String,
        code: String,
    ) -> Answer<Option<Payment>> {
        Ok(self.here()?.payment_by_short_code(&account, &code).await?.map(Payment::from))
    }

    /// Payments, newest first, a page at a time.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn payments(&self, query: PaymentQuery) -> Answer<Page> {
        let PaymentQuery {
            account,
            unsettled,
            outcome: ending,
            reference,
            from_ms,
            to_ms,
            before,
            limit,
        } = query;
        let ending = ending.map(|text| outcome(&text)).transpose()?;
        let before = before.map(|id| payment_id("before", &id)).transpose()?;
        let query = Query {
            account: account.map(String::into_boxed_str),
            unsettled,
            outcome: ending.map(|outcome| outcome.name().into()),
            reference: reference.map(String::into_boxed_str),
            from_ms,
            to_ms,
            before,
            limit,
        };
        Ok(self.here()?.payments(query).await?.into())
    }

    /// What has happened to a payment, line by line.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn timeline(&self, payment: String) -> Answer<Vec<Event>> {
        let entries = self.here()?.timeline(payment_id("payment", &payment)?).await?;
        Ok(entries.into_iter().map(Event::from).collect())
    }

    /// Waits until a payment's story is longer than so many events, or over.
    ///
    /// # Errors
    /// `unknown-payment` when there is none with this id; or when the journal cannot tell.
    pub async fn news(&self, payment: String, told: u64) -> Answer<News> {
        news(self.here()?, payment_id("payment", &payment)?, told).await
    }

    /// Wishes a cancel, and tells one truth within ten seconds. What a capture left of a hold is
    /// let go of, where the provider can.
    ///
    /// # Errors
    /// `unknown-payment`; or when the wish could not be recorded.
    pub async fn cancel(&self, payment: String) -> Answer<Cancellation> {
        Ok(self.here()?.cancel(payment_id("payment", &payment)?).await?.into())
    }

    /// Captures a held payment: all that is left of it, unless an amount is given.
    ///
    /// # Errors
    /// What forbids it, before anything is sent.
    pub async fn capture(
        &self,
        payment: String,
        named: String,
        portion: Portion,
    ) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        let named = reference("reference", &named)?;
        let amount = self.portion(id, portion).await?;
        Ok(self.here()?.capture(id, named, amount).await?.into())
    }

    /// Captures a held payment for the last time, and lets go of what that leaves once it was seen.
    ///
    /// # Errors
    /// What forbids it, before anything is sent: `unsupported` where the provider cannot let go of
    /// a part.
    pub async fn capture_last(
        &self,
        payment: String,
        named: String,
        portion: Portion,
    ) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        let named = reference("reference", &named)?;
        let amount = self.portion(id, portion).await?;
        Ok(self.here()?.capture_last(id, named, amount).await?.into())
    }

    /// Gives money back: all that is left of it, unless an amount is given.
    ///
    /// # Errors
    /// What forbids it, before anything is sent.
    pub async fn refund(
        &self,
        payment: String,
        named: String,
        portion: Portion,
    ) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        let named = reference("reference", &named)?;
        let amount = self.portion(id, portion).await?;
        Ok(self.here()?.refund(id, named, amount).await?.into())
    }

    /// An amount without a currency is in the payment's own.
    async fn portion(&self, payment: PaymentId, portion: Portion) -> Answer<Option<Money>> {
        if portion.is_everything() {
            return Ok(None);
        }
        let known = self.here()?.payment(payment).await?.ok_or_else(|| unknown(payment))?;
        portion.read(&known.amounts.asked.currency)
    }

    /// Accepts or declines a condition that the provider puts before the payment.
    ///
    /// # Errors
    /// `invalid-field` for a condition that is not known; `operation-conflict`, `not-open`.
    pub async fn answer(
        &self,
        payment: String,
        condition: String,
        accept: bool,
    ) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        Ok(self.here()?.answer(id, &condition, accept).await?.into())
    }

    /// Records a person's word on a payment of which nothing else can be known.
    ///
    /// # Errors
    /// `invalid-field` without a reason; `not-yet-resolvable`.
    pub async fn resolve(&self, payment: String, word: Word, reason: String) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        Ok(self.here()?.resolve(id, word, &reason).await?.into())
    }

    /// Records a person's word on a capture or refund whose fate is not known.
    ///
    /// # Errors
    /// `invalid-field` without a reason; `not-yet-resolvable`.
    pub async fn resolve_operation(
        &self,
        payment: String,
        named: String,
        took_effect: bool,
        reason: String,
    ) -> Answer<Payment> {
        let id = payment_id("payment", &payment)?;
        let named = reference("reference", &named)?;
        Ok(self.here()?.resolve_operation(id, named, took_effect, &reason).await?.into())
    }

    /// A person acknowledges that the journal went back in time. False where there is nothing to
    /// acknowledge.
    ///
    /// # Errors
    /// `invalid-field` without a reason; or when it could not be recorded.
    pub async fn acknowledge(&self, reason: String) -> Answer<bool> {
        Ok(self.here()?.acknowledge(&reason).await?)
    }

    /// How the till stands, and what is left open.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn health(&self) -> Answer<Health> {
        Ok(self.here()?.health().await?.into())
    }

    /// What an account's provider can do, and within which limits.
    ///
    /// # Errors
    /// `unknown-account` when it is not connected.
    pub async fn capabilities(&self, account: String) -> Answer<Capabilities> {
        Ok(self.here()?.capabilities(&account)?.into())
    }

    /// Which rights an account lacks.
    ///
    /// # Errors
    /// `unknown-account`; or that the provider cannot be asked.
    pub async fn probe(&self, account: String) -> Answer<Vec<MissingRight>> {
        Ok(rights(self.here()?.probe(&account).await?))
    }

    /// All of an account's terminals.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminals(&self, account: String) -> Answer<Vec<Terminal>> {
        let terminals = self.here()?.terminals(&account).await?;
        Ok(terminals.into_iter().map(Terminal::from).collect())
    }

    /// One terminal as it is now.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminal(&self, account: String, id: String) -> Answer<Option<Terminal>> {
        Ok(self.here()?.terminal(&account, &id).await?.map(Terminal::from))
    }

    /// Registers a terminal by the number on it, or by the code that it shows.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn register_terminal(
        &self,
        account: String,
        serial: String,
        store: Option<String>,
        model: Option<String>,
    ) -> Answer<Option<Terminal>> {
        let (store, model) = (store.as_deref(), model.as_deref());
        let made = self.here()?.register_terminal(&account, &serial, store, model).await?;
        Ok(made.map(Terminal::from))
    }

    /// All of an account's stores or locations.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn stores(&self, account: String) -> Answer<Vec<Store>> {
        Ok(self.here()?.stores(&account).await?.into_iter().map(Store::from).collect())
    }

    /// Registers a store under the merchant's own id.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn register_store(
        &self,
        account: String,
        id: String,
        name: String,
        organization: Option<String>,
    ) -> Answer<Option<Store>> {
        let made =
            self.here()?.register_store(&account, &id, &name, organization.as_deref()).await?;
        Ok(made.map(Store::from))
    }
}

fn unknown(payment: PaymentId) -> Failure {
    Error::new(Code::UnknownPayment).payment(payment).into()
}

impl Drop for Till {
    /// In a forked child nothing is closed or freed: files and locks are the parent's.
    fn drop(&mut self) {
        if self.here().is_err() {
            std::mem::forget(self.acting.take());
        }
    }
}
