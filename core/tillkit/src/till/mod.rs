//! The public face: one method for each thing that a till does.
//!
//! A [`Till`] only carries: it hands calls to the engine's thread and turns what comes back into a
//! [`Summary`]. Every method may be dropped at any time; a sale that was recorded goes on, and is
//! found again by its id or its reference. The futures need no particular runtime.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//! use tillkit::shell::testing::{MemoryJournal, approving_qonto};
//! use tillkit::till::{Assembly, Connect, Outcome, SaleRequest, Till};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tillkit::till::Error> {
//! let journal = MemoryJournal::new();
//! let till = Till::assemble(Assembly::new(journal, Arc::new(approving_qonto()))?)?;
//! let settings = BTreeMap::from([
//!     ("environment".to_owned(), "sandbox".to_owned()),
//!     ("organization_id".to_owned(), "org-1".to_owned()),
//!     ("access_token".to_owned(), "token".to_owned()),
//!     ("staging_token".to_owned(), "token".to_owned()),
//! ]);
//! till.connect(Connect::new("shop-1", "qonto", &settings)?).await?;
//!
//! let terminal = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";
//! let sale = SaleRequest::new("shop-1", Some(terminal), "13.30", "EUR", "order-456");
//! let payment = till.pay(sale.clone()).await?;
//! assert_eq!(payment.outcome, Outcome::Paid);
//!
//! // Asking again charges nobody again.
//! let again = till.pay(sale).await?;
//! assert_eq!((again.id, again.replayed), (payment.id, true));
//! till.close().await
//! # }
//! ```

mod assembly;
mod by_receipt;
mod connect;
mod consent;
mod desk;
mod health;
mod member;
mod money;
mod notices;
mod paper;
mod reading;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tillkit_model::engine::errors;
use tillkit_model::engine::port::{Call, Reply};
use tillkit_model::engine::store::{Failure, IdentityKey, Stored};
use tillkit_model::identity;
use tillkit_model::payment::summary::summary;
use tillkit_model::payment::timeline::timeline;
use tillkit_model::sale::Account;

use crate::shell::{Ledger, Shell};
use assembly::Works;
use member::Member;

pub use crate::credentials::{Key, NotKept, Standing, TokenKeeper};
pub use crate::errand::Missing;
pub use crate::journal::Query;
pub use crate::webhook::{Heard, Hearing, Recovered, TerminalStream, WebhookAnswer};
pub use assembly::{Assembly, Open};
pub use connect::Connect;
pub use consent::Consent;
pub use health::{AccountHealth, Health};
pub use reading::keepsake;
pub use tillkit_model::engine::Role;
pub use tillkit_model::engine::port::{CancelTruth, Terms};
pub use tillkit_model::error::{Code, Error};
pub use tillkit_model::ids::{AccountName, PaymentId, Reference};
pub use tillkit_model::money::{Currency, Money};
pub use tillkit_model::payment::event::Word;
pub use tillkit_model::payment::stage::Stage;
pub use tillkit_model::payment::summary::{Amount, Amounts, OperationSummary, Summary};
pub use tillkit_model::payment::timeline::Entry;
pub use tillkit_model::payment::view::{Alarm, Outcome, Progress};
pub use tillkit_model::provider::Hint;
pub use tillkit_model::sale::{Asked, Capture, ItemRequest, References, SaleRequest};

const SAY_WHY: &str = "say why you know: it is kept, and all that an auditor will find";

/// One open journal, and everything that is done with it.
pub struct Till {
    works: Works,
    /// Replaced by another when a restored journal is acknowledged.
    shell: RwLock<Arc<Shell>>,
    role: Mutex<Role>,
    accounts: Mutex<BTreeMap<AccountName, Member>>,
}

/// Some payments, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payments {
    /// Newest first; a damaged one is told as such, never left out.
    pub payments: Vec<Result<Summary, Error>>,
    /// What to say as `before` for the next page; none after the last.
    pub next: Option<PaymentId>,
}

/// What became of a wish to cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The one truth.
    pub truth: CancelTruth,
    /// The payment as it is now.
    pub payment: Summary,
}

impl Till {
    /// Makes an account known; its unsettled payments are taken up again. Connecting it once more
    /// replaces credentials and terms. The provider is asked afterwards, beside everything else,
    /// which rights the account lacks: [`Self::health`] tells, and [`Self::probe`] waits for it.
    ///
    /// # Errors
    /// `account-identity-changed` when the name stands for another merchant, provider or
    /// environment.
    pub async fn connect(&self, connect: Connect) -> Result<(), Error> {
        let account = connect.connection.account.clone();
        self.recognize(&account)?;
        self.recognize_in_journal(&account).await?;
        let role = *hold(&self.role);
        let member = Member::new(connect, &self.works, role)?;
        hold(&self.accounts).insert(account.name, member.clone());
        self.connect_to(&self.shell(), &member).await
    }

    /// Forgets an account; its payments rest until it is connected again.
    ///
    /// # Errors
    /// `unknown-account` when it was not connected.
    pub async fn disconnect(&self, account: &str) -> Result<(), Error> {
        let name = connect::account_name(account)?;
        hold(&self.accounts).remove(&name);
        done(&self.shell(), Call::Disconnect(name)).await
    }

    /// Records a sale and starts it; returns at the provider's first answer or after ten seconds.
    ///
    /// # Errors
    /// Whatever is wrong with the sale, before anything is sent; afterwards everything is an
    /// outcome.
    pub async fn start(&self, sale: SaleRequest) -> Result<Summary, Error> {
        self.viewed(Call::Start(Box::new(sale))).await
    }

    /// Starts a sale, and waits until its outcome is not open.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub async fn pay(&self, sale: SaleRequest) -> Result<Summary, Error> {
        self.viewed(Call::Pay(Box::new(sale))).await
    }

    /// Waits until a payment's outcome is not open, or so long; then returns it as it is.
    ///
    /// # Errors
    /// `unknown-payment` when there is none with this id.
    pub async fn wait(
        &self,
        payment: PaymentId,
        at_most: Option<Duration>,
    ) -> Result<Summary, Error> {
        let for_ms = at_most.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self.viewed(Call::Wait { payment, for_ms }).await
    }

    /// A payment as it is now, if there is one with this id.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn payment(&self, payment: PaymentId) -> Result<Option<Summary>, Error> {
        let stored = self.look(move |journal| journal.payment(payment)).await;
        let stored = stored.map_err(|error| error.payment(payment))?;
        stored.as_ref().map(reading::stored).transpose()
    }

    /// The latest attempt under a reference; of today, where the account's references restart
    /// daily.
    ///
    /// # Errors
    /// `unknown-account` when the account was not connected; or when the journal cannot tell.
    pub async fn payment_by_reference(
        &self,
        account: &str,
        reference: &Reference,
    ) -> Result<Option<Summary>, Error> {
        let identity = self.identity(&connect::account_name(account)?, reference)?;
        let around = self.look(move |journal| journal.surroundings(&identity, None)).await?;
        around.attempts.iter().max_by_key(|stored| attempt(stored)).map(reading::stored).transpose()
    }

    /// Payments, newest first, a page at a time.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn payments(&self, query: Query) -> Result<Payments, Error> {
        self.look(move |journal| {
            let page = journal.payments(&query)?;
            let payments = page.payments.iter().map(|listed| view_of(journal, listed.id));
            Ok(Payments { payments: payments.collect(), next: page.next })
        })
        .await
    }

    /// What has happened to a payment, line by line; none for one that is not there or was pruned.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn timeline(&self, payment: PaymentId) -> Result<Vec<Entry>, Error> {
        let events = self.look(move |journal| journal.events(payment)).await;
        let events = events.map_err(|error| error.payment(payment))?;
        Ok(timeline(&events.unwrap_or_default()))
    }

    /// How the till stands, and what is left open.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn health(&self) -> Result<Health, Error> {
        let connected: Vec<AccountName> = hold(&self.accounts).keys().cloned().collect();
        let names = connected.iter().map(|name| name.as_str().into()).collect();
        let open = self.look(move |journal| health::open_payments(journal, &names)).await?;
        let health::Open { unsettled, orphans, damaged } = open;
        let role = *hold(&self.role);
        let members = hold(&self.accounts).clone();
        let accounts = members.iter().map(|(name, member)| member.health(name)).collect();
        Ok(Health { role, connected, accounts, unsettled, orphans, damaged })
    }

    /// A person acknowledges that the journal went back in time: from here on it sells again. False
    /// where there is nothing to acknowledge.
    ///
    /// # Errors
    /// `invalid-field` without a reason; or when it could not be recorded: then nothing is sold.
    pub async fn acknowledge(&self, reason: &str) -> Result<bool, Error> {
        let reason = said(reason, "say why this journal may sell again")?;
        let (now, mut entropy) = (self.works.clock.now(), self.works.entropy.clone());
        let acknowledge =
            self.look(move |journal| journal.acknowledge(&reason, &now, &mut entropy));
        let acknowledged = acknowledge.await?;
        // Only who would sell does so again: an observer passes the word on and goes on looking.
        // And a journal that was acknowledged elsewhere sells here too from here on.
        if !self.leaves_restored_mode() {
            return Ok(acknowledged);
        }
        let sells = self.sell_again().await;
        if sells.is_err() {
            *hold(&self.role) = Role::Restored;
        }
        sells.map(|()| true)
    }

    /// True for one caller only.
    fn leaves_restored_mode(&self) -> bool {
        let mut role = hold(&self.role);
        let leaves = *role == Role::Restored;
        if leaves {
            *role = Role::Drives;
        }
        leaves
    }

    /// Another engine, which may sell, takes the place of the one that may not.
    async fn sell_again(&self) -> Result<(), Error> {
        let shell = Arc::new(self.works.start(Role::Drives)?);
        self.connect_all(&shell).await?;
        // The old one closes by itself when its last caller is gone.
        *self.shell.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&shell);
        // Accounts that came meanwhile were connected to the old one.
        self.connect_all(&shell).await
    }

    async fn connect_all(&self, shell: &Shell) -> Result<(), Error> {
        let accounts: Vec<Member> = hold(&self.accounts).values().cloned().collect();
        for member in accounts {
            self.connect_to(shell, &member).await?;
        }
        Ok(())
    }

    /// Wishes a cancel, and tells one truth within ten seconds. A paid sale is never refunded by
    /// it; what is left of a hold that was captured in part is let go of, where the provider can,
    /// and what was captured stays: `already-paid`.
    ///
    /// # Errors
    /// `unknown-payment` when there is none with this id; or when the wish could not be recorded.
    pub async fn cancel(&self, payment: PaymentId) -> Result<Cancellation, Error> {
        match self.shell().call(Call::Cancel(payment))?.await? {
            Reply::Cancel { truth, payment } => {
                Ok(Cancellation { truth, payment: summary(&payment, true) })
            }
            _ => Err(unforeseen().payment(payment)),
        }
    }

    /// Accepts or declines a condition that the provider puts before the payment, by the id that
    /// its details tell. Declining cancels it at the provider.
    ///
    /// # Errors
    /// `invalid-field` for a condition that is not known, `operation-conflict` when it was answered
    /// the other way, `not-open` when it cannot be answered any more.
    pub async fn answer(
        &self,
        payment: PaymentId,
        condition: &str,
        accept: bool,
    ) -> Result<Summary, Error> {
        let condition = condition.to_owned();
        self.viewed(Call::Answer { payment, condition, accept }).await
    }

    /// Records a person's word on a payment of which nothing else can be known.
    ///
    /// # Errors
    /// `invalid-field` without a reason; `not-yet-resolvable` while it may still settle by itself.
    pub async fn resolve(
        &self,
        payment: PaymentId,
        word: Word,
        reason: &str,
    ) -> Result<Summary, Error> {
        let reason = said(reason, SAY_WHY)?;
        self.viewed(Call::Resolve { payment, word, reason }).await
    }

    /// Records a person's word on a capture or refund whose fate is not known.
    ///
    /// # Errors
    /// `invalid-field` without a reason; `not-yet-resolvable` while it may still settle by itself.
    pub async fn resolve_operation(
        &self,
        payment: PaymentId,
        reference: Reference,
        took_effect: bool,
        reason: &str,
    ) -> Result<Summary, Error> {
        let reason = said(reason, SAY_WHY)?;
        self.viewed(Call::ResolveOperation { payment, reference, took_effect, reason }).await
    }

    /// Sells nothing more, waits up to five seconds for what is under way, and gives the lease
    /// back. Nothing is cancelled: open payments go on when the journal is opened again.
    ///
    /// # Errors
    /// `closed` when it was closed before.
    pub async fn close(&self) -> Result<(), Error> {
        match self.shell().call(Call::Close)?.await? {
            Reply::Closed => Ok(()),
            _ => Err(unforeseen()),
        }
    }

    async fn viewed(&self, call: Call) -> Result<Summary, Error> {
        match self.shell().call(call)?.await? {
            Reply::Payment { payment, replayed } => Ok(summary(&payment, replayed)),
            _ => Err(unforeseen()),
        }
    }

    fn shell(&self) -> Arc<Shell> {
        Arc::clone(&self.shell.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks into the journal; its failure is told as an error.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut dyn Ledger) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let looked = self.shell().look(look).await?;
        looked.map_err(|failure| errors::of_journal(&failure))
    }

    /// A name stands for one merchant, provider and environment.
    fn recognize(&self, account: &Account) -> Result<(), Error> {
        match hold(&self.accounts).get(&account.name) {
            Some(known) if known.connect.connection.account != *account => {
                Err(another_identity(account))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// And it stood for the same in every payment that was ever made under it.
    async fn recognize_in_journal(&self, account: &Account) -> Result<(), Error> {
        let name = account.name.clone();
        let stored = self.look(move |journal| match journal.any_payment_of(name.as_str())? {
            Some(payment) => journal.payment(payment),
            None => Ok(None),
        });
        let recorded = match stored.await? {
            Some(Stored::Live(payment)) => payment.sale.account,
            Some(Stored::Tombstone(tombstone)) => tombstone.sale.account,
            None => return Ok(()),
        };
        if recorded == *account { Ok(()) } else { Err(another_identity(account)) }
    }

    /// The endpoint first: the engine may send as soon as it hears of the account.
    async fn connect_to(&self, shell: &Shell, member: &Member) -> Result<(), Error> {
        let connection = member.connect.connection.clone();
        shell.set_access(connection.account.name.clone(), member.line.access());
        let runner = shell.runner()?;
        member.tend(runner);
        done(shell, Call::Connect(connection)).await?;
        member.attend(*hold(&self.role), &self.works.log, runner);
        Ok(())
    }

    fn member(&self, account: &AccountName) -> Result<Member, Error> {
        let accounts = hold(&self.accounts);
        let unknown = || Error::new(Code::UnknownAccount).field("account").limit(account);
        accounts.get(account).cloned().ok_or_else(unknown)
    }

    fn identity(&self, account: &AccountName, reference: &Reference) -> Result<IdentityKey, Error> {
        let references = self.member(account)?.connect.connection.terms.references;
        let day = references.business_day(&self.works.clock.now());
        Ok(identity::key_of(account, day.as_ref(), reference, 1))
    }
}

async fn done(shell: &Shell, call: Call) -> Result<(), Error> {
    match shell.call(call)?.await? {
        Reply::Done => Ok(()),
        _ => Err(unforeseen()),
    }
}

fn view_of(journal: &mut dyn Ledger, payment: PaymentId) -> Result<Summary, Error> {
    match journal.payment(payment) {
        Ok(Some(stored)) => reading::stored(&stored),
        // It was listed a moment ago: a row without a payment is damage, not absence.
        Ok(None) => Err(Error::new(Code::JournalCorrupt).payment(payment)),
        Err(failure) => Err(errors::of_journal(&failure).payment(payment)),
    }
}

fn attempt(stored: &Stored) -> u32 {
    match stored {
        Stored::Live(payment) => payment.sale.attempt,
        Stored::Tombstone(tombstone) => tombstone.sale.attempt,
    }
}

/// A person's reason, which is kept and all that an auditor will find.
fn said(reason: &str, message: &str) -> Result<String, Error> {
    if reason.trim().is_empty() {
        let error = Error::new(Code::InvalidField).field("reason").rule("not-empty");
        return Err(error.message(message));
    }
    Ok(reason.to_owned())
}

fn another_identity(account: &Account) -> Error {
    Error::new(Code::AccountIdentityChanged).field("account").limit(&account.name)
}

/// The engine answers each call in its own way; anything else is a bug of ours.
fn unforeseen() -> Error {
    Error::new(Code::Internal).message("the engine answered another question than was asked")
}

/// A caller that panicked while it held the lock left nothing half done.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
