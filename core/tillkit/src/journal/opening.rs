//! Opening: journal and mark are compared before anything is trusted, and a new journal and its
//! mark come into being together.

use std::path::Path;

use rusqlite::Connection;
use tillkit_model::engine::opening::{Mark, Opening, Why, opening};
use tillkit_model::engine::store::{Failure, FailureKind};
use tillkit_model::ids::InstallationId;
use tillkit_model::time::Entropy;

use super::failure::{failure, of_file, of_sqlite};
use super::file;
use super::mark::MarkFile;
use super::record::BEGINNING;
use super::sqlite::read::snapshot;
use super::sqlite::schema::{self, State};

/// Why a journal was not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// There is no journal, and creating one was not asked for.
    Absent,
    /// It could not be done; with [`FailureKind::Missing`] the mark is there and the journal is
    /// not.
    Failed(Failure),
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Opens or creates the journal at a path: the connection that writes, and which opening it is.
pub(super) fn open(
    path: &Path,
    mark: &MarkFile,
    create: bool,
    busy_ms: u64,
    entropy: &mut dyn Entropy,
) -> Result<(Connection, Opening), OpenError> {
    let there = path.try_exists();
    if !there.map_err(|error| of_file("the journal cannot be found", &error))? {
        allowed_to_create(mark, create)?;
        if let Some(connection) = create_journal(path, mark, busy_ms, entropy)? {
            return Ok((connection, Opening::New));
        }
    }
    let mut connection = schema::connect(path, busy_ms)?;
    if !schema::holds_journal(&connection)? {
        allowed_to_create(mark, create)?;
        let text = "the file is empty, so no journal can be made in its place: move it away";
        return Err(failure(FailureKind::Other, text).into());
    }
    schema::prepare(&connection)?;
    let opening = compare(&mut connection, mark)?;
    Ok((connection, opening))
}

/// Where there is no journal, there must be no mark either, and creating must be asked for.
fn allowed_to_create(mark: &MarkFile, create: bool) -> Result<(), OpenError> {
    match opening(None, mark.read()?.as_ref(), create) {
        Opening::New => Ok(()),
        Opening::Missing => {
            let text =
                format!("the mark {} is there and the journal is not", mark.path().display());
            Err(failure(FailureKind::Missing, text).into())
        }
        Opening::Absent | Opening::Agreed | Opening::Restored(_) => Err(OpenError::Absent),
    }
}

/// A new journal and its mark: the mark is announced, the journal made aside and put in its place
/// whole, the mark adopted. Whoever dies in between leaves no journal, or one whose next opening
/// adopts the mark. None where another process was faster.
fn create_journal(
    path: &Path,
    mark: &MarkFile,
    busy_ms: u64,
    entropy: &mut dyn Entropy,
) -> Result<Option<Connection>, OpenError> {
    let cannot = |error: std::io::Error| of_file("the journal cannot be created", &error);
    let installation = InstallationId::new(entropy);
    let aside = file::beside(path, &format!(".{installation}"));
    file::create_empty(&aside).map_err(cannot)?;
    let made = make(&aside, installation, busy_ms);
    let placed = made.and_then(|()| {
        mark.announce(&Mark { installation, record: 0, hash: BEGINNING })?;
        file::put_in_place(&aside, path).map_err(cannot)
    });
    if let Ok(true) = placed {
        mark.adopt(installation)?;
        let connection = schema::connect(path, busy_ms)?;
        schema::prepare(&connection)?;
        return Ok(Some(connection));
    }
    mark.withdraw(installation)?;
    file::remove(&aside).map_err(cannot)?;
    placed?;
    Ok(None)
}

/// Makes a journal in an empty file that nobody else knows.
fn make(path: &Path, installation: InstallationId, busy_ms: u64) -> Result<(), Failure> {
    let mut connection = schema::connect(path, busy_ms)?;
    schema::prepare(&connection)?;
    let transaction = schema::begin(&mut connection)?;
    schema::create(&transaction, installation)?;
    transaction.commit().map_err(of_sqlite)?;
    // Closing brings everything from the log into the one file that is put in place.
    connection.close().map_err(|(_, error)| of_sqlite(error))?;
    if file::beside(path, "-wal").exists() {
        let text = "the new journal could not be brought into one file";
        return Err(failure(FailureKind::Other, text));
    }
    Ok(())
}

/// Compares an existing journal with its mark.
fn compare(connection: &mut Connection, mark: &MarkFile) -> Result<Opening, OpenError> {
    // The mark is read first: a journal that others write to may be ahead of it, never behind.
    let known = mark.read()?;
    let (state, verdict) = judge(connection, known.as_ref())?;
    match verdict {
        Opening::Restored(_) => Ok(restored(connection, mark)?),
        agreed => {
            if known.is_some_and(|known| known.record < state.number) {
                mark.advance(&state.mark())?;
            }
            Ok(agreed)
        }
    }
}

/// Looks again while nobody else can write, and records what was found.
fn restored(connection: &mut Connection, mark: &MarkFile) -> Result<Opening, Failure> {
    let transaction = schema::begin(connection)?;
    let installation = State::load(&transaction)?.installation;
    if let Some(announced) = mark.announced(installation)?
        && judge(&transaction, Some(&announced))?.1 == Opening::Agreed
    {
        mark.adopt(installation)?;
    }
    let known = mark.read()?;
    let (mut state, verdict) = judge(&transaction, known.as_ref())?;
    if matches!(verdict, Opening::Restored(why) if why != Why::Unacknowledged) {
        state.restored = true;
        state.save(&transaction)?;
        transaction.commit().map_err(of_sqlite)?;
    }
    Ok(verdict)
}

fn judge(connection: &Connection, mark: Option<&Mark>) -> Result<(State, Opening), Failure> {
    let look = |connection: &Connection| {
        let state = State::load(connection)?;
        Ok((state, opening(Some(&state.head(connection, mark)?), mark, false)))
    };
    if connection.is_autocommit() { snapshot(connection, look) } else { look(connection) }
}
