//! Notifications: what arrives by webhook or callback, checked against its exact bytes.
//!
//! A notification is a hint, never a fact: it says where to look. What cannot be verified is
//! refused without a word that would help a forger.

use super::{Hint, Secret, SigningKeys};

/// What arrived, exactly as it did.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The HTTP method in capital letters.
    pub method: &'a str,
    /// Path and query, or the whole address, as it was asked for.
    pub url: &'a str,
    /// Names, in any spelling, and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// The bytes of the body, before anything parsed them.
    pub body: &'a [u8],
}

impl Delivery<'_> {
    /// The first header of this name, however it is spelled.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(&str, &str)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| *value)
    }
}

/// What a notification is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// The secrets that may have signed it: several while one is being replaced.
    pub secrets: &'a [Secret],
    /// Where the provider reaches us, where that is part of what is signed.
    pub public_url: Option<&'a str>,
    /// The keys that may have signed it, where the provider publishes keys.
    pub keys: Option<&'a SigningKeys>,
}

/// An authentic notification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notice {
    /// The provider's id of it, by which a repeat is recognized.
    pub id: Option<Box<str>>,
    /// What it tells of payments; nothing where it is about something else.
    pub hints: Vec<Hint>,
    /// The merchant took the consent back: the account has to be authorized again.
    pub consent_revoked: bool,
}

/// Why a notification is refused. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is not signed, or not by anyone we trust.
    BadSignature,
    /// It is signed by a key that we have not fetched yet.
    NeedsKeys,
    /// Nothing was set by which it could be checked: which setting is missing.
    Unverifiable {
        /// The setting.
        setting: &'static str,
    },
    /// It is authentic, and cannot be read.
    Malformed {
        /// What is wrong with it, without its content.
        why: &'static str,
    },
}
