//! The journal, the account and the sales that the benchmarks use.

use std::path::Path;
use std::sync::Arc;

use tillkit::journal::{Journal, OpenError, Options};
use tillkit_model::engine::port::{Connection, Terms};
use tillkit_model::engine::store::IdentityKey;
use tillkit_model::identity;
use tillkit_model::ids::{AccountName, MerchantId, Reference};
use tillkit_model::provider::{provider, qonto};
use tillkit_model::sale::{Account, Environment, SaleRequest};
use tillkit_model::time::Clock;

use crate::Fault;
use crate::hand::Seeded;
use crate::provider::terminal;

/// The account's name.
pub const ACCOUNT: &str = "shop-1";

/// Opens a journal.
///
/// # Errors
/// In words.
pub fn journal(path: &Path, create: bool, clock: Arc<dyn Clock>) -> Result<Journal, Fault> {
    let options = Options { create, ..Options::new(clock) };
    let opened = Journal::open(path, &options, &mut Seeded(1)).map_err(|fault| match fault {
        OpenError::Absent => format!("{}: there is no journal", path.display()),
        OpenError::Failed(failure) => format!("{}: {}", path.display(), failure.detail),
    })?;
    Ok(opened.journal)
}

/// Removes a journal and what belongs to it.
///
/// # Errors
/// When the disk says no.
pub fn remove(path: &Path) -> Result<(), Fault> {
    for ending in ["", "-wal", "-shm", ".mark", ".mark.next"] {
        let file = format!("{}{ending}", path.display());
        match std::fs::remove_file(&file) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{file}: {fault}"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The account at Qonto.
///
/// # Errors
/// When the names above are no names.
pub fn account() -> Result<Account, Fault> {
    let row = provider(qonto::NAME).ok_or("Qonto is not registered")?;
    Ok(Account {
        name: account_name()?,
        provider: row.name.into(),
        merchant: MerchantId::parse("0199f0f2-7d5b-7c1e-9f6a-3c2b1a0d4e5f")
            .map_err(|fault| fault.to_string())?,
        environment: Environment::Sandbox,
    })
}

/// The account, connected as a host would.
///
/// # Errors
/// When the names above are no names.
pub fn connection() -> Result<Connection, Fault> {
    Ok(Connection { account: account()?, adapter: qonto::adapter(), terms: Terms::default() })
}

/// One sale of many: 13.30 EUR, without notes of the till's.
#[must_use]
pub fn sale(number: u64, at_terminal: u64) -> SaleRequest {
    let (terminal, reference) = (terminal(at_terminal), reference(number));
    SaleRequest::new(ACCOUNT, Some(&terminal), "13.30", "EUR", &reference)
}

/// The identity of such a sale.
///
/// # Errors
/// When the names above are no names.
pub fn identity(number: u64) -> Result<IdentityKey, Fault> {
    let reference = Reference::parse(&reference(number)).map_err(|fault| fault.to_string())?;
    Ok(identity::key_of(&account_name()?, None, &reference, 1))
}

fn reference(number: u64) -> String {
    format!("order-{number:010}")
}

fn account_name() -> Result<AccountName, Fault> {
    AccountName::parse(ACCOUNT).map_err(|fault| fault.to_string())
}
