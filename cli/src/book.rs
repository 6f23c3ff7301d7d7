//! The accounts that this machine knows: a file of their names, with everything else sealed.

pub mod day;
pub mod keys;
mod lock;
pub mod sealing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tillkit::till::{Connect, Key, Terms};
use tillkit_model::provider::{Settings, Setup, provider};

use crate::failure::Failure;
use crate::places::Places;

use day::Day;
use lock::Lock;

/// The accounts of one file.
pub struct Book {
    path: PathBuf,
    key: Option<Key>,
    file: File,
    /// Held by who changes the file.
    lock: Option<Lock>,
}

/// The file as it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The format of this file.
    version: u32,
    accounts: BTreeMap<String, Kept>,
}

/// One account as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    provider: String,
    /// Everything else of it, sealed for just this name and provider.
    sealed: String,
}

/// What is sealed of an account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The merchant's settings for the provider.
    pub settings: Settings,
    /// The day within which references are unique; they are so forever without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
}

const VERSION: u32 = 1;

impl Book {
    /// Reads the file; none there is an empty book.
    pub fn read(places: &Places) -> Result<Self, Failure> {
        let path = places.accounts()?;
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => parsed(&path, &text)?,
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
                File { version: VERSION, ..File::default() }
            }
            Err(fault) => return Err(Failure::of_file(&path, &fault)),
        };
        Ok(Self { key: keys::known(places)?, path, file, lock: None })
    }

    /// The same, to change it: until this is dropped, nobody else reads it to do so.
    pub fn to_change(places: &Places) -> Result<Self, Failure> {
        let lock = Lock::take(&places.accounts()?)?;
        Ok(Self { lock: Some(lock), ..Self::read(places)? })
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.file.accounts.keys().map(String::as_str)
    }

    /// The account that is meant where none is named.
    pub fn only(&self, named: Option<&str>) -> Result<String, Failure> {
        if let Some(name) = named {
            return Ok(name.to_owned());
        }
        let mut names = self.names();
        match (names.next(), names.next()) {
            (Some(only), None) => Ok(only.to_owned()),
            (None, _) => Err(Failure::said(
                "no-account",
                "no account is known here: `till accounts add` makes one known",
            )),
            (Some(_), Some(_)) => {
                let all = self.names().collect::<Vec<_>>().join(", ");
                let sentence = format!("several accounts are known, so say --account: {all}");
                Err(Failure::said("which-account", sentence))
            }
        }
    }

    /// The provider of an account.
    pub fn provider(&self, name: &str) -> Result<&str, Failure> {
        Ok(&self.kept(name)?.provider)
    }

    /// What is kept of an account.
    pub fn account(&self, name: &str) -> Result<Account, Failure> {
        let kept = self.kept(name)?;
        let key = self.key.as_ref().ok_or_else(keys::missing)?;
        sealing::open(key, name, &kept.provider, &kept.sealed)
    }

    /// An account, ready to be connected.
    pub fn connect(&self, name: &str) -> Result<Connect, Failure> {
        self.account(name)?.connect(name, self.provider(name)?)
    }

    /// What the provider makes of an account's settings.
    pub fn setup(&self, name: &str) -> Result<Setup, Failure> {
        let row = provider(self.provider(name)?);
        let row = row.ok_or_else(|| Failure::said("unknown-provider", "no such provider"))?;
        Ok((row.set_up)(&self.account(name)?.settings).map_err(tillkit::till::Error::from)?)
    }

    /// Makes an account known, and makes a key where there is none.
    pub fn put(
        &mut self,
        places: &Places,
        name: &str,
        provider: &str,
        account: &Account,
    ) -> Result<(), Failure> {
        let key = match self.key.take() {
            Some(key) => key,
            None if self.file.accounts.is_empty() => keys::make(places)?,
            None => return Err(keys::missing()),
        };
        self.opens_others(&key, name)?;
        let sealed = sealing::seal(&key, name, provider, account)?;
        self.key = Some(key);
        self.file.accounts.insert(name.to_owned(), Kept { provider: provider.to_owned(), sealed });
        self.write()
    }

    /// Accounts under two keys would never all be open at once.
    fn opens_others(&self, key: &Key, name: &str) -> Result<(), Failure> {
        let others = self.file.accounts.iter().filter(|(other, _)| *other != name);
        for (other, kept) in others {
            sealing::open(key, other, &kept.provider, &kept.sealed)?;
        }
        Ok(())
    }

    /// Forgets an account.
    pub fn remove(&mut self, name: &str) -> Result<(), Failure> {
        self.kept(name)?;
        self.file.accounts.remove(name);
        self.write()
    }

    fn kept(&self, name: &str) -> Result<&Kept, Failure> {
        self.file.accounts.get(name).ok_or_else(|| unknown(name))
    }

    fn write(&self) -> Result<(), Failure> {
        debug_assert!(self.lock.is_some(), "what is written was read to be changed");
        let text = serde_json::to_string_pretty(&self.file).unwrap_or_default();
        private_file(&self.path, &text)
    }
}

impl Account {
    /// The account under this name, on its terms.
    pub fn connect(&self, name: &str, provider: &str) -> Result<Connect, Failure> {
        let connect = Connect::new(name, provider, &self.settings)?;
        let Some(day) = &self.day else { return Ok(connect) };
        let references = day.references()?;
        Ok(connect.on(Terms { references, ..Terms::default() })?)
    }
}

fn parsed(path: &Path, text: &str) -> Result<File, Failure> {
    let unreadable = |why: String| {
        Failure::said("accounts-unreadable", format!("{} cannot be read: {why}", path.display()))
    };
    let file: File = serde_json::from_str(text).map_err(|fault| unreadable(fault.to_string()))?;
    if file.version != VERSION {
        return Err(unreadable(format!("it is of version {}, not {VERSION}", file.version)));
    }
    Ok(file)
}

fn unknown(name: &str) -> Failure {
    Failure::said(
        "unknown-account",
        format!("no account {name:?} is known here: `till accounts list` names those that are"),
    )
}

/// Replaces a file by one that only its owner reads, whole or not at all.
fn private_file(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let fault = |fault: std::io::Error| Failure::of_file(path, &fault);
    let folder = folder_of(path)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
    file.write_all(text.as_bytes()).map_err(fault)?;
    file.as_file().sync_all().map_err(fault)?;
    file.persist(path).map_err(|failed| fault(failed.error))?;
    Ok(())
}

/// The folder that a file is in, made where it is not there.
fn folder_of(path: &Path) -> Result<&Path, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|fault| Failure::of_file(folder, &fault))?;
    Ok(folder)
}
