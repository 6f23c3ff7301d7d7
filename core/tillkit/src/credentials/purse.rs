//! The pairs of tokens of one account.
//!
//! Two processes that renew at once both get a good pair, and nobody can tell which one the
//! provider will go on accepting: so the newest counts and the others stay, until the provider
//! itself says that one is dead.

use tillkit_model::provider::{Kept, Secret};

/// How many pairs are kept: the one in use, the one before it, and one that lost a race.
const PAIRS_MAX: usize = 3;

/// Pairs of tokens, the one that was asked for last first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Purse {
    pairs: Vec<Kept>,
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
        let texts: Vec<Secret> = self.pairs.iter().map(Kept::to_text).collect();
        let texts: Vec<&str> = texts.iter().map(Secret::expose).collect();
        // Texts always make JSON.
        Secret::new(&serde_json::to_string(&texts).unwrap_or_default())
    }

    /// From its text; none where that is not one of ours.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let texts: Vec<String> = serde_json::from_str(text).ok()?;
        let pairs = texts.iter().map(|text| Kept::from_text(text)).collect::<Option<Vec<_>>>()?;
        Some(Self { pairs })
    }
}
