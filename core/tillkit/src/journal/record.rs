//! One stored record: an event in its envelope, checked by itself and chained to the one before.
//!
//! The envelope holds the record's number in the journal, whose it is, its place among that
//! payment's events, the version of its format, the event as JSON, the SHA-256 hash of the record
//! before, and a checksum: the first eight bytes of its own hash, which the next record repeats in
//! full. A record of an older version is lifted step by step; one of a newer version is refused,
//! never guessed. This module knows nothing of files and tables, and takes any bytes without a
//! panic.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tillkit_model::engine::store::{Failure, FailureKind};
use tillkit_model::ids::{InstallationId, PaymentId};
use tillkit_model::payment::event::Event;
use tillkit_model::time::Moment;

use super::failure::{corrupt, failure};

/// The version that this program writes.
pub const VERSION: u32 = 1;

/// One for each older version: lifts a body to the next version.
const STEPS: &[Step] = &[];

type Step = fn(Value) -> Result<Value, Failure>;

/// The hash of a record.
pub type Hash = [u8; 32];

/// The first bytes of a hash, enough to notice damage.
pub type Checksum = [u8; 8];

/// What stands before the first record.
pub const BEGINNING: Hash = [0; 32];

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number in the journal, from 1.
    pub number: u64,
    /// Whose event it is.
    pub subject: Subject,
    /// Its place among the subject's records, from 1; a note's is its number.
    pub sequence: u64,
    /// The version of its format.
    pub version: u32,
    /// The event or note, as JSON.
    pub body: Vec<u8>,
    /// The hash of the record before.
    pub before: Hash,
    /// The first bytes of its own hash, as they were written.
    pub checksum: Checksum,
}

/// Whose record it is. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An event of a payment.
    Payment(PaymentId),
    /// A note of the journal on itself.
    Journal,
}

/// What a journal records of itself, past tense, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Note {
    /// A person acknowledged that the journal had gone back in time.
    Acknowledged {
        /// Why it may sell again.
        reason: Box<str>,
        /// The installation that it is from here on.
        installation: InstallationId,
        /// When.
        at: Moment,
    },
    /// Settled payments became tombstones.
    Pruned {
        /// How many.
        payments: u64,
        /// Those that had rested since before this time.
        before_wall_ms: i64,
        /// When.
        at: Moment,
    },
}

impl Subject {
    /// The bytes that stand for it; no payment has only zeros.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 16] {
        match self {
            Self::Payment(payment) => *payment.bytes(),
            Self::Journal => [0; 16],
        }
    }

    /// Whom these bytes stand for.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        match bytes {
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] => Self::Journal,
            bytes => Self::Payment(PaymentId::from_bytes(bytes)),
        }
    }
}

impl Record {
    /// A record with its checksum, and its hash for the record after it.
    #[must_use]
    pub fn sealed(
        number: u64,
        subject: Subject,
        sequence: u64,
        body: Vec<u8>,
        before: Hash,
    ) -> (Self, Hash) {
        let unsealed =
            Self { number, subject, sequence, version: VERSION, body, before, checksum: [0; 8] };
        let hash = unsealed.hash();
        (Self { checksum: shortened(&hash), ..unsealed }, hash)
    }

    /// The hash over the whole envelope, which the next record repeats.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let length = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
        let mut hasher = Sha256::new();
        hasher.update(self.before);
        hasher.update(self.number.to_be_bytes());
        hasher.update(self.subject.bytes());
        hasher.update(self.sequence.to_be_bytes());
        hasher.update(self.version.to_be_bytes());
        hasher.update(length.to_be_bytes());
        hasher.update(&self.body);
        hasher.finalize().into()
    }

    /// Whether it is as it was written.
    ///
    /// # Errors
    /// When its checksum does not add up.
    pub fn verify(&self) -> Result<(), Failure> {
        if shortened(&self.hash()) == self.checksum {
            Ok(())
        } else {
            Err(corrupt(format!("record {} is damaged: its checksum differs", self.number)))
        }
    }

    /// The event that it holds, checked and lifted to this version.
    ///
    /// # Errors
    /// When it is damaged, or a newer version wrote it.
    pub fn event(&self) -> Result<Event, Failure> {
        self.read("an event")
    }

    /// The note that it holds, checked and lifted to this version.
    ///
    /// # Errors
    /// When it is damaged, or a newer version wrote it.
    pub fn note(&self) -> Result<Note, Failure> {
        self.read("a note")
    }

    fn read<T: serde::de::DeserializeOwned>(&self, what: &str) -> Result<T, Failure> {
        self.verify()?;
        let unreadable = |error: serde_json::Error| {
            let place = error.column();
            corrupt(format!("record {} is not {what}, from byte {place} on", self.number))
        };
        if self.version == VERSION {
            return serde_json::from_slice(&self.body).map_err(unreadable);
        }
        let lifted = lift(&self.body, self.version, STEPS)
            .map_err(|why| failure(why.kind, format!("record {}: {}", self.number, why.detail)))?;
        serde_json::from_value(lifted).map_err(unreadable)
    }
}

/// A body of an older version, one step for each version in between.
pub(super) fn lift(body: &[u8], version: u32, steps: &[Step]) -> Result<Value, Failure> {
    let done = version.checked_sub(1).and_then(|done| usize::try_from(done).ok());
    let Some(done) = done else { return Err(corrupt("there is no version 0")) };
    let Some(steps) = steps.get(done..) else {
        let text = format!("version {version} wrote it, and this is version {VERSION}");
        return Err(failure(FailureKind::Newer, text));
    };
    let body = serde_json::from_slice(body).map_err(|_| corrupt("it is not JSON"))?;
    steps.iter().try_fold(body, |body, step| step(body))
}

/// JSON of an event or a note.
///
/// # Errors
/// Never for the types of this version; kept so that nothing has to be assumed.
pub(super) fn encoded<T: Serialize>(value: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| failure(FailureKind::Other, error.to_string()))
}

/// The first bytes of a hash.
pub(super) fn shortened(hash: &Hash) -> Checksum {
    hash.first_chunk().copied().unwrap_or_default()
}
