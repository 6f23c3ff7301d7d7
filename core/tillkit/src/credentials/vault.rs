//! Where tokens are kept.

use std::sync::Arc;

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::Secret;
use tillkit_model::sale::Account;

use super::key::Key;
use super::purse::Purse;
use crate::shell::Runner;
use crate::shell::entropy::SharedEntropy;

/// A host that keeps tokens itself. Calls may block; one account's never overlap in one process.
pub trait TokenKeeper: Send + Sync {
    /// What was last kept for an account; none at first.
    ///
    /// # Errors
    /// When the host cannot tell; that is not the same as none.
    fn kept(&self, account: &str) -> Result<Option<Secret>, NotKept>;

    /// Keeps this text in place of the one before. It returns once the text is durable: what it
    /// holds cannot be had again.
    ///
    /// # Errors
    /// When it could not be kept; then it is tried again.
    fn keep(&self, account: &str, text: &Secret) -> Result<(), NotKept>;
}

/// A host could not keep or find a text, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotKept(pub String);

/// Where one account's tokens are kept.
#[derive(Clone)]
pub(crate) enum Vault {
    /// In memory alone: for tokens that can be asked for anew at any time.
    Memory,
    /// By the host.
    Host(Arc<dyn TokenKeeper>),
    /// In the journal, sealed.
    Sealed(Key),
}

/// How often a change is tried that others get ahead of.
const TRIES_MAX: u32 = 16;

impl Vault {
    pub(super) const fn is_durable(&self) -> bool {
        match self {
            Self::Memory => false,
            Self::Host(_) | Self::Sealed(_) => true,
        }
    }

    /// Changes what is kept, and tells what it is then. `known` is what memory holds.
    pub(super) async fn update(
        &self,
        runner: &Runner,
        account: &Account,
        entropy: &SharedEntropy,
        known: Purse,
        change: impl Fn(&mut Purse) + Send + Sync,
    ) -> Result<Purse, Error> {
        match self {
            Self::Memory => Ok(changed(known, &change)),
            Self::Host(keeper) => {
                let purse = asked(runner, Arc::clone(keeper), account).await?;
                let changed = changed(purse.clone(), &change);
                if changed != purse {
                    handed(runner, Arc::clone(keeper), account, &changed).await?;
                }
                Ok(changed)
            }
            Self::Sealed(key) => sealed(key, runner, account, entropy, &change).await,
        }
    }
}

fn changed(mut purse: Purse, change: &(impl Fn(&mut Purse) + Send + Sync)) -> Purse {
    change(&mut purse);
    purse
}

async fn asked(
    runner: &Runner,
    keeper: Arc<dyn TokenKeeper>,
    account: &Account,
) -> Result<Purse, Error> {
    let name = account.name.clone();
    let kept = runner.block(move || keeper.kept(name.as_str())).await?.map_err(host_failed)?;
    let Some(text) = kept else { return Ok(Purse::default()) };
    Purse::from_text(text.expose())
        .ok_or_else(|| host_failed(NotKept("what it kept is not what it was given".into())))
}

async fn handed(
    runner: &Runner,
    keeper: Arc<dyn TokenKeeper>,
    account: &Account,
    purse: &Purse,
) -> Result<(), Error> {
    let (name, text) = (account.name.clone(), purse.to_text());
    runner.block(move || keeper.keep(name.as_str(), &text)).await?.map_err(host_failed)
}

fn host_failed(NotKept(why): NotKept) -> Error {
    Error::new(Code::InvalidConfiguration)
        .field("token_keeper")
        .rule("keeps")
        .message(format!("the host's token keeper failed: {why}"))
}

/// Whoever is first wins, and the others change what is there then.
async fn sealed(
    key: &Key,
    runner: &Runner,
    account: &Account,
    entropy: &SharedEntropy,
    change: &(impl Fn(&mut Purse) + Send + Sync),
) -> Result<Purse, Error> {
    let owner = owner(account);
    for _ in 0..TRIES_MAX {
        let name = account.name.clone();
        let found = runner.ask(move |journal| journal.shelf().sealed(name.as_str())).await?;
        let (version, purse) = match found {
            None => (0, Purse::default()),
            Some(found) => {
                let text = key.unseal(&found.bytes, &owner);
                let purse = text.and_then(|text| Purse::from_text(&text));
                (found.version, purse.ok_or_else(|| wrong_key(account))?)
            }
        };
        let changed = changed(purse.clone(), change);
        if changed == purse {
            return Ok(purse);
        }
        let text = changed.to_text();
        let bytes = key.seal(text.expose(), &owner, &mut entropy.clone())?;
        let name = account.name.clone();
        let write = move |journal: &mut dyn crate::shell::Ledger| {
            journal.shelf().seal(name.as_str(), version, &bytes)
        };
        if runner.ask(write).await? {
            return Ok(changed);
        }
    }
    Err(Error::new(Code::JournalLocked).message("others keep changing these credentials"))
}

/// What a sealed text is bound to: it opens for this account at this provider and for no other.
fn owner(account: &Account) -> Vec<u8> {
    let Account { name, provider, .. } = account;
    [name.as_str().as_bytes(), b"\0", provider.as_bytes()].concat()
}

fn wrong_key(account: &Account) -> Error {
    Error::new(Code::InvalidConfiguration).field("key").rule("opens-what-it-sealed").message(
        format!(
            "the key does not open what is sealed for {}: give the key that it was sealed under",
            account.name
        ),
    )
}
