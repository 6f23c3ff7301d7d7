//! Files as a journal needs them: readable by their owner only, and durable in their directory.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Nobody but the owner reads what is created so.
#[cfg(unix)]
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

/// Where there are no modes, the directory's own rules hold.
#[cfg(not(unix))]
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Creates an empty file for its owner only; false where one is there already, which is not
/// touched: opening and closing a database file beside SQLite would drop its locks.
pub(super) fn create_empty(path: &Path) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    match owner_only(&mut options).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts a finished file where it belongs; false where another file came first, which is not
/// touched.
pub(super) fn put_in_place(finished: &Path, path: &Path) -> io::Result<bool> {
    let placed = match std::fs::hard_link(finished, path) {
        Ok(()) => {
            remove(finished)?;
            true
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        // Some systems, Android among them, allow no second name for a file.
        Err(_) => rename_alone(finished, path)?,
    };
    sync_directory(path)?;
    Ok(placed)
}

/// Renames where no other process can do the same at the same time.
pub(super) fn rename_alone(finished: &Path, path: &Path) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let lock = owner_only(&mut options).open(beside(path, ".lock"))?;
    lock.lock()?;
    let free = !path.try_exists()?;
    if free {
        std::fs::rename(finished, path)?;
    }
    Ok(free)
}

/// Removes a file that may be gone already.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes a file's content durable.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Makes the name of a file durable.
#[cfg(unix)]
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Where directories cannot be opened, names are durable with their files.
#[cfg(not(unix))]
pub(super) fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The same path with something appended to its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}
