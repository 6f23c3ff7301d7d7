//! The mark: how far the journal had come, in a file of its own, apart from the journal's backups.
//!
//! Two slots take turns, so that a write that is cut off damages only what nobody relies on yet;
//! the newest slot that adds up counts. It is synced after each commit and before the answers,
//! never goes back, and is never written over another installation's. A file beside it,
//! `<mark>.<installation>`, announces an installation whose journal is about to be there, so that
//! dying in between loses nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tillkit_model::engine::opening::Mark;
use tillkit_model::engine::store::{Failure, FailureKind};
use tillkit_model::ids::InstallationId;

use super::failure::{corrupt, failure, of_file};
use super::file;

const MAGIC: &[u8; 8] = b"TILLMARK";
const VERSION: u32 = 1;
/// Each slot has a block of its own, so that one torn write cannot reach both.
const SLOT_BYTES: u64 = 4096;
const FILE_BYTES_MAX: u64 = SLOT_BYTES * 2;

/// The file that holds a mark.
#[derive(Debug, Clone)]
pub(super) struct MarkFile {
    path: PathBuf,
}

/// A mark, and how often the file had been written when it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) turn: u64,
    pub(super) mark: Mark,
}

impl MarkFile {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The mark; none where there is no file or nothing in it adds up.
    pub(super) fn read(&self) -> Result<Option<Mark>, Failure> {
        Ok(read_slots(&self.path)?.map(|slot| slot.mark))
    }

    /// The mark that was announced for an installation.
    pub(super) fn announced(&self, installation: InstallationId) -> Result<Option<Mark>, Failure> {
        Ok(read_slots(&self.next(installation))?.map(|slot| slot.mark))
    }

    /// Announces the mark of an installation before its journal is committed.
    pub(super) fn announce(&self, mark: &Mark) -> Result<(), Failure> {
        let path = self.next(mark.installation);
        let mut file = open(&path)?;
        write_slot(&mut file, &Slot { turn: 1, mark: *mark })
            .and_then(|()| file::sync_directory(&path))
            .map_err(|error| of_file("the mark cannot be announced", &error))
    }

    /// Makes the mark announced for an installation the mark, once its journal is there.
    pub(super) fn adopt(&self, installation: InstallationId) -> Result<(), Failure> {
        let moved = match std::fs::rename(self.next(installation), &self.path) {
            // Another process that opens the same journal was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.path.exists() => Ok(()),
            moved => moved,
        };
        moved
            .and_then(|()| file::sync_directory(&self.path))
            .map_err(|error| of_file("the mark cannot be put in its place", &error))
    }

    /// Takes an announcement back: its journal did not come into being.
    pub(super) fn withdraw(&self, installation: InstallationId) -> Result<(), Failure> {
        file::remove(&self.next(installation))
            .map_err(|error| of_file("the announced mark cannot be removed", &error))
    }

    /// Moves the mark forward, durably. A mark that is further on stays as it is: it was synced.
    pub(super) fn advance(&self, mark: &Mark) -> Result<(), Failure> {
        let cannot = |error: io::Error| of_file("the mark cannot be written", &error);
        let mut file = open(&self.path)?;
        file.lock().map_err(cannot)?;
        let newest = newest(&mut file).map_err(cannot)??;
        let Some(newest) = newest else {
            write_slot(&mut file, &Slot { turn: 1, mark: *mark }).map_err(cannot)?;
            return file::sync_directory(&self.path).map_err(cannot);
        };
        if newest.mark.installation != mark.installation {
            return Err(corrupt("the mark belongs to another installation"));
        }
        if newest.mark.record == mark.record && newest.mark.hash != mark.hash {
            return Err(corrupt("the mark tells another story of the same record"));
        }
        if newest.mark.record >= mark.record {
            return Ok(());
        }
        write_slot(&mut file, &Slot { turn: newest.turn.saturating_add(1), mark: *mark })
            .map_err(cannot)
    }

    fn next(&self, installation: InstallationId) -> PathBuf {
        file::beside(&self.path, &format!(".{installation}"))
    }
}

impl Slot {
    /// The bytes of a slot.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(108);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_be_bytes());
        bytes.extend(self.turn.to_be_bytes());
        bytes.extend(self.mark.installation.bytes());
        bytes.extend(self.mark.record.to_be_bytes());
        bytes.extend(self.mark.hash);
        let checksum: [u8; 32] = Sha256::digest(&bytes).into();
        bytes.extend(checksum);
        bytes
    }

    /// Reads a slot from any bytes: none where they do not add up.
    ///
    /// # Errors
    /// When a newer version wrote it.
    pub(super) fn decode(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let Some((fields, checksum)) = fields(bytes) else { return Ok(None) };
        let (version, slot, content) = fields;
        let expected: [u8; 32] = Sha256::digest(content).into();
        if expected != checksum {
            return Ok(None);
        }
        if version == VERSION {
            Ok(Some(slot))
        } else {
            let text = format!("version {version} of the mark, and this is version {VERSION}");
            Err(failure(FailureKind::Newer, text))
        }
    }
}

type Fields<'a> = (u32, Slot, &'a [u8]);

fn fields(bytes: &[u8]) -> Option<(Fields<'_>, [u8; 32])> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (version, rest) = rest.split_first_chunk::<4>()?;
    let (turn, rest) = rest.split_first_chunk::<8>()?;
    let (installation, rest) = rest.split_first_chunk::<16>()?;
    let (record, rest) = rest.split_first_chunk::<8>()?;
    let (hash, rest) = rest.split_first_chunk::<32>()?;
    let (checksum, rest) = rest.split_first_chunk::<32>()?;
    let content = bytes.get(..bytes.len().checked_sub(rest.len())?.checked_sub(32)?)?;
    let mark = Mark {
        installation: InstallationId::from_bytes(*installation),
        record: u64::from_be_bytes(*record),
        hash: *hash,
    };
    let slot = Slot { turn: u64::from_be_bytes(*turn), mark };
    (magic == MAGIC).then_some(((u32::from_be_bytes(*version), slot, content), *checksum))
}

fn read_slots(path: &Path) -> Result<Option<Slot>, Failure> {
    match File::open(path) {
        Ok(mut file) => {
            newest(&mut file).map_err(|error| of_file("the mark cannot be read", &error))?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(of_file("the mark cannot be read", &error)),
    }
}

/// The newest slot that adds up.
fn newest(file: &mut File) -> io::Result<Result<Option<Slot>, Failure>> {
    let mut bytes = Vec::with_capacity(usize::try_from(FILE_BYTES_MAX).unwrap_or_default());
    file.seek(SeekFrom::Start(0))?;
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    let middle = bytes.len().min(usize::try_from(SLOT_BYTES).unwrap_or(usize::MAX));
    let (first, second) = bytes.split_at(middle);
    Ok(Slot::decode(first).and_then(|first| {
        let second = Slot::decode(second)?;
        Ok(first.into_iter().chain(second).max_by_key(|slot| slot.turn))
    }))
}

/// Writes over the older slot and waits until the disk has it.
fn write_slot(file: &mut File, slot: &Slot) -> io::Result<()> {
    let place = if slot.turn.is_multiple_of(2) { SLOT_BYTES } else { 0 };
    file.seek(SeekFrom::Start(place))?;
    file.write_all(&slot.encode())?;
    file.sync_data()
}

fn open(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    file::owner_only(&mut options)
        .open(path)
        .map_err(|error| of_file("the mark cannot be opened", &error))
}
