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
    let there = path.try_exists().map_err(|error| of_file("the journal's path", &error))?;
    if !there {
        allowed_to_create(mark, create)?;
        file::create_empty(path)
            .map_err(|error| of_file("the journal cannot be created", &error))?;
    }
    let mut connection = schema::connect(path, busy_ms)?;
    let verdict = if schema::holds_journal(&connection)? {
        compare(&mut connection, mark)?
    } else {
        allowed_to_create(mark, create)?;
        create_journal(&mut connection, path, mark, entropy)?
    };
    Ok((connection, verdict))
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

/// Journal and mark become durable together: the mark is announced, the journal committed, the mark
/// adopted, and an opening that comes in between or after a crash finishes what was begun.
fn create_journal(
    connection: &mut Connection,
    path: &Path,
    mark: &MarkFile,
    entropy: &mut dyn Entropy,
) -> Result<Opening, OpenError> {
    schema::prepare(connection)?;
    let transaction = schema::begin(connection)?;
    if schema::holds_journal(&transaction)? {
        transaction.rollback().map_err(of_sqlite)?;
        return compare(connection, mark);
    }
    let installation = InstallationId::new(entropy);
    mark.announce(&Mark { installation, record: 0, hash: BEGINNING })?;
    schema::create(&transaction, installation)?;
    transaction.commit().map_err(of_sqlite)?;
    file::sync_directory(path).map_err(|error| of_file("the journal's directory", &error))?;
    mark.adopt()?;
    Ok(Opening::New)
}

/// Compares an existing journal with its mark.
fn compare(connection: &mut Connection, mark: &MarkFile) -> Result<Opening, OpenError> {
    schema::prepare(connection)?;
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
    if let Some(announced) = mark.announced()?
        && judge(&transaction, Some(&announced))?.1 == Opening::Agreed
    {
        mark.adopt()?;
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
