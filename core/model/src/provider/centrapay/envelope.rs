//! What answers are wrapped in: pages of lists, and refusals.

use serde::Deserialize;
use serde_json::Value;

use crate::provider::words_of;

/// Part of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    #[serde(default)]
    next_page_key: Value,
    #[serde(default)]
    page_key: Value,
}

impl<T> Page<T> {
    /// Where the rest begins; two pages name it differently.
    pub(super) fn rest(&self) -> Option<&str> {
        let named = self.next_page_key.as_str().or_else(|| self.page_key.as_str());
        named.filter(|key| !key.is_empty())
    }

    /// Whether there is more of it.
    pub(super) fn goes_on(&self) -> bool {
        !(self.next_page_key.is_null() && self.page_key.is_null())
    }
}

/// The envelope of every refusal.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope {
    #[serde(default)]
    status_code: Option<u16>,
    message: String,
    #[serde(default)]
    reason: Value,
}

impl Envelope {
    /// The word by which a rule is named, if the envelope is one of this status.
    pub(super) fn code(&self, status: u16) -> Option<&str> {
        let fits = self.status_code.is_none_or(|told| told == status);
        fits.then_some(self.message.as_str())
    }

    /// The sentence for people, on which nothing is built.
    pub(super) fn detail(&self) -> Option<Box<str>> {
        self.reason.as_str().map(|reason| words_of(reason).into())
    }
}
