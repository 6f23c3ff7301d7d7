//! Where journal, accounts and key are.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;

/// Places that every command knows.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Places {
    /// The journal [default: till/till.db in the user's data folder]
    #[arg(long, global = true, env = "TILL_JOURNAL", value_name = "FILE", hide_env_values = true)]
    pub journal: Option<PathBuf>,
    /// The journal's mark, where its backups do not reach [default: beside the journal]
    #[arg(long, global = true, env = "TILL_MARK", value_name = "FILE", hide_env_values = true)]
    pub mark: Option<PathBuf>,
    /// The accounts, sealed [default: till/accounts.json in the user's configuration folder]
    #[arg(long, global = true, env = "TILL_ACCOUNTS", value_name = "FILE", hide_env_values = true)]
    pub accounts: Option<PathBuf>,
    /// The key that seals them, unless TILL_KEY holds it [default: till/key beside the accounts]
    #[arg(long, global = true, env = "TILL_KEY_FILE", value_name = "FILE", hide_env_values = true)]
    pub key_file: Option<PathBuf>,
}

impl Places {
    /// The journal.
    pub fn journal(&self) -> Result<PathBuf, Failure> {
        given(&self.journal, || folder("XDG_DATA_HOME", ".local/share", "till.db"), "--journal")
    }

    /// The accounts.
    pub fn accounts(&self) -> Result<PathBuf, Failure> {
        given(
            &self.accounts,
            || folder("XDG_CONFIG_HOME", ".config", "accounts.json"),
            "--accounts",
        )
    }

    /// The key.
    pub fn key_file(&self) -> Result<PathBuf, Failure> {
        match &self.key_file {
            Some(path) => Ok(path.clone()),
            None => Ok(self.accounts()?.with_file_name("key")),
        }
    }
}

fn given(
    said: &Option<PathBuf>,
    usual: impl Fn() -> Option<PathBuf>,
    option: &str,
) -> Result<PathBuf, Failure> {
    said.clone().or_else(usual).ok_or_else(|| {
        Failure::said("no-home", format!("this user has no home folder: say {option} FILE"))
    })
}

fn folder(variable: &str, below_home: &str, file: &str) -> Option<PathBuf> {
    let said = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = said(variable).map(PathBuf::from).or_else(|| {
        Some(PathBuf::from(said("HOME").or_else(|| said("USERPROFILE"))?).join(below_home))
    })?;
    Some(base.join("till").join(file))
}
