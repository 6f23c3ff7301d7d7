//! The four openings: what a journal and its mark, side by side, allow.
//!
//! The mark lives in a file of its own, apart from the journal's backups, and is synced after every
//! commit and before its sends; so a journal that went back in time is behind its mark, or tells
//! another story at the mark's place.

use serde::{Deserialize, Serialize};

use crate::ids::InstallationId;

/// How far a journal had come, as the mark remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Whose mark it is.
    pub installation: InstallationId,
    /// The number of the last record that was durable.
    pub record: u64,
    /// That record's hash in the chain.
    pub hash: [u8; 32],
}

/// What a journal says of itself, and of the place where the mark points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Whose journal it is.
    pub installation: InstallationId,
    /// The number of its last record.
    pub record: u64,
    /// The hash of its record at the mark's place; none where there is no such record or no mark.
    pub hash_at_mark: Option<[u8; 32]>,
    /// An earlier opening already found it restored, and nobody has acknowledged that.
    pub restored: bool,
}

/// What an opening may do. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Journal and mark agree: sell.
    Agreed,
    /// Neither is there, and creating was asked for.
    New,
    /// Neither is there, and creating was not asked for.
    Absent,
    /// The mark is there and the journal is not.
    Missing,
    /// The journal is not the one that the mark knew: read and look things up, start nothing.
    Restored(Why),
}

/// How a journal gave itself away. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There is no mark.
    NoMark,
    /// It ends before the mark.
    Behind,
    /// It is another installation's.
    Stranger,
    /// It tells another story at the mark's place.
    Forked,
    /// It was found restored before and nobody has acknowledged it.
    Unacknowledged,
}

/// Which of the openings this is.
#[must_use]
pub fn opening(head: Option<&Head>, mark: Option<&Mark>, create: bool) -> Opening {
    match (head, mark) {
        (None, None) if create => Opening::New,
        (None, None) => Opening::Absent,
        (None, Some(_)) => Opening::Missing,
        (Some(head), mark) => compare(head, mark),
    }
}

fn compare(head: &Head, mark: Option<&Mark>) -> Opening {
    let why = match mark {
        None => Some(Why::NoMark),
        Some(mark) if mark.installation != head.installation => Some(Why::Stranger),
        Some(mark) if head.record < mark.record => Some(Why::Behind),
        Some(mark) if mark.record > 0 && head.hash_at_mark != Some(mark.hash) => Some(Why::Forked),
        Some(_) if head.restored => Some(Why::Unacknowledged),
        Some(_) => None,
    };
    #[cfg(mutant = "restored_journal_trusted")]
    let why = why.filter(|_| false);
    why.map_or(Opening::Agreed, Opening::Restored)
}
