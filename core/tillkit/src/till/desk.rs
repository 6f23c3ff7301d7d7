//! What a till asks of a provider beside payments.

use std::sync::Arc;

use tillkit_model::error::Error;
use tillkit_model::provider::{
    Capabilities, Errand, Finding, Page, Secret, Store, Subscription, Terminal, TerminalOperation,
};

use super::{Till, connect, unforeseen};
use crate::errand::{Line, Missing};

/// The operation by which a terminal ends its day.
const END_OF_DAY: &str = "end_of_day";
/// More pages than this are no list of a merchant's.
const PAGES_MAX: usize = 1_000;

impl Till {
    /// What an account's provider can do, and within which limits.
    ///
    /// # Errors
    /// `unknown-account` when it is not connected.
    pub fn capabilities(&self, account: &str) -> Result<Capabilities, Error> {
        let member = self.member(&connect::account_name(account)?)?;
        Ok(member.connect.connection.adapter.capabilities().clone())
    }

    /// Which rights an account lacks, so that none is missed for the first time by a sale. Nothing
    /// is told of what could not be asked at present. It is asked at connect too, beside everything
    /// else, and then stands in [`Self::health`].
    ///
    /// # Errors
    /// `unknown-account` when it is not connected; or that the provider cannot be asked.
    pub async fn probe(&self, account: &str) -> Result<Vec<Missing>, Error> {
        let (line, runner) = (self.line(account)?, self.shell().runner()?.clone());
        line.probe(&runner).await
    }

    /// All of an account's terminals.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminals(&self, account: &str) -> Result<Vec<Terminal>, Error> {
        let page = |finding| match finding {
            Finding::Terminals(page) => Some(page),
            _ => None,
        };
        self.all(account, |cursor| Errand::Terminals { cursor }, page).await
    }

    /// One terminal as it is now.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminal(&self, account: &str, id: &str) -> Result<Option<Terminal>, Error> {
        match self.errand(account, Errand::Terminal { id: id.to_owned() }).await? {
            Finding::Terminals(Page { items, .. }) => Ok(items.into_iter().next()),
            _ => Err(unforeseen()),
        }
    }

    /// Registers a terminal by the number on it, or by the code that it shows.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn register_terminal(
        &self,
        account: &str,
        serial: &str,
        store: Option<&str>,
        model: Option<&str>,
    ) -> Result<Option<Terminal>, Error> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let (store, model) = (owned(store), owned(model));
        let errand = Errand::RegisterTerminal { serial: serial.to_owned(), store, model };
        match self.errand(account, errand).await? {
            Finding::Terminals(Page { items, .. }) => Ok(items.into_iter().next()),
            Finding::Done => Ok(None),
            _ => Err(unforeseen()),
        }
    }

    /// Registers a store under the merchant's own id, for the payout destination of the account's
    /// settings.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn register_store(
        &self,
        account: &str,
        id: &str,
        name: &str,
        organization: Option<&str>,
    ) -> Result<Option<Store>, Error> {
        let (id, name) = (id.to_owned(), name.to_owned());
        let organization = organization.map(str::to_owned);
        match self.errand(account, Errand::RegisterStore { id, name, organization }).await? {
            Finding::Stores(Page { items, .. }) => Ok(items.into_iter().next()),
            _ => Err(unforeseen()),
        }
    }

    /// All of an account's stores or locations.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn stores(&self, account: &str) -> Result<Vec<Store>, Error> {
        let page = |finding| match finding {
            Finding::Stores(page) => Some(page),
            _ => None,
        };
        self.all(account, |cursor| Errand::Stores { cursor }, page).await
    }

    /// Has the provider notify an address; of everything that a till needs, unless events are
    /// named. The secret, if one comes back, is told this once.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn subscribe(
        &self,
        account: &str,
        url: &str,
        events: &[&str],
    ) -> Result<Vec<Subscription>, Error> {
        let events = events.iter().map(|event| (*event).to_owned()).collect();
        match self.errand(account, Errand::Subscribe { url: url.to_owned(), events }).await? {
            Finding::Subscriptions(Page { items, .. }) => Ok(items),
            _ => Err(unforeseen()),
        }
    }

    /// Whom the provider notifies.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn subscriptions(&self, account: &str) -> Result<Vec<Subscription>, Error> {
        let page = |finding| match finding {
            Finding::Subscriptions(page) => Some(page),
            _ => None,
        };
        self.all(account, |cursor| Errand::Subscriptions { cursor }, page).await
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn unsubscribe(&self, account: &str, id: &str) -> Result<(), Error> {
        match self.errand(account, Errand::Unsubscribe { id: id.to_owned() }).await? {
            Finding::Done => Ok(()),
            _ => Err(unforeseen()),
        }
    }

    /// The secret by which the provider signs callbacks, for the host to keep in its settings.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn callback_secret(&self, account: &str) -> Result<Secret, Error> {
        match self.errand(account, Errand::CallbackSecret).await? {
            Finding::Secret(secret) => Ok(secret),
            _ => Err(unforeseen()),
        }
    }

    /// Lets a terminal end its day; the same key never does so twice.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn end_of_day(
        &self,
        account: &str,
        terminal: &str,
        key: &str,
    ) -> Result<TerminalOperation, Error> {
        self.terminal_operation(account, terminal, END_OF_DAY, key).await
    }

    /// Lets a terminal do what its provider calls so; the same key never acts twice.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminal_operation(
        &self,
        account: &str,
        terminal: &str,
        operation: &str,
        key: &str,
    ) -> Result<TerminalOperation, Error> {
        let (terminal, key) = (terminal.to_owned(), key.to_owned());
        let operation = operation.to_owned();
        self.operated(account, Errand::TerminalOperation { terminal, operation, key }).await
    }

    /// What became of an operation of a terminal.
    ///
    /// # Errors
    /// `unsupported`, or what the provider says.
    pub async fn terminal_operation_read(
        &self,
        account: &str,
        terminal: &str,
        id: &str,
    ) -> Result<TerminalOperation, Error> {
        let (terminal, id) = (terminal.to_owned(), id.to_owned());
        self.operated(account, Errand::TerminalOperationRead { terminal, id }).await
    }

    async fn operated(&self, account: &str, errand: Errand) -> Result<TerminalOperation, Error> {
        match self.errand(account, errand).await? {
            Finding::TerminalOperation(operation) => Ok(operation),
            _ => Err(unforeseen()),
        }
    }

    /// Every page of a list. A cursor that leads back to itself ends it.
    pub(super) async fn all<T>(
        &self,
        account: &str,
        errand: impl Fn(Option<String>) -> Errand,
        page: impl Fn(Finding) -> Option<Page<T>>,
    ) -> Result<Vec<T>, Error> {
        let line = self.line(account)?;
        let (mut items, mut cursor) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let found = self.run(&line, &errand(cursor.clone())).await?;
            let found = page(found).ok_or_else(unforeseen)?;
            items.extend(found.items);
            if found.next.is_none() || found.next == cursor {
                break;
            }
            cursor = found.next;
        }
        Ok(items)
    }

    async fn errand(&self, account: &str, errand: Errand) -> Result<Finding, Error> {
        let line = self.line(account)?;
        self.run(&line, &errand).await
    }

    async fn run(&self, line: &Line, errand: &Errand) -> Result<Finding, Error> {
        line.run(self.shell().runner()?, errand).await
    }

    /// Lets so much time pass, by the till's own clock.
    pub(crate) async fn pause(&self, ms: u64) -> Result<(), Error> {
        let runner = self.shell().runner()?.clone();
        let own = runner.clone();
        runner.run(async move { own.pause(ms).await }).await
    }

    pub(super) fn line(&self, account: &str) -> Result<Arc<Line>, Error> {
        Ok(self.member(&connect::account_name(account)?)?.line)
    }
}
