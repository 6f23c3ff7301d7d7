//! What is kept of an account, as sealed text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::Key;
use zeroize::Zeroizing;

use super::Account;
use crate::failure::Failure;

/// Seals it for just this name and provider.
pub fn seal(key: &Key, name: &str, provider: &str, account: &Account) -> Result<String, Failure> {
    let text = Zeroizing::new(serde_json::to_string(account).unwrap_or_default());
    let sealed = key.seal(&text, &owner(name, provider), &mut OsEntropy::new()?)?;
    Ok(STANDARD.encode(sealed))
}

/// The same again.
pub fn open(key: &Key, name: &str, provider: &str, sealed: &str) -> Result<Account, Failure> {
    let bytes = STANDARD.decode(sealed).map_err(|_| unreadable(name))?;
    let text = key.unseal(&bytes, &owner(name, provider)).ok_or_else(|| keys_differ(name))?;
    serde_json::from_str(&text).map_err(|_| unreadable(name))
}

/// No name and no provider has a line break in it.
fn owner(name: &str, provider: &str) -> Vec<u8> {
    format!("till accounts\n{name}\n{provider}").into_bytes()
}

fn keys_differ(name: &str) -> Failure {
    Failure::said(
        "wrong-key",
        format!(
            "the key here is not the one that sealed {name:?}: put that into TILL_KEY, or say \
             --key-file; `till accounts remove {name}` forgets the account"
        ),
    )
}

fn unreadable(name: &str) -> Failure {
    Failure::said(
        "accounts-unreadable",
        format!("the settings of {name:?} are damaged: add the account once more"),
    )
}
