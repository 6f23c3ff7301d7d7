//! The pairs of tokens of one account.
//!
//! Two processes that renew at once both get a good pair, and nobody can tell which one the
//! provider will go on accepting: so the newest counts and the others stay, until the provider
//! itself says that one is dead.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tillkit_model::provider::{Kept, Secret};

/// How many pairs are kept: the one in use, the one before it, and one that lost a race.
const PAIRS_MAX: usize = 3;
/// How many pairs that hosts brought are remembered, if only by their digests.
const BROUGHT_MAX: usize = 16;

/// Pairs of tokens, the one that was asked for last first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Purse {
    pairs: Vec<Kept>,
    /// Which pairs were brought so far, the latest last.
    brought: Vec<String>,
}

/// A purse as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    pairs: Vec<String>,
    brought: Vec<String>,
}

impl Purse {
    /// The pair that counts.
    pub(super) fn newest(&self) -> Option<&Kept> {
        self.pairs.first()
    }

    /// Keeps a pair beside those that are there.
    pub(super) fn put(&mut self, pair: Kept) {
        self.pairs.retain(|known| known.access != pair.access);
        let at = self.pairs.partition_point(|known| known.asked_at.wall_ms > pair.asked_at.wall_ms);
        self.pairs.insert(at, pair);
        self.pairs.truncate(PAIRS_MAX);
    }

    /// Takes in a pair that the host brings along, once. A host may bring the same one at each
    /// start and call it new: what was renewed since is newer all the same. One that nothing is
    /// left of is tried again, for nothing can be lost by it.
    pub(super) fn bring(&mut self, pair: Kept) {
        let digest = digest(&pair);
        let stored = self.pairs.iter().any(|known| known.access == pair.access);
        if stored || (self.brought.contains(&digest) && !self.pairs.is_empty()) {
            return;
        }
        self.brought.retain(|known| *known != digest);
        self.brought.push(digest);
        let over = self.brought.len().saturating_sub(BROUGHT_MAX);
        self.brought.drain(..over);
        self.put(pair);
    }

    /// Keeps this pair and no other: the merchant has given consent anew.
    pub(super) fn replace(&mut self, pair: Kept) {
        self.pairs = vec![pair];
    }

    /// Forgets a pair that the provider calls dead.
    pub(super) fn discard(&mut self, access: &Secret) {
        self.pairs.retain(|known| known.access != *access);
    }

    /// As one text.
    pub(super) fn to_text(&self) -> Secret {
        let text = |pair: &Kept| pair.to_text().expose().to_owned();
        let pairs = self.pairs.iter().map(text).collect();
        let written = Written { pairs, brought: self.brought.clone() };
        // Texts always make JSON.
        Secret::new(&serde_json::to_string(&written).unwrap_or_default())
    }

    /// From its text; none where that is not one of ours.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let Written { pairs, brought } = serde_json::from_str(text).ok()?;
        let pairs = pairs.iter().map(|text| Kept::from_text(text)).collect::<Option<Vec<_>>>()?;
        Some(Self { pairs, brought })
    }
}

/// By what a pair is known again: whatever would be spent by its use.
fn digest(pair: &Kept) -> String {
    let token = pair.refresh.as_ref().unwrap_or(&pair.access);
    hex::encode(Sha256::digest(token.expose()))
}

#[cfg(test)]
mod tests;
