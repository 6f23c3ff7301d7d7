//! What SQLite and the file system say, as the few kinds of failure that a journal has.

use std::io;

use rusqlite::{Error, ErrorCode};
use tillkit_model::engine::store::{Failure, FailureKind};

/// A failure in our own words.
pub(super) fn failure(kind: FailureKind, detail: impl Into<String>) -> Failure {
    Failure { kind, detail: detail.into() }
}

/// A record, row or page that does not add up.
pub(super) fn corrupt(detail: impl Into<String>) -> Failure {
    failure(FailureKind::Corrupt, detail)
}

/// What SQLite said. Its messages hold names of tables and files, never values.
pub(super) fn of_sqlite(error: Error) -> Failure {
    let kind = match &error {
        Error::SqliteFailure(said, _) => kind_of(said.code),
        Error::FromSqlConversionFailure(..)
        | Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..) => FailureKind::Corrupt,
        _ => FailureKind::Other,
    };
    failure(kind, error.to_string())
}

const fn kind_of(code: ErrorCode) -> FailureKind {
    match code {
        ErrorCode::DiskFull => FailureKind::Full,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => {
            FailureKind::ReadOnly
        }
        // A constraint says that an index and what we read through it tell two stories.
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation => {
            FailureKind::Corrupt
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FailureKind::Locked,
        _ => FailureKind::Other,
    }
}

/// What the file system said of a file.
pub(super) fn of_file(what: &str, error: &io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            FailureKind::ReadOnly
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FailureKind::Full,
        io::ErrorKind::WouldBlock | io::ErrorKind::ResourceBusy => FailureKind::Locked,
        _ => FailureKind::Other,
    };
    failure(kind, format!("{what}: {error}"))
}
