//! The file: how it is connected to, what tables it has, and the one row in which the journal says
//! who it is and where its chain ends.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tillkit_model::engine::opening::{Head, Mark};
use tillkit_model::engine::store::{Failure, FailureKind};
use tillkit_model::ids::InstallationId;

use super::super::failure::{corrupt, failure, of_sqlite};
use super::super::record::{BEGINNING, Hash};
use super::{change, find, int, uint};

/// The version of the tables; the records have a version of their own.
const FORMAT: i64 = 1;
/// "Till" in ASCII: tells our files from every other program's.
const APPLICATION: i64 = 0x5469_6c6c;

/// How many pages the write-ahead log takes in before they go into the file: 8 MB, which a restart
/// after a crash reads within milliseconds. Payments in a row touch the same pages, and each
/// then goes once.
const LOG_PAGES: i64 = 2_000;

const TABLES: &str = "
CREATE TABLE journal (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    format       INTEGER NOT NULL,
    installation BLOB NOT NULL,
    restored     INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    hash         BLOB NOT NULL
) STRICT;
CREATE TABLE records (
    number   INTEGER PRIMARY KEY,
    subject  BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    body     BLOB NOT NULL,
    before   BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX records_of ON records (subject, sequence);
CREATE TABLE gaps (
    first  INTEGER PRIMARY KEY,
    last   INTEGER NOT NULL UNIQUE,
    before BLOB NOT NULL,
    hash   BLOB NOT NULL
) STRICT;
CREATE TABLE payments (
    id       BLOB PRIMARY KEY,
    sequence INTEGER NOT NULL,
    sale     TEXT NOT NULL,
    attempt  INTEGER NOT NULL,
    account  TEXT NOT NULL,
    holds    TEXT,
    released INTEGER NOT NULL,
    unsettled INTEGER NOT NULL,
    process  BLOB NOT NULL,
    epoch    INTEGER NOT NULL,
    charges  TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    created  INTEGER NOT NULL,
    rested   INTEGER,
    pruned   INTEGER NOT NULL,
    checksum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payments_identity ON payments (sale, attempt);
CREATE UNIQUE INDEX payments_holds ON payments (holds) WHERE holds IS NOT NULL;
CREATE INDEX payments_unsettled ON payments (account) WHERE unsettled = 1;
CREATE INDEX payments_rested ON payments (rested) WHERE rested IS NOT NULL AND pruned = 0;
CREATE TABLE charges (
    account TEXT NOT NULL,
    charge  TEXT NOT NULL,
    payment BLOB NOT NULL,
    PRIMARY KEY (account, charge)
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (
    epoch   INTEGER PRIMARY KEY AUTOINCREMENT,
    process BLOB NOT NULL,
    wall    INTEGER NOT NULL,
    up      INTEGER NOT NULL,
    boot    BLOB NOT NULL
) STRICT;
CREATE TABLE pots (
    purse BLOB PRIMARY KEY,
    units INTEGER NOT NULL,
    wall  INTEGER NOT NULL,
    up    INTEGER NOT NULL,
    boot  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstones (
    id       BLOB PRIMARY KEY,
    body     BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE credentials (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE claims (
    work     TEXT PRIMARY KEY,
    claimant BLOB NOT NULL,
    wall     INTEGER NOT NULL,
    up       INTEGER NOT NULL,
    boot     BLOB NOT NULL,
    life     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE notices (
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
    came    INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_came ON notices (came);
CREATE TABLE hints (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    payment BLOB,
    charge  TEXT NOT NULL,
    body    TEXT NOT NULL,
    came    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX hints_of ON hints (account, body);
CREATE INDEX hints_by_age ON hints (account, number);
CREATE INDEX hints_came ON hints (came);
";

/// What the journal says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct State {
    /// Whose journal it is.
    pub(in super::super) installation: InstallationId,
    /// An opening found that it had gone back in time, and nobody has acknowledged that.
    pub(in super::super) restored: bool,
    /// The number of its last record.
    pub(in super::super) number: u64,
    /// The hash of its last record.
    pub(in super::super) hash: Hash,
}

/// Connects to a file that is there. Nothing is read or written yet.
pub(in super::super) fn connect(path: &Path, busy_ms: u64) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(of_sqlite)?;
    connection.busy_timeout(Duration::from_millis(busy_ms)).map_err(of_sqlite)?;
    Ok(connection)
}

/// Whether the file holds a journal; false where it is empty.
///
/// # Errors
/// When it is no database, another program's, or a newer version's.
pub(in super::super) fn holds_journal(connection: &Connection) -> Result<bool, Failure> {
    let application: i64 = pragma(connection, "application_id")?;
    let tables = find(connection, "SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == 0 && tables == Some(0_i64) {
        return Ok(false);
    }
    if application != APPLICATION {
        return Err(failure(FailureKind::Other, "the file is another program's database"));
    }
    let format = find(connection, "SELECT format FROM journal", [], |row| row.get::<_, i64>(0))?;
    match format {
        Some(FORMAT) => Ok(true),
        Some(newer) if newer > FORMAT => {
            let text = format!("tables of version {newer}, and this is version {FORMAT}");
            Err(failure(FailureKind::Newer, text))
        }
        _ => Err(corrupt("the journal does not say who it is")),
    }
}

/// Makes a connection keep the journal's promises: commits are synced, readers block nobody.
pub(in super::super) fn prepare(connection: &Connection) -> Result<(), Failure> {
    if connection.is_readonly("main").map_err(of_sqlite)? {
        return Err(failure(FailureKind::ReadOnly, "the journal's file cannot be written"));
    }
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(of_sqlite)?;
    if !mode.eq_ignore_ascii_case("wal") {
        let text = format!("the file system allows only journal mode {mode}, not WAL");
        return Err(failure(FailureKind::Other, text));
    }
    connection.set_prepared_statement_cache_capacity(64);
    let settings = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;";
    connection.execute_batch(settings).map_err(of_sqlite)?;
    let pages = connection
        .pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES, |row| row.get::<_, i64>(0));
    pages.map(drop).map_err(of_sqlite)
}

/// The only kind of transaction that writes: it holds the file from its first step.
pub(in super::super) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, Failure> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of_sqlite)
}

/// Makes an empty file a journal of this installation.
pub(in super::super) fn create(
    connection: &Connection,
    installation: InstallationId,
) -> Result<(), Failure> {
    connection.pragma_update(None, "application_id", APPLICATION).map_err(of_sqlite)?;
    connection.execute_batch(TABLES).map_err(of_sqlite)?;
    let sql = "INSERT INTO journal VALUES (1, ?1, ?2, 0, 0, ?3)";
    change(connection, sql, (FORMAT, installation.bytes(), BEGINNING)).map(drop)
}

impl State {
    /// Reads it.
    pub(in super::super) fn load(connection: &Connection) -> Result<Self, Failure> {
        let sql = "SELECT installation, restored, number, hash FROM journal";
        let found = find(connection, sql, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get(3)?))
        })?;
        let Some((installation, restored, number, hash)) = found else {
            return Err(corrupt("the journal does not say who it is"));
        };
        Ok(Self {
            installation: InstallationId::from_bytes(installation),
            restored,
            number: uint(number, "the number of the last record")?,
            hash,
        })
    }

    /// Writes it.
    pub(in super::super) fn save(&self, connection: &Connection) -> Result<(), Failure> {
        let sql = "UPDATE journal SET installation = ?1, restored = ?2, number = ?3, hash = ?4";
        let values = (self.installation.bytes(), self.restored, int(self.number), self.hash);
        change(connection, sql, values).map(drop)
    }

    /// What a mark that is synced now remembers.
    pub(in super::super) const fn mark(&self) -> Mark {
        Mark { installation: self.installation, record: self.number, hash: self.hash }
    }

    /// What an opening compares with the mark.
    pub(in super::super) fn head(
        &self,
        connection: &Connection,
        mark: Option<&Mark>,
    ) -> Result<Head, Failure> {
        let hash_at_mark = match mark {
            Some(mark) => self.hash_at(connection, mark.record)?,
            None => None,
        };
        Ok(Head {
            installation: self.installation,
            record: self.number,
            hash_at_mark,
            restored: self.restored,
        })
    }

    /// The hash of one record, as its successor or the gap around it repeats it.
    pub(super) fn hash_at(
        &self,
        connection: &Connection,
        number: u64,
    ) -> Result<Option<Hash>, Failure> {
        if number == self.number {
            return Ok(Some(self.hash));
        }
        let sql = "SELECT before FROM records WHERE number = ?1
                   UNION ALL SELECT before FROM gaps WHERE first = ?1
                   UNION ALL SELECT hash FROM gaps WHERE last = ?2";
        let place = (int(number.saturating_add(1)), int(number));
        find(connection, sql, place, |row| row.get(0))
    }
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, Failure> {
    connection.pragma_query_value(None, name, |row| row.get(0)).map_err(of_sqlite)
}
